"""A scenario fitted to an export."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import scipy.stats

from sim.data.counting import counted
from sim.data.fitting.arrivals import SLOTS, Arrivals, common_busyness, fit_arrivals, week_of
from sim.data.fitting.days import Days, seconds_of, usual_days
from sim.data.fitting.durations import Patience, Times, fit_patience, fit_times
from sim.data.fitting.likelihood import Interval
from sim.data.fitting.order import Rank, fit_priorities
from sim.data.fitting.repeats import AGAIN_WITHIN, RETRY_WITHIN, Journeys, Repeats, fit_repeats
from sim.data.fitting.roster import Attendance, Roster, attendance_marks, fit_attendance
from sim.data.fitting.staffing import (
    Pools,
    agents_lines,
    at_least_one,
    find_pools,
    find_spells,
    heads_of,
)
from sim.data.fitting.transfers import Transfer, fit_transfers, passed_on
from sim.data.reading import Data
from sim.experiment.reported import Reported
from sim.scenario import Fault, ScenarioError
from sim.scenario.numbers import LONGEST
from sim.tables import DAY, Floats

if TYPE_CHECKING:
    import pandas as pd

    from sim.scenario import Scenario

DEFERRED = {"email", "mail", "e-mail", "letter", "task", "fax"}
LEAST_REPEATS = 20
NIGHT = 4  # half hours without customers between two parts of a day
ELSEWHERE = 0.05  # share of the retries in other queues that is worth a note
LITTLE = 0.02  # coefficient of variation of what queues share that is worth a line
SEEN = 0.004  # share of retries or repeat contacts that is worth a line


@dataclass(frozen=True)
class Choices:
    """What a fit is told not to find out by itself.

    threshold: of the service level, in seconds. holidays: country or part of it, as in the
    calendar. exponential: patience of no other family. steady: no factor of the day. pools: of an
    interval report, name -> queues that share their agents, None to find it out. roster: of the
    agents of a log, as `read_roster` gives it.
    """

    threshold: float | None = None
    holidays: str | None = None
    exponential: bool = False
    steady: bool = False
    pools: Mapping[str, Sequence[str]] | None = None
    roster: Roster | None = None

    def __post_init__(self) -> None:
        if self.threshold is not None and not 0 <= self.threshold <= LONGEST:
            raise ValueError(
                f"threshold: {self.threshold:g} s is no time within which to answer; allowed: 0 s "
                "to a hundred years"
            )

    def of(self, data: Data) -> Choices:
        """With what the map of an export says."""
        return self if self.pools is not None else replace(self, pools=data.map.pools)


@dataclass(frozen=True)
class Queue:
    """What is known of one queue: a reason of the scenario.

    offered: [weekday, half hour] new customers, and contacts that others passed on. hold: share of
    the handle time on hold, nan where it is not known apart.
    """

    name: str
    channel: str
    contacts: int
    arrivals: Arrivals
    offered: Floats
    handle: Times | None
    wrap: Times | None
    patience: Patience | None
    retry: Repeats | None
    again: Repeats | None
    rank: Rank | None = None
    hold: float = np.nan


@dataclass(frozen=True, repr=False)
class Fit(Reported):
    """A scenario with what it rests on.

    queues: what was fitted of each. pools: who answers; agents: of each pool the head counts as
    (weekdays, from, to, number). common: coefficient of variation of the day's factor that queues
    share. transfers: of talks that a log chains. attendance: of each pool, who came of those
    rostered, where a roster is known; agents are the rostered ones then. notes: what does not hold,
    or was assumed. source: `contacts` or `intervals`.
    files: of the export; read: rows that count; left_out: of the others, why -> how many.
    """

    kind: ClassVar[str] = "fit"

    source: str
    queues: tuple[Queue, ...]
    pools: Pools
    agents: tuple[tuple[tuple[tuple[int, ...], int, int, int], ...], ...]
    days: Days
    common: float
    threshold: float | None
    drains: bool
    hours: dict[str, tuple[tuple[tuple[int, ...], int, int], ...]]
    choices: Choices
    notes: tuple[str, ...]
    assumed: dict[str, str]
    transfers: tuple[Transfer, ...] = ()
    attendance: tuple[Attendance | None, ...] = ()
    files: tuple[str, ...] = ()
    read: int = 0
    left_out: dict[str, int] = field(default_factory=dict)

    def heads(self, pool: int) -> Floats:
        """[7, half hours] agents of a pool, as the scenario has them."""
        return heads_of(self.agents[pool])

    @cached_property
    def text(self) -> str:
        """The scenario as a person would have written it, with a comment behind each number."""
        from sim.data.fitting.text import scenario_text

        return scenario_text(self)

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario, read and checked."""
        from sim.scenario import loads

        return loads(self.text, "fitted scenario")

    def inputs(self, sets: int = 200, seed: int = 1) -> pd.DataFrame:
        """Joint draws of what is not known: one row a set, one column a dotted path.

        Days are resampled, all inputs at once, so that what goes together goes together.
        """
        from sim.data.fitting.inputs import joint_inputs

        return joint_inputs(self, sets, seed)


