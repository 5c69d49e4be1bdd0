"""The other commands: check, show, new, schema, trace; and what start-up costs."""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from small_centre import SMALL, Sim

from sim import __version__, load, loads


def test_check_says_good_or_every_fault_of_every_file(sim: Sim, small: Path) -> None:
    bad = small.with_name("bad.yaml")
    bad.write_text(SMALL.replace("volume", "volum"))
    done = sim("check", "small.yaml", "bad.yaml")
    assert done.returncode == 2
    assert done.stdout == "small.yaml: good\n"
    assert done.stderr.startswith("bad.yaml:5: reasons.calls.volum")
    assert "volume" in done.stderr
    assert sim("check", "small.yaml").returncode == 0


def test_show_prints_a_scenario_that_means_the_same(sim: Sim, small: Path) -> None:
    done = sim("show", small)
    assert done.returncode == 0
    assert loads(done.stdout) == load(small)


def test_new_writes_a_scenario_that_runs_and_never_over_another(sim: Sim, tmp_path: Path) -> None:
    assert sim("new", "mine.yaml").returncode == 0
    assert sim("run", "mine.yaml", "-n", "2").returncode == 0
    (tmp_path / "mine.yaml").write_text("precious")
    done = sim("new", "mine.yaml")
    assert done.returncode == 2
    assert "mine.yaml" in done.stderr
    assert (tmp_path / "mine.yaml").read_text() == "precious"


@pytest.mark.parametrize("arguments", [["schema"], ["show", "small.yaml"], ["run", "small.yaml"]])
def test_a_reader_who_goes_is_no_failure_to_report(small: Path, arguments: list[str]) -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "sim", *arguments],
        cwd=small.parent,
        stdout=write,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(write)
    assert done.stderr == ""
    assert done.returncode != 0


def test_closed_streams_are_no_failure(small: Path) -> None:
    done = subprocess.run(
        ["sh", "-c", f"exec {sys.executable} -m sim run {small} -n 2 >&- 2>&-"],
        cwd=small.parent,
        check=False,
    )
    assert done.returncode == 0


