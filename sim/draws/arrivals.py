"""When customers arrive: a Poisson process whose rate follows the week and the day's luck.

Arrivals come from inverting the cumulative rate at the points of a unit-rate Poisson process
(Çinlar 1975): the k-th customer stays the k-th customer when the volume, the profile or the
day's busyness changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np

from sim.draws.happening import FOLLOW_UP_DAYS, volume_factors
from sim.draws.streams import Stream
from sim.scenario.calendar import intervals, names_holidays
from sim.scenario.model import Reason, Scenario
from sim.scenario.times import TimesOfWeek
from sim.scenario.values import Volume
from sim.tables import DAY, Floats, Ints, on_grid

HOUR = 3600.0


@dataclass(frozen=True)
class ArrivalRate:
    """Expected arrivals of one reason: `expected[i]` between `edges[i]` and `edges[i + 1]`.

    No step of the rate crosses midnight, so that each lies in one day.

    shares: [step, channel of the reason] where the first contact is made, if profiles differ by
        channel; else it is always as the reason says.
    """

    edges: Floats
    expected: Floats
    shares: Floats | None = None

    @property
    def total(self) -> float:
        """Expected number of customers over the whole run."""
        return float(self.expected.sum())


def arrival_rate(scenario: Scenario, name: str, holidays: frozenset[date]) -> ArrivalRate:
    """The mean rate of a reason's arrivals over warm-up, counted and cool-down days."""
    usual = _usual_rate(scenario, scenario.reasons[name], holidays)
    expected = usual.expected.copy()
    days = np.floor(usual.edges[:-1] / DAY)
    for special, factor in scenario.calendar.special_days.items():
        expected[days == (special - scenario.calendar.start).days] *= factor.at(name, None)
    return _with_factors(
        ArrivalRate(usual.edges, expected, usual.shares), volume_factors(scenario, name, holidays)
    )


def _with_factors(rate: ArrivalRate, factors: list[tuple[float, float, float]]) -> ArrivalRate:
    """The rate, times a factor in some spans."""
    if not factors:
        return rate
    borders = [t for low, high, _ in factors for t in (low, high)]
    edges = np.unique(np.clip([*rate.edges, *borders], rate.edges[0], rate.edges[-1]))
    step = np.searchsorted(rate.edges, edges[:-1], side="right") - 1
    expected = rate.expected[step] * np.diff(edges) / np.diff(rate.edges)[step]
    for low, high, factor in factors:
        expected[(edges[:-1] >= low) & (edges[:-1] < high)] *= factor
    return ArrivalRate(edges, expected, None if rate.shares is None else rate.shares[step])


def kinds_of_days(scenario: Scenario, name: str, days: Ints, stream: Stream) -> Floats:
    """The factor of a reason's volume on each day: one uniform a day decides the kind for all."""
    factors = np.ones(len(days))
    if not scenario.day_kinds:
        return factors
    kinds = list(scenario.day_kinds.values())
    borders = np.cumsum([kind.chance for kind in kinds])
    of_kind = np.array([*(kind.volumes.get(name, 1.0) for kind in kinds), 1.0])
    for day in np.unique(days):
        kind = int(np.searchsorted(borders, stream("day kind", int(day)).random(), side="right"))
        factors[days == day] = of_kind[kind]
    return factors


def _usual_rate(scenario: Scenario, reason: Reason, holidays: frozenset[date]) -> ArrivalRate:
    calendar = scenario.calendar
    first, days = -calendar.warmup, calendar.warmup + calendar.days + calendar.cooldown
    if reason.arrivals is not None and reason.arrivals.counts is not None:
        return _rate_of_counts(reason.arrivals.counts, first, days)
    if reason.volume is None:
        return ArrivalRate(np.array([first, first + days]) * DAY, np.zeros(1))
    return _profiled(scenario, reason, first, days, holidays)


