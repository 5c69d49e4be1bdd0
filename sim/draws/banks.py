"""The luck of contacts: one long table of values, and where each purpose finds its own.

A *bank* holds the values of one purpose for the customers of one reason, one each. The banks of a
reason stand one after the other, those of the next reason behind them. What stands there is the
luck of the first contacts; later attempts have values of their own at the same places, which are
drawn once a customer comes to them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache, partial
from math import inf

import numpy as np

from sim.draws.difficulty import Harder
from sim.draws.periods import Periods, periods_of
from sim.draws.sample import sample, standard
from sim.draws.streams import Stream
from sim.scenario.by_time import usual
from sim.scenario.distributions import UNIFORM, Constant, Distribution, Never, Uniform, Variates
from sim.scenario.model import Channel, Reason, Scenario
from sim.scenario.paths import (
    NO_TIME,
    Leg,
    all_transfers,
    channels_reached,
    handle_time,
    legs_of,
)
from sim.scenario.queues import Balk
from sim.tables import TIMED, Floats, Ints, Purpose, on_grid, put_on_grid

Contents = tuple[tuple[str, Distribution | Harder], ...]
"""What a bank holds: the shortest of these (stream, distribution); none: a uniform."""

Reserve = Callable[..., None]
"""Called with a purpose, the number of a channel and the contents of its bank."""

EVENLY = Uniform(0.0, 1.0)
"""Of the luck of an answer that may resolve the matter or not."""

DIFFICULTY = Purpose.DIFFICULTY.name.lower()
"""The stream of how hard a customer's matter is, whichever contact it is about."""

OF_SEVERAL = frozenset({"window"})
"""Streams that several purposes read: when an intention to buy ends, whatever else ends with it."""

SLAB = 16_384
"""Values drawn and shaped at a time: few enough to stay in the processor's cache."""


@dataclass(frozen=True)
class Transform:
    """What is made of standard variates: the times of the bank of this number.

    distribution: of the times; none for plain uniforms.
    first: whether nothing stands in the bank yet; else the shorter time stays.
    """

    bank: int
    distribution: Distribution | Harder | None
    first: bool


@dataclass(frozen=True)
class Batch:
    """What is drawn from the streams of one name, one stream for each contact of a customer.

    family: of the standard variates; none for distributions that are not made of such.
    """

    stream: str
    family: Variates | None
    transforms: tuple[Transform, ...]


@dataclass(frozen=True)
class OfReason:
    """The banks of a reason, and how they are filled.

    name: of the reason, a part of the streams' names.
    banks: how many.
    constant: (bank, value) of those that hold nothing else.
    batches: fill the others.
    recorded: (banks, seconds) of what a replayed record says of customers' first contacts, by row;
        -1 where it says nothing.
    same: [row] the first customer who is the same, by such a record: as hard to help.
    """

    name: str
    banks: int
    constant: tuple[tuple[int, float], ...]
    batches: tuple[Batch, ...]
    recorded: tuple[tuple[Ints, Floats], ...] = ()
    same: Ints | None = None

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        """Looked up for every draw; what is recorded is left out."""
        return hash((self.name, self.banks, self.constant, self.batches))


@dataclass(frozen=True)
class Banks:
    """All banks of a scenario.

    periods: which variant of the scenario holds when.
    number: [purpose, reason, variant, channel; legs behind] of the reason's banks, -1: none.
    legs: how many.
    reasons: in the scenario's order.
    """

    periods: Periods
    number: Ints
    legs: int
    reasons: tuple[OfReason, ...]


