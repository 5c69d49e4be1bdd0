"""Ranking and selection: which of k options is best, with a promise and few replications."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from sim.stats.estimate import FloatArray, IntArray, check_level


class Selection:
    """The procedure KN: find the option with the largest mean, dropping the others on the way.

    Promise: if the best mean exceeds every other by at least `indifference`, the best is chosen
    with probability at least `confidence`, for any means, variances and correlation between
    options, provided that the rows (replications) are independent and normal. Sums over a week of
    contacts are near enough to normal. If several options lie within `indifference` of the best
    one of them may be chosen: whoever is indifferent to so little does not mind. Common random
    numbers within a row keep the promise and make it cheaper: what counts are the variances of
    the differences.

    Feed rows in order with `add` until `finished`; then `best` is the choice. The decision
    depends on the rows alone, never on how they were cut into batches; rows after the decision
    are not looked at.

    options: k >= 2, the number of options.
    indifference: the smallest difference worth detecting, in the unit of the values, > 0.
    confidence: in (1/k, 1).
    first_stage: replications of all options before the first one is dropped, >= 2. They fix the
        variance
        estimates: with fewer than 10 each of the later decisions needs much more evidence.

    controls: how many controls have been taken out of the rows, by least squares on the first
        stage: as many degrees of freedom of its variances are gone (Nelson & Staum, ACM TOMACS 16
        (2006) 217).

    Source: Kim & Nelson, A fully sequential procedure for indifference-zone selection in
    simulation, ACM TOMACS 11 (2001) 251, with c = 1.
    """

    def __init__(
        self,
        options: int,
        indifference: float,
        confidence: float = 0.95,
        first_stage: int = 20,
        controls: int = 0,
    ) -> None:
        check_level(confidence, "confidence")
        if options < 2:
            raise ValueError(f"a selection needs at least two options, not {options}")
        if not 0.0 < indifference < np.inf:
            raise ValueError(f"indifference must be positive, not {indifference!r}")
        if confidence <= 1.0 / options:
            raise ValueError(f"guessing among {options} options is already right that often")
        if first_stage < 2:
            raise ValueError(f"the first stage needs at least two replications, not {first_stage}")
        freedom = first_stage - 1 - controls
        if freedom < 1:
            raise ValueError(f"{controls} controls leave nothing of {first_stage} replications")
        self._lost = (first_stage - 1) / freedom
        error = 2.0 * (1.0 - confidence) / (options - 1)
        self._evidence = freedom * (error ** (-2.0 / freedom) - 1.0)  # h^2 = 2 c eta (n0 - 1)
        self._indifference = indifference
        self._first_rows: list[FloatArray] = []
        self._first_stage = first_stage
        self._totals: FloatArray = np.zeros(options)
        self._alive = np.ones(options, dtype=np.bool_)
        self._limits: FloatArray | None = None  # N_il = h^2 S^2_il / delta^2
        self._replications = 0
        self._finished = False

    @property
    def survivors(self) -> IntArray:
        """The options not yet dropped, in ascending order."""
        return np.flatnonzero(self._alive).astype(np.int64)

    @property
    def finished(self) -> bool:
        """Whether the choice is made."""
        return self._finished

    @property
    def best(self) -> int | None:
        """The chosen option, None until finished; of options with equal sums the first."""
        if not self._finished:
            return None
        return int(np.where(self._alive, self._totals, -np.inf).argmax())

    @property
    def replications(self) -> int:
        """The rows the procedure has used."""
        return self._replications

    @property
    def replications_at_most(self) -> int | None:
        """The row that decides at the latest, as known now; None within the first stage."""
        if self._limits is None:
            return None
        if self._finished:
            return self._replications
        return int(self._surviving_limits(self._limits).max()) + 1

    def add(self, values: ArrayLike) -> None:
        """Look at further replications.

        values: [n, k], larger is better, a row with the same customers for all options. Columns
            of options already dropped are ignored: they need not be simulated and may be nan.
        Raises ValueError for another number of columns or a missing value of an option still in
        play.
        """
        rows = np.asarray(values, dtype=np.float64)
        if rows.ndim != 2 or rows.shape[1] != self._alive.size:
            raise ValueError(f"values have shape {rows.shape}, expected (n, {self._alive.size})")
        for row in rows:
            if self._finished:
                return
            self._add_row(row)

    def _add_row(self, row: FloatArray) -> None:
        missing = self._alive & ~np.isfinite(row)
        if missing.any():
            option = int(missing.argmax())
            raise ValueError(
                f"option {option} has no finite value in replication {self._replications}"
            )
        self._totals[self._alive] += row[self._alive]
        self._replications += 1
        if self._limits is None:
            self._first_rows.append(row)
            if self._replications < self._first_stage:
                return
            self._limits = self._first_limits()
        self._screen(self._limits)

    def _first_limits(self) -> FloatArray:
        """N_il: the number of rows after which the pair (i, l) is decided, from the first stage."""
        rows = np.array(self._first_rows)
        self._first_rows.clear()
        variances = (rows[:, :, None] - rows[:, None, :]).var(axis=0, ddof=1)
        return np.asarray(self._evidence * variances * self._lost / self._indifference**2)

    def _surviving_limits(self, limits: FloatArray) -> FloatArray:
        alive = self.survivors
        return np.floor(limits[np.ix_(alive, alive)])

    def _screen(self, limits: FloatArray) -> None:
        """Drop who lags a survivor by more than W_il(r) = max(0, delta / 2 (N_il - r))."""
        alive = self.survivors
        allowed = self._indifference / 2.0 * (limits[np.ix_(alive, alive)] - self._replications)
        totals = self._totals[alive]
        lag = totals[None, :] - totals[:, None]
        self._alive[alive[(lag > np.maximum(allowed, 0.0)).any(axis=1)]] = False
        decided = self._replications > self._surviving_limits(limits).max()
        self._finished = bool(decided) or self.survivors.size == 1
