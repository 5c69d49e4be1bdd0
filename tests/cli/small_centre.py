"""A small centre, as its file says it."""

import subprocess
from collections.abc import Callable

SMALL = """\
name: A small centre
calendar: {windows: {morning: mon-fri 09:00-12:00}}
reasons:
  calls:
    volume: 200 per day
    profile: day
    handle: {exponential: 4 min}
    patience: {exponential: 1 min}
profiles:
  day: {mon-fri 09:00-17:00: 1}
pools:
  team: {agents: {mon-fri 09:00-17:00: 2}, contract: {per_hour: 20}}
run: {replications: 4}
"""

Sim = Callable[..., subprocess.CompletedProcess[str]]
