"""What is done in a process branched off this one, while this one goes on."""

from __future__ import annotations

import os
import signal
import time
from functools import partial
from pathlib import Path
from threading import Thread

import pytest

from sim.experiment.branching import beside

ALONE = pytest.mark.skipif(os.cpu_count() == 1, reason="with a single core nothing branches")


def write_who(file: Path) -> None:
    file.write_text(str(os.getpid()), encoding="utf-8")


@ALONE
def test_it_is_done_by_another_process_and_finished_at_the_end(tmp_path: Path) -> None:
    with beside(partial(write_who, tmp_path / "who")):
        pass
    assert int((tmp_path / "who").read_text(encoding="utf-8")) != os.getpid()


def test_a_thread_which_cannot_branch_does_it_itself(tmp_path: Path) -> None:
    def work() -> None:
        with beside(partial(write_who, tmp_path / "who")):
            assert (tmp_path / "who").exists()

    thread = Thread(target=work)
    thread.start()
    thread.join()
    assert int((tmp_path / "who").read_text(encoding="utf-8")) == os.getpid()


def test_what_it_raises_is_raised_here(tmp_path: Path) -> None:
    missing = tmp_path / "not there" / "who"
    with pytest.raises(FileNotFoundError) as told, beside(partial(write_who, missing)):
        pass
    assert told.value.filename == str(missing)


@ALONE
def test_a_process_that_was_killed_is_told() -> None:
    def end() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    with pytest.raises(ChildProcessError, match="ended from outside"), beside(end):
        pass


@ALONE
def test_a_fault_here_ends_the_process(tmp_path: Path) -> None:
    """It would go on to write into a folder that is taken away."""
    who, part = tmp_path / "who", tmp_path / "part"

    def wait() -> None:
        write_who(part)
        part.rename(who)
        signal.pause()

    def fail() -> None:
        while not who.exists():
            time.sleep(0.01)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), beside(wait):
        fail()
    with pytest.raises(ProcessLookupError):
        os.kill(int(who.read_text(encoding="utf-8")), 0)
