"""All randomness of one replication, drawn before its clock starts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial

import numpy as np

from sim.draws.arrivals import ArrivalRate, arrival_rate, arrival_times
from sim.draws.members import LogInRate, log_in_rate, log_ins
from sim.draws.roster import Roster, roster
from sim.draws.sample import Stream, sample
from sim.draws.streams import stream
from sim.scenario.calendar import holidays_of
from sim.scenario.distributions import Distribution
from sim.scenario.model import Channel, Reason, Scenario
from sim.scenario.paths import channels_reached, handle_time, most_contacts
from sim.tables import Draws, Floats, Ints, Purpose, on_grid

OFFERS_DRAWN = 256
"""Answers to offers drawn for each agent; later offers start over with the first."""


@dataclass(frozen=True)
class Setting:
    """What every replication of a scenario draws from; made once by `prepare`."""

    scenario: Scenario
    holidays: frozenset[date]
    rates: tuple[ArrivalRate, ...]  # one a reason
    roster: Roster
    log_in_rates: tuple[LogInRate | None, ...]  # one a pool; None: scheduled


def prepare(scenario: Scenario) -> Setting:
    """Work out the parts of drawing that are the same in every replication."""
    holidays = holidays_of(scenario.calendar)
    return Setting(
        scenario,
        holidays,
        tuple(arrival_rate(scenario, name, holidays) for name in scenario.reasons),
        roster(scenario, holidays),
        tuple(log_in_rate(scenario, pool, holidays) for pool in scenario.pools.values()),
    )


def draw(setting: Setting, seed: int, replication: int) -> Draws:
    """Draw one replication: customers, the luck of all their contacts, who is on duty."""
    base = partial(stream, seed, replication)
    customers = _customers(setting, base)
    values, at = _contact_values(setting.scenario, base, customers["reason_size"])
    duty_agent, duty_on, duty_off = _duty(setting, base)
    return Draws(
        **customers,
        values=values,
        at=at,
        **_offer_answers(setting, base),
        duty_agent=duty_agent,
        duty_on=duty_on,
        duty_off=duty_off,
    )


# --- customers --------------------------------------------------------------------------------


def _customers(setting: Setting, base: Stream) -> dict[str, np.ndarray]:
    scenario = setting.scenario
    times, channels = [], []
    for (name, reason), rate in zip(scenario.reasons.items(), setting.rates, strict=True):
        own = partial(_of_reason, base, name)
        arrived = _arrivals(reason, rate, own, scenario.busyness, base)
        times.append(arrived)
        channels.append(_first_channels(scenario, reason, base("channel", name), len(arrived)))
    sizes = np.array([len(arrived) for arrived in times], dtype=np.int64)
    reasons = np.repeat(np.arange(len(sizes)), sizes)
    rows = np.concatenate([np.arange(n, dtype=np.int64) for n in sizes])
    arrival = np.concatenate(times)
    order = np.lexsort((rows, reasons, arrival))
    return {
        "arrival": arrival[order],
        "reason": reasons[order],
        "row": rows[order],
        "channel": np.concatenate(channels)[order],
        "reason_size": sizes,
    }


def _of_reason(base: Stream, reason: str, *part: str | int) -> np.random.Generator:
    return base(*part, reason)


def _arrivals(
    reason: Reason, rate: ArrivalRate, own: Stream, common: float, common_stream: Stream
) -> Floats:
    if reason.arrivals is None or reason.arrivals.replay is None:
        return arrival_times(rate, reason.busyness, own, common, common_stream)
    times = np.sort(on_grid(reason.arrivals.replay))
    within: Floats = times[(times >= rate.edges[0]) & (times < rate.edges[-1])]
    return within


def _first_channels(
    scenario: Scenario, reason: Reason, generator: np.random.Generator, n: int
) -> Ints:
    numbers = {name: i for i, name in enumerate(scenario.channels)}
    choices = np.array([numbers[name] for name in reason.channels], dtype=np.int64)
    borders = np.cumsum(list(reason.channels.values()))[:-1]
    return choices[np.searchsorted(borders, generator.random(n), side="right")]


# --- contacts ---------------------------------------------------------------------------------


def _contact_values(scenario: Scenario, base: Stream, sizes: Ints) -> tuple[Floats, Ints]:
    """The flat table of values of all contacts, and where each bank of it begins."""
    banks: list[Floats] = [np.zeros(0)]
    at = np.full((len(Purpose), len(scenario.reasons), len(scenario.channels)), -1, dtype=np.int64)
    length = 0
    for r, (name, reason) in enumerate(scenario.reasons.items()):
        attempts, size = most_contacts(scenario, reason), int(sizes[r])
        for purpose, wanted in _wanted(scenario, reason).items():
            for wish, channels in wanted.items():
                at[purpose, r, channels] = length
                for attempt in range(attempts):
                    banks.append(_bank(wish, partial(base, name, attempt), purpose, size))
                length += attempts * size
    return np.concatenate(banks), at


def _bank(wish: Wish, stream: Stream, purpose: Purpose, n: int) -> Floats:
    """`n` values: a uniform, or the shortest of one time from each distribution."""
    if not wish:
        return stream(purpose.name.lower()).random(n)
    times = [sample(dist, partial(stream, name), n) for name, dist in wish]
    shortest: Floats = on_grid(np.minimum.reduce(times))
    return shortest


Wish = tuple[tuple[str, Distribution], ...]
"""What a bank holds: the shortest of these (stream, distribution); none: a uniform."""


def _wanted(scenario: Scenario, reason: Reason) -> dict[Purpose, dict[Wish, list[int]]]:
    """For each purpose the banks to draw, and the channels that share each."""
    wanted: dict[Purpose, dict[Wish, list[int]]] = {purpose: {} for purpose in Purpose}
    reached = channels_reached(scenario, reason)

    def want(purpose: Purpose, channel: int, *wish: tuple[str, Distribution]) -> None:
        wanted[purpose].setdefault(wish, []).append(channel)

    for c, (name, channel) in enumerate(scenario.channels.items()):
        if name not in reached:
            continue
        want(Purpose.HANDLE, c, ("handle", handle_time(reason, name)))
        want(Purpose.WRAP, c, ("wrap", reason.wrap.at(name)))
        if channel.live:
            _want_patience(want, reason, name, c)
        elif not channel.unlimited:
            _want_deferred(want, reason, channel, name, c)
        _want_second_chances(want, reason, channel, name, c)
        for purpose, chance in _chances(reason, channel, name).items():
            if 0 < chance < 1:  # what is certain needs no luck
                want(purpose, c)
    return wanted


def _chances(reason: Reason, channel: Channel, name: str) -> dict[Purpose, float]:
    """The chances that decide about a contact of this reason on this channel."""
    callback = channel.callback
    return {
        Purpose.BALK: reason.balk.at(name) if channel.live else 0.0,
        Purpose.AGAIN: channel.resolved if channel.unlimited else reason.resolved.at(name),
        Purpose.RETRY: 0.0 if reason.retry is None else reason.retry.chance.at(name),
        Purpose.OVERDUE: 0.0 if channel.overdue is None else channel.overdue.chance,
        Purpose.CALLBACK: 0.0 if callback is None else callback.accept,
        Purpose.REACH: 0.0 if callback is None else callback.reach,
    }


def _want_second_chances(
    want: Callable[..., None], reason: Reason, channel: Channel, name: str, number: int
) -> None:
    """When a customer comes back, and what he does before a closed door."""
    if reason.retry is not None:
        want(Purpose.RETRY_AFTER, number, ("retry_after", reason.retry.after))
    if reason.again is not None:
        want(Purpose.AGAIN_AFTER, number, ("again_after", reason.again.after))
    door = reason.closed.at(name)
    if (channel.live or channel.hours is not None) and door.lost < 1:
        want(Purpose.CLOSED, number)
        want(Purpose.CLOSED_AFTER, number, ("closed_after", door.after))


def _want_patience(want: Callable[..., None], reason: Reason, name: str, channel: int) -> None:
    """Patience, and the purchase window where it is something else (rule 8)."""
    patience = ("patience", reason.patience.at(name))
    if reason.buying is None or isinstance(reason.buying.window, str):
        want(Purpose.PATIENCE, channel, patience)
    elif reason.buying.lapse == "leave":
        want(Purpose.PATIENCE, channel, patience, ("window", reason.buying.window))
    else:
        want(Purpose.PATIENCE, channel, patience)
        want(Purpose.WINDOW, channel, ("window", reason.buying.window))


def _want_deferred(
    want: Callable[..., None], reason: Reason, channel: Channel, name: str, number: int
) -> None:
    """Nobody leaves a backlog, but an intention to buy ends there too (rule 8)."""
    if channel.expires is not None:
        want(Purpose.PATIENCE, number, ("expires", channel.expires))
    if reason.buying is not None:
        window = reason.buying.window
        ends = reason.patience.at(name) if isinstance(window, str) else window
        want(Purpose.WINDOW, number, ("window", ends))


# --- agents -----------------------------------------------------------------------------------


def _duty(setting: Setting, base: Stream) -> tuple[Ints, Floats, Floats]:
    """Duty spells: of agents who are present, pieces that meet made one, and of members."""
    plan = setting.roster
    here = _present(setting, base)
    agent, on, off = _joined(plan.agent[here], plan.on[here], plan.off[here])
    spells = [(agent, on, off)]
    for p, (name, pool) in enumerate(setting.scenario.pools.items()):
        if pool.members is not None:
            member, login, logoff = log_ins(setting.log_in_rates[p], pool, partial(base, name))
            spells.append((member + plan.first_agent[p], login, logoff))
    agent, on, off = (np.concatenate(column) for column in zip(*spells, strict=True))
    order = np.lexsort((on, agent))
    return agent[order], on[order], off[order]


def _joined(agent: Ints, on: Floats, off: Floats) -> tuple[Ints, Floats, Floats]:
    """Pieces of the same agent that meet made one spell."""
    if len(agent) == 0:
        return agent, on, off
    begins = np.ones(len(agent), dtype=bool)
    begins[1:] = (agent[1:] != agent[:-1]) | (on[1:] > off[:-1])
    ends = np.append(begins[1:], True)
    return agent[begins], on[begins], off[ends]


def _offer_answers(setting: Setting, base: Stream) -> dict[str, np.ndarray]:
    """How each agent of a pool with offers answers them, a row an agent."""
    first_agent = setting.roster.first_agent
    sizes = np.zeros(first_agent[-1], dtype=np.int64)
    luck, response = [np.zeros(0)], [np.zeros(0)]
    for p, (name, pool) in enumerate(setting.scenario.pools.items()):
        if pool.offers is not None:
            sizes[first_agent[p] : first_agent[p + 1]] = OFFERS_DRAWN
            n = int(first_agent[p + 1] - first_agent[p]) * OFFERS_DRAWN
            luck.append(base("accept", name).random(n))
            key = partial(base, "response", name)
            response.append(on_grid(sample(pool.offers.response, key, n)))
    return {
        "offer_first": np.concatenate([[0], np.cumsum(sizes)]),
        "offer_luck": np.concatenate(luck),
        "offer_response": np.concatenate(response),
    }


def _present(setting: Setting, base: Stream) -> np.ndarray:
    """Which pieces of the roster are really there: one uniform an agent and day."""
    plan = setting.roster
    here = np.ones(len(plan.agent), dtype=bool)
    for p, (name, pool) in enumerate(setting.scenario.pools.items()):
        if pool.presence == 1:
            continue
        first, past = plan.first_agent[p : p + 2]
        mine = np.flatnonzero((plan.agent >= first) & (plan.agent < past))
        for day in np.unique(plan.day[mine]):
            luck = base("presence", name, int(day)).random(past - first)
            pieces = mine[plan.day[mine] == day]
            here[pieces] = luck[plan.agent[pieces] - first] < pool.presence
    return here
