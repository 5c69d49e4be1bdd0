"""The luck of contacts: one long table of values, and where each purpose finds its own.

A *bank* holds the values of one purpose for all contacts that customers of one reason can make:
all first contacts by customer, then all second ones, and so on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from math import inf

import numpy as np

from sim.draws.difficulty import Harder
from sim.draws.periods import Periods, periods_of
from sim.draws.sample import sample, standard
from sim.draws.streams import Stream
from sim.scenario.distributions import UNIFORM, Constant, Distribution, Never, Variates
from sim.scenario.model import Channel, Reason, Scenario
from sim.scenario.paths import (
    LEGS_AHEAD,
    Leg,
    all_transfers,
    channels_reached,
    handle_time,
    legs_of,
    most_contacts,
)
from sim.scenario.queues import Balk
from sim.tables import TIMED, Floats, Ints, Purpose, on_grid, put_on_grid

Wish = tuple[tuple[str, Distribution | Harder], ...]
"""What a bank holds: the shortest of these (stream, distribution); none: a uniform."""

Want = Callable[..., None]
"""Called with a purpose, the number of a channel and what is wished for."""

LEADING_ON = {
    Purpose.RETRY,
    Purpose.RETRY_AFTER,
    Purpose.AGAIN_AFTER,
    Purpose.CLOSED,
    Purpose.CLOSED_AFTER,
}
"""What is asked only of a contact that may lead to another one: never of the last possible."""

SLAB = 16_384
"""Values drawn and shaped at a time: few enough to stay in the processor's cache."""


@dataclass(frozen=True)
class Bank:
    """Who shares it, what it holds, and for how many contacts of each customer.

    places: channels by number; legs behind them; and those of each further variant behind all.
    """

    purpose: Purpose
    reason: int
    places: tuple[int, ...]
    wish: Wish
    contacts: int


@dataclass(frozen=True)
class Use:
    """What is made of standard variates: the times of the bank of this number.

    distribution: of the times; none for plain uniforms.
    first: whether nothing stands in the bank yet; else the shorter time stays.
    """

    bank: int
    distribution: Distribution | Harder | None
    first: bool


@dataclass(frozen=True)
class Pass:
    """What is drawn from the streams of one name, one stream for each contact of a customer.

    reason: whose customers: number and name, a part of the streams' names like `stream`.
    family: of the standard variates; none for distributions that are not made of such.
    """

    reason: tuple[int, str]
    stream: str
    family: Variates | None
    contacts: int
    uses: tuple[Use, ...]


@dataclass(frozen=True)
class Banks:
    """All banks of a scenario, and how they are filled.

    periods: which variant of the scenario holds when.
    shape: numbers of purposes, reasons, channels, legs.
    block: [reason] attempts for which there are values in a block.
    chancy: the banks that hold what chance decides, as `Use.bank` counts them.
    constant: value -> the banks that hold nothing else; they are one for all of them.
    """

    periods: Periods
    shape: tuple[int, int, int, int]
    block: tuple[int, ...]
    chancy: tuple[Bank, ...]
    passes: tuple[Pass, ...]
    constant: dict[float, tuple[Bank, ...]]


def make_banks(scenario: Scenario, holidays: frozenset[date]) -> Banks:
    """Work out what contacts of a scenario can ask for."""
    periods = periods_of(scenario, holidays)
    chancy: list[Bank] = []
    passes: list[Pass] = []
    constant: dict[float, tuple[Bank, ...]] = {}
    legs = legs_of(scenario)
    for r, name in enumerate(scenario.reasons):
        begin = len(chancy)
        for bank in _banks(periods.variants, name, r, legs):
            value = _constant(bank.wish)
            if value is None:
                chancy.append(bank)
            else:
                constant[value] = (*constant.get(value, ()), bank)
        passes += _passes((r, name), list(enumerate(chancy))[begin:])
    dimensions = (len(Purpose), len(scenario.reasons), len(scenario.channels), len(legs))
    block = tuple(_block(scenario, name, legs) for name in scenario.reasons)
    return Banks(periods, dimensions, block, tuple(chancy), tuple(passes), constant)


def _block(scenario: Scenario, whose: str, legs: tuple[Leg, ...]) -> int:
    """Attempts of a block: all there can be, but for those by passing on, which have no end."""
    passed_on = any(leg.whose == whose for leg in legs)
    return most_contacts(scenario, whose) + (LEGS_AHEAD if passed_on else 0)


