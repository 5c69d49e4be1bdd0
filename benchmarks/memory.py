"""How much memory `sim run` takes: the whole process, from its start to its end.

Run from the repository: `python -m benchmarks.memory`, or with `--quick` without the year.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.cases import week
from sim.scenario import Scenario, to_yaml

MEGABYTE = 2**20


@dataclass(frozen=True)
class Load:
    """A run whose memory is measured, and what it may take."""

    name: str
    scenario: Scenario
    contacts: int  # of one replication, about
    replications: int
    jobs: int
    allowed: float  # bytes


@dataclass(frozen=True)
class Taken:
    """What a process took: the most memory at any time (bytes), seconds by the clock."""

    peak: float
    seconds: float


def loads(*, quick: bool) -> list[Load]:
    """Weeks at one and at two jobs, and a year of 5 million contacts."""
    found = [
        Load(f"week, {jobs} at once", week(n).scenario, n, 6, jobs, 400 * MEGABYTE)
        for n in (20_000, 100_000)
        for jobs in (1, 2)
    ]
    if not quick:
        found.append(Load("year", year(), 5_000_000, 1, 1, 4096 * MEGABYTE))
    return found


def year() -> Scenario:
    """The benchmark's week, large and for 365 days: 5 million contacts."""
    one = week(round(5_000_000 * 7 / 365)).scenario
    return one.model_copy(update={"calendar": one.calendar.model_copy(update={"days": 365})})


def take(load: Load, folder: Path) -> Taken:
    """Run it in a process of its own.

    Raises:
        RuntimeError: if it fails.
    """
    file = folder / "scenario.yaml"
    file.write_text(to_yaml(load.scenario), encoding="utf-8")
    options = ["--replications", load.replications, "--jobs", load.jobs, "--out", folder]
    command = [sys.executable, "-m", "sim", "run", file, *options]
    began = time.perf_counter()
    with (folder / "output").open("w") as output:
        process = subprocess.Popen([str(word) for word in command], stdout=output)
        _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{load.name}: sim run failed\n{(folder / 'output').read_text()}")
    unit = 1 if sys.platform == "darwin" else 1024
    return Taken(usage.ru_maxrss * unit, seconds)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; 1 if anything took more than it may."""
    parser = argparse.ArgumentParser(prog="benchmarks.memory", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="without the year")
    options = parser.parse_args(arguments)
    print("| run | contacts | peak | allowed | seconds in all |")
    print("| --- | ---: | ---: | ---: | ---: |")
    over = False
    for load in loads(quick=options.quick):
        with TemporaryDirectory() as folder:
            taken = take(load, Path(folder))
        over |= taken.peak > load.allowed
        print(
            f"| {load.name} | {load.replications} x {load.contacts:,} "
            f"| {taken.peak / MEGABYTE:,.0f} MB | {load.allowed / MEGABYTE:,.0f} MB "
            f"| {taken.seconds:.1f} |",
            flush=True,
        )
    return int(over)


if __name__ == "__main__":
    sys.exit(main())