def make_banks(
    scenario: Scenario,
    holidays: frozenset[date],
    records: tuple[dict[str, Floats], ...],
    same: tuple[Ints | None, ...],
) -> Banks:
    """Work out what contacts of a scenario can ask for.

    Args:
        scenario: resolved.
        holidays: public holidays.
        records: of each reason what is known of customers' first contacts, by row.
        same: of each reason the first row of the same customer, where that is known.
    """
    periods = periods_of(scenario, holidays)
    legs = legs_of(scenario)
    places = len(scenario.channels) + len(legs)
    shape = (len(Purpose), len(scenario.reasons), len(periods.variants), places)
    number = np.full(shape, -1, dtype=np.int64)
    reasons = []
    for r, name in enumerate(scenario.reasons):
        record = {Purpose[one.upper()]: seconds for one, seconds in records[r].items()}
        chancy: list[tuple[Purpose, int, Contents]] = []
        constant: dict[float, int] = {}
        banks = 0
        reached = channels_reached(scenario, name)
        for purpose, wanted in _wanted(periods.variants, name, legs, reached).items():
            for contents, places_of in wanted.items():
                value = None if purpose in record else _constant(contents)
                bank = banks if value is None else constant.setdefault(value, banks)
                banks = max(banks, bank + 1)
                number[purpose, r].ravel()[places_of] = bank
                if value is None:
                    chancy.append((purpose, bank, contents))
        pairs = tuple((bank, value) for value, bank in constant.items())
        known = tuple((_of_first(scenario, number[one, r], one), record[one]) for one in record)
        reason = OfReason(name, banks, pairs, _batches(chancy), known, same[r])
        alone = known or same[r] is not None
        reasons.append(reason if alone else _the_same(reason))
    return Banks(periods, number, len(legs), tuple(reasons))


@lru_cache(maxsize=1024)
def _the_same(reason: OfReason) -> OfReason:
    """One object for all that are equal: two scenarios that ask for the same luck know it."""
    return reason


def _of_first(scenario: Scenario, number: Ints, purpose: Purpose) -> Ints:
    """The banks of a purpose for first contacts: of all channels; patience only where they wait.

    number: [variant, channel; legs behind] of the reason's banks.
    """
    live = [channel.live or purpose != Purpose.PATIENCE for channel in scenario.channels.values()]
    found = number[:, np.flatnonzero(live)]
    return np.unique(found[found >= 0])


def begins(banks: Banks, sizes: Ints) -> Ints:
    """`Draws.begins`: where the values of each reason begin, and where those of the last end.

    sizes: customers of each reason.
    """
    counts = np.array([one.banks for one in banks.reasons])
    return np.append(0, np.cumsum(counts * sizes))


def bank_places(banks: Banks, sizes: Ints) -> tuple[Ints, Ints, Ints]:
    """`Draws.at`, `at_legs` and `at_times`: where each bank begins.

    sizes: customers of each reason.
    """
    column = (slice(None), None, None)
    first, size = begins(banks, sizes)[:-1][column], sizes[column]
    at = np.where(banks.number >= 0, first + banks.number * size, -1)
    channels = at.shape[3] - banks.legs
    usual = at[..., :channels]
    of_legs = at[..., channels:].max(axis=1)  # a leg is of one reason
    variants = at.shape[2]
    types = usual[list(TIMED)].transpose(2, 0, 1, 3).reshape(variants, len(TIMED), -1)
    timed = np.concatenate([types, of_legs[list(TIMED)].transpose(1, 0, 2)], axis=2)
    timed = timed if variants > 1 else timed[:0]
    return np.ascontiguousarray(usual[:, :, 0]), np.ascontiguousarray(of_legs[:, 0]), timed


def contact_values(reason: OfReason, streams: Stream, size: int, attempt: int) -> Floats:
    """The luck of a reason's customers in one of their contacts: bank by bank.

    Args:
        reason: whose.
        streams: of the replication.
        size: how many customers.
        attempt: which of their contacts, from 0.
    """
    values = np.empty((reason.banks, size))
    for bank, constant in reason.constant:
        values[bank] = constant
    for one in reason.batches:
        if attempt and one.stream == DIFFICULTY:
            # the customer's: read at their first
            values[[transform.bank for transform in one.transforms]] = 0.0
        else:
            _fill(one, values, partial(streams, reason.name), attempt, reason.same)
            if one.stream == DIFFICULTY and reason.same is not None:
                for transform in one.transforms:
                    _as_hard(values[transform.bank], reason.same)
    for known, seconds in reason.recorded if attempt == 0 else ():
        row = np.flatnonzero(seconds >= 0.0)
        values[known[:, None], row] = on_grid(seconds[row])
    return values.ravel()


