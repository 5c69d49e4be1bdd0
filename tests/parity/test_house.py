"""Codes, caches and bounds of the compiled engine."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

from both import Known
from strategies import some_scenario

from sim.engine import compiled, plan
from sim.tables import TICKS_PER_SECOND, Cause, Draws, Outcome, Purpose

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


def test_codes_are_those_of_the_tables() -> None:
    for outcome in Outcome:
        assert getattr(compiled, outcome.name) == outcome
    for kind in plan.Kind:
        assert getattr(compiled, kind.name) == kind
    for cause in list(Cause)[1:]:
        assert getattr(compiled, f"BY_{cause.name}") == cause
    assert [Purpose(k).name.lower() for k in range(len(compiled.PURPOSES))] == list(
        compiled.PURPOSES
    )
    assert compiled.TICKS_PER_SECOND == TICKS_PER_SECOND


def test_machine_code_depends_on_one_file() -> None:
    """numba makes it anew when that file changes, and does not look at others."""
    tree = ast.parse(Path(compiled.__file__).read_text(encoding="utf-8"))
    foreign = {
        name.asname or name.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sim")
        for name in node.names
    }
    rules = [
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and any(
            isinstance(mark, ast.Name) and mark.id in ("_rule", "_part")
            for mark in node.decorator_list
        )
    ]
    assert len(rules) > 50
    for rule in rules:
        used = {node.id for node in ast.walk(rule) if isinstance(node, ast.Name)}
        assert not used & foreign, rule.name


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


def a_run() -> tuple[plan.Plan, Draws]:
    """Something small to simulate."""
    known = Known.of_data(some_scenario(0))
    return known.plan, known.draws


def test_with_bounds_checked(tmp_path: Path) -> None:
    first = """
import numba, numpy
assert numba.config.BOUNDSCHECK == 1
"""
    run_elsewhere(first, NUMBA_BOUNDSCHECK="1", NUMBA_CACHE_DIR=str(tmp_path))


def test_nowhere_to_keep_the_machine_code(tmp_path: Path) -> None:
    """Not in the folder asked for, nor with the package, nor at home: compiled in every process.

    No right to write stands in the way of a superuser, so files stand where folders should.
    """
    package = tmp_path / "sim"
    shutil.copytree(ROOT / "sim", package, ignore=shutil.ignore_patterns("__pycache__"))
    wall = package / "engine" / "__pycache__"
    wall.write_text("not a folder")
    first = (
        f"assert compiled.__file__.startswith({str(tmp_path)!r}); assert compiled.needs_compiling()"
    )
    no_home = {"HOME": str(wall), "XDG_CACHE_HOME": str(wall), "PYTHONDONTWRITEBYTECODE": "1"}
    run_elsewhere(first, NUMBA_CACHE_DIR=str(wall), PYTHONPATH=str(tmp_path), **no_home)


def test_knows_whether_it_must_compile(tmp_path: Path) -> None:
    """Not when the machine code is kept; again when the source has changed."""
    compiled.simulate(*a_run())
    assert not compiled.needs_compiling()
    ask = "from sim.engine import compiled; print(compiled.needs_compiling())"
    assert answer(ask) == "False"
    copy = tmp_path / "sim"
    shutil.copytree(ROOT / "sim", copy)  # with what numba keeps, and the time of the change
    assert answer(ask, PYTHONPATH=str(tmp_path)) == "False"
    with (copy / "engine" / "compiled.py").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    assert answer(ask, PYTHONPATH=str(tmp_path)) == "True"
