"""A scenario fitted to interval reports: counts, total times, staff; no single contact is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from sim.data.fitting.arrivals import SLOTS, STEP, Arrivals, fit_arrivals, fit_busyness, week_of
from sim.data.fitting.course import shared_busyness, trend
from sim.data.fitting.days import Days, find_days, seconds_of
from sim.data.fitting.durations import Patience, Times
from sim.data.fitting.families import EXPONENTIAL, LOGNORMAL, Family
from sim.data.fitting.found import DEFERRED, Choices, Queue
from sim.data.fitting.hours import hours_of
from sim.data.fitting.inferred import Inferred, doubt_of_lost, infer_staff
from sim.data.fitting.likelihood import Fitted, Interval
from sim.data.fitting.order import note_unlike_waits
from sim.data.fitting.reasons import by_reason
from sim.data.fitting.redials import DELAY, came_again, fit_redials
from sim.data.fitting.repeats import Repeats
from sim.data.fitting.result import Fit
from sim.data.fitting.roster import Attendance, attendance_marks, attendance_of_report
from sim.data.fitting.sharing import SAME, find_sharing
from sim.data.fitting.staffing import Pools, agents_lines
from sim.scenario import Fault, ScenarioError
from sim.tables import Floats

if TYPE_CHECKING:
    import pandas as pd

UNTOLD = 0.8  # share of who gave up that may try again for all a report says: it says nothing
ASSUMED_CV = 1.0  # of handle times, of which a report says the mean alone
ROUNDS = 10  # after which patience and staff agree with each other


def fit_intervals(table: pd.DataFrame, choices: Choices, zone: str | None) -> Fit:
    """Fit a scenario to intervals; see `sim.data.fit`."""
    table = by_reason(table)
    table = table.assign(queue=table["queue"].astype(object))
    seconds = seconds_of(table["start"])
    days = find_days(seconds, table["offered"].to_numpy(), zone, choices.holidays)
    notes: list[str] = []
    assumed: dict[str, str] = {}
    sharing = find_sharing(table, choices.pools)
    notes += [*sharing.notes, *note_unlike_waits(table, sharing.pools)]
    queues: list[Queue] = []
    agents: list[tuple[tuple[tuple[int, ...], int, int, int], ...]] = []
    names = pool_names(sharing.pools, choices.pools)
    if choices.roster is not None:
        _can_be_rostered(table, names)
    attendance: list[Attendance | None] = []
    for pool, answers in zip(names, sharing.pools, strict=True):
        some = [_Reported.of(name, table, days, choices, assumed, notes) for name in answers]
        patience, found = _waiting(some, days, assumed)
        queues += [replace(one.queue, patience=patience.get(one.queue.name)) for one in some]
        heads = _heads(pool, some, days, found, assumed, notes)
        rostered = None
        if choices.roster is not None and heads is not None:
            known = _known_staff(days, _together(one.rows for one in some))
            rostered = attendance_of_report(choices.roster, pool, heads, known, days, notes)
            assumed |= attendance_marks(pool, rostered)
            heads = rostered.heads
        attendance.append(rostered)
        lines = agents_lines(heads, days.weekday) if heads is not None else []
        agents.append(tuple(lines) or (((0, 1, 2, 3, 4, 5, 6), 0, SLOTS, 1),))
        if answers[0] in sharing.marks:
            said = filter(None, (assumed.get(f"pools.{pool}.agents"), sharing.marks[answers[0]]))
            assumed[f"pools.{pool}.agents"] = "; ".join(said)
    threshold = choices.threshold
    if threshold is None and table["threshold"].notna().any():
        threshold = float(table["threshold"].median())
    return Fit(
        "intervals",
        tuple(queues),
        Pools(names, sharing.pools, {}),
        tuple(agents),
        days,
        shared_busyness(queues, days, choices),
        threshold,
        True,
        hours_of(queues),
        choices,
        tuple(notes),
        assumed,
        (),
        tuple(attendance),
    )


def _can_be_rostered(table: pd.DataFrame, pools: Sequence[str]) -> None:
    """Refuse a roster beside a report that does not say how many of those rostered came."""
    message = ""
    if len(pools) > 1:
        message = (
            f"who of the roster answers which queue is not said, and the report has {len(pools)} "
            "pools: say one in a map, `pools: {agents: [...]}`, if all answer all of them"
        )
    elif not table["staff"].notna().any():
        message = "shrinkage needs a log that names agents, or a report of how many were there"
    if message:
        raise ScenarioError([Fault("", 0, "roster", message)])


def pool_names(
    pools: Sequence[Sequence[str]], said: Mapping[str, Sequence[str]] | None
) -> tuple[str, ...]:
    """Names of pools: those that a map says come first."""
    if len(pools) == 1 and not said:
        return ("agents",)
    given = tuple(said or ())
    return (*given, *(f"{queues[0]} agents" for queues in pools[len(given) :]))


@dataclass(frozen=True)
class _Reported:
    """What a report says of one queue: its rows of the days that count, and what they come to."""

    rows: pd.DataFrame
    day: np.ndarray
    queue: Queue

    @classmethod
    def of(
        cls,
        name: str,
        table: pd.DataFrame,
        days: Days,
        choices: Choices,
        assumed: dict[str, str],
        notes: list[str],
    ) -> _Reported:
        some = table[table["queue"] == name]
        starts, offered = seconds_of(some["start"]), some["offered"].to_numpy()
        length = some["length"].to_numpy()
        counts = _spread(days, starts, length, offered)
        retry, retries = _retries(name, some, days, counts, assumed, notes)
        fresh = np.maximum(counts - retries, 0.0)
        arrivals = fit_arrivals(fresh, days.weekday, days.exposure)
        if retry is not None:
            arrivals = _less_sure(arrivals, retry, retries, days)
        if choices.steady:
            arrivals = replace(arrivals, busyness=Interval(0.0, 0.0, 0.0, len(days.date)))
        notes += trend(name, arrivals, days)
        inside, day = days.number(starts)
        rows, day = some[inside], day[inside]
        answered, handle = rows["answered"].to_numpy(), rows["handle"].to_numpy()
        times = None
        if np.nansum(handle) > 0:
            times = _of_means(handle, answered, day, LOGNORMAL)
            assumed[f"reasons.{name}.handle"] = "the spread, of which a report says nothing"
        channel, total = str(some["channel"].iloc[0]), int(offered.sum())
        week = arrivals.mean * counts.sum() / max(fresh.sum(), 1.0)
        queue = Queue(name, channel, total, arrivals, week, times, None, None, retry, None)
        return cls(rows, day, queue)

    @property
    def gave_up(self) -> float:
        return float(np.nansum(self.rows["abandoned"].to_numpy()))

    @property
    def tells_lost(self) -> bool:
        """Whether the wait of who gave up is reported."""
        return bool(self.rows["wait_abandoned"].notna().any())


def _retries(
    name: str,
    some: pd.DataFrame,
    days: Days,
    counts: Floats,
    assumed: dict[str, str],
    notes: list[str],
) -> tuple[Repeats | None, Floats]:
    """Retries among the offered, if the order of things surely shows them, and [days, half hours]
    how many they were."""
    gave_up, length = np.nan_to_num(some["abandoned"].to_numpy()), some["length"].to_numpy()
    abandoned = _spread(days, seconds_of(some["start"]), length, gave_up)
    short = bool((length <= STEP).all())
    share = fit_redials(counts, abandoned, days.weekday, days.exposure) if short else None
    if share is None or not share.low > 0 or share.value > 1:  # more than all is no retries
        notes.append(f"{name}: {_doubt(share)}: volume and busyness are of all attempts")
        assumed[f"reasons.{name}.retry"] = "customers are not known: no retries"
        return None, np.zeros_like(counts)
    notes.append(
        f"{name}: {_bounds(share)} of who gave up try again, by what comes after many gave up: a "
        "weak estimate; volume and busyness are of what is left without them"
    )
    assumed[f"reasons.{name}.retry"] = "a weak estimate from totals; when they come, is assumed"
    after = Interval(DELAY, np.nan, np.nan, 0)
    retries = share.value * came_again(abandoned)[0]
    return Repeats(share, after, np.zeros(0, np.int64), 1.0, 0.0), retries


def _doubt(share: Interval | None) -> str:
    """What a share that is not used says all the same."""
    told = "how many of who gave up try again cannot be told from this report"
    if share is not None and share.value > 1:
        return f"{told}, for more come after many gave up than these could be"
    if share is None or share.high > UNTOLD:
        return told
    return f"at most {share.high:.0%} of who gave up try again, by what comes after many gave up"


def _less_sure(arrivals: Arrivals, retry: Repeats, retries: Floats, days: Days) -> Arrivals:
    """Arrivals without retries whose share is not known: what it may be, the volume answers for."""
    many = week_of(retries, days.weekday, days.exposure).sum() / retry.share.value
    week = arrivals.per_week
    error = np.hypot((week.high - week.low) / 2, many * (retry.share.high - retry.share.low) / 2)
    influence = arrivals.influence.copy()
    influence[: len(retry.share.moves)] -= many * retry.share.moves
    wide = replace(week, low=max(week.value - error, 0.0), high=week.value + error)
    return replace(arrivals, per_week=wide, influence=influence)


def _bounds(share: Interval) -> str:
    return f"{share.value:.0%} [{share.low:.0%}, {share.high:.0%}]"


def _heads(
    pool: str,
    some: Sequence[_Reported],
    days: Days,
    found: Inferred | None,
    assumed: dict[str, str],
    notes: list[str],
) -> Floats | None:
    """[days, half hours] who was there, as reported or else inferred."""
    rows = _together(one.rows for one in some)
    if rows["staff"].notna().any():
        counts = rows.groupby(["start", "again"])["staff"].nunique()
        if (counts > 1).mean() > 1 - SAME:
            assumed[f"pools.{pool}.agents"] = "the largest of the head counts of its queues"
        return _mean_staff(days, rows)
    names = ", ".join(one.queue.name for one in some)
    notes.append(
        f"{names}: staff is not in the data; it is what makes the waits agree, no measurement"
    )
    said = "inferred from waits and volumes by Erlang A"
    none = "staff is not in the data, and waits are not either"
    assumed[f"pools.{pool}.agents"] = none if found is None else said
    return None if found is None else found.heads[days.weekday]


def _together(parts: Iterable[pd.DataFrame]) -> pd.DataFrame:
    import pandas as pd

    return pd.concat(list(parts))


def _spread(days: Days, starts: Floats, length: Floats, number: Floats) -> Floats:
    """[days, half hours] what intervals of any length count, an hour's half each."""
    found = np.zeros((len(days.date), SLOTS))
    for minutes in np.unique(length).tolist():
        mine = length == minutes
        parts = max(round(minutes / 1800.0), 1)
        for part in range(parts):
            found += days.counts(starts[mine] + 1800.0 * part, number[mine] / parts)
    return found


