"""One customer's story, event by event, told from the log and what was seen between its lines."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from sim.draws.roster import Roster
from sim.engine.reference.traced import Sighting
from sim.report.numbers import duration
from sim.report.texts import texts
from sim.scenario.model import Scenario
from sim.scenario.people import Person
from sim.tables import Cause, ContactLog, Outcome


@dataclass(frozen=True)
class Event:
    """One thing that happened: when, in which contact, and what, in words."""

    time: float
    contact: int
    text: str
    rank: int = 1  # order within one instant


def story(
    scenario: Scenario,
    log: ContactLog,
    seen: Sequence[Sighting],
    roster: Roster,
    customer: int,
) -> list[Event]:
    """What happened to one customer, in order.

    Args:
        scenario: for the names of reasons, channels and pools.
        log: of the replication.
        seen: what was seen of this customer between the lines of the log.
        roster: who the agents are.
        customer: number of the customer, from 0.
    """
    names = Names(scenario, roster)
    contacts = (log.customer == customer).nonzero()[0].tolist()
    events = [event for i in contacts for event in _contact(names, log, i)]
    events += [Event(one.time, one.contact, _between(names, one)) for one in seen]
    # in one instant: first what a contact does, then what is seen of it, then how it ends
    return sorted(events, key=lambda event: (event.time, event.contact, event.rank))


class Names:
    """Names of what the tables number."""

    def __init__(self, scenario: Scenario, roster: Roster) -> None:
        self.reasons = list(scenario.reasons)
        self.channels = list(scenario.channels)
        self.pools = list(scenario.pools)
        self._first_agent: list[int] = roster.first_agent.tolist()
        self._person = roster.person

    def agent(self, pool: int, agent: int) -> str:
        """An agent by name, if a roster says it; else the pool and their number in it, from 1."""
        worker = self._person[agent]
        if worker is not None and isinstance(worker.skill, Person):
            return f"{worker.name} ({self.pools[pool]})"
        shift = "" if worker is None else f" ({worker.name})"
        return f"{self.pools[pool]} agent {agent - self._first_agent[pool] + 1}{shift}"

    def any_agent(self, agent: int) -> str:
        """The same, the pool being that of the agent."""
        return self.agent(bisect_right(self._first_agent, agent) - 1, agent)


def _told(table: str, what: Enum, **of: str) -> str:
    text: str = texts("stories")[table][what.name.lower()]
    return text.format(**of)


def _between(names: Names, one: Sighting) -> str:
    who = names.agent(one.pool, one.agent) if one.agent >= 0 else ""
    pool = names.pools[one.pool] if one.pool >= 0 else ""
    ahead = f"{one.amount} ahead" if one.amount else "nobody ahead"
    return _told("seen", one.what, who=who, pool=pool, ahead=ahead)


def clock(scenario: Scenario, time: float) -> str:
    """Local date and time of a moment of the run, to the tenth of a second."""
    moment = datetime.combine(scenario.calendar.start, datetime.min.time())
    moment += timedelta(seconds=round(time, 1))
    return f"{moment:%a %Y-%m-%d %H:%M:%S}.{moment.microsecond // 100000}"


def _contact(names: Names, log: ContactLog, i: int) -> list[Event]:
    reason, channel = names.reasons[log.reason[i]], names.channels[log.channel[i]]
    arrived, ended = float(log.arrived[i]), float(log.ended[i])
    outcome = Outcome(log.outcome[i])
    if log.is_conference[i]:
        return _conference(names, log, i)
    comes = _told("causes", Cause(log.cause[i]))
    begins = Event(arrived, i, f"{comes} by {channel} ({reason})", rank=0)
    if outcome == Outcome.ANSWERED:
        return [begins, *_service(names, log, i)]
    if outcome == Outcome.UNFINISHED:
        return [begins, Event(arrived, i, _told("endings", outcome), rank=2)]
    return [begins, Event(ended, i, _ending(names, log, i), rank=2)]


def _conference(names: Names, log: ContactLog, i: int) -> list[Event]:
    """Somebody joins the talk of a contact, or is not free to."""
    arrived, parent = float(log.arrived[i]), int(log.parent[i])
    if log.outcome[i] != Outcome.ANSWERED:
        return [Event(arrived, parent, "somebody was to join the talk, and nobody is free", rank=2)]
    who, talked = names.agent(log.pool[i], log.agent[i]), float(log.talked[i])
    left = f"{who} leaves the talk after {duration(talked - arrived)}"
    return [Event(arrived, i, f"{who} joins the talk", rank=2), Event(talked, i, left, rank=2)]


def _ending(names: Names, log: ContactLog, i: int) -> str:
    outcome = Outcome(log.outcome[i])
    waited = float(log.ended[i] - log.arrived[i])
    if outcome == Outcome.CLOSED and waited > 0:
        return f"is dismissed at closing time after {duration(waited)}"
    if outcome == Outcome.SELF_SERVED and log.resolved[i] == 0:
        return "tries self-service, without success"
    who = names.agent(log.pool[i], log.agent[i]) if log.agent[i] >= 0 else ""
    return _told("endings", outcome, wait=duration(waited), who=who)


def _service(names: Names, log: ContactLog, i: int) -> list[Event]:
    arrived, ended = float(log.arrived[i]), float(log.ended[i])
    talked, freed = float(log.talked[i]), float(log.freed[i])
    first = log.put_down.agent[log.put_down.contact == i]
    who = names.agent(log.pool[i], log.agent[i])
    begun_by = names.any_agent(int(first[0])) if len(first) else who
    verb = "is called by" if log.callback[i] else "is answered by"
    waited = f"after waiting {duration(ended - arrived)}" if ended > arrived else "at once"
    end = {1: ", resolved", 0: ", not resolved"}.get(int(log.resolved[i]), " with them")
    events = [
        Event(ended, i, f"{verb} {begun_by} {waited}", rank=0 if len(first) else 2),
        *_hold(log, i, who),
        Event(talked, i, f"is done after {duration(float(log.talk()[i]))}{end}", rank=3),
    ]
    if freed > talked:
        events.append(Event(freed, i, f"{who} has finished the wrap-up", rank=4))
    return events


def _hold(log: ContactLog, i: int, who: str) -> list[Event]:
    """How the agent who passes on warm stays with the customer, and for how long."""
    legs = ((log.parent == i) & log.is_leg & (log.arrived < log.talked[i])).nonzero()[0]
    if len(legs) == 0:
        return []
    leg, talked = legs[0], float(log.talked[i])
    answered = log.outcome[leg] == Outcome.ANSWERED
    why = "nobody has answered, the customer waits alone"
    if log.ended[leg] <= talked:
        why = "has handed over" if answered else "the customer has gone"
    held = duration(talked - float(log.arrived[leg]))
    return [
        Event(float(log.arrived[leg]), i, f"{who} stays with the customer", rank=2),
        Event(talked, i, f"{who} leaves the customer after {held}: {why}", rank=2),
    ]
