"""How the figures of `scenarios/bank` come from the log of January 1999.

The log is no part of the project: it lies in `../shared/data`, beside the checkout. With it,

    python tests/data/bank_log.py

writes the profiles of the scenario again and prints its head counts.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).parents[2]
LOG = ROOT.parent / "shared" / "data" / "anonbank_1999_01.txt"
SCENARIO = ROOT / "scenarios" / "bank" / "january.yaml"

HOUR, DAY = 3600, 86_400
WEEK = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
OPEN = {"fri": (7, 14), "sat": (19, 24)}  # hours; other days 7 to 24
CODES = {  # of the log, in the scenario's words
    "PS": "banking",
    "NW": "prospects",
    "NE": "securities",
    "TT": "callbacks",
    "IN": "internet",
    "PE": "english",
}
PROFILES = {"banking": 1800, "prospects": 1800, "securities": 3600}  # seconds a step

TURNAROUND = 60  # a shorter gap between two services is wrap-up, not absence
BREAK = 1200  # a longer one is a break
UNHEEDED = 15  # so many seconds of queue while "free" mean that nobody was there
TEAM = 0.88  # share of the available heads that are the team; the others help when needed


def opening(day: str) -> tuple[int, int]:
    """First and last hour of a day of the week."""
    return OPEN.get(day, (7, 24))


def read(path: Path = LOG) -> pd.DataFrame:
    """Every row of the log; times in seconds from midnight, `wait` and `talk` in seconds."""
    raw = pd.read_csv(path, sep="\t", dtype=str)
    raw = raw.rename(columns=str.strip).apply(lambda column: column.str.strip())
    table = pd.DataFrame({"type": raw["type"], "outcome": raw["outcome"], "server": raw["server"]})
    table["date"] = pd.to_datetime("19" + raw["date"])
    table["day"] = table["date"].dt.day_name().str[:3].str.lower()
    for name, column in {
        "entry": "vru_entry",
        "arrived": "vru_exit",
        "queued": "q_start",
        "answered": "ser_start",
    }.items():
        parts = raw[column].str.split(":", expand=True).astype(int)
        table[name] = parts[0] * HOUR + parts[1] * 60 + parts[2]
    return table.assign(wait=raw["q_time"].astype(int), talk=raw["ser_time"].astype(int))


def that_reached_the_queue(log: pd.DataFrame) -> pd.DataFrame:
    """Without phantoms and without those who hung up in the voice menu."""
    menu = (log["outcome"] == "HANG") & (log["wait"] == 0)
    return log[(log["outcome"] != "PHANTOM") & ~menu]


def clean(log: pd.DataFrame) -> pd.DataFrame:
    """The calls: also without technical services and the two rows of type AA."""
    calls = that_reached_the_queue(log)
    served = calls["outcome"] == "AGENT"
    technical = served & ((calls["server"] == "NO_SERVER") | (calls["talk"] == 0))
    return calls[~technical & calls["type"].isin(CODES)]


def in_hours(calls: pd.DataFrame) -> pd.DataFrame:
    """Those who joined while the centre was open."""
    first = calls["day"].map(lambda day: opening(day)[0]) * HOUR
    last = calls["day"].map(lambda day: opening(day)[1]) * HOUR
    return calls[(calls["arrived"] >= first) & (calls["arrived"] < last)]


def services(log: pd.DataFrame) -> pd.Series:
    """Durations of real services up to an hour."""
    found = log[(log["outcome"] == "AGENT") & (log["server"] != "NO_SERVER")]
    return found.loc[(found["talk"] > 0) & (found["talk"] <= HOUR), "talk"]


def days_of_log(calls: pd.DataFrame) -> pd.Series:
    """How often each day of the week occurs (11 and 12 January are missing)."""
    return calls.groupby("day")["date"].nunique()


def per_week(calls: pd.DataFrame, every: pd.DataFrame) -> float:
    """Calls of an average week: the sum over the days of the week of their means."""
    return float((calls.groupby("day").size() / days_of_log(every)).sum())


def profile(calls: pd.DataFrame, every: pd.DataFrame, step: int) -> pd.DataFrame:
    """Mean calls an hour by day of the week and step of the day."""
    count = calls.groupby(["day", calls["arrived"] // step]).size()
    number = days_of_log(every)
    rows = [
        (day, _clock(i * step), _clock((i + 1) * step), count.get((day, i), 0) / number[day])
        for day in WEEK
        for i in range(opening(day)[0] * HOUR // step, opening(day)[1] * HOUR // step)
    ]
    table = pd.DataFrame(rows, columns=["day", "from", "to", "weight"])
    return table.assign(weight=(table["weight"] * HOUR / step).round(2))


def variation_of_days(calls: pd.DataFrame, every: pd.DataFrame) -> float:
    """Coefficient of variation of the factor of a working day (Sunday to Thursday).

    Moments: what varies about the mean of the day of the week, beyond Poisson; at least 0.
    """
    dates = every.loc[~every["day"].isin(OPEN), ["date", "day"]].drop_duplicates()
    count = dates["date"].map(calls.groupby("date").size()).fillna(0)
    mean = count.groupby(dates["day"]).transform("mean")
    free = len(count) - dates["day"].nunique()
    return float(np.sqrt(max((((count - mean) ** 2 - mean) / mean**2).sum() / free, 0)))


def survival(calls: pd.DataFrame, times: list[int]) -> list[float]:
    """Kaplan-Meier: who would still wait after so long; being answered censors."""
    waits = calls[calls["wait"] > 0]
    gone = waits["outcome"] == "HANG"
    left = waits.loc[gone, "wait"].value_counts().sort_index()
    sorted_waits = np.sort(waits["wait"].to_numpy())
    at_risk = len(waits) - np.searchsorted(sorted_waits, left.index)
    curve = (1 - left / at_risk).cumprod()
    return [float(curve[curve.index <= t].iloc[-1]) for t in times]


# --- agents -----------------------------------------------------------------------------------


def available(calls: pd.DataFrame) -> pd.DataFrame:
    """Mean number of agents who really take calls, by date (rows) and half-hour (columns).

    A server is there from the first to the last service of the day, without the gaps in which he
    was away: those longer than BREAK, and those longer than TURNAROUND in which customers waited
    (from its tenth second) for more than UNHEEDED seconds. Nearly everybody who is there while
    customers wait is then busy.
    """
    rows = {}
    for date, today in calls.groupby("date"):
        queue = _queue(today)
        heads = np.zeros(len(queue))
        served = today[today["outcome"] == "AGENT"].sort_values("answered")
        for _, mine in served.groupby("server"):
            if len(mine) >= 5:
                heads += _there(mine, queue)
        rows[date] = heads[:DAY].reshape(-1, 1800).mean(axis=1)
    return pd.DataFrame(rows).T


def _queue(today: pd.DataFrame) -> np.ndarray:
    """Customers waiting in each second of the day (and two hours of the next)."""
    change = np.zeros(DAY + 2 * HOUR, dtype=int)
    waiting = today[today["wait"] > 0]
    np.add.at(change, waiting["queued"].to_numpy(), 1)
    np.add.at(change, (waiting["queued"] + waiting["wait"]).to_numpy(), -1)
    return change.cumsum()


def _there(mine: pd.DataFrame, queue: np.ndarray) -> np.ndarray:
    there = np.zeros(len(queue), dtype=bool)
    starts = mine["answered"].to_numpy()
    ends = np.maximum.accumulate((mine["answered"] + mine["talk"]).to_numpy())
    for i, (start, end) in enumerate(zip(starts, ends, strict=True)):
        there[start:end] = True
        if i + 1 < len(starts) and starts[i + 1] > end:
            gap = starts[i + 1] - end
            unheeded = int((queue[end + 10 : starts[i + 1]] > 0).sum())
            if gap <= TURNAROUND or (gap <= BREAK and unheeded <= UNHEEDED):
                there[end : starts[i + 1]] = True
    return there


def heads_of_week(calls: pd.DataFrame) -> pd.DataFrame:
    """`available`, averaged by day of the week."""
    table = available(calls)
    return table.groupby(table.index.day_name().str[:3].str.lower()).mean().loc[list(WEEK)]


def blocks(heads: pd.DataFrame, share: float = TEAM) -> list[str]:
    """Whole head counts in as few blocks as keep the hours of each day."""
    found = []
    for day in WEEK:
        runs: list[list[int]] = []
        owed = 0.0
        for i in range(opening(day)[0] * 2, opening(day)[1] * 2):
            wanted = heads.loc[day].iloc[i] * share + owed
            goes_on = bool(runs) and abs(wanted - runs[-1][2]) < 0.75
            count = runs[-1][2] if goes_on else max(1, int(np.floor(wanted + 0.5)))
            owed = float(np.clip(wanted - count, -0.7, 0.7))
            if runs and runs[-1][2] == count:
                runs[-1][1] = i + 1
            else:
                runs.append([i, i + 1, count])
        found += [f"{day} {_clock(a * 1800)}-{_clock(b * 1800)}: {n}" for a, b, n in runs]
    return found


def _clock(seconds: int) -> str:
    return f"{seconds // HOUR:02d}:{seconds % HOUR // 60:02d}"


def main() -> None:
    """Write the profiles, print the head counts."""
    calls = in_hours(clean(read()))
    for code, name in CODES.items():
        if name in PROFILES:
            table = profile(calls[calls["type"] == code], calls, PROFILES[name])
            table.to_csv(SCENARIO.with_name(f"{name}.csv"), index=False, lineterminator="\n")
    lines = blocks(heads_of_week(clean(read())))
    for i in range(0, len(lines), 4):
        print("      " + ", ".join(lines[i : i + 4]) + ",")


if __name__ == "__main__":
    main()
