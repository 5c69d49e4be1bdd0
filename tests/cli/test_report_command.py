"""`sim run --report` and `sim report`: what is written, whole or not at all."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from small_centre import SMALL, Sim
from warm import Warm

PNG = b"\x89PNG"


@pytest.fixture(scope="module")
def run_once(tmp_path_factory: pytest.TempPathFactory, warm: Warm) -> tuple[Path, str]:
    """A folder in which `sim run small.yaml --report` was called, and what it printed."""
    folder = tmp_path_factory.mktemp("reported")
    (folder / "small.yaml").write_text(SMALL, encoding="utf-8")
    told = tmp_path_factory.mktemp("told")
    code, out, err = warm.call(["run", "small.yaml", "--report"], folder, told)
    assert code == 0, err
    return folder, out


@pytest.fixture
def reported(run_once: tuple[Path, str], tmp_path: Path) -> Path:
    """The scenario's file in a copy of that folder."""
    shutil.copytree(run_once[0], tmp_path, dirs_exist_ok=True)
    return tmp_path / "small.yaml"


def folder_of(small: Path) -> Path:
    (folder,) = (small.parent / "results").glob("small-*")
    return folder


def test_a_run_writes_its_report_and_says_where(run_once: tuple[Path, str]) -> None:
    folder = folder_of(run_once[0] / "small.yaml")
    page_at = (folder / "report.html").relative_to(run_once[0])
    assert run_once[1].splitlines()[-1] == f"Report: {page_at}"
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert page.lstrip().startswith("<!doctype html>")
    assert "A small centre" in page
    pictures = sorted(file.name for file in (folder / "pictures").iterdir())
    names = {file.rpartition(".")[0] for file in pictures}
    assert pictures == sorted(f"{name}.{kind}" for name in names for kind in ("svg", "png"))
    assert {"ends", "week", "unanswered-by-hour", "cost-by-source", "waits-0-phone"} <= names
    assert (folder / "pictures" / "ends.png").read_bytes().startswith(PNG)
    assert "<svg" in (folder / "pictures" / "ends.svg").read_text(encoding="utf-8")


def test_a_report_is_written_from_the_folder_alone_the_same(sim: Sim, reported: Path) -> None:
    folder = folder_of(reported)
    there = (folder / "report.html").read_bytes()
    (folder / "report.html").unlink()
    (folder / "pictures" / "ends.png").write_bytes(b"spoilt")
    (folder / "pictures" / "of another version.png").write_bytes(b"old")
    reported.unlink()  # nothing else is needed
    done = sim("report", folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Report: ")
    assert (folder / "report.html").read_bytes() == there
    assert (folder / "pictures" / "ends.png").read_bytes().startswith(PNG)
    assert not (folder / "pictures" / "of another version.png").exists()
    assert [file.name for file in folder.iterdir() if file.name.startswith(".")] == []


def test_a_run_without_a_report_leaves_none_of_an_earlier_one(sim: Sim, reported: Path) -> None:
    assert (folder_of(reported) / "report.html").exists()
    sim("run", reported)
    assert not (folder_of(reported) / "report.html").exists()
    assert not (folder_of(reported) / "pictures").exists()


def test_json_stays_one_object(sim: Sim, small: Path) -> None:
    done = sim("run", small, "--report", "--json")
    assert json.loads(done.stdout)["scenario"] == "A small centre"
    assert (folder_of(small) / "report.html").exists()


@pytest.mark.parametrize("what", ["nowhere", "small.yaml", "."])
def test_what_is_no_result_gets_one_message(sim: Sim, small: Path, what: str) -> None:
    done = sim("report", what)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "Traceback" not in done.stderr
    assert [file.name for file in small.parent.iterdir()] == ["small.yaml"]


def test_the_terminal_shows_bars_and_the_week_in_any_encoding(sim: Sim, small: Path) -> None:
    for encoding, bar in [("utf-8", "█"), ("ascii", "#")]:
        done = sim("run", small, PYTHONIOENCODING=encoding)
        assert done.returncode == 0, done.stderr
        lines = done.stdout.splitlines()
        assert max(map(len, lines)) <= 80
        assert any(line.startswith("  Answered ") and bar in line for line in lines)
        assert any(line.startswith("  Mon ") for line in lines)
        assert "?" not in done.stdout


def test_a_comparison_has_a_report_too_and_its_study_gives_the_same(sim: Sim, small: Path) -> None:
    study = small.with_name("heads.yaml")
    study.write_text(
        "study: One more?\nbase: small.yaml\nreplications: 6\noptions:\n  two: {}\n"
        "  three: {pools: {team: {agents: {mon-fri 09:00-17:00: 3}}}}\n",
        encoding="utf-8",
    )
    done = sim("compare", study, "--report")
    assert done.returncode == 0, done.stderr
    (folder,) = (small.parent / "results").glob("heads-*")
    page = folder / "report.html"
    assert done.stdout.splitlines()[-1] == f"Report: {page.relative_to(small.parent)}"
    there = page.read_bytes()
    page.unlink()
    assert sim("report", folder).returncode == 0
    assert page.read_bytes() == there
    assert (folder / "pictures" / "difference-service-level.png").read_bytes().startswith(PNG)
    again = sim("compare", folder / "scenarios" / "study.yaml", "--json")
    first = sim("compare", study, "--json")
    assert json.loads(again.stdout)["differences"] == json.loads(first.stdout)["differences"]
