"""Whole commands, this version and version 0.1 in turn: `python -m benchmarks.commands`.

Each command is started as a user starts it, in a process and a folder of its own, on the files of
version 0.1, which both versions read. Wall-clock time counts, with all cores. What is compiled once
on a machine has been compiled before, but for the first run of all. The store of finished
replications is empty. Needs the history of the repository, from which version 0.1 is taken; that
knows no uncertain inputs: the study with joint draws is this version's alone.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

HERE = Path(__file__).parents[1]
BEFORE = "efb3426"
"""The last commit of version 0.1."""


@dataclass(frozen=True)
class Command:
    """A command; paths are relative to a checkout of version 0.1, or are whole.

    fresh: nothing has been compiled before.
    """

    name: str
    words: tuple[str, ...]
    fresh: bool = False


SHOP = "scenarios/shop/base.yaml"
COMMANDS = (
    Command("first run of all", ("run", SHOP, "-n", "1"), fresh=True),
    Command("small run", ("run", SHOP, "-n", "1")),
    Command("the shop's 50 weeks", ("run", SHOP)),
    Command("evenings and weekends", ("compare", "scenarios/studies/evening-weekend.yaml")),
    Command("staffing of the shop", ("staff", "scenarios/studies/staffing.yaml")),
)

EVENINGS = HERE / "benchmarks" / "evenings"
UNCERTAIN = """
uncertain:
  reasons.purchase.closed.returns: 0 % to 40 %
  pools.experts.sells.conversion: 13 % to 21 %
  pools.experts.offers.accept: 40 % to 75 %
  pools.ambassadors.sells.conversion: 4 % to 10 %
"""
"""What the study of evenings and weekends tries one at a time, as ranges: 200 joint draws."""


def jointly(folder: Path) -> Command:
    """The study of evenings and weekends with joint draws of what it tries one at a time."""
    shutil.copytree(EVENINGS, folder, dirs_exist_ok=True)
    said = (folder / "evening-weekend.yaml").read_text(encoding="utf-8")
    (folder / "jointly.yaml").write_text(said.partition("\nvary:")[0] + UNCERTAIN, encoding="utf-8")
    return Command("the same with 200 joint draws", ("compare", str(folder / "jointly.yaml")))


@dataclass(frozen=True)
class Version:
    """A checkout, and where it keeps what it has compiled."""

    code: Path
    cache: Path

    def seconds(self, command: Command, files: Path) -> float:
        """How long a command takes."""
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder) if command.fresh else self.cache
            environment = os.environ | {
                "PYTHONPATH": str(self.code),
                "HOME": str(home),
                "XDG_CACHE_HOME": str(home / "cache"),
                "NUMBA_CACHE_DIR": str(home / "numba"),
            }
            started = "from sim.cli import main; main()"
            words = [str(files / one) if "/" in one else one for one in command.words]
            begun = time.perf_counter()
            subprocess.run(
                [sys.executable, "-c", started, *words],
                cwd=folder,
                env=environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=True,
            )
            return time.perf_counter() - begun


@contextmanager
def version_01() -> Iterator[Path]:
    """A checkout of version 0.1, for as long as it is needed."""
    git = ("git", "-C", str(HERE), "worktree")
    with tempfile.TemporaryDirectory() as folder:
        code = Path(folder) / "before"
        subprocess.run([*git, "add", "--quiet", "--detach", str(code), BEFORE], check=True)
        try:
            yield code
        finally:
            subprocess.run([*git, "remove", "--force", str(code)], check=True)


def report(rounds: int) -> list[str]:
    """The section of the report."""
    lines = ["## Whole commands", ""]
    lines += [" ".join(str(__doc__).split("\n\n")[1].split()), ""]
    lines += ["| command | version 0.1 | now | times as fast |", "| --- | ---: | ---: | ---: |"]
    with version_01() as code, tempfile.TemporaryDirectory() as folder:
        before = Version(code, Path(folder) / "before")
        now = Version(HERE, Path(folder) / "now")
        for version in (before, now):
            version.seconds(COMMANDS[1], code)  # compiles
        for command in COMMANDS:
            taken = [[one.seconds(command, code) for one in (before, now)] for _ in range(rounds)]
            ratios = [old / new for old, new in taken]
            old, new = (median(times) for times in zip(*taken, strict=True))
            spread = f"{median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
            lines.append(f"| {command.name} | {old:.1f} s | {new:.1f} s | {spread} |")
        command = jointly(Path(folder) / "jointly")
        new = median(now.seconds(command, code) for _ in range(rounds))
        lines.append(f"| {command.name} | | {new:.1f} s | |")
    return [*lines, ""]


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.commands", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    print("\n".join(report(parser.parse_args().rounds)))


if __name__ == "__main__":
    main()