def bank_places(banks: Banks, sizes: Ints) -> tuple[Ints, Ints, Ints]:
    """`Draws.at`, `at_legs` and `at_times`: where each bank begins.

    sizes: customers of each reason.
    """
    purposes, reasons, channels, legs = banks.shape
    variants = len(banks.periods.variants)
    at = np.full((purposes, reasons, variants * (channels + legs)), -1, dtype=np.int64)
    for users, place in _places(banks, sizes):
        for bank in users:
            at[bank.purpose, bank.reason, bank.places] = place.start
    all_of = at.reshape(purposes, reasons, variants, channels + legs)
    usual = all_of[..., :channels]
    of_legs = all_of[..., channels:].max(axis=1)  # a leg is of one reason
    types = usual[list(TIMED)].transpose(2, 0, 1, 3).reshape(variants, len(TIMED), -1)
    timed = np.concatenate([types, of_legs[list(TIMED)].transpose(1, 0, 2)], axis=2)
    timed = timed if variants > 1 else timed[:0]
    return np.ascontiguousarray(usual[:, :, 0]), np.ascontiguousarray(of_legs[:, 0]), timed


def contact_values(banks: Banks, streams: Stream, sizes: Ints, block: int = 0) -> Floats:
    """The values of all contacts, of a block of attempts: `Draws.values`.

    Args:
        banks: of the scenario.
        streams: of the replication.
        sizes: customers of each reason.
        block: attempts block * k to (block + 1) * k - 1, k being those of the reason in a block.
    """
    size = sizes.tolist()
    places = [place for _, place in _places(banks, sizes)]
    values = np.empty(places[-1].stop if places else 0)
    room = [values[place] for place in places]
    for value, mine in zip(banks.constant, room[len(banks.chancy) :], strict=True):
        mine.fill(value)
    for one in banks.passes:
        number, name = one.reason
        _fill(one, room, partial(streams, name), size[number], block * banks.block[number])
    return values


def _places(banks: Banks, sizes: Ints) -> list[tuple[tuple[Bank, ...], slice]]:
    """The banks one after the other, those of one constant together, and where they stand."""
    size, found, end = sizes.tolist(), [], 0
    for users in [*((bank,) for bank in banks.chancy), *banks.constant.values()]:
        begin, end = end, end + max(bank.contacts * size[bank.reason] for bank in users)
        found.append((users, slice(begin, end)))
    return found


# --- filling ----------------------------------------------------------------------------------


def _fill(one: Pass, room: list[Floats], stream: Stream, size: int, begin: int) -> None:
    """Draw what one pass is for, from attempt `begin` on.

    `room` has a place for each bank, all contacts in a row.
    """
    alone = len(one.uses) == 1 and one.uses[0].first
    hard = np.zeros(0)  # each customer's difficulty
    if any(isinstance(use.distribution, Harder) for use in one.uses):
        hard, alone = stream(0, "difficulty").random(size), False
    target = room[one.uses[0].bank] if alone else None
    for low, drawn in _drawn(one, _from_attempt(stream, begin), size, target):
        for use in one.uses:
            bank = room[use.bank][low : low + len(drawn)]
            if use.distribution is None:
                continue  # drawn where it belongs
            times = bank if use.first else np.empty(len(bank))
            if isinstance(use.distribution, Harder):
                rows = (low + np.arange(len(bank))) % size
                times[:] = use.distribution.times(drawn[: len(bank)], hard[rows])
            elif one.family is None:
                times[:] = drawn[: len(bank)]
            else:
                use.distribution.fill(drawn[: len(bank)], times)
            put_on_grid(times)
            if not use.first:
                np.minimum(bank, times, out=bank)


def _from_attempt(stream: Stream, begin: int) -> Stream:
    """The streams of later attempts, counted from 0."""

    def later(attempt: int, *part: str | int) -> np.random.Generator:
        return stream(begin + attempt, *part)

    return later if begin else stream


def _drawn(
    one: Pass, stream: Stream, size: int, target: Floats | None
) -> Iterator[tuple[int, Floats]]:
    """The variates of a pass in slabs, each with its place among all; in `target`, if given.

    Distributions of no family come as values, a contact of each customer at a time.
    """
    if one.family is None:
        assert isinstance(one.uses[0].distribution, Distribution)
        for attempt in range(one.contacts):
            key = partial(stream, attempt, one.stream)
            yield attempt * size, sample(one.uses[0].distribution, key, size)
        return
    end = one.contacts * size
    scratch = np.empty(min(SLAB, end)) if target is None else target
    generator = None
    for low in range(0, end, SLAB):
        high = min(low + SLAB, end)
        slab = scratch[: high - low] if target is None else target[low:high]
        begin = low
        while begin < high:
            attempt, row = divmod(begin, size)
            if row == 0:
                generator = stream(attempt, one.stream)
            past = min((attempt + 1) * size, high)
            assert generator is not None
            standard(one.family, generator, slab[begin - low : past - low])
            begin = past
        yield low, slab


