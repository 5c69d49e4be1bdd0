"""Machine code on the disk: whatever is the matter with it, the engine compiles."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.engine.compiled import kept
from sim.engine.compiled.machine import rule
from sim.engine.compiled.making import made
from sim.engine.compiled.tables import CENTRE


@rule
def first(centre: Any) -> bool:
    """Something small to compile."""
    centre.now += 41.0
    return centre.horizon > 0.0


@cache
def small() -> kept.ObjectCode:
    """Its machine code."""
    return made(first)


def run() -> int:
    """Make or load, and use it; how often it had to be made."""
    asked = []

    def make() -> kept.ObjectCode:
        asked.append("once")
        return small()

    play = kept.machine_code("first", make)
    centre = np.zeros(1, dtype=CENTRE)
    for horizon in (0.0, 1.0):
        centre["horizon"] = horizon
        assert play(centre) == (horizon > 0)
    assert centre["now"] == 82.0
    return len(asked)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder in which machine code may be kept."""
    folder = tmp_path / "home"
    monkeypatch.setattr(kept, "_homes", lambda: iter([folder]))
    return folder


def file_in(home: Path) -> Path:
    """The file in which it is kept."""
    assert not kept.is_kept("first")
    assert run() == 1
    assert kept.is_kept("first")
    (file,) = home.iterdir()
    return file


def test_it_is_found_again(home: Path) -> None:
    file_in(home)
    assert run() == 0


def other_version(file: Path) -> None:
    """The machine code of another version under this one's name."""
    before, kept._KEY = kept._KEY, "another"
    try:
        file.write_bytes(kept._sum(small().code) + small().code)
    finally:
        kept._KEY = before


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
    "text": lambda file: file.write_text("no machine code"),
    "of another version": other_version,
    "missing": lambda file: file.unlink(),
    "a folder": folder_instead,
}


@pytest.mark.parametrize("how", BROKEN)
def test_what_is_broken_is_made_anew(home: Path, how: str) -> None:
    BROKEN[how](file_in(home))
    assert run() == 1
    assert run() == (1 if how == "a folder" else 0)  # a folder in the way stays


def test_a_file_where_the_folder_should_be(home: Path) -> None:
    home.write_text("not a folder")
    assert run() == 1
    assert not kept.is_kept("first")


def test_the_next_folder_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wall, home = tmp_path / "wall", tmp_path / "home"
    wall.write_text("not a folder")
    monkeypatch.setattr(kept, "_homes", lambda: iter([wall, home]))
    assert run() == 1
    assert run() == 0


def test_what_others_have_left_goes_after_a_month(home: Path) -> None:
    home.mkdir()
    old, new = home / "sim-engine-old.zip", home / "sim-engine-new.code"
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
assert test_kept.run() == 1
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


@pytest.mark.usefixtures("home")
def test_nowhere_to_write_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(*_: Any, **__: Any) -> None:
        raise OSError("read-only file system")

    monkeypatch.setattr(kept.tempfile, "mkstemp", nowhere)
    assert run() == 1
    assert not kept.is_kept("first")


@rule
def complains(centre: Any) -> bool:
    """Its error would be told by numba."""
    if centre.now > 1.0:
        raise ValueError("too late")
    return True


def test_what_needs_numba_is_not_kept(home: Path) -> None:
    play = kept.machine_code("complaint", lambda: made(complains))
    assert play(np.zeros(1, dtype=CENTRE))
    assert not kept.is_kept("complaint")
    assert not home.exists()


RARE = True


@rule
def form(centre: Any) -> bool:
    """Which of two forms this is: 1 with the constant, 2 without."""
    centre.now = 1.0 if RARE else 2.0
    return RARE


@rule
def which(centre: Any) -> bool:
    """Asks another rule."""
    return form(centre)  # type: ignore[no-any-return]


APART = """
import sys
sys.path.insert(0, {here!r})
from pathlib import Path
import numpy as np
from sim.engine.compiled import kept
from sim.engine.compiled.tables import CENTRE
kept._homes = lambda: iter([Path({home!r})])

def make(what):
    from test_kept import made, which
    return made(which, RARE=what == "all")

centre = np.zeros(1, dtype=CENTRE)
for what in {forms}:
    assert kept.machine_code(what, lambda: make(what))(centre) == (what == "all")
    assert centre["now"] == (1.0 if what == "all" else 2.0), what
print("numba" in sys.modules)
"""


def test_two_forms_compiled_in_two_processes_are_two(tmp_path: Path) -> None:
    """Loaded into a third, each is what it was; that one does without numba."""
    told = []
    for forms in (["usual"], ["all"], ["usual", "all"]):
        script = APART.format(here=str(Path(__file__).parent), home=str(tmp_path), forms=forms)
        done = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        told.append(done.stdout.strip())
    assert told == ["True", "True", "False"]
    assert len(list(tmp_path.glob("*.code"))) == 2