def fit(data: Data, choices: Choices | None = None) -> Fit:
    """Fit a scenario to an export.

    Args:
        data: of `read_data`.
        choices: what is given instead of found.

    Raises:
        ScenarioError: if there are too few days.
    """
    choices = (Choices() if choices is None else choices).of(data)
    table = data.contacts if data.contacts is not None else data.intervals
    assert table is not None
    found = fit_table(table, choices, data.zone or data.map.zone, contacts=data.intervals is None)
    return replace(found, files=data.files, read=len(table), left_out=data.left_out)


def fit_table(table: pd.DataFrame, choices: Choices, zone: str | None, *, contacts: bool) -> Fit:
    """Fit a scenario to one of the canonical tables; see `fit`."""
    if contacts:
        return fit_contacts(table, choices, zone)
    from sim.data.fitting.reports import fit_intervals

    return fit_intervals(table, choices, zone)


def holiday_dates(code: str | None, first: int, last: int) -> frozenset[int]:
    """Public holidays as days since 1970."""
    if code is None:
        return frozenset()
    from sim.scenario.calendar import public_holidays

    years = range(1970 + int(first / 365.25) - 1, 1970 + int(last / 365.25) + 2)
    return frozenset((one.toordinal() - 719163) for one in public_holidays(code, years))


def find_days(
    seconds: Floats, number: Floats, zone: str | None, holidays: str | None, least: int = 5
) -> Days:
    """The usual days of an export; raises ScenarioError if there are fewer than `least`."""
    date = np.floor(seconds / DAY).astype(np.int64)
    first, last = int(date.min()), int(date.max())
    size = last - first + 1
    per_day = np.bincount(date - first, number, minlength=size)
    ends = np.zeros(size)
    np.maximum.at(ends, date - first, np.where(number > 0, seconds % DAY, 0.0))
    days = usual_days(per_day, first, zone, holiday_dates(holidays, first, last), ends)
    if len(days.date) < least:
        message = (
            f"only {counted(len(days.date), 'day')} can be fitted; at least {least} are needed"
        )
        raise ScenarioError([Fault("", 0, "", message)])
    return days


def fit_contacts(table: pd.DataFrame, choices: Choices, zone: str | None) -> Fit:
    """Fit a scenario to contacts; see `fit`."""
    table = by_reason(table)
    seconds = seconds_of(table["arrived"])
    first_leg = (table["leg"] == 0).to_numpy()
    days = find_days(seconds, first_leg.astype(float), zone, choices.holidays)
    pools = find_pools(table)
    notes: list[str] = []
    assumed: dict[str, str] = {}
    transfers = fit_transfers(table, days)
    passed, part = passed_on(table, transfers)
    again, fresh = _fit_repeats(table, passed, days, notes)
    ranks = fit_priorities(table, pools, notes)
    table = table.assign(whole=table["talk"] / part, passed=passed, fresh=fresh)
    queues = []
    for name, rows in table.groupby("reason", sort=False).indices.items():
        some = table.iloc[np.sort(rows)]
        queue = _fit_queue(str(name), some, days, choices, again[str(name)], notes, assumed)
        if queue is None:
            notes.append(
                f"{name}: left out, with {counted(len(some), 'contact')} too few to be fitted"
            )
            continue
        queues.append(replace(queue, rank=ranks.get(queue.name)))
    if not queues:
        raise ScenarioError([Fault("", 0, "", "no queue has enough contacts to be fitted")])
    pools = _only_fitted(pools, {queue.name for queue in queues})
    spells = find_spells(table, pools)
    attendance: tuple[Attendance | None, ...] = (None,) * len(pools.names)
    if choices.roster is not None:
        attendance = fit_attendance(choices.roster, table, pools, spells, days, notes)
    agents = []
    for place, pool in enumerate(pools.names):
        opened = opened_hours(queues, pools.answers[place])[days.weekday]
        heads = at_least_one(spells.heads(place, days.date), opened, days.date, table, pools, place)
        lines = agents_lines(heads * opened, days.weekday)
        rostered = attendance[place]
        if rostered is not None:
            lines = agents_lines(rostered.heads, days.weekday)
            assumed |= attendance_marks(pool, rostered)
        if not lines:
            notes.append(f"{pool}: no agent is named; staff must be said")
            assumed[f"pools.{pool}.agents"] = "no agent is named in the data"
            lines = [(tuple(range(7)), 0, SLOTS, 1)]
        agents.append(tuple(lines))
    notes += _other_legs(table, passed)
    return Fit(
        "contacts",
        tuple(queues),
        pools,
        tuple(agents),
        days,
        shared_busyness(queues, days, choices),
        choices.threshold,
        _drains(table),
        _hours(queues),
        choices,
        tuple(notes),
        assumed,
        tuple(one for one in transfers if {one.by, one.to} <= {queue.name for queue in queues}),
        attendance,
    )


