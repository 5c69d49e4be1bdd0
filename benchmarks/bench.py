"""Contacts per second of every side on the same draws: `python -m benchmarks.bench [--write]`.

Each round plays one replication on all sides in turn, each starting one place later than in the
round before. Times are CPU time of this process, so that other work on the machine disturbs little.
Garbage collection is first off for all sides alike, then on as Python comes (our engine turns it
off for itself). A ratio compares two sides within one round; its spread is the least and the
greatest over the rounds. Every exact side must give our log to the last bit, the others the same
averages but for noise, else nothing is printed.

The baseline is `idiomatic SimPy`: a process per contact on SimPy's own resources, as its
documentation teaches. The other rows are leaner models made by hand for this benchmark, with queues
of their own instead of SimPy's resources, to show how much of the difference is SimPy's resources
and how much is the process per contact.
"""

from __future__ import annotations

import argparse
import gc
import importlib.metadata
import os
import platform
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import pairwise, product
from pathlib import Path
from statistics import median
from typing import Any, Protocol

import numpy as np

from benchmarks import cases, idiomatic, processes
from benchmarks.cases import Case
from sim.draws.luck import customer_luck
from sim.engine import ENGINES, Plan, simulate
from sim.experiment import Workshop
from sim.measures import measure
from sim.tables import Codes, Draws, Floats, Ints, Outcome

RESULTS = Path(__file__).with_name("RESULTS.md")
LIBRARIES = ("numpy", "simpy", "numba")


# --- the sides --------------------------------------------------------------------------------


class Log(Protocol):
    """What every side returns, one row a customer."""

    @property
    def outcome(self) -> Codes: ...
    @property
    def arrived(self) -> Floats: ...
    @property
    def ended(self) -> Floats: ...
    @property
    def agent(self) -> Ints: ...
    @property
    def freed(self) -> Floats: ...


@dataclass(frozen=True)
class Side:
    """Something that plays a case."""

    name: str
    play: Callable[[Plan, Draws], Log]
    exact: bool = True  # its log is ours, row by row


def our_engine(plan: Plan, draws: Draws, *, engine: str) -> Log:
    """One of our engines."""
    return simulate(plan, draws, engine)[0]


SIDES = (
    *(Side(f"our {name} engine", partial(our_engine, engine=name)) for name in ENGINES),
    Side("idiomatic SimPy", idiomatic.simulate, exact=False),
    Side("processes, own queues", processes.simulate),
    Side("processes, own queues, everyone waits", processes.simulate_textbook),
)
"""The first is the yardstick of `check`."""
BASELINE = "idiomatic SimPy"

# times the baseline, the least over the rounds
WEEK_TARGETS = {"our compiled engine": 55.0, "our reference engine": 3.0}
ERLANG_A_TARGETS = {"our compiled engine": 140.0, "our reference engine": 3.0}


# --- the same model? --------------------------------------------------------------------------


@dataclass(frozen=True)
class Facts:
    """What a run says of the centre."""

    answered: int
    abandoned: int
    mean_wait: float

    @classmethod
    def of(cls, log: Log) -> Facts:
        """The facts of a log."""
        return cls(
            answered=int((log.outcome == Outcome.ANSWERED).sum()),
            abandoned=int((log.outcome == Outcome.ABANDONED).sum()),
            mean_wait=float((log.ended - log.arrived).mean()),
        )

    def near(self, other: Facts) -> bool:
        """Whether ties, and who of a pool leaves first, may make the difference."""
        a, b = self, other
        contacts = b.answered + b.abandoned
        return (
            a.answered + a.abandoned == contacts
            and abs(a.answered - b.answered) <= max(0.005 * contacts, 3)
            and abs(a.mean_wait - b.mean_wait) <= max(0.1 * b.mean_wait, 0.5)
        )


def check(side: Side, log: Log, yardstick: Log) -> None:
    """Refuse to time a side that simulates something else than the first one."""
    if side.exact:
        columns = ("outcome", "arrived", "ended", "agent", "freed")
        same = all(
            np.array_equal(getattr(log, name), getattr(yardstick, name), equal_nan=name == "freed")
            for name in columns
        )
    else:
        same = Facts.of(log).near(Facts.of(yardstick))
    if not same:
        raise SystemExit(
            f"{side.name} simulates something else: {Facts.of(log)}, not {Facts.of(yardstick)}"
        )


# --- timing -----------------------------------------------------------------------------------


def timed(action: Callable[[], Any], collecting: bool) -> tuple[float, Any]:
    """CPU seconds of an action, and what it returns, with or without garbage collection."""
    gc.collect()
    if not collecting:
        gc.disable()
    try:
        start = time.process_time()
        result = action()
        return time.process_time() - start, result
    finally:
        gc.enable()


@dataclass(frozen=True)
class Race:
    """Contacts per second of each side, one number a round."""

    case: str
    speed: dict[str, list[float]]
    facts: dict[str, Facts]  # of the warm-up


def race(case: Case, sides: Sequence[Side], rounds: int, collecting: bool) -> Race:
    """Warm up on one replication, then time a further one each round."""
    speed: dict[str, list[float]] = {side.name: [] for side in sides}
    first: dict[str, Facts] = {}
    for k in range(rounds + 1):
        draws = case.draws(k)
        turn = k % len(sides)
        logs: dict[str, Log] = {}
        for side in [*sides[turn:], *sides[:turn]]:
            seconds, logs[side.name] = timed(partial(side.play, case.plan, draws), collecting)
            speed[side.name].append(len(draws.arrival) / seconds)
        for side in sides:
            check(side, logs[side.name], logs[sides[0].name])
            first.setdefault(side.name, Facts.of(logs[side.name]))
    return Race(case.name, {name: speeds[1:] for name, speeds in speed.items()}, first)


