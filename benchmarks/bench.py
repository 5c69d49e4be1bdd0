"""How fast we are, and against what: `python -m benchmarks.bench [--write]`.

Each round plays one replication on all sides in turn, each starting one place later than in the
round before. A side that is done in less than a tenth of a second plays it again until that is
filled, and the mean counts. Times are CPU time of this process, so that other work on the machine
disturbs little.
Garbage collection is first off for all sides alike, then on as Python comes (our engine turns it
off for itself). A ratio compares two sides within one round; its spread is the least and the
greatest over the rounds. Every exact side must give our log to the last bit, the others the same
numbers but for the order of simultaneous events, else nothing is printed.

The baseline is `idiomatic SimPy`: a process per contact on SimPy's own resources, as its
documentation teaches. The rows of processes with own queues are leaner models made by hand for this
benchmark, to show how much of the difference is SimPy's resources and how much is the process per
contact. Ciw (queueing networks in Python) and cimba (Python models compiled for an event engine in
C) play what they can express: the Erlang-A queue. The week they cannot: in neither can a further
pool join for a contact that keeps its place in the queue, nor can each pool have priorities of its
own among contact types. cimba keeps sums, all others a log with a row a contact.
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
from typing import Any

import numpy as np

import sim
from benchmarks import by_hand, cases, commands, idiomatic, processes, scaling
from benchmarks.cases import Case
from benchmarks.facts import Facts, Log
from sim.draws.luck import customer_luck
from sim.engine import ENGINES, Plan, simulate
from sim.experiment.run import Result
from sim.experiment.runner import Runner
from sim.experiment.simulation import Simulation
from sim.measures import SPLITS, components_of, estimate, measure
from sim.measures.components import TOTAL
from sim.tables import Draws

RESULTS = Path(__file__).with_name("RESULTS.md")
LIBRARIES = ("numpy", "simpy", "numba", "ciw", "cimba")


# --- the sides --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Side:
    """Something that plays a case."""

    name: str
    play: Callable[[Plan, Draws], Log | Facts]
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


def libraries() -> tuple[Side, ...]:
    """Sides that can play a single queue only."""
    from benchmarks import with_cimba, with_ciw  # need the extra `bench`

    return (
        Side("Ciw", with_ciw.simulate, exact=False),
        Side("cimba", with_cimba.simulate, exact=False),
    )


# times the baseline, the least over the rounds
WEEK_TARGETS = {"our compiled engine": 55.0, "our reference engine": 3.0}
ERLANG_A_TARGETS = {"our compiled engine": 140.0, "our reference engine": 3.0}


# --- the same model? --------------------------------------------------------------------------


def facts(log: Log | Facts) -> Facts:
    """What a side says of the centre."""
    return log if isinstance(log, Facts) else Facts.of(log)


def check(side: Side, log: Log | Facts, yardstick: Log | Facts) -> None:
    """Refuse to time a side that simulates something else than the first one."""
    if side.exact:
        columns = ("outcome", "arrived", "ended", "agent", "freed")
        same = all(
            np.array_equal(getattr(log, name), getattr(yardstick, name), equal_nan=name == "freed")
            for name in columns
        )
    else:
        same = facts(log).near(facts(yardstick))
    if not same:
        raise SystemExit(
            f"{side.name} simulates something else: {facts(log)}, not {facts(yardstick)}"
        )


# --- timing -----------------------------------------------------------------------------------


LEAST = 0.1
"""Seconds over which a side is timed at least."""


def timed(action: Callable[[], Any], collecting: bool, least: float = 0.0) -> tuple[float, Any]:
    """CPU seconds of an action, and what it returns, with or without garbage collection.

    Args:
        action: what is timed.
        collecting: whether Python collects garbage meanwhile.
        least: repeat it for so many seconds at least, and return the mean.
    """
    gc.collect()
    if not collecting:
        gc.disable()
    try:
        times = 0
        start = now = time.process_time()
        while times == 0 or now - start < least:
            result = action()
            times += 1
            now = time.process_time()
        return (now - start) / times, result
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
        logs: dict[str, Log | Facts] = {}
        for side in [*sides[turn:], *sides[:turn]]:
            seconds, logs[side.name] = timed(
                partial(side.play, case.plan, draws), collecting, LEAST
            )
            speed[side.name].append(len(draws.arrival) / seconds)
        for side in sides:
            check(side, logs[side.name], logs[sides[0].name])
            first.setdefault(side.name, facts(logs[side.name]))
    return Race(case.name, {name: speeds[1:] for name, speeds in speed.items()}, first)


def laps(case: Case, rounds: int, measures: Sequence[str] | None = None) -> dict[str, float]:
    """CPU seconds of the parts of one replication: medians.

    Garbage collection is on, as in `sim.run`.

    Args:
        case, rounds: of what, and of how many replications the median.
        measures: those of which the totals are added up; all in every split, and pictures, if not
            given, as `sim.run` does.
    """
    seed, wanted = case.scenario.run.seed, None if measures is None else components_of(measures)
    simulation = Simulation.of(case.scenario, seed, ENGINES[0])
    times: list[tuple[float, ...]] = []
    for k in range(rounds + 1):
        ticks = [time.process_time()]
        draws = case.draws(k)
        ticks.append(time.process_time())
        log, duty = simulate(case.plan, draws)
        ticks.append(time.process_time())
        luck = customer_luck(case.setting, seed, k, draws.reason_size)
        told = (draws, luck, log, duty, wanted, SPLITS if wanted is None else [TOTAL])
        measure(simulation.basis, *told, pictures=wanted is None)
        ticks.append(time.process_time())
        times.append((*(b - a for a, b in pairwise(ticks)), ticks[-1] - ticks[0]))
    medians = (median(column) for column in zip(*times[1:], strict=True))  # the first: warm-up
    return dict(zip(("draws", "engine", "measures", "all"), medians, strict=True))


SAME = ("contacts", "answer_rate", "abandonment", "service_level", "wait", "aht")
"""The measures of the study by hand, but its quantiles."""


def ours(case: Case, replications: int, seed: int) -> Result:
    """All that `sim run` does after start-up: every measure, by every split, and the checks."""
    return sim.run(case.scenario, replications=replications, jobs=1, seed=seed)


def asked(case: Case, replications: int, seed: int) -> Result:
    """The same of the measures of the study by hand alone, as what-ifs and searches ask."""
    with Runner(jobs=1) as runner:
        sample = runner.sample(case.scenario, seed, measures=SAME, splits=(TOTAL,))
        runner.extend([sample], replications)
    rows = estimate(case.scenario, sample.tallies, measures=SAME)
    return Result(case.scenario, seed, replications, ENGINES[0], tuple(rows))


Whole = Callable[[Case, int, int], Result]
"""A study of a case: so many replications, from this seed."""


def end_to_end(
    case: Case, replications: int, rounds: int, studies: Sequence[Whole] = (ours, asked)
) -> list[list[float]]:
    """CPU seconds of each of our studies, and of the one by hand, one number a round.

    Raises:
        SystemExit: if they do not agree about the centre.
    """
    case.draws(0)  # prepared beforehand: what the side by hand takes from us
    sim.run(case.scenario, replications=1, jobs=1)
    times: list[list[float]] = [[] for _ in (*studies, by_hand)]
    for k in range(1, rounds + 1):
        results = []
        for whole, mine in zip(studies, times, strict=False):
            seconds, result = timed(partial(whole, case, replications, k), True)
            mine.append(seconds)
            results.append(result)
        seconds, study = timed(partial(by_hand.run, case, replications, k), True)
        times[-1].append(seconds)
        for result in results:
            _agree(result, study)
    return times


def _agree(result: Result, study: by_hand.Study) -> None:
    for name in ("contacts", "answer_rate", "abandonment"):
        known = result.get(name)
        mean, width = study.mean.loc["all"][name].item(), study.half_width.loc["all"][name]
        # three times both half-widths: about six standard errors of each
        if abs(known.value - mean) > 3 * (width.item() + (known.high - known.low) / 2):
            raise SystemExit(f"by hand, {name} is {mean}, not {known.value}")


def cores(case: Case, replications: int, rounds: int) -> list[float]:
    """Wall-clock time of a run with one job over that with two, starting the second included."""
    ratios: list[float] = []
    for _ in range(rounds + 1):
        seconds = []
        for jobs in (1, 2):
            with Runner(jobs=jobs) as runner:
                start = time.perf_counter()
                runner.extend([runner.sample(case.scenario, 1)], replications)
                seconds.append(time.perf_counter() - start)
        ratios.append(seconds[0] / seconds[1])
    return ratios[1:]


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
    return [
        *_engines(args),
        *_studies(args),
        *_cores(args),
        *commands.report(args.rounds),
        *scaling.report(scaling.measure_all(args.quick)),
    ]


def _engines(args: argparse.Namespace) -> list[str]:
    lines = []
    ours = [f"our {name} engine" for name in ENGINES]
    raced: list[tuple[Case, Mapping[str, float], Sequence[Side]]] = [
        (cases.week(args.contacts), WEEK_TARGETS, SIDES),
        (cases.erlang_a(), ERLANG_A_TARGETS, (*SIDES, *libraries())),
    ]
    for (case, targets, sides), collecting in product(raced, (False, True)):
        result = race(case, sides, args.rounds, collecting)
        how = f"garbage collection {'on' if collecting else 'off'}"
        lines += [f"## Engines alone: {case.name}, {how}", "", *table(result, ours), ""]
        lines += [*verdicts(result, targets), ""]
    return lines


def _studies(args: argparse.Namespace) -> list[str]:
    lines = ["## End to end", ""]
    lines += [
        "Sampling, simulating, adding up and estimating with intervals, against the idiomatic"
    ]
    lines += ["model with statistics of its own (`by_hand.py`): all that `sim run` does after"]
    lines += [
        "start-up, every measure in every split; and the measures of the study by hand alone,"
    ]
    lines += ["as what-ifs and searches ask for few. Single process; CPU seconds, medians.", ""]
    lines += ["| study | measures | ours | by hand | times as fast |"]
    lines += ["| --- | --- | ---: | ---: | ---: |"]
    for contacts, replications in ((20_000, 50), (100_000, 10)):
        case = cases.week(contacts)
        *mine, by_them = end_to_end(case, replications, max(args.rounds // 2, 1))
        name = f"{case.name}, {replications} replications"
        for what, seconds in zip(("all", "the same"), mine, strict=True):
            ratios = _spread(_ratios(by_them, seconds))
            times = f"{median(seconds):.2f} s | {median(by_them):.1f} s"
            lines += [f"| {name} | {what} | {times} | {ratios} |"]
    case = cases.week(20_000)
    lines.append("")
    for what, names in (("every measure", None), ("one measure", ("expected_margin",))):
        parts = laps(case, 4 * args.rounds, names)
        milliseconds = ", ".join(f"{name} {1000 * value:.1f} ms" for name, value in parts.items())
        lines += [f"One replication of the {case.name}, {what}: {milliseconds}.", ""]
    return lines


def _cores(args: argparse.Namespace) -> list[str]:
    lines = ["## Two cores", "", "Wall-clock time of a run with one job over that with two:", ""]
    for case, replications in ((cases.week(20_000), 400), (cases.week(100_000), 80)):
        ratios = cores(case, replications, args.rounds)
        lines += [f"- {replications} replications of the {case.name}: {_spread(ratios)}"]
    return [*lines, ""]


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench", description=__doc__)
    parser.add_argument("--contacts", type=int, default=20_000, help="in the week")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--quick", action="store_true", help="small sizes only")
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