def _profiled(
    scenario: Scenario, reason: Reason, first: int, days: int, holidays: frozenset[date]
) -> ArrivalRate:
    """The rate of a reason with a volume, on so many days."""
    assert reason.volume is not None
    named: dict[str | None, list[int]] = {}  # profile -> the channels that it holds for
    for number, channel in enumerate(reason.channels):
        named.setdefault(_profile_of(reason, channel), []).append(number)
    rates = []
    for name in named:
        profile = scenario.profiles[name] if name is not None else {}
        edges, weights = _steps(
            tuple(profile.items()), scenario.calendar.start, first, days, holidays
        )
        weight_one = _rate_at_weight_one(profile, reason.volume)
        rates.append(ArrivalRate(edges, np.diff(edges) * weights * weight_one))
    if len(rates) == 1:
        return rates[0]
    return _side_by_side(rates, list(named.values()), np.array(list(reason.channels.values())))


def _profile_of(reason: Reason, channel: str) -> str | None:
    try:
        return reason.profile.at(channel)
    except KeyError:
        return None


def _side_by_side(
    rates: list[ArrivalRate], channels: list[list[int]], share: Floats
) -> ArrivalRate:
    """Several rates together, each of the shares of its channels."""
    edges = np.unique(np.concatenate([rate.edges for rate in rates]))
    by_channel = np.zeros((len(edges) - 1, len(share)))
    for rate, mine in zip(rates, channels, strict=True):
        step = np.searchsorted(rate.edges, edges[:-1], side="right") - 1
        expected = rate.expected[step] * np.diff(edges) / np.diff(rate.edges)[step]
        by_channel[:, mine] = np.outer(expected, share[mine])
    total = by_channel.sum(axis=1)
    shares = np.tile(share, (len(total), 1))
    np.divide(by_channel, total[:, None], out=shares, where=total[:, None] > 0)
    return ArrivalRate(edges, total, shares)


def arrival_times(
    rate: ArrivalRate,
    busyness: float,
    stream: Stream,
    common: float,
    common_stream: Stream,
    kinds: Floats | float = 1.0,
) -> Floats:
    """Arrival times of one replication, in order.

    Args:
        rate: the mean rate.
        busyness: coefficient of variation of the Gamma factor that multiplies each day's rate.
        stream: gives the generators of this reason.
        common: as `busyness`, of a factor that all reasons share.
        common_stream: gives its generators, the same for all reasons.
        kinds: factor of each step's day (`kinds_of_days`).
    """
    factors = _day_factors(rate, busyness, stream) * _day_factors(rate, common, common_stream)
    factors = factors * kinds
    cumulative = np.concatenate([[0.0], np.cumsum(rate.expected * factors)])
    points = _unit_poisson(stream("arrival"), cumulative[-1])
    times: Floats = on_grid(np.interp(points, cumulative, rate.edges))
    return times


def _unit_poisson(generator: np.random.Generator, end: float) -> Floats:
    """The points of a Poisson process of rate one in (0, end)."""
    chunks: list[Floats] = []
    reached = 0.0
    while reached <= end:
        ahead = end - reached
        gaps = generator.standard_exponential(int(ahead + 4 * np.sqrt(ahead)) + 16)
        gaps[0] += reached
        chunks.append(np.cumsum(gaps))
        reached = float(chunks[-1][-1])
    points = np.concatenate(chunks) if chunks else np.empty(0)
    return points[points < end]


def _day_factors(rate: ArrivalRate, busyness: float, stream: Stream) -> Floats:
    """The Gamma factor (mean 1) of the day of each step; days before the first count backwards."""
    day = np.floor(rate.edges[:-1] / DAY).astype(np.int64)
    if busyness == 0:
        return np.ones(len(day))
    shape = 1.0 / (busyness * busyness)
    after = stream("busyness").standard_gamma(shape, max(day[-1] + 1, 0)) / shape
    before = stream("busyness", "before").standard_gamma(shape, max(-day[0], 0)) / shape
    factors: Floats = np.concatenate([before[::-1], after])[day - day[0]]
    return factors


