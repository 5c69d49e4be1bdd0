"""The bank scenario beside its log: the same figures of both.

    python tests/data/bank_compare.py

prints the comparison of `scenarios/bank/README.md`.
"""

from __future__ import annotations

import bank_log as bank
import numpy as np
import pandas as pd

from sim.draws import draw, prepare
from sim.engine import make_plan, simulate
from sim.scenario import load
from sim.tables import Outcome

GAVE_UP = (Outcome.ABANDONED, Outcome.BALKED)
MISSING = pd.to_datetime(["1999-01-11", "1999-01-12"])  # days that the log lacks


def of_log() -> pd.DataFrame:
    """The calls of the log that joined in opening hours: one row a call."""
    calls = bank.in_hours(bank.clean(bank.read()))
    return pd.DataFrame(
        {
            "replication": 0,
            "date": calls["date"],
            "day": calls["day"],
            "hour": calls["arrived"] // bank.HOUR,
            "reason": calls["type"].map(bank.CODES),
            "answered": calls["outcome"] == "AGENT",
            "wait": calls["wait"].astype(float),
            "talk": calls["talk"].where(calls["outcome"] == "AGENT"),
        }
    )


def of_model(replications: int, seed: int = 1) -> tuple[pd.DataFrame, float]:
    """The calls of simulated Januaries, and the hours of the team in one of them.

    On the days that the log has.
    """
    scenario = load(bank.SCENARIO)
    setting = prepare(scenario)
    plan = make_plan(setting)
    start = pd.Timestamp(scenario.calendar.start)
    names = np.array(list(scenario.reasons))
    found = []
    hours = 0.0
    for replication in range(replications):
        log, duty = simulate(plan, draw(setting, seed, replication))
        counted = (duty.on < scenario.calendar.days * bank.DAY) & (plan.agent_pool[duty.agent] == 0)
        hours = float((duty.off - duty.on)[counted].sum()) / bank.HOUR
        date = start + pd.to_timedelta(log.arrived // bank.DAY, unit="D")
        answered = log.outcome == Outcome.ANSWERED
        assert (answered | np.isin(log.outcome, GAVE_UP)).all()
        found.append(
            pd.DataFrame(
                {
                    "replication": replication,
                    "date": date,
                    "day": date.day_name().str[:3].str.lower(),
                    "hour": (log.arrived % bank.DAY // bank.HOUR).astype(int),
                    "reason": names[log.reason],
                    "answered": answered,
                    "wait": log.ended - log.arrived,
                    "talk": log.talked - log.ended,
                }
            )
        )
    calls = pd.concat(found, ignore_index=True)
    return calls[~calls["date"].isin(MISSING)], hours


def figures(calls: pd.DataFrame) -> dict[str, float]:
    """What the two are compared by."""
    waits = calls.loc[calls["answered"], "wait"]
    gone = calls.loc[~calls["answered"], "wait"]
    talk = calls["talk"].dropna()
    work = calls[~calls["day"].isin(bank.OPEN)].groupby(["replication", "date"]).size()
    found = {
        "calls": len(calls) / calls["replication"].nunique(),
        "working_day": work.mean(),
        "working_day_variance": work.groupby(level="replication").var().mean(),
        "abandonment": 1 - calls["answered"].mean(),
        "no_wait": (calls["answered"] & (calls["wait"] == 0)).mean(),
        "within_20_s": (calls["answered"] & (calls["wait"] <= 20)).mean(),
        "within_60_s": (calls["answered"] & (calls["wait"] <= 60)).mean(),
        "asa": waits.mean(),
        "time_to_abandon": gone.mean(),
    }
    found |= {f"wait_p{p}": waits.quantile(p / 100) for p in (50, 75, 90, 95, 99)}
    found |= {"talk_mean": talk.mean(), "talk_sd": talk.std(), "talk_median": talk.median()}
    return found | {"talk_hours": talk.sum() / bank.HOUR / calls["replication"].nunique()}


def by(calls: pd.DataFrame, column: str) -> pd.DataFrame:
    """Calls a month, share that gave up and mean wait, by day, hour or reason."""
    groups = calls.groupby(column)
    return pd.DataFrame(
        {
            "calls": groups.size() / calls["replication"].nunique(),
            "abandonment": 1 - groups["answered"].mean(),
            "wait": groups["wait"].mean(),
        }
    )


def main() -> None:
    """Print the comparison."""
    log, (model, hours) = of_log(), of_model(40)
    print(f"hours of the team: {hours:.0f}")
    print(pd.DataFrame({"log": figures(log), "model": figures(model)}).round(3).to_string())
    for column in ("day", "hour", "reason"):
        tables = [by(log, column), by(model, column)]
        print(pd.concat(tables, axis=1, keys=["log", "model"]).round(3).to_string())


if __name__ == "__main__":
    main()
