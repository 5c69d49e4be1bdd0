"""The documentation says what the code does: tables, measures, snippets, outputs, links."""

from __future__ import annotations

import importlib.util
import inspect
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest
from warm import Warm

import sim
from sim.measures import CATALOGUE, COMPONENTS
from sim.scenario import ScenarioError
from sim.scenario.distributions import KINDS
from sim.scenario.part import Part

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"


def _generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look themselves up there
    spec.loader.exec_module(module)
    return module


generate = _generate()
PAGES = [*generate.PAGES]


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


# --- generated parts --------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_what_the_code_gives(
    name: str, warm: Warm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Field tables, measures, printed outputs; if it fails: python docs/generate.py."""

    def printed(arguments: list[str], folder: Path) -> str:
        return warm.call(arguments, folder, tmp_path, together=True)[1]

    monkeypatch.setattr(generate, "printed", printed)
    text = page(name)
    assert generate.updated(name, text) == text


def test_every_part_of_the_language_has_its_table() -> None:
    parts = {
        name
        for module in generate.LANGUAGE
        for name, one in inspect.getmembers(module, inspect.isclass)
        if issubclass(one, Part) and one is not Part and one.__module__ == module.__name__
        if not name.startswith("_")
    }
    assert set(re.findall(r"<!-- fields: (\w+) -->", page("language.md"))) == parts


def test_a_field_that_is_not_described_is_noticed() -> None:
    text = page("language.md")
    row = next(line for line in text.splitlines() if line.startswith("| `busyness` |"))
    with pytest.raises(ValueError, match=r"not described.*busyness"):
        generate.with_tables(text.replace(row + "\n", ""))
    with pytest.raises(ValueError, match=r"no such field.*moonlight"):
        generate.with_tables(text.replace(row + "\n", row + "\n| `moonlight` | | | not real |\n"))


def test_every_field_has_a_meaning() -> None:
    for name, table in generate.MARK.findall(page("language.md")):
        for row in table.splitlines()[2:]:
            assert len(row.strip("|").split("|", 3)[3].strip()) > 5, f"{name}: {row}"


def test_every_distribution_is_described() -> None:
    text = page("language.md")
    assert [kind for kind in KINDS if f"`{kind}`" not in text and f"{{{kind}:" not in text] == []


def test_every_measure_and_component_is_described() -> None:
    text = page("measures.md")
    assert [name for name in (*CATALOGUE, *COMPONENTS) if f"`{name}`" not in text] == []


# --- snippets ---------------------------------------------------------------------------------


def snippets() -> list[tuple[str, int]]:
    return [
        (name, number)
        for name in (*PAGES, "../README.md")
        for number, block in enumerate(generate.blocks_of(page(name)))
        if block.language == "yaml"
    ]


@pytest.mark.parametrize(("name", "number"), snippets())
def test_the_scenario_or_fragment_loads_and_runs(name: str, number: int, tmp_path: Path) -> None:
    """A block without a name is a fragment: it is read over the file that `sim new` writes."""
    (tmp_path / generate.START).write_text(sim.scenario.template(), encoding="utf-8")
    blocks = generate.blocks_of(page(name))
    for block in blocks[: number + 1]:
        if block.file:
            (tmp_path / block.file).write_text(block.text, encoding="utf-8")
    text = blocks[number].text
    if text.startswith("study:"):
        study = sim.load_study(tmp_path / blocks[number].file)
        assert study.notes() == []
        return
    if not blocks[number].file and name in PAGES:
        text = f"extends: {generate.START}\n{text}"
    where = str(tmp_path / (blocks[number].file or "fragment.yaml"))
    if "faulty" in blocks[number].words:
        with pytest.raises(ScenarioError):
            sim.loads(text, where)
        return
    scenario = sim.loads(text, where, overrides={"calendar.days": 7})
    result = sim.run(scenario, replications=1, jobs=1)
    assert result.get("contacts").value > 0


# --- links ------------------------------------------------------------------------------------


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as they are made where pages are shown."""
    found = set()
    for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE):
        plain = re.sub(r"[^\w\- ]", "", heading.lower()).strip()
        found.add(plain.replace(" ", "-"))
    return found


@pytest.mark.parametrize("name", [*PAGES, "../README.md"])
def test_links_lead_somewhere(name: str) -> None:
    source = DOCS / name
    prose = generate.FENCE.sub("", page(name))
    for target in re.findall(r"\]\(([^)\s]+)\)", prose):
        if target.startswith("http"):
            continue
        path, _, anchor = target.partition("#")
        file = (source.parent / path).resolve() if path else source
        assert file.exists(), f"{name}: {target}"
        if anchor:
            assert anchor in anchors(file.read_text(encoding="utf-8")), f"{name}: {target}"
