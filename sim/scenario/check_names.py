"""Names in a scenario: whether they are known, and the pools that lines of routing name."""

from __future__ import annotations

from collections.abc import Iterable

from sim.scenario.distributions import KINDS
from sim.scenario.faults import Wrong, meant
from sim.scenario.fields import Names
from sim.scenario.model import DOOR_WORDS, Pool, Route, Scenario
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
        self.channels, self.reasons = names.channels or (), names.reasons or ()
        self.pools = tuple(broken.tree.entries("pools")) or tuple(scenario.pools)
        self.known = {
            "channel": self.channels,
            "reason": self.reasons,
            "pool": self.pools,
            "profile": tuple(broken.tree.entries("profiles")) or tuple(scenario.profiles),
        }
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

    def faulty(self, *path: str | int) -> bool:
        """Whether something was noted of a part."""
        return any(where[: len(path)] == path for where, _ in self.wrong.faults)

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
        """Every name that refers to a part: it is there, and of a kind that can stand here."""
        for path, name, said in self.scenario.references():
            known = self.known[said.what]
            if name == said.besides or (said.what == "channel" and not known):
                continue
            if self.know(name, (*known, *said.also), said.what, *path):
                for kind in self._kinds(said.what, name) & said.refused.keys():
                    self.add(said.refused[kind].format(name=name, kind=kind), *path)

    def _kinds(self, what: str, name: str) -> set[str]:
        """What a reason, a channel or a pool is, where that forbids to name it."""
        kinds: set[str] = set()
        if what == "channel" and (channel := self.scenario.channels.get(name)) is not None:
            kinds = {channel.kind, *channel.said("outbound")}
        elif what == "reason" and (reason := self.scenario.reasons.get(name)) is not None:
            kinds = {"replayed"} if reason.replayed else set()
        elif what == "pool" and (pool := self.scenario.pools.get(name)) is not None:
            kinds = {*pool.said("members")}
        return kinds

    def queues(self) -> None:
        """Ways out of a queue lead elsewhere; a channel has at most one group of lines."""
        for name, one in self.scenario.channels.items():
            for place, way in enumerate(one.exits):
                if way.to == name:
                    self.add("leads back into this queue", "channels", name, "exits", place, "to")
        seen: dict[str, str] = {}
        for name, group in self.scenario.lines.items():
            for place, channel in enumerate(group.channels):
                if channel in seen:
                    at = ("lines", name, "channels", place)
                    self.add(f"has the lines `{seen[channel]}` already", *at)
                seen[channel] = name

    def special_days(self) -> None:
        for day, said in self.scenario.calendar.special_days.items():
            for reason, channel, _ in said.entries:
                self._special_day(str(day), reason, channel)

    def _special_day(self, day: str, reason: str | None, channel: str | None) -> None:
        path = ("calendar", "special_days", day, *(() if reason is None else (reason,)))
        if channel is not None:
            self.add("a special day is told by reason, not by channel", *path, channel)
        elif reason in self.scenario.reasons and self.scenario.reasons[reason].replayed:
            self.add("replayed times come as they are, on special days too", *path)

    def events(self) -> None:
        """A backlog lies where these customers can be served; recorded times are as they are."""
        for event, one in self.scenario.calendar.events.items():
            for name, said in one.reasons.items():
                at = ("calendar", "events", event, "reasons", name)
                reason = self.scenario.reasons.get(name)
                if reason is None:
                    continue
                for channel in said.waiting:
                    found = self.scenario.channels.get(channel)
                    there = found is None or found.unlimited
                    if not there and channel not in channels_reached(self.scenario, name):
                        message = f"customers with the reason `{name}` never come to {channel}"
                        self.add(message, *at, "waiting", channel)
                if said.volume != 1 and reason.replayed:
                    self.add("replayed times come as they are, in events too", *at, "volume")

    def answers(self) -> None:
        """What is said of a channel, or of a person, is said in the pool's `answers` too."""
        for name, pool in self.scenario.pools.items():
            at = ("pools", name)
            not_answered = "the pool does not answer this channel"
            for field in ("pace", "agent_share"):
                for channel in self._not_answered(getattr(pool, field), pool):
                    self.add(not_answered, *at, field, channel)
            for channel, speeds in pool.pace.items():
                if len(speeds) > (most := pool.answers.get(channel, len(speeds))):
                    message = f"has {len(speeds)} entries, but an agent holds {most} at most"
                    self.add(message, *at, "pace", channel)
            for person, one in pool.people.items():
                where = (*at, "people", person)
                if pool.roster and not self.broken.touches(*at, "roster"):
                    self.know(person, pool.roster, "person of the roster", *where)
                for channel in self._not_answered(one.answers, pool):
                    message = f"{not_answered}; say it in its `answers` too"
                    self.add(message, *where, "answers", channel)

    def _not_answered(self, said: Iterable[str], pool: Pool) -> list[str]:
        """Channels that are there, which a pool does not answer."""
        return [one for one in said if one in self.channels and one not in pool.answers]

    # --- routing ------------------------------------------------------------------------------

    def routing(self) -> None:
        earlier: dict[str, Route] = {}  # of lines for the same, the first
        for place, route in enumerate(self.scenario.routing):
            self._steps(place, route)
            if any(_covers(one, route) for one in earlier.values()):
                message = "is never reached: a line above takes every contact it matches"
                self.add(message, "routing", place)
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
            pool = self.scenario.pools.get(step.pool)
            if pool is None or self.broken.touches("pools", step.pool, "answers"):
                continue
            for channel in self._not_answered(route.channel or (), pool):
                message = f"the pool `{step.pool}` does not answer {channel}"
                self.add(f"{message}; it answers: {', '.join(pool.answers)}", *at)


def _covers(earlier: Route, later: Route) -> bool:
    return all(
        a is None or (b is not None and set(b) <= set(a))
        for a, b in ((earlier.reason, later.reason), (earlier.channel, later.channel))
    )
