"""Files: what may be read, what is written and what is not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import sim
from sim.live.folder import MADE_HERE, Folder, FolderError
from sim.scenario import ScenarioError, fingerprint

PATH = "pools.team.agents.mon-fri 09:00-18:00"


@pytest.fixture
def folder(shop: Path) -> Folder:
    return Folder(shop.resolve())


def test_a_variant_is_saved_as_what_differs_and_runs(folder: Folder) -> None:
    opened = folder.open("shop.yaml")
    (option,) = opened.options.values()
    changes = {PATH: "3", "reasons.calls.handle.lognormal.mean": "6 min"}
    file = folder.save(opened, option, "Three of them", changes)
    assert file == "Three-of-them.yaml"
    text = (folder.root / file).read_text()
    # the distribution is said whole: `extends` replaces it whole
    assert text == (
        f"{MADE_HERE} from shop.yaml; says only what differs.\n"
        "extends: shop.yaml\n"
        "name: Three of them\n"
        "reasons:\n"
        "  calls:\n"
        "    handle:\n"
        "      lognormal:\n"
        "        mean: 6 min\n"
        "        cv: 0.8\n"
        "pools:\n"
        "  team:\n"
        "    agents:\n"
        "      mon-fri 09:00-18:00: 3\n"
    )
    saved = sim.load(folder.root / file)
    assert fingerprint(saved) == fingerprint(option.changed({**changes, "name": "Three of them"}))


def test_an_option_of_a_study_is_saved_beside_the_studys_base(folder: Folder) -> None:
    opened = folder.open("study.yaml")
    assert opened.factors == ("reasons.calls.buying.unaided",)
    file = folder.save(
        opened, opened.options["three"], "wary", {"reasons.calls.volume": "500 per week"}
    )
    saved = sim.load(folder.root / file)
    assert saved.pools["team"].agents == opened.options["three"].scenario.pools["team"].agents
    assert "extends: shop.yaml" in (folder.root / file).read_text()


def test_a_file_of_somebody_else_is_never_written_over(folder: Folder) -> None:
    opened = folder.open("shop.yaml")
    (option,) = opened.options.values()
    before = (folder.root / "shop.yaml").read_text()
    with pytest.raises(FolderError, match="already exists and was not made here"):
        folder.save(opened, option, "shop", {PATH: "3"})
    assert (folder.root / "shop.yaml").read_text() == before
    folder.save(opened, option, "mine", {PATH: "3"})
    folder.save(opened, option, "mine", {PATH: "4"})  # what was made here may be
    assert "18:00: 4" in (folder.root / "mine.yaml").read_text()
    assert not list(folder.root.glob(".unfinished*"))


@pytest.mark.parametrize("name", ["../secret.yaml", "/etc/passwd", "a/../../secret.yaml", "a\0b"])
def test_nothing_outside_is_opened(folder: Folder, name: str) -> None:
    (folder.root.parent / "secret.yaml").write_text("reasons: {}")
    with pytest.raises(FolderError):
        folder.open(name)


def test_a_scenario_may_not_name_files_outside(folder: Folder) -> None:
    outside = folder.root.parent / "outside.csv"
    outside.write_text("5\n6\n")
    (folder.root / "reaches.yaml").write_text("extends: ../secret.yaml\n")
    (folder.root.parent / "secret.yaml").write_text("name: hidden words\n")
    with pytest.raises(ScenarioError, match="outside the folder") as told:
        folder.open("reaches.yaml")
    assert "hidden words" not in str(told.value)
    option = next(iter(folder.open("shop.yaml").options.values()))
    with pytest.raises(ScenarioError, match="outside the folder"):
        folder.variant(option, {"reasons.calls.handle": f"{{empirical: {outside}}}"})


def test_a_link_that_leads_outside_is_not_followed(folder: Folder) -> None:
    (folder.root.parent / "secret.yaml").write_text("name: hidden words\n")
    (folder.root / "link.yaml").symlink_to(folder.root.parent / "secret.yaml")
    with pytest.raises(FolderError, match="outside"):
        folder.open("link.yaml")


def test_nothing_is_written_or_deleted_through_a_link(folder: Folder) -> None:
    outside = folder.root.parent / "outside"
    outside.mkdir()
    (outside / "provenance.json").write_text("{}")
    (folder.root / "mine.yaml").symlink_to(outside / "new.yaml")
    (folder.root / "result").symlink_to(outside)
    opened = folder.open("shop.yaml")
    (option,) = opened.options.values()
    with pytest.raises(FolderError, match="outside"):
        folder.save(opened, option, "mine", {PATH: "3"})
    with pytest.raises(FolderError, match="outside"):
        folder.delete("result")
    assert [one.name for one in outside.iterdir()] == ["provenance.json"]
    assert not folder.entries()["results"]


def test_a_pipe_is_no_scenario(folder: Folder) -> None:
    os.mkfifo(folder.root / "pipe.yaml")  # reading it would wait for ever
    assert "pipe.yaml" not in [one["file"] for one in folder.entries()["files"]]
    with pytest.raises(FolderError, match="is no file"):
        folder.open("pipe.yaml")


def test_only_results_can_be_deleted(folder: Folder) -> None:
    (folder.root / "plain").mkdir()
    for name in ("plain", ".", "shop.yaml", ".."):
        with pytest.raises(FolderError):
            folder.delete(name)
    result = folder.root / "results" / "one"
    result.mkdir(parents=True)
    (result / "provenance.json").write_text("{}")
    assert folder.entries()["results"] == [{"file": "results/one", "kind": "run"}]
    folder.delete("results/one")
    assert list((folder.root / "results").iterdir()) == []


def test_what_can_be_opened_is_listed(folder: Folder) -> None:
    (folder.root / "notes.yaml").write_text("a: 1\n")
    assert folder.entries()["files"] == [
        {"file": "shop.yaml", "kind": "scenario"},
        {"file": "study.yaml", "kind": "study"},
    ]