def end_to_end(case: Case, rounds: int) -> dict[str, float]:
    """CPU seconds of one replication by our default engine as `sim run` plays it: medians.

    Garbage collection is on, as it is there.
    """
    seed = case.scenario.run.seed
    workshop = Workshop.of(case.scenario, seed, ENGINES[0])
    laps: list[tuple[float, ...]] = []
    for k in range(rounds + 1):
        ticks = [time.process_time()]
        draws = case.draws(k)
        ticks.append(time.process_time())
        log, duty = simulate(case.plan, draws)
        ticks.append(time.process_time())
        luck = customer_luck(case.setting, seed, k, draws.reason_size)
        measure(workshop.ruler, draws, luck, log, duty)
        ticks.append(time.process_time())
        laps.append((*(b - a for a, b in pairwise(ticks)), ticks[-1] - ticks[0]))
    medians = (median(column) for column in zip(*laps[1:], strict=True))  # the first: warm-up
    return dict(zip(("draws", "engine", "measures", "all"), medians, strict=True))


# --- telling ----------------------------------------------------------------------------------


def table(result: Race, ours: Sequence[str]) -> list[str]:
    """Speeds, and how many times as fast each of our engines is, as a Markdown table."""
    times = [f"{name}: times as fast" for name in ours]
    head = ["", "contacts/s", *times, "answered", "abandoned", "mean wait"]
    rows = [head, ["---", *["---:"] * (len(head) - 1)]]
    for name, speeds in result.speed.items():
        facts = result.facts[name]
        ratios = [
            "" if name == one else _spread(_ratios(result.speed[one], speeds)) for one in ours
        ]
        row = [name, f"{median(speeds):,.0f}", *ratios]
        row += [f"{facts.answered:,}", f"{facts.abandoned:,}", f"{facts.mean_wait:.2f} s"]
        rows.append(row)
    return ["| " + " | ".join(row) + " |" for row in rows]


def verdicts(result: Race, targets: Mapping[str, float]) -> list[str]:
    """Whether each of our engines reaches its target against the baseline."""
    lines = []
    for ours, target in targets.items():
        ratios = _ratios(result.speed[ours], result.speed[BASELINE])
        if min(ratios) >= target:
            word = "reached in every round"
        elif median(ratios) >= target:
            word = "reached in the median, not in every round"
        else:
            word = "not reached"
        lines.append(f"- {ours}, target {target:g} times {BASELINE}: {word} ({_spread(ratios)})")
    return lines


def _ratios(speeds: list[float], base: list[float]) -> list[float]:
    return [a / b for a, b in zip(speeds, base, strict=True)]


def _spread(values: list[float]) -> str:
    return f"{median(values):.2f} ({min(values):.2f} to {max(values):.2f})"


def machine() -> list[str]:
    """What the numbers were measured on."""
    versions = [f"{name} {importlib.metadata.version(name)}" for name in LIBRARIES]
    return [
        f"- {_processor()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}",
        f"- Python {platform.python_version()}, {', '.join(versions)}",
        f"- {datetime.now(UTC):%Y-%m-%d}, load average at the start: {os.getloadavg()[0]:.1f}",
    ]


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines() if os.name == "posix" else []:
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or "unknown processor"


def report(args: argparse.Namespace) -> list[str]:
    """Run everything; the lines of the report."""
    lines = []
    ours = [f"our {name} engine" for name in ENGINES]
    raced = [(cases.week(args.contacts), WEEK_TARGETS), (cases.erlang_a(), ERLANG_A_TARGETS)]
    for (case, targets), collecting in product(raced, (False, True)):
        result = race(case, SIDES, args.rounds, collecting)
        how = f"garbage collection {'on' if collecting else 'off'}"
        lines += [f"## Engines alone: {case.name}, {how}", "", *table(result, ours), ""]
        lines += [*verdicts(result, targets), ""]
    whole = cases.week(20_000)
    seconds = end_to_end(whole, args.rounds)
    lines += [f"## End to end: {whole.name}, one replication, our {ENGINES[0]} engine", ""]
    lines += [f"- {name}: {value:.3f} s" for name, value in seconds.items()]
    word = "reached" if seconds["all"] < 1 else "not reached"
    lines += ["", f"Target: under a second of CPU time on one core: {word}."]
    return lines


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench", description=__doc__)
    parser.add_argument("--contacts", type=int, default=20_000, help="in the week")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--write", action="store_true", help=f"also write {RESULTS.name}")
    args = parser.parse_args()
    command = " ".join(["python -m benchmarks.bench", *sys.argv[1:]])
    lines = ["# Benchmarks", "", f"Written by `{command}`; do not edit.", "", *machine(), ""]
    for paragraph in str(__doc__).split("\n\n")[1:]:
        lines += [" ".join(paragraph.split()), ""]
    lines += ["Speeds are medians over the rounds; ratios median (least to greatest).", ""]
    lines += report(args)
    print("\n".join(lines))
    if args.write:
        RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