# --- what is asked for ------------------------------------------------------------------------


def _constant(wish: Wish) -> float | None:
    """The value of a bank that holds nothing else."""
    match wish:
        case ((_, Constant(value)),):
            return float(on_grid(value))
        case ((_, Never()),):
            return inf
    return None


def _passes(reason: tuple[int, str], banks: list[tuple[int, Bank]]) -> Iterator[Pass]:
    """How to fill the banks of a reason: what is made of the same variates is drawn once."""
    groups: dict[tuple[str, Variates | None, object], list[Use]] = {}
    begun: set[int] = set()
    for number, bank in banks:
        wish: tuple[tuple[str, Distribution | Harder | None], ...] = bank.wish
        for stream, dist in wish or ((bank.purpose.name.lower(), None),):
            kind = UNIFORM if dist is None else dist.variates()
            # what is not made of standard variates is drawn for itself
            key = (stream, kind, None if kind is not None else (number, dist))
            groups.setdefault(key, []).append(Use(number, dist, number not in begun))
            begun.add(number)
    contacts = {number: bank.contacts for number, bank in banks}
    for (stream, kind, _), uses in groups.items():
        most = max(contacts[use.bank] for use in uses)
        yield Pass(reason, stream, kind, most, tuple(uses))


def _banks(
    variants: tuple[Scenario, ...], whose: str, number: int, legs: tuple[Leg, ...]
) -> Iterator[Bank]:
    """The banks of a reason's customers."""
    scenario = variants[0]
    contacts = _block(scenario, whose, legs)
    last_leads_on = contacts > most_contacts(scenario, whose)
    for purpose, wanted in _wanted(variants, whose, legs).items():
        fewer = purpose in LEADING_ON and not last_leads_on
        for wish, places in wanted.items():
            many = 1 if purpose == Purpose.DIFFICULTY else contacts - fewer
            yield Bank(purpose, number, tuple(places), wish, many)


def _wanted(
    variants: tuple[Scenario, ...], whose: str, legs: tuple[Leg, ...]
) -> dict[Purpose, dict[Wish, list[int]]]:
    """For each purpose the banks to draw, and the channels and legs that share each."""
    wanted: dict[Purpose, dict[Wish, list[int]]] = {purpose: {} for purpose in Purpose}

    for number, scenario in enumerate(variants):
        first = number * (len(scenario.channels) + len(legs))
        _want_variant(partial(_note, wanted, number), scenario, first, whose, legs)
    return wanted


def _note(
    wanted: dict[Purpose, dict[Wish, list[int]]],
    variant: int,
    purpose: Purpose,
    place: int,
    *wish: tuple[str, Distribution | Harder],
) -> None:
    """Note a wish; what does not depend on time is the same in all variants."""
    if variant == 0 or purpose in TIMED:
        wanted[purpose].setdefault(wish, []).append(place)


def _want_variant(
    want: Want, scenario: Scenario, first: int, whose: str, legs: tuple[Leg, ...]
) -> None:
    """What contacts of a reason's customers may ask for, at the places from `first` on."""
    reached = channels_reached(scenario, whose)
    for place, name in enumerate(scenario.channels, first):
        if name in reached:
            _want_all(want, scenario, place, (whose, whose, name))
    for place, leg in enumerate(legs, first + len(scenario.channels)):
        if leg.whose == whose:
            transfer = all_transfers(scenario)[leg.transfer]
            _want_all(want, scenario, place, leg[:3], transfer.handle, transfer.patience)


