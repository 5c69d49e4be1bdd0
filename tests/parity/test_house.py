"""Codes, caches and bounds of the compiled engine."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from interpreted import FOLDER, FOR_NUMBA, source_files

from sim.engine import compiled
from sim.engine.compiled import kept, tables
from sim.engine.planning.channels import Kind
from sim.tables import TICKS_PER_SECOND, TIMED, Cause, Outcome, Purpose

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


def test_codes_are_those_of_the_tables() -> None:
    for outcome in Outcome:
        assert getattr(tables, outcome.name) == outcome
    for kind in Kind:
        assert getattr(tables, kind.name) == kind
    for cause in list(Cause)[1:]:
        assert getattr(tables, f"BY_{cause.name}") == cause
    assert [Purpose(k).name.lower() for k in range(len(tables.PURPOSES))] == list(tables.PURPOSES)
    for place, purpose in enumerate(TIMED):
        assert getattr(tables, f"OF_{purpose.name}") == place
    assert len(TIMED) == tables.OF_TIMES
    assert tables.TICKS_PER_SECOND == TICKS_PER_SECOND


def test_rules_use_what_the_machine_code_is_kept_under() -> None:
    """It is made anew when a file of the package changes: what rules use must stand in one."""
    names = set(source_files()) - {*FOR_NUMBA, "tables", "filling", "engine"}
    rules = 0
    for name in names:
        tree = ast.parse((FOLDER / f"{name}.py").read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                module = node.module or ""
                ours = module.startswith("sim.engine.compiled.")
                assert ours or module in ("__future__", "math", "typing"), f"{name}: {module}"
            elif isinstance(node, ast.Import):
                assert [alias.name for alias in node.names] == ["numpy"], name
            elif isinstance(node, ast.FunctionDef):
                assert {mark.id for mark in node.decorator_list} <= {"rule", "part"}, node.name  # type: ignore[attr-defined]
                rules += 1
    assert rules > 50


SERIES = """
import sys
sys.path[:0] = [{here!r}, {engine!r}]
from both import Known
from strategies import some_scenario
from sim.engine import compiled
{first}
for k in range(60):
    assert Known.of_data(some_scenario(k)).differences() == [], k
"""


def run_elsewhere(first: str, **environment: str) -> None:
    """Some of the series in a process of its own."""
    script = SERIES.format(here=str(HERE), engine=str(HERE.parent / "engine"), first=first)
    answer(script, **environment)


def answer(script: str, **environment: str) -> str:
    """What a process of its own prints."""
    done = subprocess.run(
        [sys.executable, "-P", "-W", "error", "-c", script],
        env=os.environ | {"PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.proof
def test_with_bounds_checked(tmp_path: Path) -> None:
    first = """
import numba, os
assert numba.config.BOUNDSCHECK == 1
sys.unraisablehook = lambda _: os._exit(3)  # where numba tells of one beyond them
"""
    run_elsewhere(first, NUMBA_BOUNDSCHECK="1", NUMBA_CACHE_DIR=str(tmp_path))


def test_machine_code_is_made_anew_when_any_file_changes(tmp_path: Path) -> None:
    """Not when the package is moved with what is kept; again when a source file has changed."""
    compiled.prepare(rare=False)
    assert not compiled.needs_compiling(rare=False)
    ask = (
        "from sim.engine import compiled; from sim.engine.compiled import kept;"
        f"assert kept.__file__.startswith({str(tmp_path)!r});"
        "print(compiled.needs_compiling(rare=False))"
    )
    copy = tmp_path / "sim"
    shutil.copytree(ROOT / "sim", copy)
    kept_here = {"PYTHONPATH": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}
    home = next(home for home in kept._homes() if kept._read(home / kept._name("usual")))
    (copy / "engine" / "compiled" / "__pycache__").mkdir(exist_ok=True)
    shutil.copy(home / kept._name("usual"), copy / "engine" / "compiled" / "__pycache__")
    assert answer(ask, **kept_here, NUMBA_CACHE_DIR="") == "False"
    names = {*source_files(), "making", "__init__"}
    changed = (
        "; ".join(
            [
                "from pathlib import Path",
                "from sim.engine.compiled import kept",
                "here = Path(kept.__file__).parent",
            ]
        )
        + f"""
for name in {sorted(names)!r}:
    file = here / (name + ".py")
    text = file.read_bytes()
    file.write_bytes(text + b"# changed\\n")
    assert kept._key() != kept._KEY, name
    file.write_bytes(text)
assert kept._key() == kept._KEY
print("all")
"""
    )
    assert answer(changed, **kept_here) == "all"
    with (copy / "engine" / "compiled" / "order.py").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    assert answer(ask, **kept_here, NUMBA_CACHE_DIR="") == "True"
