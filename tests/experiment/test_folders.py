"""Folders appear whole or not at all; what dead runs have left is put right by the next one."""

from __future__ import annotations

import multiprocessing
import os
import shutil
from collections.abc import Callable
from errno import ENOSPC
from pathlib import Path

import pytest

import sim
from sim.experiment.files import ContactLogFile, ResultFolder
from sim.experiment.simulation import Simulation
from sim.folders import building, put_right, unfinished, whole

OURS = ("table.csv", "contacts.parquet")
TINY = """
calendar: {days: 1}
reasons: {calls: {volume: 20 per day, handle: 3 min}}
pools: {team: {agents: 2}}
"""


def build(target: Path, text: str, *more: str) -> None:
    with building(target, OURS) as path:
        for name in ("table.csv", *more):
            (path / name).write_text(text)


def _killed_at(call: int, target: Path) -> None:
    """Build a folder in this process and die at the given renaming."""
    rename, calls = os.rename, iter(range(1, 100))

    def dying(*args: object) -> object:
        if next(calls) == call:
            os._exit(9)
        return rename(*args)  # type: ignore[arg-type]

    os.rename = dying  # type: ignore[assignment]
    build(target, "new")


def killed(target: Path, call: int) -> None:
    child = multiprocessing.get_context("fork").Process(target=_killed_at, args=(call, target))
    child.start()
    child.join()
    assert child.exitcode == 9


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A folder of an earlier run, in which somebody has put a note."""
    target = tmp_path / "week-1234-seed1-n5"
    build(target, "old", "contacts.parquet")
    (target / "note.txt").write_text("precious")
    return target


def contents(target: Path) -> dict[str, str]:
    return {one.name: one.read_text() for one in target.iterdir()}


OLD = {"table.csv": "old", "contacts.parquet": "old", "note.txt": "precious"}
NEW = {"table.csv": "new", "note.txt": "precious"}


def test_what_is_replaced_keeps_the_files_of_others(old: Path) -> None:
    build(old, "new")
    assert contents(old) == NEW
    assert list(old.parent.iterdir()) == [old]


# The renamings of a replacement: the old folder away, the new one in its place, the note over.
@pytest.mark.parametrize(("call", "found"), [(1, OLD), (2, OLD), (3, NEW)])
@pytest.mark.parametrize("again", [lambda at: put_right(at.parent, OURS), None])
def test_death_at_any_renaming_loses_nothing(
    old: Path, call: int, found: dict[str, str], again: Callable[[Path], None] | None
) -> None:
    killed(old, call)
    if again is None:
        build(old.parent / "another", "whatever")
        assert {one.name for one in old.parent.iterdir()} == {old.name, "another"}
    else:
        again(old)
        assert list(old.parent.iterdir()) == [old]
    assert contents(old) == found


def test_the_folder_of_a_living_run_is_left_alone(tmp_path: Path) -> None:
    with building(tmp_path / "one", OURS) as path:
        (path / "table.csv").write_text("half")
        build(tmp_path / "two", "whole")
        put_right(tmp_path, OURS)
        assert path.is_dir()
    assert {one.name for one in tmp_path.iterdir()} == {"one", "two"}


def test_an_error_leaves_what_was_there(old: Path) -> None:
    with pytest.raises(RuntimeError), building(old, OURS):
        raise RuntimeError
    assert contents(old) == OLD
    assert list(old.parent.iterdir()) == [old]


def test_a_file_of_that_name_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "one").write_text("a file")
    with pytest.raises(FileExistsError):
        build(tmp_path / "one", "new")
    assert (tmp_path / "one").read_text() == "a file"


def test_a_folder_taken_away_meanwhile_is_told_by_its_name(old: Path) -> None:
    def taken_away() -> None:
        with building(old, OURS) as path:
            shutil.rmtree(path)
            (path / "table.csv").write_text("new")

    with pytest.raises(FileNotFoundError, match="taken away") as caught:
        taken_away()
    assert caught.value.filename == str(old)
    assert contents(old) == OLD


def test_a_full_disk_is_told_with_the_name_of_the_folder(old: Path) -> None:
    with pytest.raises(OSError, match="No space left") as caught, building(old, OURS):
        raise OSError(ENOSPC, "as a library says it")
    assert caught.value.filename == str(old)
    assert contents(old) == OLD


def test_a_full_disk_at_the_last_contacts_leaves_nothing(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The end of a Parquet file is written when it is closed."""

    def full(_: ContactLogFile) -> None:
        raise OSError(ENOSPC, "as a library says it")

    monkeypatch.setattr(ContactLogFile, "close", full)
    scenario = sim.loads(TINY)
    _, log, _ = Simulation.of(scenario, 1, "reference").play(0)
    with pytest.raises(OSError, match="No space left") as caught, ResultFolder(old) as folder:
        folder.add_log(scenario, 0, log)
    assert caught.value.filename == str(old)
    assert contents(old) == OLD
    assert [*old.parent.iterdir()] == [old]


@pytest.mark.parametrize("error", [OSError(ENOSPC, "so says a library"), KeyboardInterrupt()])
def test_a_file_appears_whole_or_not_at_all(tmp_path: Path, error: BaseException) -> None:
    file = tmp_path / "page.html"
    for text in ("old", "new"):
        with whole(file) as part:
            part.write_text(text)
    assert file.stat().st_mode & 0o777 == 0o644

    def fail() -> None:
        with whole(file) as part:
            part.write_text("half")
            raise error

    with pytest.raises(type(error)) as caught:
        fail()
    assert getattr(caught.value, "filename", str(file)) == str(file)
    assert contents(tmp_path) == {"page.html": "new"}
    with pytest.raises(FileNotFoundError) as lost, whole(tmp_path / "none" / "page.html"):
        pass
    assert lost.value.filename == str(tmp_path / "none" / "page.html")


def test_files_that_dead_runs_have_not_finished_go_and_no_others(tmp_path: Path) -> None:
    (tmp_path / ".unfinished-dead.yaml").write_text("half")
    with whole(tmp_path / "one.yaml") as one, whole(tmp_path / "two.yaml") as two:
        one.write_text("1")
        two.write_text("2")
        put_right(tmp_path, OURS)
    assert contents(tmp_path) == {"one.yaml": "1", "two.yaml": "2"}


def test_what_a_dead_run_left_within_a_folder_goes(old: Path) -> None:
    (old / ".unfinished-dead").mkdir()
    with unfinished(old), unfinished(old):  # of two that live neither takes the other's
        assert len(list(old.glob(".unfinished-*"))) == 2
    assert contents(old) == OLD


def test_who_builds_a_folder_builds_within_it_too(tmp_path: Path) -> None:
    with building(tmp_path / "one", OURS) as path, unfinished(path, wait=False) as within:
        (within / "page").write_text("whole")
        os.replace(within / "page", path / "page")
    assert contents(tmp_path / "one") == {"page": "whole"}