def limited(*arguments: str, folder: Path, **how: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sim", *arguments],
        cwd=folder,
        stderr=subprocess.PIPE,
        env={name: said for name, said in os.environ.items() if not name.startswith("COV")},
        text=True,
        check=False,
        **how,
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("arguments", [["check", "small.yaml"], ["--version"]])
def test_an_answer_for_which_there_is_no_room(small: Path, arguments: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        done = limited(*arguments, folder=small.parent, stdout=full)
    assert done.stderr == "the answer cannot be shown: No space left on device\n"
    assert done.returncode == 2


@pytest.mark.parametrize("room", [100, 2_000])  # for neither file; for the scenario alone
def test_a_new_file_for_which_there_is_no_room_is_not_left_half_written(
    tmp_path: Path, room: int
) -> None:
    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    done = limited("new", "mine.yaml", folder=tmp_path, preexec_fn=small_files)
    assert done.stderr == "sim.schema.json: File too large\n"
    assert done.returncode == 2
    assert list(tmp_path.iterdir()) == []


def test_the_version_is_told(sim: Sim) -> None:
    assert sim("--version").stdout == f"sim {__version__}\n"


@pytest.mark.parametrize(
    ("command", "given"),
    [("run", "FILE"), ("compare", "FILE"), ("data", "FILES"), ("help", "COMMAND")],
)
def test_usage_names_what_is_given_without_braces(sim: Sim, command: str, given: str) -> None:
    """Whether more may follow is said by newer versions of the library alone."""
    usage = sim(command, "--help").stdout.splitlines()[0]
    assert re.search(rf" {command} \[OPTIONS\] \[?{given}\]?(\.\.\.)?$", usage)


def test_schema_is_json(sim: Sim) -> None:
    told = json.loads(sim("schema").stdout)
    assert {"reasons", "channels", "pools", "routing"} <= set(told["properties"])


def test_trace_tells_a_customers_story_in_order(sim: Sim, small: Path) -> None:
    done = sim("trace", small, "--customer", "3")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert "makes contact by phone (calls)" in lines[0]
    times = [line.split()[2] for line in lines]
    assert times == sorted(times)
    assert len({line.split()[4] for line in lines}) == 1  # one customer, one contact


def test_trace_of_nobody_says_whom_there_is(sim: Sim, small: Path) -> None:
    done = sim("trace", small, "--customer", "1000000")
    assert done.returncode == 2
    assert "customers 0 to" in done.stderr


def heavy_after(*words: object, heavy: str) -> tuple[str, list[str]]:
    """What a command prints, and which of the heavy modules it has imported.

    Not those that were there before it: what measures coverage imports some of its own.
    """
    code = (
        "import os, sys\n"
        "before = {*sys.modules}\n"
        "os.cpu_count = lambda: 1\n"  # else a part is done by a process of its own
        "from sim.cli import main\n"
        "try:\n    main()\n"
        "except SystemExit:\n    pass\n"
        f"print('HEAVY', *sorted({{*{heavy.split()}}} & ({{*sys.modules}} - before)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, words)], capture_output=True, text=True, check=True
    )
    printed, _, found = done.stdout.rpartition("HEAVY")
    return printed + done.stderr, found.split()


@pytest.mark.parametrize("command", [[], ["--help"], ["run", "--help"], ["trace", "--help"]])
def test_help_imports_nothing_heavy(command: list[str]) -> None:
    printed, heavy = heavy_after(*command, heavy="numpy scipy pandas pyarrow simpy numba yaml")
    assert "Usage" in printed
    assert heavy == []


def test_check_does_not_wait_for_what_only_runs_need(small: Path) -> None:
    printed, heavy = heavy_after("check", small, heavy="scipy pandas pyarrow simpy numba sqlite3")
    assert "good" in printed
    assert heavy == []


HEAVY = (
    "altair distributed jinja2 numba pandas pyarrow.compute ruamel starlette uvicorn vl_convert "
    "xlsxwriter"
)
"""Each of these takes as long to import as many replications of a small centre."""


def test_a_small_run_imports_only_what_it_needs(small: Path, tmp_path: Path) -> None:
    printed, heavy = heavy_after(
        *("run", small, "-n", "1", "--log", "--out", tmp_path / "out"),
        heavy=f"{HEAVY} scipy simpy",
    )
    assert "Results in" in printed
    assert heavy == []


def test_a_small_study_imports_only_what_it_needs(small: Path, tmp_path: Path) -> None:
    study = tmp_path / "study.yaml"
    study.write_text(
        f"study: More calls?\nbase: {small.name}\n"
        "options: {now: , more: {reasons: {calls: {volume: 220 per day}}}}\n",
        encoding="utf-8",
    )
    printed, heavy = heavy_after(
        *("compare", study, "-n", "5", "--out", tmp_path / "out"), heavy=f"{HEAVY} simpy"
    )
    assert "Results in" in printed
    assert heavy == []


def test_lines_come_in_the_order_of_a_terminal(small: Path, tmp_path: Path) -> None:
    """What is good and what is not, into one pipe, whatever Python does with its streams."""
    bad = tmp_path / "bad.yaml"
    bad.write_text("pools: 3\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "sim", "check", str(small), str(bad), str(small)],
        env={name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    files = [line.partition(".yaml")[0].rpartition("/")[2] for line in done.stdout.splitlines()]
    assert [name for name, _ in groupby(files)] == ["small", "bad", "small"]


@pytest.mark.parametrize("odd", ["\x1b[31m", "\u202egnp", "\x9b31m"])
def test_a_misspelt_command_line_is_shown_and_never_obeyed(sim: Sim, odd: str) -> None:
    for arguments in ([f"x{odd}"], [f"--{odd}"], ["run", f"--{odd}"], ["run", "f", "--seed", odd]):
        done = sim(*arguments)
        assert done.returncode == 2
        assert not set(done.stderr) & set(odd) - set("[31mgnp")