# --- filling ----------------------------------------------------------------------------------


def _as_hard(difficulty: Floats, same: Ints) -> None:
    """Who comes again has the same difficulty, by row, as before."""
    difficulty[: len(same)] = difficulty[same]


def _fill(
    one: Batch, values: Floats, stream: Stream, attempt: int, same: Ints | None = None
) -> None:
    """Draw what one pass is for; `values` has a row for each bank."""
    size: int = values.shape[1]
    alone = len(one.transforms) == 1 and one.transforms[0].first
    hard = np.zeros(0)  # each customer's difficulty
    if any(isinstance(transform.distribution, Harder) for transform in one.transforms):
        hard, alone = stream(0, DIFFICULTY).random(size), False
        if same is not None:
            _as_hard(hard, same)
    target = values[one.transforms[0].bank] if alone else None
    for low, drawn in _drawn(one, partial(stream, attempt, one.stream), size, target):
        some = slice(low, low + len(drawn))
        for transform in one.transforms:
            if transform.distribution is None:
                continue  # drawn where it belongs
            bank = values[transform.bank, some]
            times = bank if transform.first else np.empty(len(bank))
            if isinstance(transform.distribution, Harder):
                times[:] = transform.distribution.times(drawn, hard[some])
            elif one.family is None:
                times[:] = drawn
            else:
                transform.distribution.fill(drawn, times)
            put_on_grid(times)
            if not transform.first:
                np.minimum(bank, times, out=bank)


def _drawn(
    one: Batch, stream: Stream, size: int, target: Floats | None
) -> Iterator[tuple[int, Floats]]:
    """The variates of a pass in slabs, each with its place among all; in `target`, if given.

    Distributions of no family come as values.
    """
    if one.family is None:
        assert isinstance(one.transforms[0].distribution, Distribution)
        yield 0, sample(one.transforms[0].distribution, stream, size)
        return
    scratch = np.empty(min(SLAB, size)) if target is None else target
    generator = stream()
    for low in range(0, size, SLAB):
        high = min(low + SLAB, size)
        slab = scratch[: high - low] if target is None else target[low:high]
        standard(one.family, generator, slab)
        yield low, slab


# --- what is asked for ------------------------------------------------------------------------


def _constant(contents: Contents) -> float | None:
    """The value of a bank that holds nothing else."""
    match contents:
        case ((_, Never()),):
            return inf
        case ((_, Constant(value)),):
            return float(on_grid(value))
    return None


def _batches(banks: list[tuple[Purpose, int, Contents]]) -> tuple[Batch, ...]:
    """How to fill the banks of a reason: what is made of the same variates is drawn once.

    Raises:
        AssertionError: for a stream of two purposes, whose luck would be one and the same.
    """
    groups: dict[tuple[str, Variates | None, object], list[Transform]] = {}
    begun: set[int] = set()
    owners: dict[str, Purpose] = {}
    for purpose, number, bank_contents in banks:
        contents: tuple[tuple[str, Distribution | Harder | None], ...] = bank_contents
        for stream, dist in contents or ((purpose.name.lower(), None),):
            owner = owners.setdefault(stream, purpose)
            if owner != purpose and stream not in OF_SEVERAL:
                raise AssertionError(f"{owner.name} and {purpose.name} read the stream `{stream}`")
            kind = UNIFORM if dist is None else dist.variates()
            # what is not made of standard variates is drawn for itself
            key = (stream, kind, None if kind is not None else (number, dist))
            groups.setdefault(key, []).append(Transform(number, dist, number not in begun))
            begun.add(number)
    return tuple(
        Batch(stream, kind, tuple(transforms)) for (stream, kind, _), transforms in groups.items()
    )


