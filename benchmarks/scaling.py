"""What a contact costs as a centre grows: `python -m benchmarks.scaling`.

One size at a time is changed: contacts, agents, pools, or how many wait. Each point is measured in
a process of its own, which plays one small replication to warm up, then as many as it takes to
simulate 200,000 contacts, at least one: CPU time of draws, engine and measures, and the peak of the
process's memory.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from benchmarks import cases
from benchmarks.cases import Case
from sim.draws.luck import customer_luck
from sim.engine import ENGINES, simulate
from sim.experiment.simulation import Simulation
from sim.measures import measure
from sim.tables import ContactLog

PLOT = Path(__file__).with_name("scaling.svg")

CONTACTS = 200_000

SWEEPS = {
    "contacts": (10_000, 30_000, 100_000, 300_000, 1_000_000, 5_000_000),
    "agents": (10, 30, 100, 300, 1_000, 2_000),
    "pools": (1, 2, 5, 10, 20, 50),
    "waiting": (100, 1_000, 10_000, 100_000),
}
QUICK = {
    "contacts": (10_000, 30_000),
    "agents": (10, 100),
    "pools": (1, 5),
    "waiting": (100, 1_000),
}
MEANING = {
    "contacts": "weeks of a centre with 100,000 contacts a week, as many as it takes",
    "agents": "Erlang A with a load of one contact per agent, 200,000 contacts or a day",
    "pools": "ten agents and a reason a pool, further pools join after 20 s and 40 s",
    "waiting": "Erlang A with twice the load that 100 agents can do; patience sets the queue",
}
CASES = {
    "contacts": cases.long_week,
    "agents": cases.many_agents,
    "pools": cases.many_pools,
    "waiting": cases.overload,
}


@dataclass(frozen=True)
class Point:
    """One size."""

    sweep: str
    size: int
    contacts: int  # of a replication
    most_waiting: int
    draws: float  # nanoseconds of CPU time a contact, as the next two
    engine: float
    measures: float
    megabytes: float  # peak of the whole process, libraries included


PARTS = ("draws", "engine", "measures")


def measure_point(sweep: str, size: int) -> Point:
    """Measure in this process."""
    _play(cases.week(1_000), 1)  # loads what is loaded once
    return _play(CASES[sweep](size), size, sweep)


def _play(case: Case, size: int, sweep: str = "") -> Point:
    """Play a case until there are contacts enough."""
    seed = case.scenario.run.seed
    simulation = Simulation.of(case.scenario, seed, ENGINES[0])
    seconds = np.zeros(3)
    contacts = replications = waiting = 0
    while contacts < CONTACTS:
        ticks = [time.process_time()]
        draws = case.draws(replications)
        ticks.append(time.process_time())
        log, duty = simulate(case.plan, draws)
        ticks.append(time.process_time())
        luck = customer_luck(case.setting, seed, replications, draws.reason_size)
        measure(simulation.basis, draws, luck, log, duty)
        ticks.append(time.process_time())
        seconds += np.diff(ticks)
        contacts += len(log)
        replications += 1
        waiting = max(waiting, most_waiting(log))
    nanoseconds = (1e9 * seconds / contacts).tolist()
    return Point(sweep, size, contacts // replications, waiting, *nanoseconds, peak_memory())


def peak_memory() -> float:
    """Megabytes that this process has held at most.

    Not from `getrusage` where there is a better way: Linux counts there what the parent held when
    it started this process.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def most_waiting(log: ContactLog) -> int:
    """The most contacts that waited at one time."""
    there = ~np.isnan(log.ended) & (log.ended > log.arrived)
    changes = np.concatenate([np.ones(there.sum(), int), np.full(there.sum(), -1)])
    order = np.argsort(np.concatenate([log.arrived[there], log.ended[there]]), kind="stable")
    return int(np.cumsum(changes[order]).max(initial=0))


def measure_all(quick: bool) -> list[Point]:
    """Measure every size, each in a process of its own."""
    points = []
    for sweep, sizes in (QUICK if quick else SWEEPS).items():
        for size in sizes:
            command = [sys.executable, "-m", "benchmarks.scaling", "--point", sweep, str(size)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            points.append(Point(**json.loads(done.stdout)))
    return points


# --- telling ----------------------------------------------------------------------------------


def report(points: Sequence[Point]) -> list[str]:
    """Tables, and the picture drawn into this folder."""
    draw_plot(points)
    lines = ["## Cost against size", ""]
    lines += [" ".join(str(__doc__).split("\n\n")[1].split()), ""]
    lines += [f"![Nanoseconds a contact against size]({PLOT.name})", ""]
    for sweep, meaning in MEANING.items():
        lines += [f"**{sweep.capitalize()}**: {meaning}.", ""]
        lines += ["| size | contacts | most waiting | draws | engine | measures | memory |"]
        lines += ["| ---: | ---: | ---: | ---: | ---: | ---: | ---: |"]
        lines += [_row(point) for point in points if point.sweep == sweep]
        lines += [""]
    return lines


def _row(point: Point) -> str:
    parts = " | ".join(f"{getattr(point, part):,.0f} ns" for part in PARTS)
    counts = f"{point.size:,} | {point.contacts:,} | {point.most_waiting:,}"
    return f"| {counts} | {parts} | {point.megabytes:,.0f} MB |"


def draw_plot(points: Sequence[Point]) -> None:
    """Nanoseconds a contact against size, a panel a sweep."""
    import altair as alt  # slow to load, and no point needs it

    rows = [
        {"sweep": point.sweep, "size": point.size, "part": part, "ns": getattr(point, part)}
        for point in points
        for part in PARTS
    ]
    most = max(row["ns"] for row in rows)
    panels = []
    for sweep in MEANING:
        data = alt.Data(values=[row for row in rows if row["sweep"] == sweep])
        line = alt.Chart(data, width=320, height=180, title=sweep)
        x = alt.X(
            "size:Q",
            scale=alt.Scale(type="log", nice=False),
            axis=alt.Axis(format="~s"),
            title=sweep,
        )
        y = alt.Y("ns:Q", scale=alt.Scale(domain=[0, most]), title="ns a contact")
        known = alt.Scale(domain=list(PARTS))  # the same for both: then they share a legend
        part = alt.Shape("part:N", scale=known, title=None)
        colour = alt.Color("part:N", scale=known, title=None)
        panels.append(line.mark_line(point=True).encode(x=x, y=y, color=colour, shape=part))
    picture = alt.vconcat(*(alt.hconcat(*panels[i : i + 2]) for i in (0, 2)))
    picture.configure_view(stroke=None).save(PLOT)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scaling", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes only")
    parser.add_argument("--point", nargs=2, metavar=("SWEEP", "SIZE"), help="one point, as JSON")
    args = parser.parse_args()
    if args.point:
        sweep, size = args.point
        print(json.dumps(asdict(measure_point(sweep, int(size)))))
    else:
        print("\n".join(report(measure_all(args.quick))))


if __name__ == "__main__":
    main()