def _rate_at_weight_one(profile: Mapping[TimesOfWeek, float], volume: Volume) -> float:
    """Arrivals per second where the profile's weight is one.

    A volume per week is the total of an ordinary week; per day, the mean of the days of the week
    on which a line of the profile begins; per hour, the mean of the hours it covers.
    """
    monday = date(2024, 1, 1)
    edges, weights = _steps(tuple(profile.items()), monday, 0, 7, frozenset())
    length = np.diff(edges)
    total = float((length * weights).sum())
    if total == 0:
        return 0.0
    active = weights > 0
    units = {
        "week": 1.0,
        "day": float(len(_days_begun(profile))),
        "hour": float(length[active].sum()) / HOUR,
    }
    return volume.amount * units[volume.per] / total


def _days_begun(profile: Mapping[TimesOfWeek, float]) -> set[int]:
    """Days of the week on which the profile is not zero; past midnight is still the day before."""
    if not profile:
        return set(range(7))
    return {day for times, weight in profile.items() if weight > 0 for t in times for day in t.days}


@lru_cache(maxsize=256)  # a study's scenarios have few profiles, and hundreds of times the same
def _steps(
    profile: tuple[tuple[TimesOfWeek, float], ...],
    start: date,
    first_day: int,
    days: int,
    holidays: frozenset[date],
) -> tuple[Floats, Floats]:
    """The profile over the given days as steps: edges (every midnight among them), weights."""
    begin, end = first_day * DAY, (first_day + days) * DAY
    midnights = _midnights(first_day, days)
    if not profile:
        return midnights, np.ones(days)
    named = names_holidays(times for times, _ in profile)
    spans = [
        (max(low, begin), min(high, end), weight)
        for times, weight in profile
        # one day more in front: a line may pass midnight into the first day
        for low, high in intervals(
            times, start, first_day - 1, days + 1, holidays, holidays_apart=named
        )
        if high > begin and low < end
    ]
    edges: Floats = np.unique(np.concatenate([midnights, *(span[:2] for span in spans)]))
    weights = np.zeros(len(edges) - 1)
    for low, high, weight in spans:
        i, j = np.searchsorted(edges, [low, high])
        weights[i:j] += weight
    edges.flags.writeable = weights.flags.writeable = False
    return edges, weights


def cumulative_profile(
    scenario: Scenario, reason: Reason, holidays: frozenset[date]
) -> tuple[Floats, Floats]:
    """Times, and what of a reason's profile lies before each, to the end of the run.

    Nothing where customers come evenly, or as a record says.
    """
    if not reason.profile.entries or reason.volume is None:
        return np.zeros(0), np.zeros(0)
    calendar = scenario.calendar
    first = -calendar.warmup
    days = calendar.days + calendar.cooldown + FOLLOW_UP_DAYS + 1 - first
    rate = _profiled(scenario, reason, first, days, holidays)
    return rate.edges, np.concatenate([[0.0], np.cumsum(rate.expected)])


def _midnights(first_day: int, days: int) -> Floats:
    return np.arange(first_day, first_day + days + 1, dtype=np.float64) * DAY


def _rate_of_counts(
    counts: list[tuple[float, float, float]], first_day: int, days: int
) -> ArrivalRate:
    """Expected numbers per interval, cut at midnights and at the ends of the run."""
    begin, end = first_day * DAY, (first_day + days) * DAY
    midnights = _midnights(first_day, days)
    borders = [t for low, high, _ in counts for t in (low, high) if begin < t < end]
    edges = np.unique(np.concatenate([midnights, borders]))
    expected = np.zeros(len(edges) - 1)
    for low, high, number in counts:
        i, j = np.searchsorted(edges, [max(low, begin), min(high, end)])
        expected[i:j] += number * np.diff(edges[i : j + 1]) / (high - low)
    return ArrivalRate(edges, expected)
