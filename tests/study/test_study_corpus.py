"""The corpus of study files: good ones load, faulty ones give exactly the messages beside them."""

from __future__ import annotations

import random
import re
from pathlib import Path

import jsonschema
import pytest

from sim.experiment.study_file import load_study, schema
from sim.scenario import ScenarioError
from sim.scenario.reading import is_study
from sim.scenario.source import read_tree

CORPUS = Path(__file__).parents[1] / "scenarios" / "studies"
VALID = sorted((CORPUS / "valid").glob("*.yaml"))
INVALID = sorted((CORPUS / "invalid").glob("*.yaml"))
SHIPPED = [
    file
    for file in sorted((Path(__file__).parents[2] / "scenarios").rglob("*.yaml"))
    if is_study(file)
]


@pytest.fixture(scope="module")
def validator():
    jsonschema.Draft202012Validator.check_schema(schema())
    return jsonschema.Draft202012Validator(schema())


def plain(text: str):
    return read_tree(text, "text", []).plain()


@pytest.mark.parametrize("file", [*VALID, *SHIPPED], ids=lambda file: file.stem)
def test_a_good_study_loads_without_a_note_and_fits_the_json_schema(file, validator):
    assert is_study(file)
    # the shipped evenings lean on who is who: lines of agents that follow each other, and breaks
    leans = file.stem in ("evening-weekend", "ai-agent")
    notes = [note.message for note in load_study(file).notes()]
    assert bool(notes) == leans
    assert all("`shifts`" in note for note in notes)
    text = file.read_text(encoding="utf-8")
    assert [error.message for error in validator.iter_errors(plain(text))] == []


@pytest.mark.parametrize("file", INVALID, ids=lambda file: file.stem)
def test_a_faulty_study_gives_exactly_its_messages(file, monkeypatch):
    monkeypatch.chdir(file.parent)
    with pytest.raises(ScenarioError) as caught:
        load_study(file.name)
    expected = file.with_suffix(".txt").read_text(encoding="utf-8").splitlines()
    assert str(caught.value).splitlines() == expected


JUNK = ("null", "[]", "{}", "-1", "1 %", ".nan", "1e400", "[[1]]", "{a: 1}", "a.b", "0..9 step 1")


def damaged(text: str, chance: random.Random) -> str:
    """The text with a line gone, doubled or moved, or a word of it replaced."""
    lines = text.splitlines()
    place = chance.randrange(len(lines))
    words = list(re.finditer(r"[\w%.-]+|[{][^{}]*[}]|[\[][^\[\]]*[\]]", lines[place]))
    match chance.randrange(5):
        case 0:
            del lines[place]
        case 1:
            lines.insert(place, chance.choice(lines))
        case 2:
            lines.insert(chance.randrange(len(lines)), lines.pop(place))
        case _ if words:
            word = chance.choice(words)
            line = lines[place]
            lines[place] = line[: word.start()] + chance.choice(JUNK) + line[word.end() :]
    return "\n".join(lines)


@pytest.mark.parametrize("file", VALID, ids=lambda file: file.stem)
def test_a_damaged_study_is_a_study_still_or_told_to_be_faulty(file, tmp_path):
    chance = random.Random(file.stem)
    (tmp_path / "parts").symlink_to(file.parent / "parts")
    text = file.read_text(encoding="utf-8")
    told = 0
    for _ in range(50):
        bad = damaged(damaged(text, chance), chance)
        (tmp_path / "study.yaml").write_text(bad, encoding="utf-8")
        try:
            load_study(tmp_path / "study.yaml").notes()
        except ScenarioError:
            told += 1
    assert told > 10


def test_the_corpus_is_large_and_of_single_faults():
    lines = [len(file.with_suffix(".txt").read_text().splitlines()) for file in INVALID]
    assert sum(count == 1 for count in lines) >= 45
    assert max(lines) >= 10


@pytest.mark.parametrize(
    "text",
    [
        "base: b.yaml",
        "study: a\nbase: b.yaml\noption: {}",
        "study: a\nbase: b.yaml\noptions: {closed: [1]}",
        "study: a\nbase: b.yaml\noptions: {closed: {pools: {team: {agnts: 3}}}}",
        "study: a\nbase: b.yaml\ndecide: wait_p90",
        "study: a\nbase: b.yaml\nprecision: {measure: asa}",
        "study: a\nbase: b.yaml\nseed: -1",
        "study: a\nbase: b.yaml\nvary: {gross_margin: []}",
    ],
)
def test_the_json_schema_refuses_what_the_loader_refuses(text, validator):
    assert list(validator.iter_errors(plain(text)))


def test_what_is_allowed_is_not_listed_for_ever(tmp_path: Path) -> None:
    targets = "\n".join(f"    more {number}: 80 %" for number in range(300))
    study = tmp_path / "study.yaml"
    base = INVALID[0].parent / "parts" / "base.yaml"
    study.write_text(f"study: How many?\nbase: {base}\nstaff:\n  targets:\n{targets}\n")
    with pytest.raises(ScenarioError) as caught:
        load_study(study)
    first, *_, last, more = str(caught.value).splitlines()
    assert "no measure has the name `more 0`; allowed: service_level" in first
    assert last.endswith("no measure has the name `more 199`")
    assert more == "and 100 more"
    assert str(caught.value).count("allowed: ") == 50
