"""Names that must exist are found by the types of their fields, wherever they stand."""

from __future__ import annotations

from sim.scenario import loads
from sim.scenario.faults import written

CENTRE = """
calendar:
  days: 7
  events:
    line down:
      {at: 2026-01-07 10:00-12:00, channels: {phone: closed}, pools: {team: {presence: 50 %}}}
    backlog: {at: 2026-01-08 08:00, reasons: {orders: {waiting: {email: 5}}}}
profiles: {office: {mon-fri 09:00-18:00: 1}}
day_kinds: {storm: {chance: 10 %, orders: 200 %}}
reasons:
  orders:
    volume: 100 per week
    profile: {phone: office}
    channels: {phone: 80 %, email: 20 %}
    handle: 5 min
    closed: {phone: {email: 30 %}}
    retry: {chance: 20 %, after: 1 h, on: email}
channels:
  phone: {exits: [{after: 5 min, to: email}], interrupts: [email]}
  email: {due: 1 d}
lines: {main: {count: 5, channels: [phone]}}
pools:
  team: {agents: {daily: 3}, answers: {phone: 1, email: 1}}
  experts: {agents: {daily: 1}, answers: phone, agent_share: {phone: 50 %}}
routing: [{reason: orders, channel: phone, to: [team, experts]}, {to: team}]
transfers: {on: {by: team, share: 10 %, to: {pool: experts, channel: phone}}}
"""


def test_every_name_is_found_where_it_is_said_and_as_what():
    found = {(written(path), said.what, name) for path, name, said in loads(CENTRE).references()}

    event = "calendar.events"
    assert found == {
        (f"{event}.line down.channels.phone", "channel", "phone"),
        (f"{event}.line down.pools.team", "pool", "team"),
        (f"{event}.backlog.reasons.orders", "reason", "orders"),
        (f"{event}.backlog.reasons.orders.waiting.email", "channel", "email"),
        ("day_kinds.storm.orders", "reason", "orders"),
        ("reasons.orders.profile.phone", "profile", "office"),
        ("reasons.orders.channels.phone", "channel", "phone"),
        ("reasons.orders.channels.email", "channel", "email"),
        ("reasons.orders.closed.phone.email", "channel", "email"),
        ("reasons.orders.retry.on", "channel", "email"),
        ("channels.phone.exits.1.to", "channel", "email"),
        ("channels.phone.interrupts.1", "channel", "email"),
        ("lines.main.channels.1", "channel", "phone"),
        ("pools.team.answers.phone", "channel", "phone"),
        ("pools.team.answers.email", "channel", "email"),
        ("pools.experts.answers.phone", "channel", "phone"),
        ("pools.experts.agent_share.phone", "channel", "phone"),
        ("routing.1.reason.1", "reason", "orders"),
        ("routing.1.channel.1", "channel", "phone"),
        ("routing.1.to.1.pool", "pool", "team"),
        ("routing.1.to.2.pool", "pool", "experts"),
        ("routing.2.to.1.pool", "pool", "team"),
        ("transfers.on.by.1", "pool", "team"),
        ("transfers.on.to.pool", "pool", "experts"),
        ("transfers.on.to.channel", "channel", "phone"),
    }
