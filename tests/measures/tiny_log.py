"""Logs written by hand: a few contacts, a few duty spells, and the luck of each customer."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from functools import cached_property
from math import inf, nan
from types import SimpleNamespace
from typing import TypeVar

import numpy as np

from sim.draws.draw import Setting, prepare
from sim.draws.luck import CustomerLuck, baskets
from sim.measures import Basis, Check, Tally, checks, estimate, make_basis, measure
from sim.scenario import loads
from sim.tables import Cause, ContactLog, Draws, DutyLog, Outcome, Purpose

Table = TypeVar("Table", Draws, ContactLog)

HOUR = 3600.0

SHOP = """
calendar:
  {start: 2026-11-23, days: 1, windows: {office: daily 09:00-18:00, evening: daily 18:00-23:00}}
reasons:
  advice:
    volume: 1 per day
    channels: {phone: 50 %, chat: 50 %}
    handle: 5 min
    buying: {unaided: 10 %, basket: 100}
  tracking: {volume: 1 per day, channels: {phone: 40 %, email: 30 %, robot: 30 %}, handle: 3 min}
channels:
  phone: {live: true}
  chat: {live: true}
  email: {due: 24 h, overdue: {chance: 50 %, on: phone}, cost_per_contact: 0.5}
  robot: {unlimited: true, resolved: 70 %, otherwise: phone, cost_per_contact: 0.1}
pools:
  team:
    agents: {daily: 2}
    answers: {phone: 1, chat: 2, email: 1}
    contract: {per_hour: 24}
    sells: {conversion: 40 %, basket: 200}
    satisfaction: 90 %
  experts:
    agents: {daily: 1}
    answers: {chat: 2}
    contract: {per_contact: 2, per_minute: 0.3, per_sale: 5, revenue_share: 10 %, per_week: 70}
    sells: {conversion: 50 %, revenue_per_contact: 120}
