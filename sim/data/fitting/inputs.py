"""Every fitted number of a scenario: where it stands, what it rests on, and what else it may be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import zip_longest
from typing import Any

import numpy as np
import pandas as pd

from sim.data.fitting import said
from sim.data.fitting.days import days_text, span_text
from sim.data.fitting.durations import Times
from sim.data.fitting.found import Found, Queue
from sim.data.fitting.inferred import Doubt
from sim.data.fitting.likelihood import Interval
from sim.data.fitting.roster import Attendance
from sim.data.fitting.transfers import whole
from sim.data.remarks import texts
from sim.scenario.write import flow_text
from sim.tables import Floats

NORMAL = 1.96  # standard errors from the middle to the end of a 95 % interval


Say = Callable[[Any], str]
"""A value as the scenario says it."""

WORDS: dict[str, tuple[str, str, str, str]] = texts("remarks")["inputs"]
"""Field -> label, unit (as of `said.resting_on`), what was counted, and shape of its chance."""


@dataclass(frozen=True)
class Input:
    """One number.

    field: in `WORDS`. path: where it stands. whose: its queue or pool. known: with its interval and
    what days move it by. theta, influence: of a distribution, what is said instead of its mean, and
    what days move that by. shape, note: what else there is to say of it.
    """

    field: str
    path: str
    whose: str
    known: Interval
    say: Say
    theta: float | Floats | None = None
    influence: Floats | None = None
    shape: str = ""
    note: str = ""

    @property
    def text(self) -> str:
        """As the scenario says it."""
        return self.say(self.known.value if self.theta is None else self.theta)

    @property
    def why(self) -> str:
        """Its interval, and what it rests on."""
        _, unit, of, _ = WORDS[self.field]
        known = said.resting_on(self.known, unit, of) if self.known.n else ""
        return "; ".join(filter(None, (known, self.note)))

    def draws(self, extra: Floats, errors: Floats) -> list[str]:
        """[sets] what else it may be; empty if it is known.

        Args:
            extra: [sets, days] by how much each day counts more.
            errors: [sets] standard normal, the same for all factors of days.
        """
        if self.field == "busyness":
            return self._factors(errors)
        value, moves = self.theta, self.influence
        if value is None or moves is None:
            value, moves = self.known.value, self.known.moves
        return [self.say(value + one) for one in extra[:, : len(moves)] @ moves if moves.any()]

    def _factors(self, errors: Floats) -> list[str]:
        """Of the factor of days: as unsure as what is known of it."""
        if self.known.value == 0:
            some = self.known.high * np.abs(errors) / NORMAL
        else:
            some = np.float64(self.theta or 0.0) * np.exp(_unsure(self.known) * errors)
        return [self.say(one) for one in some if some.max() > 0]


def _unsure(known: Interval) -> float:
    """Standard error of a logarithm."""
    if known.value == 0:
        return np.inf
    return float(np.log(known.high / max(known.low, known.value / 10)) / 2 / NORMAL)


def inputs_of(fit: Found) -> Iterator[Input]:
    """All numbers but head counts."""
    if fit.common:
        known = min((one.arrivals.busyness for one in fit.queues), key=_unsure)
        yield Input("busyness", "busyness", "", known, said.percent, fit.common)
    for queue in fit.queues:
        yield from _of_queue(fit, queue)
    for pool, one in zip(fit.pools.names, fit.attendance, strict=False):
        if one is not None:
            yield from _of_pool(f"pools.{pool}", pool, one)
    shares = whole({one.name: np.array([one.share.value]) for one in fit.transfers}, fit.transfers)
    for transfer in fit.transfers:
        path, share = f"transfers.{transfer.name}.share", _alone(transfer.share)
        after = f"after {said.percent(transfer.after)} of the talk" if transfer.after < 1 else ""
        shape = "; ".join(filter(None, (f"to {transfer.to}", after)))
        say, value = partial(by_text, transfer.by), float(shares[transfer.name][0])
        yield Input("transfers", path, transfer.by, share, say, value, shape=shape)


def _of_queue(fit: Found, queue: Queue) -> Iterator[Input]:
    arrivals, patience, retry, again = queue.arrivals, queue.patience, queue.retry, queue.again

    def number(field: str, known: Interval, say: Say = said.share, *of: Any, **more: Any) -> Input:
        return Input(field, f"reasons.{queue.name}.{field}", queue.name, known, say, *of, **more)

    def times(field: str, one: Times, note: str = "") -> Input:
        say = partial(one.text, said.duration)
        shape = f"{say().strip('{}').split(':')[0]}, cv {one.cv.value:.2f}"
        of = one.fitted.theta, one.fitted.influence, shape, note
        return number(field, one.mean, say, *of)

    passed = "" if arrivals.per_week.n else "all contacts are passed on from other queues"
    yield number("volume", arrivals.per_week, said.volume, note=passed)
    own = own_busyness(fit, arrivals.busyness.value)
    yield number("busyness", arrivals.busyness, said.percent, own)
    if queue.handle:
        held = f"{100 * queue.hold:.2g} % of it on hold" if queue.hold > 0 else ""
        yield times("handle", queue.handle, held)
    if queue.wrap:
        yield times("wrap", queue.wrap)
    if patience and patience.times:
        yield times("patience", patience.times)
    if patience and patience.balk.value > 0:
        yield number("balk", patience.balk)
    if retry:
        yield number("retry.chance", retry.share)
        yield number("retry.after", retry.after, _delay(retry.after))
    if again:
        yield number("resolved", again.share, lambda share: said.share(1 - share))
        yield number("again.after", again.after, _delay(again.after))


def _of_pool(path: str, pool: str, one: Attendance) -> Iterator[Input]:
    """Who comes of those rostered."""
    field = "presence" if one.free.n else "presence by day"
    together = f"correlation {one.together:.2f}" if one.together else ""
    part = f"{path}.presence" + ("" if one.is_mean_alone else ".mean")
    yield Input(field, part, pool, one.mean, said.share, shape=together)
    if one.free.n:
        yield Input("free", f"{path}.free", pool, _alone(one.free), said.share)
    if one.late is not None:
        unused = "" if one.is_late else "not in the scenario"
        late, say = _alone(one.late), _delay(one.late)
        yield Input("lateness", f"{path}.lateness", pool, late, say, note=unused)


def _alone(known: Interval) -> Interval:
    """A number that is not drawn with the others."""
    return replace(known, moves=np.zeros(0))


def _delay(known: Interval) -> Say:
    """An exponential delay; one day cannot make it vanish."""
    return lambda mean: said.exponential(max(mean, known.value / 10))


def own_busyness(fit: Found, total: float) -> float:
    """What is left of the day's factor when the common part is taken out."""
    return float(np.sqrt(max(total**2 - fit.common**2, 0.0)))


