"""Machine code on the disk: whatever is the matter with it, the engine compiles."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.engine.compiled import kept
from sim.engine.compiled.machine import rule

NUMBERS = np.arange(3.0)


def first(numbers: np.ndarray) -> float:
    """Something small to compile."""
    number: float = numbers[0] + 41.0
    return number


def run(numbers: np.ndarray = NUMBERS) -> int:
    """Compile or load, and use it; how often numba found it on the disk."""
    compiled: Any = kept.compile_or_load("first", first, numbers)
    assert compiled(numbers) == numbers[0] + 41.0
    return int(sum(compiled.stats.cache_hits.values()))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder in which machine code may be kept."""
    folder = tmp_path / "home"
    monkeypatch.setattr(kept, "_homes", lambda: iter([folder]))
    return folder


def archive_of(home: Path) -> Path:
    """The file in which it is kept."""
    assert not kept.is_kept("first")
    assert run() == 0
    assert kept.is_kept("first")
    (file,) = home.iterdir()
    return file


def test_it_is_found_again(home: Path) -> None:
    archive_of(home)
    assert run() == 1


def other_version(file: Path) -> None:
    """The archive of another version under this one's name."""
    with zipfile.ZipFile(file, "a") as archive:
        archive.comment = b"0" * len(archive.comment)


def of_something_else(file: Path) -> None:
    """The right comment, but what is in it is not from numba."""
    comment = zipfile.ZipFile(file).comment
    with zipfile.ZipFile(file) as archive:
        names = archive.namelist()
    with zipfile.ZipFile(file, "w") as archive:
        archive.comment = comment
        for name in names:
            archive.writestr(name, b"something else")


def flipped(file: Path) -> None:
    """One bit of the machine code is another."""
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def folder_instead(file: Path) -> None:
    """A folder stands where the file should."""
    file.unlink()
    file.mkdir()


BROKEN: dict[str, Callable[[Path], Any]] = {
    "empty": lambda file: file.write_bytes(b""),
    "truncated": lambda file: file.write_bytes(file.read_bytes()[:-100]),
    "half": lambda file: file.write_bytes(file.read_bytes()[: file.stat().st_size // 2]),
    "one bit": flipped,
    "text": lambda file: file.write_text("not an archive"),
    "of another version": other_version,
    "of something else": of_something_else,
    "missing": lambda file: file.unlink(),
    "a folder": folder_instead,
}


@pytest.mark.parametrize("how", BROKEN)
def test_what_is_broken_is_made_anew(home: Path, how: str) -> None:
    BROKEN[how](archive_of(home))
    assert run() == 0
    assert run() == (0 if how == "a folder" else 1)  # a folder in the way stays


def test_a_file_where_the_folder_should_be(home: Path) -> None:
    home.write_text("not a folder")
    assert run() == 0
    assert not kept.is_kept("first")


def test_the_next_folder_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wall, home = tmp_path / "wall", tmp_path / "home"
    wall.write_text("not a folder")
    monkeypatch.setattr(kept, "_homes", lambda: iter([wall, home]))
    assert run() == 0
    assert run() == 1


def test_what_others_have_left_goes_after_a_month(home: Path) -> None:
    home.mkdir()
    old, new = home / "sim-engine-old.zip", home / "sim-engine-new.zip"
    for file in (old, new):
        file.write_bytes(b"")
    os.utime(old, (0, 0))
    run()
    assert not old.exists()
    assert new.exists()


FULL = """
import resource, sys
sys.path.insert(0, {here!r})
import test_kept
from pathlib import Path
from sim.engine.compiled import kept
kept._homes = lambda: iter([Path({home!r})])
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
assert test_kept.run() == 0
assert not kept.is_kept("first")
assert not list(Path({home!r}).iterdir())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no limit to set")
def test_a_full_disk(tmp_path: Path) -> None:
    """No file may be longer than 100 bytes: nothing is kept, and nothing half written stays."""
    home = tmp_path / "home"
    home.mkdir()
    script = FULL.format(here=str(Path(__file__).parent), home=str(home))
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_nowhere_to_write_at_all(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(*_: Any, **__: Any) -> None:
        raise OSError("read-only file system")

    monkeypatch.setattr(kept.tempfile, "TemporaryDirectory", nowhere)
    assert run() == 0
    assert not home.exists()


RARE = True


@rule
def long_way(numbers: np.ndarray, most: float) -> float:
    """A rule that others call, too long to become a part of them."""
    total = 1.0 if RARE else 2.0
    for step in range(1, 6):
        for i in range(0, len(numbers), step):
            if numbers[i] * step > most:
                total += np.sin(numbers[i]) * np.cos(total) + np.exp(-numbers[i] * step)
            elif numbers[i] + step > most:
                total += np.log1p(numbers[i]) * np.sqrt(total + step) - np.floor(numbers[i])
            elif numbers[i] - step > most:
                total -= np.tanh(numbers[i]) * np.arctan(total + step) + np.ceil(numbers[i])
    for i in range(len(numbers)):
        for k in range(i):
            if numbers[i] - numbers[k] > most:
                total += np.sinh(numbers[k]) * np.cosh(numbers[i]) - np.expm1(numbers[k] - total)
    return total


def chosen(numbers: np.ndarray) -> float:
    """What is compiled under two constants: nothing of the long way adds anything."""
    one: float = long_way(numbers, 1e9)
    return min(one, long_way(numbers, 1e8), long_way(numbers, 1e7))


APART = """
import sys
sys.path.insert(0, {here!r})
import test_kept
from pathlib import Path
from sim.engine.compiled import kept
from sim.engine.compiled.machine import where
kept._homes = lambda: iter([Path({home!r})])
for what in {forms}:
    play = where(what, test_kept.chosen, RARE=what == "all")
    compiled = kept.compile_or_load(what, play, test_kept.NUMBERS)
    assert compiled(test_kept.NUMBERS) == (1.0 if what == "all" else 2.0), what
"""


def test_two_forms_compiled_in_two_processes_are_two(tmp_path: Path) -> None:
    """Loaded into a third, each is what it was: numba knows machine code by its names alone."""
    for forms in (["usual"], ["all"], ["usual", "all"]):
        script = APART.format(here=str(Path(__file__).parent), home=str(tmp_path), forms=forms)
        done = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
    assert len(list(tmp_path.glob("*.zip"))) == 2