run: {service_level: {phone: 20 s, chat: 40 s}}
"""
"""Agents 0 and 1 are the team, agent 2 is the expert."""

CHANNELS = ("phone", "chat", "email", "robot")
REASONS = ("advice", "tracking")
POOL_OF_AGENT = (0, 0, 1)


@dataclass(frozen=True)
class Contact:
    """A row of a log. `waited` is nan for an unfinished contact."""

    outcome: Outcome
    arrived: float
    waited: float = 0.0
    talk: float = nan
    wrap: float = nan
    agent: int = -1
    resolved: int = -1
    customer: int | None = None  # none: the next customer
    reason: str = "advice"
    channel: str = "phone"
    cause: Cause = Cause.FIRST
    parent: int = -1
    attempt: int = 0
    window: float = inf
    callback: int = 0
    offers: int = 0
    by_ai: int = -1


def answered(
    arrived: float, waited: float, talk: float, wrap: float = 0.0, agent: int = 0, **more: object
) -> Contact:
    """A contact that an agent answered."""
    more = {"resolved": 1, **more}
    return Contact(Outcome.ANSWERED, arrived, waited, talk, wrap, agent, **more)  # type: ignore[arg-type]


def ended(outcome: Outcome, arrived: float, waited: float = 0.0, **more: object) -> Contact:
    """A contact that nobody answered."""
    return Contact(outcome, arrived, waited, **more)  # type: ignore[arg-type]


def with_zeros(table: type[Table], n: int, **columns: np.ndarray) -> Table:
    """A table whose other columns, of no matter here, are n zeros."""
    others = [f.name for f in fields(table) if f.name not in ("aside", "put_down", "rings")]  # type: ignore[arg-type]
    zeros = {name: np.zeros(n, dtype=np.int64) for name in others}
    return table(**{**zeros, **columns})


@dataclass
class Tiny:
    """A measured replication. First contacts come first; spells are (agent, on, off, left)."""

    contacts: list[Contact]
    spells: list[tuple[int, float, float, float]] = field(default_factory=list)
    buy: list[float] | None = None  # one a customer; 0.5 if not given
    satisfied: list[float] | None = None
    text: str = SHOP

    @cached_property
    def setting(self) -> Setting:
        return prepare(loads(self.text))

    @cached_property
    def basis(self) -> Basis:
        return make_basis(self.setting)

    @cached_property
    def tally(self) -> Tally:
        return measure(self.basis, self.draws, self.luck, self.log, self.duty, pictures=True)

    def value(self, name: str, by: str = "total", group: str = "all") -> float:
        """The value of a measure in a slice; KeyError where there is no such row."""
        rows = estimate(self.setting.scenario, [self.tally], measures=[name], splits=[by])
        return {row.group: row.value for row in rows}[group]

    def checks(self) -> dict[str, Check]:
        found = checks(self.basis, self.draws, self.log, self.duty, self.tally)
        return {check.name: check for check in found}

    @cached_property
    def first(self) -> list[Contact]:
        return [contact for contact in self.contacts if contact.cause == Cause.FIRST]

    @cached_property
    def draws(self) -> Draws:
        reason = np.array([REASONS.index(c.reason) for c in self.first], dtype=np.int64)
        row = np.array([(reason[:i] == r).sum() for i, r in enumerate(reason)], dtype=np.int64)
        size = np.bincount(reason, minlength=len(REASONS))
        begins = np.append(0, np.cumsum(size))
        at = np.full((len(Purpose), len(REASONS), len(CHANNELS)), -1)
        at[Purpose.WINDOW] = begins[:-1, None]
        attempts = 1 + max((c.attempt for c in self.contacts), default=0)
        windows = np.full((attempts, size.sum()), inf)
        for contact, customer in zip(self.contacts, self.customers, strict=True):
            windows[contact.attempt, begins[reason[customer]] + row[customer]] = contact.window

        def later(reason: int, attempt: int) -> np.ndarray:
            return windows[attempt, begins[reason] : begins[reason + 1]]

        spells = self.spells
        return with_zeros(
            Draws,
            0,
            arrival=np.array([c.arrived for c in self.first], dtype=np.float64),
            reason=reason,
            row=row,
            channel=np.array([CHANNELS.index(c.channel) for c in self.first], dtype=np.int64),
            reason_size=size,
            values=windows[0],
            begins=begins,
            at=at,
            more=SimpleNamespace(contact_values=later),
            duty_agent=np.array([s[0] for s in spells], dtype=np.int64),
            duty_on=np.array([s[1] for s in spells], dtype=np.float64),
            duty_off=np.array([s[2] for s in spells], dtype=np.float64),
        )

    @cached_property
    def customers(self) -> list[int]:
        return [i if c.customer is None else c.customer for i, c in enumerate(self.contacts)]

    @cached_property
    def log(self) -> ContactLog:
        rows = self.contacts
        answer = [c.arrived + c.waited for c in rows]

        def column(values: list[float], dtype: type) -> np.ndarray:
            return np.array(values, dtype=dtype)

        return with_zeros(
            ContactLog,
            len(rows),
            customer=column(self.customers, np.int64),
            attempt=column([c.attempt for c in rows], np.int64),
            reason=column([REASONS.index(c.reason) for c in rows], np.int64),
            channel=column([CHANNELS.index(c.channel) for c in rows], np.int64),
            cause=column([c.cause for c in rows], np.int8),
            parent=column([c.parent for c in rows], np.int64),
            arrived=column([c.arrived for c in rows], np.float64),
            outcome=column([c.outcome for c in rows], np.int8),
            ended=column(answer, np.float64),
            pool=column([-1 if c.agent < 0 else POOL_OF_AGENT[c.agent] for c in rows], np.int64),
            agent=column([c.agent for c in rows], np.int64),
            talked=column([a + c.talk for a, c in zip(answer, rows, strict=True)], np.float64),
            freed=column(
                [a + c.talk + c.wrap for a, c in zip(answer, rows, strict=True)], np.float64
            ),
            resolved=column([c.resolved for c in rows], np.int8),
            callback=column([c.callback for c in rows], np.int8),
            offers=column([c.offers for c in rows], np.int64),
            by_ai=column([c.by_ai for c in rows], np.int8),
        )

    @cached_property
    def duty(self) -> DutyLog:
        d = self.draws
        left = np.array([s[3] for s in self.spells], dtype=np.float64)
        return DutyLog(d.duty_agent, d.duty_on, d.duty_off, d.duty_on, left)

    @cached_property
    def luck(self) -> CustomerLuck:
        """Every basket is the mean of its distribution: amounts are constants in `SHOP`."""
        d, n = self.draws, len(self.first)
        first = np.concatenate([[0], np.cumsum(d.reason_size)])
        place = first[d.reason] + d.row
        buy, satisfied = np.empty(n), np.empty(n)
        buy[place] = 0.5 if self.buy is None else self.buy
        satisfied[place] = 0.5 if self.satisfied is None else self.satisfied
        buy[first[1] :] = nan  # nobody tracks a parcel to buy
        amounts = [getattr(dist, "value", nan) for dist in baskets(self.setting.scenario)]
        return CustomerLuck(first, buy, satisfied, np.repeat(np.array(amounts)[:, None], n, axis=1))
