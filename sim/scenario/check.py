"""What must fit together between the parts of a scenario: names, ways through it, sizes."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from sim.scenario.by import By, ByChannel, Names
from sim.scenario.distributions import CLOSE, KINDS
from sim.scenario.faults import Wrong, meant
from sim.scenario.model import DOOR_WORDS, Calendar, Reason, Route, Scenario, Step
from sim.scenario.paths import (
    Leg,
    all_transfers,
    by_ai_agent,
    channels_reached,
    leg_steps,
    legs_of,
    route_of,
    steps_of,
)
from sim.scenario.queues import BALK_WORDS, THE_END, HeadStart
from sim.scenario.repair import Broken
from sim.scenario.times import DAY
from sim.scenario.transfers import Destination

RESERVED_CHANNELS = (
    KINDS | {"same", "other", THE_END, "share"} | {*DOOR_WORDS, *BALK_WORDS, *HeadStart.words}
)
MOST_CONTACTS = 50_000_000
MOST_AGENT_DAYS = 50_000_000


def check(scenario: Scenario, names: Names, broken: Broken) -> Wrong:
    """Everything that does not fit together; parts that are broken themselves are passed over."""
    checker = _Checker(scenario, names, broken)
    checker.reserved_names()
    checker.references()
    checker.special_days()
    checker.events()
    checker.day_kinds()
    checker.routing()
    checker.transfers()
    checker.ways()
    checker.orders()
    checker.circles()
    checker.sizes()
    return checker.wrong


class _Checker:
    def __init__(self, scenario: Scenario, names: Names, broken: Broken) -> None:
        self.scenario, self.broken = scenario, broken
        self.channels = names.channels if names.channels is not None else ()
        self.reasons = names.reasons if names.reasons is not None else ()
        self.pools = _names(broken, "pools") or tuple(scenario.pools)
        self.profiles = _names(broken, "profiles") or tuple(scenario.profiles)
        self.wrong = Wrong()

    def add(self, message: str, *path: str | int) -> None:
        if not self.broken.touches(*path):
            self.wrong.add(message, *path)

    def know(self, name: str, known: Iterable[str], what: str, *path: str | int) -> bool:
        """Whether a name is known, after noting if it is not."""
        allowed = tuple(known)
        if name in allowed:
            return True
        self.add(f"no {what} has the name `{name}`" + meant(name, allowed), *path)
        return False

    # --- names --------------------------------------------------------------------------------

    def reserved_names(self) -> None:
        for name in self.channels:
            if name in RESERVED_CHANNELS:
                self.add("is a word of the language; use another name", "channels", name)
        if "other" in self.reasons:
            self.add("is a word of the language; use another name", "reasons", "other")

    def references(self) -> None:
        for name, reason in self.scenario.reasons.items():
            at = ("reasons", name)
            if reason.profile is not None:
                self.know(reason.profile, self.profiles, "profile", *at, "profile")
            for channel in reason.channels:
                self._channel(channel, *at, "channels", channel)
            for field, second in (("again", reason.again), ("retry", reason.retry)):
                if second is not None and second.on != "same":
                    self._channel(second.on, *at, field, "on", also=("same",))
            self._doors(name)
        for name, one in self.scenario.channels.items():
            if one.overdue is not None:
                self._channel(one.overdue.on, "channels", name, "overdue", "on")
            if one.otherwise is not None:
                self._channel(one.otherwise, "channels", name, "otherwise")
            for place, way in enumerate(one.exits):
                if way.to == name:
                    self.add("leads back into this queue", "channels", name, "exits", place, "to")
                self._channel(way.to, "channels", name, "exits", place, "to", also=(THE_END,))
            for place, other in enumerate(one.interrupts):
                self._interrupts(other, "channels", name, "interrupts", place)
        for name in self.scenario.pools:
            self._pool(name)
        self._lines()

    def _lines(self) -> None:
        """Channels of lines: each has at most one group, and customers are connected there."""
        seen: dict[str, str] = {}
        for name, group in self.scenario.lines.items():
            for place, channel in enumerate(group.channels):
                at = ("lines", name, "channels", place)
                self._channel(channel, *at)
                found = self.scenario.channels.get(channel)
                if channel in seen:
                    self.add(f"has the lines `{seen[channel]}` already", *at)
                elif found is not None and found.due is not None:
                    self.add("is deferred: nobody is connected while it waits", *at)
                seen[channel] = name

    def _interrupts(self, name: str, *path: str | int) -> None:
        """Only work that nobody waits for on the line can be put down."""
        self._channel(name, *path)
        channel = self.scenario.channels.get(name)
        if channel is not None and (channel.live or channel.unlimited):
            kind = "live" if channel.live else "unlimited"
            message = f"`{name}` is {kind}; only work on deferred channels can be put down"
            self.add(message, *path)

    def special_days(self) -> None:
        for day, said in self.scenario.calendar.special_days.items():
            for reason, channel, _ in said.entries:
                self._special_day(str(day), reason, channel)

    def _special_day(self, day: str, reason: str | None, channel: str | None) -> None:
        path = ("calendar", "special_days", day, *(() if reason is None else (reason,)))
        if channel is not None:
            self.add("a special day is told by reason, not by channel", *path, channel)
        elif reason in self.scenario.reasons:
            arrivals = self.scenario.reasons[reason].arrivals
            if arrivals is not None and arrivals.replay is not None:
                self.add("replayed times come as they are, on special days too", *path)

    def events(self) -> None:
        for name, event in self.scenario.calendar.events.items():
            at = ("calendar", "events", name)
            for channel in event.channels:
                self._channel(channel, *at, "channels", channel)
                found = self.scenario.channels.get(channel)
                if found is not None and found.unlimited:
                    message = "is an unlimited channel, which has no door"
                    self.add(message, *at, "channels", channel)
            for reason, said in event.reasons.items():
                path = (*at, "reasons", reason)
                if reason != "other":
                    self.know(reason, self.reasons, "reason", *path)
                for channel in said.waiting:
                    self._waiting(reason, channel, *path, "waiting", channel)
                arrivals = getattr(self.scenario.reasons.get(reason), "arrivals", None)
                if said.volume != 1 and arrivals is not None and arrivals.replay is not None:
                    self.add("replayed times come as they are, in events too", *path, "volume")
            for pool in event.pools:
                path = (*at, "pools", pool)
                known = self.know(pool, self.pools, "pool", *path)
                if known and getattr(self.scenario.pools.get(pool), "members", None) is not None:
                    self.add("members come and go as they like; remove it", *path)

    def _waiting(self, reason: str, name: str, *path: str | int) -> None:
        """A backlog must lie where these customers can be served."""
        self._channel(name, *path)
        channel = self.scenario.channels.get(name)
        if channel is None or reason not in self.scenario.reasons:
            return
        if channel.unlimited:
            self.add("nobody waits on an unlimited channel", *path)
        elif name not in channels_reached(self.scenario, reason):
            self.add(f"customers with the reason `{reason}` never come to {name}", *path)

    def day_kinds(self) -> None:
        for name, kind in self.scenario.day_kinds.items():
            for reason in kind.volumes:
                self.know(reason, self.reasons, "reason", "day_kinds", name, reason)
                arrivals = getattr(self.scenario.reasons.get(reason), "arrivals", None)
                if arrivals is not None and arrivals.replay is not None:
                    message = "replayed times come as they are, on all kinds of day"
                    self.add(message, "day_kinds", name, reason)

    def _channel(self, name: str, *path: str | int, also: tuple[str, ...] = ()) -> None:
        if self.channels:
            self.know(name, (*self.channels, *also), "channel", *path)

    def _doors(self, name: str) -> None:
        for channel, door in self.scenario.reasons[name].closed.entries:
            listed = () if channel is None else (channel,)
            for target in door.to:
                path = ("reasons", name, "closed", *listed, target)
                self._channel(target, *path, also=DOOR_WORDS)

    def _pool(self, name: str) -> None:
        pool = self.scenario.pools[name]
        for field, said in (("answers", pool.answers), ("pace", pool.pace)):
            for channel in said:
                self._channel(channel, "pools", name, field, channel)
        for person, one in pool.people.items():
            if pool.roster and not self.broken.touches("pools", name, "roster"):
                self.know(
                    person, pool.roster, "person of the roster", "pools", name, "people", person
                )
            for channel in one.answers:
                path = ("pools", name, "people", person, "answers", channel)
                self._channel(channel, *path)
                if channel in self.channels and channel not in pool.answers:
                    message = "the pool does not answer this channel; say it in its `answers` too"
                    self.add(message, *path)
        for channel in pool.pace:
            if channel in self.channels and channel not in pool.answers:
                self.add("the pool does not answer this channel", "pools", name, "pace", channel)
        for channel in pool.answers:
            found = self.scenario.channels.get(channel)
            if found is not None and found.unlimited:
                message = f"`{channel}` is an unlimited channel, which needs no agent"
                self.add(message, "pools", name, "answers", channel)

    # --- routing ------------------------------------------------------------------------------

    def routing(self) -> None:
        for place, route in enumerate(self.scenario.routing):
            at = ("routing", place)
            for spot, name in enumerate(route.reason or ()):
                self.know(name, self.reasons, "reason", *at, "reason", spot)
            for spot, name in enumerate(route.channel or ()):
                self._channel(name, *at, "channel", spot)
            self._steps(place, route)
            if any(_covers(earlier, route) for earlier in self.scenario.routing[:place]):
                self.add("is never reached: a line above takes every contact it matches", *at)
        if not self.broken.touches("routing") and not self.broken.touches("transfers"):
            routed = {step.pool for route in self.scenario.routing for step in route.to}
            every = all_transfers(self.scenario).values()
            routed |= {one.to.pool for one in every if one.to.pool}
            for name in self.pools:
                if name not in routed:
                    self.add("no line of `routing` names this pool", "pools", name)

    def _steps(self, place: int, route: Route) -> None:
        seen: set[str] = set()
        for spot, step in enumerate(route.to):
            at = ("routing", place, "to", spot, "pool")
            if step.pool in seen:
                self.add(f"`{step.pool}` stands twice in this line", *at)
            seen.add(step.pool)
            if not self.know(step.pool, self.pools, "pool", *at):
                continue
            pool = self.scenario.pools.get(step.pool)
            if pool is None or self.broken.touches("pools", step.pool, "answers"):
                continue
            for channel in route.channel or ():
                if channel in self.channels and channel not in pool.answers:
                    message = f"the pool `{step.pool}` does not answer {channel}"
                    self.add(f"{message}; it answers: {', '.join(pool.answers)}", *at)

    # --- transfers ----------------------------------------------------------------------------

    def transfers(self) -> None:
        known: set[str] = set()
        for name, one in self.scenario.transfers.items():
            at = ("transfers", name)
            found = [
                self.know(pool, self.pools, "pool", *at, "by", spot)
                for spot, pool in enumerate(one.by or ())
            ]
            if self._destination(one.to, *at, "to") and all(found):
                known.add(name)
        known |= self._ai_agents()
        every = all_transfers(self.scenario).values()
        to_pools = any(one.to.pool is not None for one in every)
        if to_pools and self.broken.tree.at("routing") is None:
            message = "say who takes contacts from outside, as in `routing: [{to: [first line]}]`: "
            self.add(message + "without it every pool does", "transfers")
        if not any(self.broken.touches(part) for part in ("transfers", "pools", "routing")):
            self._transfer_ways(known)

    def _ai_agents(self) -> set[str]:
        """An AI agent hands over to people, and is the only one on its channels.

        Returns:
            the names of what they hand over, where those to whom they do are known.
        """
        found: dict[str, str] = {}
        known: set[str] = set()
        for name, pool in self.scenario.pools.items():
            ai, at = pool.ai_agent, ("pools", name, "ai_agent")
            if ai is None:
                continue
            for channel in pool.answers:
                if channel in found:
                    self.add(f"`{found[channel]}` is one too, and answers {channel}", *at)
                found[channel] = name
            to = ai.hands_over_to
            if to is not None and self._destination(to, *at, "hands_over_to"):
                ahead = self.scenario.pools.get(to.pool or "")
                known.add(f"{name}: hands over")
                if ahead is not None and ahead.ai_agent is not None:
                    self.add("is an AI agent too; name people", *at, "hands_over_to")
        return known

    def _destination(self, to: Destination, *at: str) -> bool:
        """Whether a transfer leads to where somebody may answer."""
        good = to.reason is None or self.know(to.reason, self.reasons, "reason", *at, "reason")
        if to.channel is not None:
            good &= self.know(to.channel, self.channels, "channel", *at, "channel")
            channel = self.scenario.channels.get(to.channel)
            if channel is not None and channel.unlimited:
                self.add("is an unlimited channel, where nobody answers", *at, "channel")
                good = False
        pool = self.scenario.pools.get(to.pool or "")
        if pool is not None and any(one.answers for one in pool.people.values()):
            self.add(
                "has people who answer otherwise than their pool: name the reason or channel "
                "to which contacts are passed on, and route that",
                *at,
            )
            good = False
        return good and (to.pool is None or self.know(to.pool, self.pools, "pool", *at))

    def _transfer_ways(self, known: set[str]) -> None:
        """Somebody takes what is passed on, no talk is passed on twice, no transfer is in vain.

        known: transfers all of whose names are.
        """
        legs = legs_of(self.scenario)
        for leg in {leg[1:]: leg for leg in legs}.values():  # whoever the customers are
            if leg.transfer in known:
                self._somebody_takes(leg.transfer, leg)
        for name, one in self.scenario.transfers.items():
            if name in known and name not in {leg.transfer for leg in legs}:
                by = " or ".join(f"`{pool}`" for pool in one.by or ()) or "anybody"
                self.add(f"passes nothing on: no such contact comes to {by}", "transfers", name)
        for reason in self.scenario.reasons:
            for channel in channels_reached(self.scenario, reason):
                self._add_up(reason, channel, steps_of(self.scenario, reason, channel))
        for leg in legs:
            self._add_up(leg.reason, leg.channel, leg_steps(self.scenario, leg))

    def _somebody_takes(self, name: str, leg: Leg) -> None:
        pool = all_transfers(self.scenario)[name].to.pool
        if pool is None and not leg_steps(self.scenario, leg):
            self.add(self._nobody(leg.reason, leg.channel), *self._handing(name))
        answers = self.scenario.pools[pool].answers if pool is not None else {}
        if pool is not None and leg.channel not in answers:
            message = f"the pool `{pool}` does not answer {leg.channel}"
            self.add(f"{message}; it answers: {', '.join(answers)}", *self._handing(name))

    def _handing(self, name: str) -> tuple[str, ...]:
        """Where it stands to whom a transfer, or an AI agent, passes on."""
        if not by_ai_agent(self.scenario, name):
            return "transfers", name, "to"
        return "pools", name.partition(":")[0], "ai_agent", "hands_over_to"

    def _add_up(self, reason: str, channel: str, steps: list[Step]) -> None:
        for step in steps:
            mine = {n: t for n, t in self.scenario.transfers.items() if t.passes_on(step.pool)}
            total = math.fsum(one.share.at(reason, channel) for one in mine.values())
            if total > 1 + CLOSE:
                message = (
                    f"`{step.pool}` would pass on {100 * total:.6g} % of `{reason}` by {channel}"
                )
                self.add(f"{message}: {', '.join(mine)}", "transfers")

    # --- the ways of contacts -----------------------------------------------------------------

    def ways(self) -> None:
        for name, reason in self.scenario.reasons.items():
            if not reason.channels and not self.broken.touches("reasons", name, "channels"):
                message = "is missing; say which share uses which, as in "
                example = "{" + ", ".join(f"{one}: ..." for one in self.channels) + "}"
                if not self.broken.touches("channels"):
                    self.add(message + f"`channels: {example}`", "reasons", name, "channels")
            reached = channels_reached(self.scenario, name)
            for channel in self.scenario.channels:
                if channel in reached and not self.scenario.channels[channel].unlimited:
                    self._way(name, channel)
        if not any(self.broken.touches(part) for part in ("transfers", "pools", "routing")):
            for leg in legs_of(self.scenario):
                self._leg(leg)

    def _leg(self, leg: Leg) -> None:
        """What is passed on needs a handle time, and values of those who take it."""
        reason = self.scenario.reasons[leg.reason]
        said = all_transfers(self.scenario)[leg.transfer].handle
        if said is None and not _covered(reason.handle, leg.channel):
            message = f"is missing for {leg.channel}, to which `{leg.transfer}` passes on"
            self.add(f"{message}; say how long an agent needs", "reasons", leg.reason, "handle")
        for step in leg_steps(self.scenario, leg):
            if step.pool in self.scenario.pools:
                self._pool_values(step.pool, leg.whose, leg.channel)

    def _way(self, name: str, channel: str) -> None:
        reason = self.scenario.reasons[name]
        listed = self.broken.tree.at("reasons", name, "channels", channel) is not None
        path = ("reasons", name, *(("channels", channel) if listed else ()))
        pools = self._pools_on(name, channel)
        if pools is not None and not pools:
            later = "" if channel in reason.channels else "; these customers can come to it later"
            self.add(self._nobody(name, channel) + later, *path)
        if not _covered(reason.handle, channel) and not self._misspelt(name):
            message = (
                f"is missing for {channel}; say how long an agent needs"
                if reason.handle.entries and not self._alone(reason.handle)
                else "is missing; say how long an agent needs, as in `handle: 5 min`"
            )
            self.add(message, "reasons", name, "handle")
        for pool in pools or ():
            self._pool_values(pool, name, channel)

    def _misspelt(self, reason: str) -> bool:
        """Whether the reason has an unknown field, which may be the one that seems missing."""
        part = self.broken.paths
        known = Reason.field_names()
        return any(p[:2] == ("reasons", reason) and len(p) == 3 and p[2] not in known for p in part)

    def _alone(self, handle: ByChannel[Any]) -> bool:
        """Whether only self-service channels have a value: nothing was said."""
        channels = self.scenario.channels
        return all(name in channels and channels[name].unlimited for name, _ in handle.entries)

    def _pools_on(self, reason: str, channel: str) -> list[str] | None:
        """The pools that may take such a contact; None if a broken part leaves it open."""
        if self.broken.touches("routing") or self.broken.touches("pools", "*", "answers"):
            return None
        if set(self.pools) - set(self.scenario.pools):
            return None
        for route in self.scenario.routing:
            if route.matches(reason, channel):
                pools = self.scenario.pools
                names = [step.pool for step in route.to]
                if any(name not in pools for name in names):
                    return None
                return [name for name in names if channel in pools[name].answers]
        return []

    def orders(self) -> None:
        """In a pool, newest first and oldest first need unlike priorities: else, who is first?"""
        channels = self.scenario.channels
        for name, reason in self.scenario.reasons.items():
            for channel in channels_reached(self.scenario, name):
                if channel in channels and self._joined_later(name, channel):
                    self._overtaking(name, reason, channel)
        if any(one.order == "newest_first" for one in channels.values()):
            for pool in self.scenario.pools:
                self._order(pool)

    def _joined_later(self, reason: str, channel: str) -> bool:
        """Whether a pool joins for such contacts only after a wait."""
        if self.broken.touches("routing"):
            return False
        route = route_of(self.scenario, reason, channel)
        return route is not None and any(step.after > 0 for step in route.to)

    def _overtaking(self, name: str, reason: Reason, channel: str) -> None:
        """Who goes before others would hide from a pool those for whom it has joined."""
        message = (
            "has no meaning where pools join after a wait (`routing`); leave out `after` there"
        )
        if self.scenario.channels[channel].order == "newest_first":
            self.add(message, "channels", channel, "order")
        if any(reason.head_start.at(channel).of_causes()):
            self.add(message, "reasons", name, "head_start")
        for event, one in self.scenario.calendar.events.items():
            said = one.reasons.get(name)
            if said is not None and said.age is not None and channel in said.waiting:
                self.add(message, "calendar", "events", event, "reasons", name, "age")

    def _order(self, pool: str) -> None:
        channels, reasons = self.scenario.channels, self.scenario.reasons
        taken = [
            (reason, channel)
            for reason in reasons
            for channel in channels_reached(self.scenario, reason)
            if channel in channels and pool in (self._pools_on(reason, channel) or ())
        ]
        seen: dict[tuple[int, bool], str] = {}
        for reason, channel in sorted(
            taken, key=lambda one: channels[one[1]].order == "newest_first"
        ):
            said, own = reasons[reason].priority, self.scenario.pools[pool].priority
            given, order = own.at(reason, channel), channels[channel].order
            if order == "newest_first" and given is None and said.per_minute:
                message = f"grows for those who wait longest, but {channel} serves the newest first"
                self.add(message, "reasons", reason, "priority")
            behind = given is None and not channels[channel].live
            rank = (said.start if given is None else given, behind)
            if seen.setdefault(rank, order) != order:
                message = f"the pool `{pool}` serves others of the same priority oldest first; "
                hint = "give one of them another `priority`"
                self.add(message + hint, "channels", channel, "order")
                return

    def _nobody(self, reason: str, channel: str) -> str:
        answering = [n for n, pool in self.scenario.pools.items() if channel in pool.answers]
        if not answering:
            return f"no pool answers {channel}"
        if any(route.matches(reason, channel) for route in self.scenario.routing):
            listed = ", ".join(answering)
            return (
                f"the line of `routing` for {channel} names no pool that answers it: {listed} would"
            )
        return f"no line of `routing` takes contacts for `{reason}` by {channel}"

    def _pool_values(self, pool: str, reason: str, channel: str) -> None:
        parts = self.scenario.pools[pool]
        values: tuple[tuple[tuple[str, ...], By[float] | None], ...] = (
            (("satisfaction",), parts.satisfaction),
            (("sells", "revenue_per_contact"), parts.sells.revenue_per_contact),
        )
        for path, by in values:
            if by is not None and not _covered_by(by, reason, channel):
                message = f"is missing for `{reason}` by {channel}; add it, or `other`"
                self.add(message, "pools", pool, *path)

    # --- circles ------------------------------------------------------------------------------

    def circles(self) -> None:
        """Ways that lead back to where they began, with nothing that ends them."""
        channels = self.scenario.channels
        onward = {
            name: channel.otherwise
            for name, channel in channels.items()
            if channel.otherwise is not None and channel.resolved == 0
        }
        for name in _in_circle(onward):
            self.add("leads back to this channel: a circle", "channels", name, "otherwise")
        for name, reason in self.scenario.reasons.items():
            doors = {one: reason.closed.at(one) for one in channels}
            onward = {
                one: target
                for one, door in doors.items()
                for target, share in door.to.items()
                if share == 1
            }
            for one in _in_circle(onward):
                listed = (one,) if one in {entry[0] for entry in reason.closed.entries} else ()
                message = f"sends everybody from {one} back to {one} when both are closed"
                self.add(message, "reasons", name, "closed", *listed)

    # --- sizes --------------------------------------------------------------------------------

    def sizes(self) -> None:
        calendar = self.scenario.calendar
        days = calendar.warmup + calendar.days + calendar.cooldown
        total = 0.0
        for name, reason in self.scenario.reasons.items():
            tries = 1 + sum(one.attempts for one in (reason.retry, reason.again) if one is not None)
            total += _customers(name, reason, calendar) * tries
        if total > MOST_CONTACTS:
            self.wrong.add(
                f"up to {total:,.0f} contacts in {days} days; allowed: {MOST_CONTACTS:,}."
                " Lower the volume, the days or the attempts",
                "reasons",
            )
        pools = self.scenario.pools.values()
        agents = sum(pool.scheduled() for pool in pools)
        if agents * days > MOST_AGENT_DAYS:
            message = f"{agents * days:,} agents times days; allowed: {MOST_AGENT_DAYS:,}"
            self.wrong.add(message, "pools")


# --- helpers ----------------------------------------------------------------------------------


def _names(broken: Broken, part: str) -> tuple[str, ...]:
    node = broken.tree.at(part)
    return tuple(node.value) if node is not None and isinstance(node.value, dict) else ()


def _covers(earlier: Route, later: Route) -> bool:
    return all(
        a is None or (b is not None and set(b) <= set(a))
        for a, b in ((earlier.reason, later.reason), (earlier.channel, later.channel))
    )


def _covered(by: ByChannel[Any], channel: str) -> bool:
    return any(name in (None, channel) for name, _ in by.entries)


def _covered_by(by: By[float], reason: str, channel: str) -> bool:
    return any(r in (None, reason) and c in (None, channel) for r, c, _ in by.entries)


def _in_circle(onward: dict[str, str]) -> list[str]:
    """The first name of each circle."""
    found: list[str] = []
    done: set[str] = set()
    for first in onward:
        way: list[str] = []
        name: str | None = first
        while name is not None and name not in done and name not in way:
            way.append(name)
            name = onward.get(name)
        if name in way:
            found.append(name)
        done.update(way)
    return found


def _customers(name: str, reason: Reason, calendar: Calendar) -> float:
    """How many to expect, at most: an event may hold all the time, and more than once."""
    events = [said for event in calendar.events.values() if (said := event.of_reason(name))]
    most = math.prod(max(said.volume, 1.0) for said in events)
    days = calendar.warmup + calendar.days + calendar.cooldown
    usual = _usual_customers(name, reason, calendar)
    return most * usual + sum(said.extra + sum(said.waiting.values()) for said in events) * (
        days if events else 0
    )


def _usual_customers(name: str, reason: Reason, calendar: Calendar) -> float:
    """Without events; special days bring their multiple, replayed times come as they are."""
    special = {
        (day - calendar.start).days: factor.at(name, None)
        for day, factor in calendar.special_days.items()
    }
    if reason.volume is not None:
        per_day = {"hour": 24.0, "day": 1.0, "week": 1 / 7}[reason.volume.per]
        days = calendar.warmup + calendar.days + calendar.cooldown
        return reason.volume.amount * per_day * (days + sum(special.values()) - len(special))
    if reason.arrivals is None:
        return 0.0
    if reason.arrivals.replay is not None:
        return float(len(reason.arrivals.replay))
    counts = reason.arrivals.counts or ()
    return sum(number * special.get(int(start // DAY), 1.0) for start, _, number in counts)
