"""Names in a scenario: whether they are known, and the pools that lines of routing name."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sim.scenario.by import Names
from sim.scenario.distributions import KINDS
from sim.scenario.faults import Wrong, meant
from sim.scenario.model import DOOR_WORDS, Route, Scenario
from sim.scenario.paths import all_transfers, channels_reached
from sim.scenario.queues import BALK_WORDS, THE_END, HeadStart
from sim.scenario.repair import Broken
from sim.scenario.times import says_times

RESERVED_CHANNELS = (
    KINDS | {"same", "other", THE_END, "share"} | {*DOOR_WORDS, *BALK_WORDS, *HeadStart.words}
)


class NamesChecker:
    """Notes what is wrong; parts that are broken themselves are passed over."""

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
            elif says_times(name):
                self.add("reads as times of the week; use another name", "channels", name)
        if "other" in self.reasons:
            self.add("is a word of the language; use another name", "reasons", "other")

    def recorded_customers(self) -> None:
        """Whose contacts are recorded makes these, whatever becomes of the others."""
        for name, reason in self.scenario.reasons.items():
            if self.scenario.linked and reason.arrivals and reason.arrivals.customer is not None:
                message = "what customers did is recorded; nothing of it is withdrawn as in a "
                path = ("reasons", name, "arrivals", "customer")
                self.add(f"{message}`linked` centre", *path)

    def references(self) -> None:
        for name, reason in self.scenario.reasons.items():
            at = ("reasons", name)
            for channel, profile in reason.profile.entries:
                where = (channel,) if channel is not None else ()
                self.know(profile, self.profiles, "profile", *at, "profile", *where)
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
        elif channel is not None and channel.outbound is not None:
            self.add(f"agents call on `{name}`; a call is not put down", *path)

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
        paced: dict[str, Collection[str]] = {"pace": pool.pace, "agent_share": pool.agent_share}
        for field, said in {"answers": pool.answers, **paced}.items():
            for channel in said:
                self._channel(channel, "pools", name, field, channel)
                if field in paced and channel in self.channels and channel not in pool.answers:
                    self.add("the pool does not answer this channel", "pools", name, field, channel)
        for channel, speeds in pool.pace.items():
            if len(speeds) > (most := pool.answers.get(channel, len(speeds))):
                message = f"has {len(speeds)} entries, but an agent holds {most} at most"
                self.add(message, "pools", name, "pace", channel)
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
        for channel in pool.answers:
            found = self.scenario.channels.get(channel)
            if found is not None and found.unlimited:
                message = f"`{channel}` is an unlimited channel, which needs no agent"
                self.add(message, "pools", name, "answers", channel)

    # --- routing ------------------------------------------------------------------------------

    def routing(self) -> None:
        earlier: dict[str, Route] = {}  # of lines for the same, the first
        for place, route in enumerate(self.scenario.routing):
            at = ("routing", place)
            for spot, name in enumerate(route.reason or ()):
                self.know(name, self.reasons, "reason", *at, "reason", spot)
            for spot, name in enumerate(route.channel or ()):
                self._channel(name, *at, "channel", spot)
            self._steps(place, route)
            if any(_covers(one, route) for one in earlier.values()):
                self.add("is never reached: a line above takes every contact it matches", *at)
            earlier.setdefault(repr((route.reason, route.channel)), route)
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


def _names(broken: Broken, part: str) -> tuple[str, ...]:
    node = broken.tree.at(part)
    return tuple(node.value) if node is not None and isinstance(node.value, dict) else ()


def _covers(earlier: Route, later: Route) -> bool:
    return all(
        a is None or (b is not None and set(b) <= set(a))
        for a, b in ((earlier.reason, later.reason), (earlier.channel, later.channel))
    )
