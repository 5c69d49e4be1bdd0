"""What it would be worth to know an input before deciding, from joint draws of all inputs.

Each draw is one set of inputs with one simulated result of every option. Regression of the
differences between options on an input tells what the options would come to if it were known; the
mean of the best of them, less the best mean, is what knowing it would gain: the expected value of
partial perfect information (EVPPI). One set of draws serves all inputs.

Source: Strong, Oakley, Brennan, Medical Decision Making 34 (2014) 311.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from sim.stats.distributions import clopper_pearson
from sim.stats.estimate import FloatArray, replicated

SAMPLES = 400
"""Fits drawn from what the regression leaves open, for standard errors."""

HIGHEST, HIGHEST_OF_SEVERAL = 4, 3
"""Degrees of polynomials: of one column, and where there are several."""

LEAST_DRAWS = 30
"""With fewer a regression tells nothing."""

_SEED = 2014


@dataclass(frozen=True, slots=True)
class Worth:
    """What knowing some inputs would gain, on average, in the unit of the benefits.

    value: EVPPI, 0 or more; error: its standard error.
    most: what it hardly exceeds (with 95 % certainty), also where nothing was found.
    """

    value: float
    error: float
    most: float


class Shares(NamedTuple):
    """Of the draws, with bounds that hold 95 %; none and all are not certain for ever."""

    value: FloatArray
    low: FloatArray
    high: FloatArray


class Knowing:
    """What joint draws tell about a decision.

    Args:
        benefits: [draw, option] what an option came to under the inputs of the draw, more is
            better.
        chosen: the option whose choice is in question.
        controls: [draw, option] what the options came to with the same luck and the inputs as
            they are, less its mean as far as that is known: it takes luck away and changes no
            mean. None if there is nothing such.
        luck: [draw, control] what else is known of the luck, of all options alike, less its mean.

    Raises:
        ValueError: for fewer than `LEAST_DRAWS` draws, or missing values.
    """

    def __init__(
        self,
        benefits: ArrayLike,
        chosen: int,
        controls: ArrayLike | None = None,
        luck: ArrayLike | None = None,
    ) -> None:
        y = replicated(benefits, "benefits")
        if y.ndim != 2 or not np.isfinite(y).all():
            raise ValueError("benefits must be [draw, option], without missing values")
        if len(y) < LEAST_DRAWS:
            raise ValueError(f"{len(y)} draws tell nothing; allowed: {LEAST_DRAWS} or more")
        self.chosen = chosen
        self.leads = y - y[:, [chosen]]
        known = np.zeros_like(y) if controls is None else replicated(controls, "controls")
        self._controls = known - known[:, [chosen]]
        self._luck = y[:, :0] if luck is None else replicated(luck, "luck")

    # --- what can be asked --------------------------------------------------------------------

    def worth(self, inputs: Sequence[ArrayLike]) -> Worth:
        """What knowing these inputs would gain.

        inputs: columns of numbers, [draw] or [draw, column] each.
        """
        columns = _columns(inputs)
        fit = self._fit(columns, chosen=True)
        value = _gain(fit.means)
        drawn = np.array([_gain(means) for means in fit.drawn()])
        rest = fit.means.max(axis=1) - fit.means[:, fit.means.mean(axis=0).argmax()]
        error = float(np.hypot(drawn.std(), rest.std() / np.sqrt(len(rest))))
        full = np.array([_gain(means) for means in self._fit(columns, chosen=False).drawn()])
        return Worth(value, error, float(max(np.quantile(full, 0.95), value + 1.645 * error)))

    def best(self, inputs: Sequence[ArrayLike]) -> Shares:
        """[option] the share of draws in which it is the best in the mean."""
        fit = self._fit(_columns(inputs), chosen=True)
        drawn = np.array([_shares(means) for means in fit.drawn()])
        return _bounded(_shares(fit.means), drawn, len(fit.means))

    def worst(self, inputs: Sequence[ArrayLike]) -> tuple[Shares, FloatArray]:
        """In how many draws the chosen option is ahead of none in the mean, if inputs were known.

        Returns:
            The share of the draws, and [draw] 1 where it is so.
        """
        fit = self._fit(_columns(inputs), chosen=True)
        so = np.asarray((fit.means >= 0.0).all(axis=1), dtype=np.float64)
        drawn = (fit.drawn() >= 0.0).all(axis=2).mean(axis=1)
        return _bounded(so.mean(), drawn, len(so)), so

    def means(self, inputs: Sequence[ArrayLike]) -> FloatArray:
        """[draw, option] lead over the chosen option in the mean, if the inputs were known."""
        return self._fit(_columns(inputs), chosen=True).means

    def error(self, inputs: Sequence[ArrayLike], option: int) -> float:
        """Standard error of the mean lead of an option over the chosen one."""
        drawn = self._fit(_columns(inputs), chosen=True).drawn()[:, :, option].mean(axis=1)
        spread = self.means(inputs)[:, option].std() / np.sqrt(len(self.leads))
        return float(np.hypot(drawn.std(), spread))

    def noise(self, inputs: Sequence[ArrayLike]) -> FloatArray:
        """[option] standard deviation of the lead in one replication with the inputs known.

        All of the luck counts, also what controls explain.
        """
        fit = self._fit(_columns(inputs), chosen=True)
        left = len(self.leads) - np.array([1 + one.terms.shape[1] for one in fit.parts])
        squares = ((self.leads - fit.means) ** 2).sum(axis=0)
        return np.asarray(np.sqrt(squares / np.maximum(left, 1)))

    def _fit(self, columns: FloatArray, *, chosen: bool) -> _Fit:
        terms = _terms(columns)
        options = range(self.leads.shape[1])
        parts = []
        for option in options:
            control, lead = self._controls[:, option], self.leads[:, option]
            forced = _forced(control, self._luck)
            kept = _chosen(forced, terms, lead) if chosen else terms[:, : len(lead) // 5]
            parts.append(_Part(forced, kept if option != self.chosen else terms[:, :0], lead))
        return _Fit(tuple(parts))


# --- regression -------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Part:
    """The regression of one lead: on a constant and controls, and on terms of the inputs."""

    forced: FloatArray
    terms: FloatArray
    lead: FloatArray

    @cached_property
    def design(self) -> FloatArray:
        return np.concatenate([self.forced, self.terms], axis=1)

    @cached_property
    def inverse(self) -> FloatArray:
        return np.asarray(np.linalg.pinv(self.design))

    @cached_property
    def residuals(self) -> FloatArray:
        return np.asarray(self.lead - self.design @ (self.inverse @ self.lead))

    def mean(self, coefficients: FloatArray) -> FloatArray:
        """[draw, ...] what is expected for the inputs, without luck that the control explains."""
        shown = self.design.copy()
        shown[:, 1 : self.forced.shape[1]] = 0.0
        return np.asarray(shown @ coefficients)


@dataclass(frozen=True)
class _Fit:
    parts: tuple[_Part, ...]

    @cached_property
    def means(self) -> FloatArray:
        """[draw, option]"""
        return np.stack([one.mean(one.inverse @ one.lead) for one in self.parts], axis=1)

    @cached_property
    def covariance(self) -> FloatArray:
        """[option, option] of what the regressions leave."""
        rest = np.stack([one.residuals for one in self.parts], axis=1)
        left = np.array([max(len(rest) - one.design.shape[1], 1) for one in self.parts])
        return np.asarray(rest.T @ rest / np.sqrt(np.outer(left, left)))

    def drawn(self) -> FloatArray:
        """[sample, draw, option] other fits that the same data allow."""
        generator = np.random.default_rng(_SEED)
        value, vector = np.linalg.eigh(self.covariance)
        root = vector * np.sqrt(np.clip(value, 0.0, None))
        n, k = self.means.shape
        noise = generator.standard_normal((SAMPLES, n, k)) @ root.T
        changes = [
            part.mean(part.inverse @ noise[:, :, option].T)
            for option, part in enumerate(self.parts)
        ]
        return np.asarray(self.means + np.stack(changes, axis=2).swapaxes(0, 1))


def _forced(control: FloatArray, luck: FloatArray) -> FloatArray:
    """A constant, and the controls that vary."""
    known = np.concatenate([control[:, None], luck], axis=1)
    return np.concatenate([np.ones((len(known), 1)), known[:, np.ptp(known, axis=0) > 0.0]], axis=1)


def _chosen(forced: FloatArray, terms: FloatArray, lead: FloatArray) -> FloatArray:
    """The terms that tell something, taken one by one, the one that tells most first.

    Stopped by the extended BIC (Chen, Chen, Biometrika 95 (2008) 759), which asks the more of a
    term the more terms there are to choose from: an input that does nothing is seldom taken in.
    """
    n, many = terms.shape
    basis, _ = np.linalg.qr(forced)
    rest = lead - basis @ (basis.T @ lead)
    left = terms - basis @ (basis.T @ terms)
    size = (terms**2).sum(axis=0)
    price = np.log(n) + 2.0 * np.log(max(many, 1))
    floor = 1e-24 * float((lead**2).sum()) + 1e-300
    squares = float((rest**2).sum())
    kept: list[int] = []
    while len(kept) < min(many, n // 5) and squares > floor:
        norms = (left**2).sum(axis=0)
        able = norms > 1e-9 * np.maximum(size, 1e-300)
        told = np.where(able, (left.T @ rest) ** 2 / np.where(able, norms, 1.0), 0.0)
        best = int(told.argmax())
        after = max(squares - float(told[best]), floor)
        if not n * np.log(squares / after) > price:
            break
        direction = left[:, best] / np.sqrt(norms[best])
        rest = rest - direction * (direction @ rest)
        left = left - np.outer(direction, direction @ left)
        squares = max(float((rest**2).sum()), floor)
        kept.append(best)
    return np.asarray(terms[:, sorted(kept)])


def _columns(inputs: Sequence[ArrayLike]) -> FloatArray:
    """[draw, column] between -1 and 1; constants left out."""
    found = [np.asarray(one, dtype=np.float64) for one in inputs]
    whole = np.concatenate([one.reshape(len(one), -1) for one in found], axis=1)
    low, high = whole.min(axis=0), whole.max(axis=0)
    varies = high > low
    return np.asarray(2.0 * (whole[:, varies] - low[varies]) / (high[varies] - low[varies]) - 1.0)


def _terms(columns: FloatArray) -> FloatArray:
    """[draw, term] Legendre polynomials of the columns, and products of two."""
    several = columns.shape[1] > 1
    found = [np.zeros((len(columns), 0))]
    for x in columns.T:
        degree = min(HIGHEST_OF_SEVERAL if several else HIGHEST, len(np.unique(x)) - 1)
        found.append(np.polynomial.legendre.legvander(x, degree)[:, 1:])
    pairs = combinations(columns.T, 2)
    found += [(one * other)[:, None] for one, other in pairs]
    return np.concatenate(found, axis=1)


def _gain(means: FloatArray) -> float:
    best, known = float(means.mean(axis=0).max()), float(means.max(axis=1).mean())
    return known - best if known - best > 1e-9 * np.abs(means).max() else 0.0  # else rounding


def _bounded(share: ArrayLike, drawn: FloatArray, draws: int) -> Shares:
    """A share of so many draws, and what it is in other fits, [sample, ...].

    Bounds are the exact binomial ones of as many independent draws as would vary as much.
    """
    value = np.asarray(share, dtype=np.float64)
    chance = value * (1.0 - value)
    varies = drawn.var(axis=0) + chance / draws
    many = np.where(chance > 0.0, chance / np.where(varies > 0.0, varies, 1.0), draws)
    low, high = clopper_pearson(value * many, many, 0.95)
    others = np.quantile(drawn, (0.025, 0.975), axis=0)
    return Shares(value, np.minimum(low, others[0]), np.maximum(high, others[1]))


def _shares(means: FloatArray) -> FloatArray:
    return np.asarray(np.bincount(means.argmax(axis=1), minlength=means.shape[1]) / len(means))
