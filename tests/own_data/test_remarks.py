"""Texts of `remarks.toml`: each is there, is used, and is given just what it leaves open."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import sim.data
from sim.data.fitting.inputs import WORDS
from sim.data.remarks import texts

FILES = [*Path(sim.data.__file__).parent.rglob("*.py")]
OF = {
    "note": ("notes", 0),
    "assume": ("assumed", 1),
    "wrong": ("faults", 1),
    "tell": ("read", 0),
    "odd": ("odd", 0),
    "read": ("read", 0),
}
"""Function that fills in a text -> which texts, and which of its arguments is the name."""


PARTS = ("body", "orelse")


def used() -> Iterator[tuple[str, str, set[str]]]:
    """Kind, name, and what is filled in."""
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            called = node.func.id if isinstance(node.func, ast.Name) else ""
            called = getattr(node.func, "attr", "").replace("wrong", "") or called
            kind, place = OF.get(called, ("", 0))
            if kind and isinstance(node.args[place], ast.Constant | ast.IfExp):
                of = {one.arg for one in node.keywords if one.arg} - {"file", "line"}
                some = [getattr(node.args[place], part, node.args[place]) for part in PARTS]
                for name in {one.value for one in some if isinstance(one, ast.Constant)}:
                    yield kind, name, of


def test_what_is_filled_in_is_what_the_text_leaves_open() -> None:
    found = list(used())
    assert len(found) > 40
    for kind, name, of in found:
        open_ = {
            field for _, field, _, _ in Formatter().parse(texts("remarks")[kind][name]) if field
        }
        assert of == open_, name


def test_every_text_is_used() -> None:
    sources = "".join(file.read_text(encoding="utf-8") for file in FILES)
    for kind in ("notes", "assumed", "faults", "read", "odd"):
        for name in texts("remarks")[kind]:
            assert f'"{name}"' in sources, name


def test_every_input_has_its_words() -> None:
    assert all(unit in ("", "s", "share") for _, unit, _, _ in WORDS.values())