def _wanted(
    variants: tuple[Scenario, ...], whose: str, legs: tuple[Leg, ...], reached: set[str]
) -> dict[Purpose, dict[Contents, list[int]]]:
    """For each purpose the banks to draw, and the channels and legs that share each."""
    wanted: dict[Purpose, dict[Contents, list[int]]] = {purpose: {} for purpose in Purpose}

    for number, scenario in enumerate(variants):
        first = number * (len(scenario.channels) + len(legs))
        reserve = partial(_note, wanted, number, first)
        _reserve_variant(reserve, scenario, first, whose, legs, reached)
    return wanted


CHANCES_BY_TIME = (Purpose.AGAIN, Purpose.TRANSFER, Purpose.CONFERENCE)
"""Luck that is read where a chance is not certain at some time: one bank for all variants."""


def _note(
    wanted: dict[Purpose, dict[Contents, list[int]]],
    variant: int,
    first: int,
    purpose: Purpose,
    place: int,
    *contents: tuple[str, Distribution | Harder],
) -> None:
    """Note the contents of a bank; what does not depend on time is the same in all variants."""
    if purpose in CHANCES_BY_TIME:
        place -= first
    elif variant > 0 and purpose not in TIMED:
        return
    wanted[purpose].setdefault(contents, []).append(place)


def _reserve_variant(
    reserve: Reserve,
    scenario: Scenario,
    first: int,
    whose: str,
    legs: tuple[Leg, ...],
    reached: set[str],
) -> None:
    """What contacts of a reason's customers may ask for, at the places from `first` on."""
    for place, name in enumerate(scenario.channels, first):
        if name in reached:
            _reserve_all(reserve, scenario, place, (whose, whose, name))
    for place, leg in enumerate(legs, first + len(scenario.channels)):
        if leg.whose == whose:
            transfer = all_transfers(scenario)[leg.transfer]
            if transfer.conference is not None:
                _reserve_conference(reserve, scenario, place, transfer.conference)
                continue
            _reserve_all(reserve, scenario, place, leg[:3], transfer.handle, transfer.patience)
            if transfer.warm is not None:
                reserve(Purpose.HAND_OVER, place, ("hand_over", transfer.warm.hand_over))


def _reserve_conference(
    reserve: Reserve, scenario: Scenario, place: int, time: Distribution
) -> None:
    """What somebody asks for who joins a talk: neither a talk of their own nor a wrap-up."""
    for purpose in (Purpose.HANDLE, Purpose.WRAP):
        reserve(purpose, place, (purpose.name.lower(), NO_TIME))
    reserve(Purpose.HAND_OVER, place, ("conference_time", time))
    if any(route.choose == "random" for route in scenario.routing):
        reserve(Purpose.CHOOSE, place)