def shared_busyness(queues: Sequence[Queue], days: Days, choices: Choices) -> float:
    """Coefficient of variation of the factor of days that queues have in common."""
    if len(queues) < 2 or choices.steady:
        return 0.0
    some = [one.arrivals for one in queues]
    totals = [one.factor * one.mean[days.weekday].sum(axis=1) for one in some]
    expected = [(one.mean[days.weekday] * days.exposure).sum(axis=1) for one in some]
    common = float(np.sqrt(common_busyness(np.array(totals), np.array(expected))))
    return common if common > LITTLE else 0.0


def by_reason(table: pd.DataFrame) -> pd.DataFrame:
    """With reasons for queues: the queue, and the channel where a queue has several.

    Names are as the scenario language allows them: letters, digits, spaces, `_` and `-`.
    """
    table = table.assign(channel=table["channel"].map(_names(table["channel"], "phone")))
    pairs = table.groupby("queue", observed=True)["channel"].nunique()
    several = set(pairs.index[pairs > 1])
    queue, channel = table["queue"].astype(object), table["channel"].astype(object)
    if several:
        queue = queue.where(~queue.isin(several), queue + " " + channel)
    queue = queue.map(_names(queue, "contacts"))
    return table.assign(reason=queue.astype("category"), queue=queue.astype("category"))


def _names(column: pd.Series, usual: str) -> dict[object, str]:
    """What each name of an export is called in the scenario; `usual` where nothing is left."""
    found: dict[object, str] = {}
    for name in column.unique():
        said = " ".join(re.sub(r"[^\w\s-]|^[\s_-]+", " ", str(name)).split()) or usual
        said = f"{said} {usual}" if said == "other" else said  # which means all others
        one, number = said, 2
        while one in found.values():
            one, number = f"{said} {number}", number + 1
        found[name] = one
    return found


def _other_legs(table: pd.DataFrame, passed: np.ndarray) -> list[str]:
    """Legs that no transfer of the scenario makes."""
    others = int(((table["leg"] > 0) & ~passed).sum())
    what = "after an overflow, or of rare transfers: arrivals of the queue that they went to"
    return [f"{counted(others, 'leg')} {what}"] if others else []


def _fit_repeats(
    table: pd.DataFrame, passed: np.ndarray, days: Days, notes: list[str]
) -> tuple[dict[str, tuple[Repeats | None, Repeats | None]], Floats]:
    """Retries and repeat contacts of each queue, and [rows] the weights of contacts as new ones.

    Who gave up tries again wherever they get through; who calls another queue after an answer has
    another matter.
    """
    day = days.number(seconds_of(table["arrived"]))[1]
    fresh = np.where(passed, 0.0, 1.0)
    found: dict[str, list[Repeats | None]] = {str(name): [] for name in table["reason"].unique()}
    for outcome, within, apart in (
        ("abandoned", RETRY_WITHIN, False),
        ("answered", AGAIN_WITHIN, True),
    ):
        journeys = Journeys.of(table, passed, apart=apart)
        for name, said in found.items():
            one = fit_repeats(journeys, name, day, outcome, within)
            if one is not None and one.share.low > SEEN and one.after.n >= LEAST_REPEATS:
                fresh[one.came] *= 1 - one.real
                if one.elsewhere > ELSEWHERE:
                    notes.append(
                        f"{name}: {one.elsewhere:.0%} of the retries come to another queue; in the "
                        f"scenario they come back to {name}"
                    )
                said.append(one)
            else:
                said.append(None)
    return {name: (said[0], said[1]) for name, said in found.items()}, fresh