def by_text(by: str, share: float) -> str:
    """The share of a transfer, of the talks of a reason."""
    return f"{{{flow_text(by)}: {said.percent(share)}}}"


def head_counts(fit: Found, place: int) -> Iterator[tuple[str, int, Doubt | None]]:
    """Head counts of a pool: when, how many, and how far that is known if it is inferred."""
    doubts = fit.doubts[place] if fit.doubts else ()
    for (days, low, high, number), doubt in zip_longest(fit.agents[place], doubts):
        yield f"{days_text(days)} {span_text(low, high)}", number, doubt


# --- joint draws ------------------------------------------------------------------------------


def joint_inputs(fit: Found, sets: int, seed: int) -> pd.DataFrame:
    """[sets] values by dotted path, as texts of the scenario language.

    Each set counts every day as often as a bootstrap sample of the days of its weekday drew it
    (a multinomial), and moves all inputs by what these days say: the same days for all of them. The
    factor of days is drawn from its own interval on the logarithmic scale, the same way for all
    queues, head counts that are inferred from theirs.
    """
    generator = np.random.default_rng([seed, len(fit.days.date)])
    extra = _weights(fit.days.weekday, sets, generator) - 1.0
    errors = generator.standard_normal(sets)
    drawn = {one.path: one.draws(extra, errors) for one in inputs_of(fit)}
    columns = {path: some for path, some in drawn.items() if some}
    for place, pool in enumerate(fit.pools.names):
        errors = generator.standard_normal(sets)  # the same for all head counts of a pool
        for times, _, doubt in head_counts(fit, place):
            if doubt is not None:
                columns[f"pools.{pool}.agents.{times}"] = [str(doubt.at(one)) for one in errors]
    moved = ((one, extra[:, : len(one.share.moves)] @ one.share.moves) for one in fit.transfers)
    shares = {one.name: np.clip(one.share.value + by, 0, 1) for one, by in moved}
    for one, some in zip(fit.transfers, whole(shares, fit.transfers).values(), strict=True):
        columns[f"transfers.{one.name}.share"] = [by_text(one.by, share) for share in some.tolist()]
    return pd.DataFrame(columns)


def _weights(weekday: np.ndarray, sets: int, generator: np.random.Generator) -> Floats:
    """[sets, days] how often each day is drawn: so many of each weekday as there are."""
    found = np.zeros((sets, len(weekday)))
    for one in np.unique(weekday):
        mine = np.flatnonzero(weekday == one)
        size = len(mine)
        drawn = generator.multinomial(size, np.full(size, 1 / size), sets)
        # n days resampled vary by (n - 1) / n of what they should
        scale = np.sqrt(size / max(size - 1, 1))
        found[:, mine] = 1 + (drawn - 1) * scale
    return found
