"""Texts that are filled in: each is there, is used, and has just the blanks that are filled."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

import sim.report
from sim.engine.reference.traced import Happening
from sim.report.texts import texts
from sim.tables import Cause, Outcome

FOLDER = Path(sim.report.__file__).parent
PICTURES = {
    f"{kind}.{name}": words
    for kind, pictures in texts("pictures").items()
    for name, words in pictures.items()
}
SENTENCES = {
    f"{kind}.{name}": sentence
    for kind, sentences in texts("sentences").items()
    for name, sentence in sentences.items()
}
Filled = tuple[str, set[str], bool]
"""The name of a text, what is filled in, and whether that is all."""


@cache
def calls(of: str) -> list[tuple[Path, ast.Call]]:
    """All calls of a function, or a method, of this name."""
    return [
        (file, node)
        for file in sorted(FOLDER.glob("*.py"))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", getattr(node.func, "attr", "")) == of
    ]


NOT_FILLED = {"chart": ("name", "picks"), "tell": ()}
"""What is given besides what is filled in."""


def kind_of(file: Path) -> str:
    """The kind of report that a file's sentences belong to."""
    return {"evidence": "run"}.get(file.stem, re.sub("_(findings|pictures)$", "", file.stem))


def filled(of: str) -> Iterator[Filled]:
    for file, call in calls(of):
        kind = "" if of == "chart" else f"{kind_of(file)}."
        for name in ast.walk(call.args[0]):
            if isinstance(name, ast.Constant) and isinstance(name.value, str):
                given = [one.arg for one in call.keywords if one.arg not in NOT_FILLED[of]]
                there = {one for one in given if one is not None}
                yield f"{kind}{name.value}", there, len(there) == len(given)


def blanks(*given: str) -> set[str]:
    """What is to be filled in, such as `f.span`."""
    found = (field for text in given for _, field, _, _ in Formatter().parse(text))
    return {field for field in found if field}


@pytest.mark.parametrize(("of", "all_of"), [("chart", PICTURES), ("tell", SENTENCES)])
def test_every_text_is_there_and_is_used(of: str, all_of: dict[str, Any]) -> None:
    assert {name for name, _, _ in filled(of)} == set(all_of)


@pytest.mark.parametrize(("of", "all_of"), [("chart", PICTURES), ("tell", SENTENCES)])
def test_what_is_filled_in_is_what_the_text_leaves_open(of: str, all_of: dict[str, Any]) -> None:
    for name, there, whole in filled(of):
        text = all_of[name]
        wanted = blanks(*([text] if of == "tell" else text.values()))
        roots = {re.split(r"[.[]", field)[0] for field in wanted} - (
            {"f"} if of == "tell" else set()
        )
        assert there <= roots, name
        assert not whole or there == roots, name


@pytest.mark.parametrize("name", SENTENCES)
def test_what_a_sentence_takes_of_the_findings_is_there(name: str) -> None:
    kind = name.partition(".")[0]
    files = {file for file, _ in calls("tell") if kind_of(file) == kind}
    source = "".join(one.read_text(encoding="utf-8") for one in (*files, FOLDER / "findings.py"))
    for field in blanks(SENTENCES[name]):
        if field.startswith("f."):
            attribute = field.split(".")[1]
            assert re.search(rf"\b(def|self\.) ?{attribute}\b", source), field


@pytest.mark.parametrize("name", PICTURES)
def test_the_words_of_a_picture_are_a_title_a_text_and_perhaps_a_label(name: str) -> None:
    assert set(PICTURES[name]) in ({"title", "text"}, {"title", "text", "label"})


def test_every_end_of_a_contact_and_all_that_is_seen_of_it_has_words() -> None:
    stories = texts("stories")
    # who is answered, or joins a talk, has a story of their own
    assert set(stories["endings"]) | {"answered"} == {one.name.lower() for one in Outcome}
    assert set(stories["causes"]) | {"conference"} == {one.name.lower() for one in Cause}
    assert set(stories["seen"]) == {one.name.lower() for one in Happening}


def test_what_a_staffing_misses_is_said_of_the_staffing_and_not_of_the_year() -> None:
    worth = texts("sentences")["staff"]["worth"].format(
        verb="costs",
        size="690 EUR",
        side="more",
        whom="the staffing today",
        chance=" (680 to 700 EUR)",
        missed=", which misses service level: 72.0 %",
        a_year="; 36,003 EUR a year, if all 52 weeks were like the one simulated",
    )
    assert worth == (
        "It costs 690 EUR more than the staffing today (680 to 700 EUR), which misses service "
        "level: 72.0 %; 36,003 EUR a year, if all 52 weeks were like the one simulated."
    )