def _only_fitted(pools: Pools, names: set[str]) -> Pools:
    kept = [i for i, some in enumerate(pools.answers) if set(some) & names]
    place = {old: new for new, old in enumerate(kept)}
    return Pools(
        tuple(pools.names[i] for i in kept),
        tuple(tuple(q for q in pools.answers[i] if q in names) for i in kept),
        {agent: place[pool] for agent, pool in pools.of_agent.items() if pool in place},
    )


def _fit_queue(
    name: str,
    some: pd.DataFrame,
    days: Days,
    choices: Choices,
    repeats: tuple[Repeats | None, Repeats | None],
    notes: list[str],
    assumed: dict[str, str],
) -> Queue | None:
    seconds = seconds_of(some["arrived"])
    inside, day = days.number(seconds)
    if inside.sum() < 30:
        return None
    channel = str(some["channel"].iloc[0])
    retry, again = repeats
    if retry is None and (some["customer"] == 0).all():
        assumed[f"reasons.{name}.retry"] = "customers are not known: no retries"
    counts = days.counts(seconds, some["fresh"].to_numpy())
    arrivals = fit_arrivals(counts, days.weekday, days.exposure)
    others = days.counts(seconds, some["passed"].to_numpy(float))
    offered = arrivals.mean + week_of(others, days.weekday, days.exposure)
    if choices.steady:
        arrivals = replace(arrivals, busyness=Interval(0.0, 0.0, 0.0, len(days.date)))
    if arrivals.left_over_p < 1e-3 and arrivals.left_over > 1.1:
        notes.append(
            f"{name}: half hours vary {arrivals.left_over:.2f} times as much as chance within "
            "their day: arrivals cluster, which the model does not show"
        )
    notes += _trend(name, arrivals, days)
    answered = inside & (some["outcome"] == "answered").to_numpy()
    talk, wrap = some["talk"].to_numpy(), some["wrap"].to_numpy()
    handle = _times(some["whole"].to_numpy(), answered, day)
    _check_family(name, "handle", handle, notes)
    wrapped = _times(wrap, answered & (np.nan_to_num(wrap) > 0), day)
    patience = None
    if channel not in DEFERRED:
        wait = some["wait"].to_numpy()
        known = inside & ~np.isnan(wait)
        gave_up = (some["outcome"] == "abandoned").to_numpy()
        patience = fit_patience(wait[known], gave_up[known], day[known], choices.exponential)
        if patience is None:
            assumed[f"reasons.{name}.patience"] = "hardly anybody gave up: nobody does"
        else:
            notes += _patience_notes(name, wait[known], gave_up[known], patience, some[known])
    if handle is not None:
        notes += _drift(name, talk[answered], seconds[answered], some["wait"].to_numpy()[answered])
    hold = some["hold"].to_numpy()
    held = answered & ~np.isnan(hold) & ~np.isnan(talk)
    return Queue(
        *(name, channel, int(inside.sum()), arrivals, offered, handle, wrapped, patience),
        *(retry, again),
        hold=float(hold[held].sum() / talk[held].sum()) if talk[held].sum() > 0 else np.nan,
    )


def _times(values: Floats, mask: np.ndarray, day: np.ndarray) -> Times | None:
    mask = mask & ~np.isnan(values) & (values >= 0)
    return fit_times(values[mask], day[mask]) if mask.any() else None


def _check_family(name: str, what: str, times: Times | None, notes: list[str]) -> None:
    if times is not None and times.family.name == "empirical":
        notes.append(
            f"{name}: no family fits the {what} times well; the scenario has them as they are, a "
            "hundredth of them each"
        )


def _patience_notes(
    name: str, wait: Floats, gave_up: np.ndarray, patience: Patience, some: pd.DataFrame
) -> list[str]:
    """Where the model of patience does not hold."""
    found = []
    if patience.longest_censored and len(patience.curve[0]):
        longest = patience.curve[0][-1]
        found.append(
            f"{name}: the longest waits were answered: patience beyond {longest:.0f} s is the "
            "family's word, not the data's"
        )
    hour = seconds_of(some["arrived"]) % DAY // 3600
    busy = np.array(
        [wait[hour == one].mean() if (hour == one).any() else np.nan for one in range(24)]
    )
    middle = np.nanmedian(busy[busy > 0]) if (busy > 0).any() else 0.0
    high = np.isin(hour, np.flatnonzero(np.nan_to_num(busy) > middle))
    rates = []
    for mask in (high, ~high):
        events, total = gave_up[mask].sum(), wait[mask].sum()
        rates.append((events / total if total else np.nan, events))
    (a, n), (b, m) = rates
    if (
        min(n, m) > 30
        and abs(np.log(a / b)) > 4 * np.sqrt(1 / n + 1 / m)
        and abs(np.log(a / b)) > 0.2
    ):
        found.append(
            f"{name}: customers give up at another rate in busy hours ({3600 * a:.0f} against "
            f"{3600 * b:.0f} an hour of waiting): patience is not exponential, or drifts with load"
        )
    return found