def _known_staff(days: Days, rows: pd.DataFrame) -> np.ndarray:
    """[days, half hours] whether a report says how many were there."""
    known = rows[rows["staff"].notna()]
    starts, length = seconds_of(known["start"]), known["length"].to_numpy()
    return _spread(days, starts, length, np.ones(len(known))) > 0


def _mean_staff(days: Days, rows: pd.DataFrame) -> Floats:
    """[days, half hours] agents of a pool; each of its queues has them all where it is open."""
    known = rows[rows["staff"].notna()].groupby(["start", "again"])
    whole = known[["staff", "length"]].max().reset_index()
    starts, length = seconds_of(whole["start"]), np.maximum(whole["length"].to_numpy(), STEP)
    total = _spread(days, starts, length, whole["staff"].to_numpy())
    number = _spread(days, starts, length, np.ones(len(whole)))
    return np.divide(total, number, out=np.zeros_like(total), where=number > 0)


def _of_means(
    total: Floats,
    number: Floats,
    day: np.ndarray,
    family: Family,
    cv: float = ASSUMED_CV,
    doubt: float = 0.0,
) -> Times:
    """A family with the mean that totals say: their ratio, days resampled.

    doubt: what the mean may be off by besides, a standard error of its logarithm.
    """
    good = np.isfinite(total) & np.isfinite(number)
    days = int(day.max()) + 1
    above = np.bincount(day[good], total[good], minlength=days)
    below = np.bincount(day[good], number[good], minlength=days)
    mean = above.sum() / below.sum()
    slope = (above - mean * below) / below.sum() / mean
    spread = float(slope @ slope) * days / max(days - 1, 1)
    slope *= np.sqrt(1 + doubt**2 / spread) if spread > 0 else 1.0
    theta = family.start(mean, cv)
    influence = np.zeros((days, len(theta)))
    influence[:, 0] = slope
    fitted = Fitted(theta, influence, np.nan)
    n = int(below.sum())
    cv_known = Interval(family.cv(theta), np.nan, np.nan, 0)
    return Times(family, fitted, fitted.interval(family.mean, n), cv_known, n, {}, np.nan)