def _want_all(
    want: Want,
    scenario: Scenario,
    place: int,
    kind: tuple[str, str, str],
    handle: Distribution | None = None,
    patience: Distribution | None = None,
) -> None:
    """All that a contact may ask for: whose it is, as which reason it is handled, the channel."""
    own, reason = scenario.reasons[kind[0]], scenario.reasons[kind[1]]
    name, channel = kind[2], scenario.channels[kind[2]]
    time = handle or handle_time(reason, name)
    if own.difficulty > 0 and not isinstance(time, Constant):
        want(Purpose.HANDLE, place, ("harder", Harder(time, own.difficulty)))
    else:
        want(Purpose.HANDLE, place, ("handle", time))
    _want_ai_agent(want, scenario, place, name)
    want(Purpose.WRAP, place, ("wrap", reason.wrap.at(name)))
    if channel.live:
        _want_patience(want, reason, patience or reason.patience.at(name), place)
    elif not channel.unlimited:
        _want_deferred(want, reason, channel, name, place)
    if any(route.choose == "random" for route in scenario.routing):
        want(Purpose.CHOOSE, place)
    if any(one.share.at(kind[1], name) > 0 for one in scenario.transfers.values()):
        want(Purpose.TRANSFER, place)
    closable = any(name in event.channels for event in scenario.calendar.events.values())
    _want_second_chances(want, own, channel, name, place, closable=closable)
    for purpose, chance in _chances(own, reason, channel, name).items():
        if 0 < chance < 1:  # what is certain needs no luck
            want(purpose, place)


def _want_ai_agent(want: Want, scenario: Scenario, place: int, channel: str) -> None:
    """What an AI agent on the channel may ask for: there is one at most."""
    for pool in scenario.pools.values():
        if pool.ai_agent is not None and channel in pool.answers:
            want(Purpose.DIFFICULTY, place)
            want(Purpose.AI_AGENT, place)
            want(Purpose.AI_TALK, place, ("ai_talk", pool.ai_agent.talk))


def _chances(own: Reason, reason: Reason, channel: Channel, name: str) -> dict[Purpose, float]:
    """The chances that decide about a contact handled as `reason`, of a customer with `own`."""
    callback = channel.callback
    return {
        Purpose.BALK: _balks(reason.balk.at(name)) if channel.live else 0.0,
        Purpose.AGAIN: channel.resolved if channel.unlimited else reason.resolved.at(name),
        Purpose.RETRY: 0.0 if own.retry is None else own.retry.chance.at(name),
        Purpose.OVERDUE: 0.0 if channel.overdue is None else channel.overdue.chance,
        Purpose.CALLBACK: 0.0 if callback is None else callback.accept,
        Purpose.REACH: 0.0 if callback is None else callback.reach,
        Purpose.EXIT_AT_ONCE: _chancy(one.accept for one in channel.exits if not one.after),
        Purpose.EXIT: _chancy(one.accept for one in channel.exits if one.after),
    }


def _balks(balk: Balk) -> float:
    """The chance to balk; of one that varies some chance that is not certain."""
    return 0.5 if balk.points else balk.share


def _chancy(chances: Iterable[float]) -> float:
    """Some chance that is not certain, if there is one among them."""
    return next((chance for chance in chances if 0 < chance < 1), 0.0)


def _want_second_chances(
    want: Want, reason: Reason, channel: Channel, name: str, number: int, *, closable: bool
) -> None:
    """When a customer comes back, and what they do before a closed door."""
    if reason.retry is not None:
        want(Purpose.RETRY_AFTER, number, ("retry_after", reason.retry.after))
    if reason.again is not None:
        want(Purpose.AGAIN_AFTER, number, ("again_after", reason.again.after))
    door = reason.closed.at(name)
    if (channel.live or channel.hours is not None or closable) and door.lost < 1:
        want(Purpose.CLOSED, number)
        want(Purpose.CLOSED_AFTER, number, ("closed_after", door.after))


def _want_patience(want: Want, reason: Reason, said: Distribution, channel: int) -> None:
    """Patience, and the purchase window where it is something else (rule 8)."""
    patience = ("patience", said)
    if reason.buying is None or isinstance(reason.buying.window, str):
        want(Purpose.PATIENCE, channel, patience)
    elif reason.buying.lapse == "leave":
        want(Purpose.PATIENCE, channel, patience, ("window", reason.buying.window))
    else:
        want(Purpose.PATIENCE, channel, patience)
        want(Purpose.WINDOW, channel, ("window", reason.buying.window))


def _want_deferred(want: Want, reason: Reason, channel: Channel, name: str, number: int) -> None:
    """Nobody leaves a backlog, but an intention to buy ends there too (rule 8)."""
    if channel.expires is not None:
        want(Purpose.PATIENCE, number, ("expires", channel.expires))
    if reason.buying is not None:
        window = reason.buying.window
        ends = reason.patience.at(name) if isinstance(window, str) else window
        want(Purpose.WINDOW, number, ("window", ends))