def _reserve_all(
    reserve: Reserve,
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
        reserve(Purpose.HANDLE, place, ("harder", Harder(time, own.difficulty)))
    else:
        reserve(Purpose.HANDLE, place, ("handle", time))
    _reserve_ai_agent(reserve, scenario, place, name)
    reserve(Purpose.WRAP, place, ("wrap", reason.wrap.at(name)))
    if channel.live:
        _reserve_patience(reserve, reason, patience or reason.patience.at(name), place)
    elif not channel.unlimited:
        _reserve_deferred(reserve, reason, channel, name, place)
    if channel.outbound is not None:
        patience = channel.expires
    else:
        patience = None if channel.callback is None else channel.callback.patience
    if patience is not None:
        reserve(Purpose.CALLBACK_PATIENCE, place, ("callback_patience", patience))
    if any(route.choose == "random" for route in scenario.routing):
        reserve(Purpose.CHOOSE, place)
    some = [one for one in scenario.transfers.values() if usual(one.share.at(kind[1], name)) > 0]
    if any(one.conference is None for one in some):
        reserve(Purpose.TRANSFER, place)
    if any(one.conference is not None for one in some):
        reserve(Purpose.CONFERENCE, place)
    closable = any(name in event.channels for event in scenario.calendar.events.values())
    _reserve_second_chances(reserve, own, channel, name, place, closable=closable)
    for purpose, chance in _chances(own, reason, channel, name).items():
        if 0 < chance < 1:  # what is certain needs no luck
            hard = purpose == Purpose.AGAIN and own.difficulty > 0 and not channel.unlimited
            harder = ("harder to resolve", Harder(EVENLY, own.difficulty))
            reserve(purpose, place, *([harder] * hard))


def _reserve_ai_agent(reserve: Reserve, scenario: Scenario, place: int, channel: str) -> None:
    """What an AI agent on the channel may ask for: there is one at most."""
    for pool in scenario.pools.values():
        if pool.ai_agent is not None and channel in pool.answers:
            reserve(Purpose.DIFFICULTY, place)
            reserve(Purpose.AI_AGENT, place)
            reserve(Purpose.AI_TALK, place, ("ai_talk", pool.ai_agent.talk))


def _chances(own: Reason, reason: Reason, channel: Channel, name: str) -> dict[Purpose, float]:
    """The chances that decide about a contact handled as `reason`, of a customer with `own`."""
    callback = channel.callback
    return {
        Purpose.BALK: _balks(reason.balk.at(name)) if channel.live else 0.0,
        Purpose.AGAIN: channel.resolved if channel.unlimited else usual(reason.resolved.at(name)),
        Purpose.RETRY: 0.0 if own.retry is None else own.retry.chance.at(name),
        Purpose.OVERDUE: 0.0 if channel.overdue is None else channel.overdue.chance,
        Purpose.CALLBACK: 0.0 if callback is None else callback.accept,
        Purpose.REACH: _reach(channel),
        Purpose.EXIT_AT_ONCE: _chancy(one.accept for one in channel.exits if not one.after),
        Purpose.EXIT: _chancy(one.accept for one in channel.exits if one.after),
    }


def _reach(channel: Channel) -> float:
    """The chance to reach whom one calls; of one that varies some chance that is not certain."""
    if channel.outbound is not None:
        return 0.5 * channel.outbound.chancy
    return 0.0 if channel.callback is None else channel.callback.reach


def _balks(balk: Balk) -> float:
    """The chance to balk; of one that varies some chance that is not certain."""
    return 0.5 if balk.points else balk.share


def _chancy(chances: Iterable[float]) -> float:
    """Some chance that is not certain, if there is one among them."""
    return next((chance for chance in chances if 0 < chance < 1), 0.0)


def _reserve_second_chances(
    reserve: Reserve, reason: Reason, channel: Channel, name: str, number: int, *, closable: bool
) -> None:
    """When a customer comes back, and what they do before a closed door."""
    if reason.retry is not None:
        reserve(Purpose.RETRY_AFTER, number, ("retry_after", reason.retry.after))
    if reason.again is not None:
        reserve(Purpose.AGAIN_AFTER, number, ("again_after", reason.again.after))
    door = reason.closed.at(name)
    if (channel.live or channel.hours is not None or closable) and door.lost < 1:
        reserve(Purpose.CLOSED, number)
        contents = () if door.after is None else (("closed_after", door.after),)
        reserve(Purpose.CLOSED_AFTER, number, *contents)


def _reserve_patience(reserve: Reserve, reason: Reason, said: Distribution, channel: int) -> None:
    """Patience, and the purchase window where it is something else (rule 8)."""
    patience = ("patience", said)
    if reason.buying is None or isinstance(reason.buying.window, str):
        reserve(Purpose.PATIENCE, channel, patience)
    elif reason.buying.lapse == "leave":
        reserve(Purpose.PATIENCE, channel, patience, ("window", reason.buying.window))
    else:
        reserve(Purpose.PATIENCE, channel, patience)
        reserve(Purpose.WINDOW, channel, ("window", reason.buying.window))


def _reserve_deferred(
    reserve: Reserve, reason: Reason, channel: Channel, name: str, number: int
) -> None:
    """Nobody leaves a backlog, but an intention to buy ends there too (rule 8)."""
    if channel.expires is not None:
        reserve(Purpose.PATIENCE, number, ("expires", channel.expires))
    if reason.buying is not None:
        window = reason.buying.window
        ends = reason.patience.at(name) if isinstance(window, str) else window
        reserve(Purpose.WINDOW, number, ("window", ends))
