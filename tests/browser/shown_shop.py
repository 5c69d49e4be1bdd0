"""The shop whose reports are looked at."""

from __future__ import annotations

SHOP = """
name: A shop that closes at six
calendar: {windows: {office: mon-fri 09:00-18:00, evening: mon-fri 18:00-22:00}}
reasons:
  purchase:
    volume: 900 per week
    profile: day
    channels: {phone: 60 %, chat: 40 %}
    patience: {exponential: 76 s}
    handle: {exponential: 5 min}
    buying: {unaided: 2 %, basket: 200}
  tracking:
    volume: 400 per week
    profile: day
    channels: {phone: 50 %, email: 50 %}
    handle: 3 min
profiles: {day: {mon-fri 08:00-22:00: 1}}
channels: {phone: {}, chat: {}, email: {due: 24 h}}
pools:
  team:
    agents: {mon-fri 09:00-18:00: 3}
    answers: {phone: 1, email: 1}
    contract: {per_hour: 20}
    sells: {conversion: 12 %}
  writers:
    agents: {mon-fri 09:00-20:00: 1}
    answers: {chat: 2}
    contract: {per_contact: 2}
    sells: {conversion: 15 %}
run: {replications: 5, service_level: {phone: 20 s, chat: 40 s}}
"""
