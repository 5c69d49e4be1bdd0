"""One customer's story, event by event, told from the log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sim.report.numbers import duration
from sim.scenario.model import Scenario
from sim.tables import Cause, ContactLog, Outcome

CAUSES = {
    Cause.FIRST: "makes contact",
    Cause.RETRY: "tries again",
    Cause.AGAIN: "makes contact again, the matter is not resolved",
    Cause.CLOSED: "makes contact after the closed door",
    Cause.OVERDUE: "makes contact, the answer being overdue",
    Cause.OTHERWISE: "goes on, self-service did not help",
}

ENDINGS = {
    Outcome.ABANDONED: "gives up after {wait}",
    Outcome.BALKED: "does not want to wait and leaves at once",
    Outcome.BLOCKED: "is turned away: the queue is full",
    Outcome.CLOSED: "finds the door closed",
    Outcome.EXPIRED: "is dropped unanswered after {wait}",
    Outcome.WITHDRAWN: "is withdrawn: the customer has been answered elsewhere",
    Outcome.SELF_SERVED: "serves himself",
    Outcome.UNFINISHED: "is still open at the end of the run",
}


@dataclass(frozen=True)
class Event:
    """One thing that happened: when, in which contact, and what, in words."""

    time: float
    contact: int
    text: str


def story(
    scenario: Scenario, log: ContactLog, first_agent: list[int], customer: int
) -> list[Event]:
    """What happened to one customer, in order.

    Args:
        scenario: for the names of reasons, channels and pools.
        log: of the replication.
        first_agent: the number of each pool's first agent.
        customer: number of the customer, from 0.
    """
    contacts = (log.customer == customer).nonzero()[0].tolist()
    events = [event for i in contacts for event in _contact(scenario, log, first_agent, i)]
    return sorted(events, key=lambda event: event.time)


def clock(scenario: Scenario, time: float) -> str:
    """Local date and time of a moment of the run, to the tenth of a second."""
    moment = datetime.combine(scenario.calendar.start, datetime.min.time())
    moment += timedelta(seconds=round(time, 1))
    return f"{moment:%a %Y-%m-%d %H:%M:%S}.{moment.microsecond // 100000}"


def _contact(scenario: Scenario, log: ContactLog, first_agent: list[int], i: int) -> list[Event]:
    reason = list(scenario.reasons)[log.reason[i]]
    channel = list(scenario.channels)[log.channel[i]]
    arrived, ended = float(log.arrived[i]), float(log.ended[i])
    outcome = Outcome(log.outcome[i])
    what = f"{CAUSES[Cause(log.cause[i])]} by {channel} ({reason})"
    events = [Event(arrived, i, what)]
    if outcome != Outcome.ANSWERED:
        ending = ENDINGS[outcome].format(wait=duration(ended - arrived))
        if outcome == Outcome.CLOSED and ended > arrived:
            ending = f"is dismissed at closing time after {duration(ended - arrived)}"
        if outcome == Outcome.SELF_SERVED and log.resolved[i] == 0:
            ending = "tries to serve himself, without success"
        return [*events, Event(arrived if outcome == Outcome.UNFINISHED else ended, i, ending)]
    pool = list(scenario.pools)[log.pool[i]]
    who = f"{pool} agent {log.agent[i] - first_agent[log.pool[i]] + 1}"
    waited = f"after waiting {duration(ended - arrived)}" if ended > arrived else "at once"
    talked, freed = float(log.talked[i]), float(log.freed[i])
    end = "resolved" if log.resolved[i] else "not resolved"
    events += [
        Event(ended, i, f"is answered by {who} {waited}"),
        Event(talked, i, f"is done after {duration(talked - ended)}, {end}"),
    ]
    if freed > talked:
        events.append(Event(freed, i, f"{who} has finished the wrap-up"))
    return events