def _waiting(
    some: Sequence[_Reported], days: Days, assumed: dict[str, str]
) -> tuple[dict[str, Patience], Inferred | None]:
    """Exponential patience of the queues of a pool, and the staff that has the waits of the report.

    P(Ab) = theta E[W], with the wait of answered and abandoned (Mandelbaum and Zeltyn 2007): the
    wait of *all* over the number who gave up. What a report does not say of the wait of those who
    gave up is that of the model, in a few rounds: it depends on staff, and staff on patience.
    """
    waiting = [one for one in some if _has_waits(one)]
    at_once = [one for one in waiting if one.queue.channel not in DEFERRED]
    waiting = at_once or waiting  # mail of a pool waits for its calls, which it does not delay
    for one in some:
        key = f"reasons.{one.queue.name}.patience"
        if not _has_waits(one):
            assumed[key] = "the report has no waits: nobody gives up"
        elif not one.gave_up > 0:
            assumed[key] = "nobody gave up"
        else:
            way = "" if one.tells_lost else ", and a wait as in Erlang A of who gives up"
            assumed[key] = f"exponential{way}"
    if not waiting:
        return {}, None
    asa, error = _asa(_together(one.rows for one in waiting), days)
    rates = np.array([one.queue.offered for one in waiting]) / STEP
    handles = np.array([one.queue.handle.mean.value for one in waiting if one.queue.handle])
    cv = _busyness([one.queue for one in waiting], days)
    lost = np.ones(len(waiting))  # wait of who gave up over that of the answered
    found, rounds = None, 1 if all(one.tells_lost for one in waiting) else ROUNDS
    for _ in range(rounds):
        times = [_patience(one, ratio) for one, ratio in zip(waiting, lost, strict=True)]
        means = np.array([np.inf if one is None else one.mean.value for one in times])
        found = infer_staff(rates, handles, means, cv, asa, error)
        lost = np.sqrt(lost * found.lost)  # half a step, for head counts jump
    if found is not None and rounds > 1:
        doubts = doubt_of_lost(rates, handles, means, cv, found.heads, asa)
        times = [_patience(*each) for each in zip(waiting, lost, doubts, strict=True)]
    empty = np.zeros(0)
    return {
        one.queue.name: Patience(fitted, Interval(0.0, 0.0, 0.0, 0), (empty, empty, empty), False)
        for one, fitted in zip(waiting, times, strict=True)
        if fitted is not None
    }, found