def _drift(name: str, talk: Floats, seconds: Floats, wait: Floats) -> list[str]:
    """Handle times that grow with load, or differ by hour: the model has one distribution."""
    good = (talk > 0) & ~np.isnan(talk)
    talk, seconds, wait = talk[good], seconds[good], wait[good]
    if len(talk) < 200:
        return []
    logs = np.log(talk)
    found = []
    waited = np.nan_to_num(wait) > 0
    if 100 < waited.sum() < len(talk) - 100:
        gap = logs[waited].mean() - logs[~waited].mean()
        error = np.sqrt(logs[waited].var() / waited.sum() + logs[~waited].var() / (~waited).sum())
        if abs(gap) > max(4 * error, 0.05):
            word = "longer" if gap > 0 else "shorter"
            found.append(
                f"{name}: handle times are {abs(np.expm1(gap)):.0%} {word} when customers had to "
                "wait; the model has them the same"
            )
    hour = (seconds % DAY // 3600).astype(int)
    total = logs.var() * len(logs)
    between = sum(
        (hour == one).sum() * (logs[hour == one].mean() - logs.mean()) ** 2
        for one in np.unique(hour)
    )
    if total > 0 and between / total > 0.01:
        found.append(
            f"{name}: {between / total:.1%} of the variance of handle times lies between hours of "
            "the day, which the scenario has the same"
        )
    return found


def _trend(name: str, arrivals: Arrivals, days: Days) -> list[str]:
    """Volume that grows or falls: the scenario has the mean of the period."""
    some = (arrivals.expected > 20) & (arrivals.factor > 0)
    if some.sum() < 10:
        return []
    found = scipy.stats.linregress(days.date[some] / 7, np.log(arrivals.factor[some]))
    if found.pvalue > 1e-3 or abs(found.slope) < 0.01:
        return []
    word = "grows" if found.slope > 0 else "falls"
    return [
        f"{name}: volume {word} by {abs(np.expm1(found.slope)):.0%} a week; the scenario has the "
        "mean of the period: fit the last weeks alone, or say the volume that is expected"
    ]


def _drains(table: pd.DataFrame) -> bool:
    """Whether those who still wait at closing time are served: nobody was dismissed then."""
    closing = (table["outcome"] == "closed").to_numpy()
    dismissed = closing & (np.nan_to_num(table["wait"].to_numpy()) > 0)
    return not dismissed.any()


def _hours(queues: list[Queue]) -> dict[str, tuple[tuple[tuple[int, ...], int, int], ...]]:
    """Opening hours of each channel: from the first to the last half hour with customers."""
    found: dict[str, tuple[tuple[tuple[int, ...], int, int], ...]] = {}
    for channel in dict.fromkeys(queue.channel for queue in queues):
        mean = sum(queue.offered for queue in queues if queue.channel == channel)
        spans: dict[tuple[int, int], list[int]] = {}
        for day in range(7):
            slots = np.flatnonzero(_opened(mean[day]))
            if len(slots):
                spans.setdefault((int(slots[0]), int(slots[-1]) + 1), []).append(day)
        found[channel] = tuple((tuple(days), low, high) for (low, high), days in spans.items())
    return found


def opened_hours(queues: Sequence[Queue], names: Sequence[str]) -> np.ndarray:
    """[weekday, half hour] whether some queues are open, by when their contacts come."""
    offered = sum(one.offered for one in queues if one.name in names)
    return np.array([_opened(day) for day in np.zeros((7, SLOTS)) + offered])


def _opened(mean: Floats) -> np.ndarray:
    """[half hours] from the first to the last with customers, without a few who came at night."""
    slots = np.flatnonzero(mean > 0.02 * mean.max())
    blocks = np.split(slots, np.flatnonzero(np.diff(slots) > NIGHT) + 1)
    kept = [one for one in blocks if mean[one].sum() >= 0.01 * mean.sum()]
    found = np.zeros(SLOTS, bool)
    if len(slots):
        found[kept[0][0] : kept[-1][-1] + 1] = True
    return found
