"""The luck of contacts: one long table of values, and where each purpose finds its own.

A *bank* holds the values of one purpose for all contacts that customers of one reason can make:
all first contacts by customer, then all second ones, and so on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from math import inf

import numpy as np

from sim.draws.sample import sample, standard
from sim.draws.streams import Stream
from sim.scenario.distributions import UNIFORM, Constant, Distribution, Never, Variates
from sim.scenario.model import Channel, Reason, Scenario
from sim.scenario.paths import channels_reached, handle_time, most_contacts
from sim.scenario.queues import Balk
from sim.tables import Floats, Ints, Purpose, on_grid, put_on_grid

Wish = tuple[tuple[str, Distribution], ...]
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
    """Who shares it, what it holds, and for how many contacts of each customer."""

    purpose: Purpose
    reason: int
    channels: tuple[int, ...]
    wish: Wish
    contacts: int


@dataclass(frozen=True)
class Use:
    """What is made of standard variates: the times of the bank of this number.

    distribution: of the times; none for plain uniforms.
    first: whether nothing stands in the bank yet; else the shorter time stays.
    """

    bank: int
    distribution: Distribution | None
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

    shape: numbers of purposes, reasons, channels.
    chancy: the banks that hold what chance decides, as `Use.bank` counts them.
    constant: value -> the banks that hold nothing else; they are one for all of them.
    """

    shape: tuple[int, int, int]
    chancy: tuple[Bank, ...]
    passes: tuple[Pass, ...]
    constant: dict[float, tuple[Bank, ...]]


def make_banks(scenario: Scenario) -> Banks:
    """Work out what contacts of a scenario can ask for."""
    chancy: list[Bank] = []
    passes: list[Pass] = []
    constant: dict[float, tuple[Bank, ...]] = {}
    for r, (name, reason) in enumerate(scenario.reasons.items()):
        begin = len(chancy)
        for bank in _banks(scenario, reason, r):
            value = _constant(bank.wish)
            if value is None:
                chancy.append(bank)
            else:
                constant[value] = (*constant.get(value, ()), bank)
        passes += _passes((r, name), list(enumerate(chancy))[begin:])
    dimensions = (len(Purpose), len(scenario.reasons), len(scenario.channels))
    return Banks(dimensions, tuple(chancy), tuple(passes), constant)


def contact_values(banks: Banks, streams: Stream, sizes: Ints) -> tuple[Floats, Ints]:
    """The table of values of all contacts, and where each bank of it begins.

    Args:
        banks: of the scenario.
        streams: of the replication.
        sizes: customers of each reason.

    Returns:
        `Draws.values` and `Draws.at`.
    """
    size = sizes.tolist()
    at = np.full(banks.shape, -1, dtype=np.int64)
    places: list[slice] = []
    end = 0
    for users in [*((bank,) for bank in banks.chancy), *banks.constant.values()]:
        for bank in users:
            at[bank.purpose, bank.reason, bank.channels] = end
        begin, end = end, end + max(bank.contacts * size[bank.reason] for bank in users)
        places.append(slice(begin, end))
    values = np.empty(end)
    room = [values[place] for place in places]
    for value, mine in zip(banks.constant, room[len(banks.chancy) :], strict=True):
        mine.fill(value)
    for one in banks.passes:
        number, name = one.reason
        _fill(one, room, partial(streams, name), size[number])
    return values, at


# --- filling ----------------------------------------------------------------------------------


def _fill(one: Pass, room: list[Floats], stream: Stream, size: int) -> None:
    """Draw what one pass is for. `room` has a place for each bank, all contacts in a row."""
    alone = len(one.uses) == 1 and one.uses[0].first
    for low, drawn in _drawn(one, stream, size, room[one.uses[0].bank] if alone else None):
        for use in one.uses:
            bank = room[use.bank][low : low + len(drawn)]
            if use.distribution is None:
                continue  # drawn where it belongs
            times = bank if use.first else np.empty(len(bank))
            if one.family is None:
                times[:] = drawn[: len(bank)]
            else:
                use.distribution.fill(drawn[: len(bank)], times)
            put_on_grid(times)
            if not use.first:
                np.minimum(bank, times, out=bank)


def _drawn(
    one: Pass, stream: Stream, size: int, target: Floats | None
) -> Iterator[tuple[int, Floats]]:
    """The variates of a pass in slabs, each with its place among all; in `target`, if given.

    Distributions of no family come as values, a contact of each customer at a time.
    """
    if one.family is None:
        assert one.uses[0].distribution is not None
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
        wish: tuple[tuple[str, Distribution | None], ...] = bank.wish
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


def _banks(scenario: Scenario, reason: Reason, number: int) -> Iterator[Bank]:
    """The banks of a reason."""
    most = most_contacts(scenario, reason)
    for purpose, wanted in _wanted(scenario, reason).items():
        contacts = most - 1 if purpose in LEADING_ON else most
        for wish, channels in wanted.items():
            yield Bank(purpose, number, tuple(channels), wish, contacts)


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
        if any(route.choose == "random" for route in scenario.routing):
            want(Purpose.CHOOSE, c)
        closable = any(name in event.channels for event in scenario.calendar.events.values())
        _want_second_chances(want, reason, channel, name, c, closable=closable)
        for purpose, chance in _chances(reason, channel, name).items():
            if 0 < chance < 1:  # what is certain needs no luck
                want(purpose, c)
    return wanted


def _chances(reason: Reason, channel: Channel, name: str) -> dict[Purpose, float]:
    """The chances that decide about a contact of this reason on this channel."""
    callback = channel.callback
    return {
        Purpose.BALK: _balks(reason.balk.at(name)) if channel.live else 0.0,
        Purpose.AGAIN: channel.resolved if channel.unlimited else reason.resolved.at(name),
        Purpose.RETRY: 0.0 if reason.retry is None else reason.retry.chance.at(name),
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


def _want_patience(want: Want, reason: Reason, name: str, channel: int) -> None:
    """Patience, and the purchase window where it is something else (rule 8)."""
    patience = ("patience", reason.patience.at(name))
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