def _has_waits(one: _Reported) -> bool:
    return one.queue.handle is not None and bool(one.rows["wait_answered"].notna().any())


def _patience(one: _Reported, lost: float, doubt: float = 0.0) -> Times | None:
    """Exponential patience of one queue; `lost`: wait of the abandoned over that of the answered,
    where the report does not say it, `doubt`: standard error of its logarithm."""
    gave_up = one.rows["abandoned"].to_numpy()
    answered = np.nan_to_num(one.rows["wait_answered"].to_numpy())
    if not one.gave_up > 0:
        return None
    of_lost = one.rows["wait_abandoned"].to_numpy()
    if not one.tells_lost:
        of_lost = gave_up * lost * answered.sum() / one.gave_up
        doubt *= lost / (1 + lost)
    wait = answered + np.nan_to_num(of_lost)
    return _of_means(wait, gave_up, one.day, EXPONENTIAL, doubt=doubt)


def _busyness(queues: Sequence[Queue], days: Days) -> float:
    """Coefficient of variation of the factor of days of queues together."""
    if len(queues) == 1:
        return queues[0].arrivals.busyness.value
    total = sum(one.arrivals.factor * one.arrivals.expected for one in queues)
    expected = sum(one.arrivals.expected for one in queues)
    return fit_busyness(np.asarray(total), np.asarray(expected), days.weekday).value


def _asa(rows: pd.DataFrame, days: Days) -> tuple[Floats, Floats]:
    """[weekday, half hour] mean wait of the answered, and the standard error of its logarithm."""
    starts, length = seconds_of(rows["start"]), rows["length"].to_numpy()
    wait = _spread(days, starts, length, np.nan_to_num(rows["wait_answered"].to_numpy()))
    number = _spread(days, starts, length, np.nan_to_num(rows["answered"].to_numpy()))
    asa, error = np.full((7, SLOTS), np.nan), np.full((7, SLOTS), np.nan)
    for one in np.unique(days.weekday).tolist():
        mine = days.weekday == one
        total, of = wait[mine].sum(axis=0), number[mine].sum(axis=0)
        with np.errstate(all="ignore"):
            asa[one] = total / of
            off = ((wait[mine] - asa[one] * number[mine]) ** 2).sum(axis=0)
            error[one] = np.sqrt(off * mine.sum() / max(mine.sum() - 1, 1)) / of / (1 + asa[one])
    return asa, error


def staff_of_week(some: pd.DataFrame, names: Sequence[str], first: int) -> Floats:
    """[7, half hours] agents of a pool's queues that a report has in the week from a date on."""
    mine = some[some["queue"].astype(str).isin(names)]
    days = Days(first + np.arange(7), np.arange(7), np.ones((7, SLOTS)), {})
    return _mean_staff(days, mine)
