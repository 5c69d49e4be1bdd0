"""`sim run --report` and `sim report`: what is written, whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from small_centre import Sim

PNG = b"\x89PNG"


def folder_of(small: Path) -> Path:
    (folder,) = (small.parent / "results").glob("small-*")
    return folder


def test_a_run_writes_its_report_and_says_where(sim: Sim, small: Path) -> None:
    done = sim("run", small, "--report")
    assert done.returncode == 0, done.stderr
    folder = folder_of(small)
    assert (
        done.stdout.splitlines()[-1]
        == f"Report: {(folder / 'report.html').relative_to(small.parent)}"
    )
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert page.lstrip().startswith("<!doctype html>")
    assert "A small centre" in page
    pictures = sorted(file.name for file in (folder / "pictures").iterdir())
    names = {file.rpartition(".")[0] for file in pictures}
    assert pictures == sorted(f"{name}.{kind}" for name in names for kind in ("svg", "png"))
    assert {"flow", "week", "unanswered-by-hour", "cost-by-source", "waits-0-phone"} <= names
    assert (folder / "pictures" / "flow.png").read_bytes().startswith(PNG)
    assert "<svg" in (folder / "pictures" / "flow.svg").read_text(encoding="utf-8")


def test_a_report_is_written_from_the_folder_alone_the_same(sim: Sim, small: Path) -> None:
    sim("run", small, "--report")
    folder = folder_of(small)
    there = (folder / "report.html").read_bytes()
    (folder / "report.html").unlink()
    (folder / "pictures" / "flow.png").write_bytes(b"spoilt")
    (folder / "pictures" / "of another version.png").write_bytes(b"old")
    small.unlink()  # nothing else is needed
    done = sim("report", folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Report: ")
    assert (folder / "report.html").read_bytes() == there
    assert (folder / "pictures" / "flow.png").read_bytes().startswith(PNG)
    assert not (folder / "pictures" / "of another version.png").exists()
    assert [file.name for file in folder.iterdir() if file.name.startswith(".")] == []


def test_a_run_without_a_report_leaves_none_of_an_earlier_one(sim: Sim, small: Path) -> None:
    sim("run", small, "--report")
    sim("run", small)
    assert not (folder_of(small) / "report.html").exists()
    assert not (folder_of(small) / "pictures").exists()


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
