"""Sweeps and staffings to open: a curve, a map of two hostile names, a plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from rough import rough_staffing

import sim
from sim.experiment.staffing.goal import StaffGoal
from sim.experiment.study import Study
from sim.report import report as report_of
from sim.report.blocks import Report

SCRIPT = "</script><script>document.title=1</script>"
ARABIC = "مساء الخير"
PRICE = "pools.team.contract.per_hour"

CENTRE = f"""
name: "{SCRIPT} <b>centre</b>"
calendar: {{start: 2026-01-05, days: 1, windows: {{{ARABIC}: mon-fri 09:00-10:00}}}}
profiles: {{day: {{mon 09:00-10:00: 1, mon 10:00-11:00: 2.5, mon 11:00-12:00: 0.6}}}}
reasons:
  calls: {{volume: 60 per day, profile: day, handle: {{exponential: 3 min}},
          patience: {{exponential: 2 min}}, buying: {{basket: 40}}}}
pools:
  constructor:
    agents: {{mon 09:00-12:00: 2}}
    contract: {{per_hour: 20}}
    sells: {{conversion: 10 %}}
  {ARABIC}:
    agents: {{mon 09:00-11:30: 1}}
    contract: {{per_hour: 20}}
    sells: {{conversion: 10 %}}
run: {{service_level: 20 s, replications: 6}}
"""

STUDIED = ("curve", "two-values", "plan")


@cache
def curve(shop: str) -> sim.SweepResult:
    """The price of an hour gone over."""
    study = Study.of({"shop": sim.loads(shop)}, question="What may an hour cost?")
    return sim.sweep(study, {PRICE: "10..160 step 30"}, replications=5, jobs=1)


@cache
def two_values() -> sim.SweepResult:
    """Two values gone over, one of them not a number."""
    study = Study.of({"centre": sim.loads(CENTRE)}, question=f"{SCRIPT} {ARABIC}?")
    values: dict[str, str | Sequence[object]] = {
        "pools.constructor.presence": ["60 %", "80 %", "100 %"],
        "reasons.calls.patience": [{"exponential": "1 min"}, {"exponential": "2 min"}, "never"],
    }
    return sim.sweep(study, values, replications=4, jobs=1)


@cache
def plan() -> sim.StaffResult:
    """Two pools staffed for two targets."""
    goal = StaffGoal.of({"service_level": "70 %", f"{ARABIC}.abandonment": "20 %"}, at_most=4)
    study = Study.of({"centre": sim.loads(CENTRE)}, question=f"{SCRIPT} {ARABIC}?")
    with rough_staffing():
        return sim.staff(replace(study, staff=goal), jobs=1)


def report(name: str, shop: str) -> Report:
    """The report of one of `STUDIED`."""
    if name == "curve":
        return report_of(curve(shop))
    return report_of(two_values()) if name == "two-values" else report_of(plan())
