"""`sim run` runs no replication twice, whatever ended the last one."""

from __future__ import annotations

import json
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from small_centre import Sim

from sim.experiment.store import STORE

PATIENCE = 120
MANY = 100_000


def places(small: Path, out: str = "results") -> dict[int, int]:
    """Number of each replication in the store -> when it was written."""
    file = small.parent / out / STORE
    if not file.exists():
        return {}
    with closing(sqlite3.connect(file, timeout=PATIENCE)) as store:
        try:
            return dict(store.execute("SELECT number, place FROM replications").fetchall())
        except sqlite3.OperationalError:
            return {}  # just being made


def rows(done: subprocess.CompletedProcess[str]) -> list[dict[str, object]]:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["rows"]


def begun(small: Path, *arguments: str) -> subprocess.Popen[str]:
    """A run that has something in the store and is far from its end."""
    running = subprocess.Popen(
        [sys.executable, "-m", "sim", "run", str(small), "-n", str(MANY), *arguments],
        cwd=small.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + PATIENCE
    while len(places(small)) < 10 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert running.poll() is None
    return running


def test_more_replications_take_only_the_further_ones(sim: Sim, small: Path) -> None:
    rows(sim("run", small, "--json", "-n", "3"))
    first = places(small)
    assert sorted(first) == [0, 1, 2]
    more = rows(sim("run", small, "--json", "-n", "6"))
    assert sorted(places(small)) == list(range(6))
    assert places(small).items() >= first.items()
    assert more == rows(sim("run", small, "--json", "-n", "6", "--out", "fresh"))


def test_with_a_log_all_are_run(sim: Sim, small: Path) -> None:
    rows(sim("run", small, "--json", "-n", "3"))
    first = places(small)
    rows(sim("run", small, "--json", "-n", "3", "--log"))
    assert sorted(places(small)) == [0, 1, 2]
    assert not places(small).items() & first.items()


def test_the_store_may_be_deleted(sim: Sim, small: Path) -> None:
    first = rows(sim("run", small, "--json"))
    (small.parent / "results" / STORE).unlink()
    assert rows(sim("run", small, "--json")) == first


@pytest.mark.parametrize(
    ("arguments", "end"),
    [
        (["--jobs", "2"], signal.SIGKILL),
        (["--jobs", "2", "--engine", "reference"], signal.SIGINT),
        pytest.param(["--jobs", "2"], signal.SIGINT, marks=pytest.mark.proof),
        pytest.param(
            ["--jobs", "2", "--engine", "reference"], signal.SIGKILL, marks=pytest.mark.proof
        ),
    ],
)
def test_what_was_finished_before_the_end_is_not_run_again(
    sim: Sim, small: Path, arguments: list[str], end: signal.Signals
) -> None:
    running = begun(small, *arguments)
    running.send_signal(end)
    # helper processes left behind would hold the pipes open, and this would not return
    _, errors = running.communicate(timeout=PATIENCE)
    assert running.returncode == (-signal.SIGKILL if end == signal.SIGKILL else 130)
    assert "Traceback" not in errors
    kept = places(small)
    assert len(kept) >= 10
    number = max(kept) + 5
    found = rows(sim("run", small, "--json", "-n", str(number), *arguments))
    after = places(small)
    assert set(range(number)) <= set(after)
    assert after.items() >= kept.items()
    fresh = sim("run", small, "--json", "-n", str(number), "--out", "fresh", *arguments)
    assert rows(fresh) == found
    # nor does the folder of the result tell the difference
    (one,) = (small.parent / "results").glob(f"*-n{number}")
    for file in (file for file in one.rglob("*") if file.is_file()):
        other = small.parent / "fresh" / one.name / file.relative_to(one)
        assert file.read_bytes() == other.read_bytes()


def test_two_runs_at_once_do_no_harm(sim: Sim, small: Path) -> None:
    number = 16
    command = [sys.executable, "-m", "sim", "run", str(small), "--json", "-n", str(number)]
    # one on the reference engine: other speed, same numbers
    both = [
        subprocess.Popen(
            [*command, "--jobs", "1", "--engine", engine],
            cwd=small.parent,
            stdout=subprocess.PIPE,
            text=True,
        )
        for engine in ("compiled", "reference")
    ]
    told = [json.loads(running.communicate(timeout=PATIENCE)[0])["rows"] for running in both]
    assert [running.returncode for running in both] == [0, 0]
    assert told[0] == told[1]
    assert sorted(places(small)) == list(range(number))
    assert rows(sim("run", small, "--json", "-n", str(number))) == told[0]


# --- what cannot be used ----------------------------------------------------------------------


def refused(done: subprocess.CompletedProcess[str]) -> str:
    """The one message of a run that was refused."""
    assert done.returncode == 2
    assert done.stdout == ""
    (message,) = (line for line in done.stderr.splitlines() if not line.startswith("Compiling"))
    return message


def test_a_file_that_is_no_store_is_refused(sim: Sim, small: Path) -> None:
    store = small.parent / "results" / STORE
    store.parent.mkdir()
    store.write_text("my notes, " * 100)
    message = refused(sim("run", small))
    assert message.startswith(f"results/{STORE}: cannot be used as the store")
    assert "not a database" in message
    assert "--out" in message
    assert [file.name for file in store.parent.iterdir()] == [STORE]


def test_a_disk_that_is_full_is_told(small: Path) -> None:
    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))

    # the reference engine keeps no machine code, for which there would be no room
    done = subprocess.run(
        [sys.executable, "-m", "sim", "run", str(small), "-n", "300", "--engine", "reference"],
        cwd=small.parent,
        # whoever measures coverage has no room for its file either, and says so
        env={name: said for name, said in os.environ.items() if not name.startswith("COV")},
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=small_files,
    )
    message = refused(done)
    assert message.startswith(f"results/{STORE}: cannot be used as the store")
    assert list((small.parent / "results").glob("*seed*")) == []


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("nonsense", "missing port"),
        ("ftp://here:1", "unknown address scheme"),
        (f"tcp://{64 * 'a'}:1", "label too long"),
        ("tcp://a..b:1", "label empty"),
    ],
)
def test_a_cluster_that_is_not_there_is_told(
    sim: Sim, small: Path, address: str, reason: str
) -> None:
    message = refused(sim("run", small, "--cluster", address))
    assert message.startswith(f"no Dask scheduler answers at {address}")
    assert reason in message
    assert list((small.parent / "results").glob("*seed*")) == []


def test_no_replication_is_run_before_the_store_is_known_to_be_good(
    sim: Sim, small: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    assert "file" in refused(sim("run", small, "--out", "file"))
