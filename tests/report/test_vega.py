"""The script of all pages is made once and kept; what is kept is not trusted blindly."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import sim.kept
from sim.report import vega


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The file that it is kept in, in a folder of its own; made of something small."""
    place = tmp_path / "cache" / "vega.js"
    monkeypatch.setattr(sim.kept, "_home", lambda: place.parent)
    monkeypatch.setattr(vega, "_made", lambda: "draw();\n// on two lines")
    vega.vega_script.cache_clear()
    yield place
    vega.vega_script.cache_clear()


def test_it_is_made_once(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = vega.vega_script()
    assert kept.read_text(encoding="utf-8").endswith(script)
    monkeypatch.setattr(vega, "_made", lambda: pytest.fail("made again"))
    vega.vega_script.cache_clear()
    assert vega.vega_script() == script
    assert [file.name for file in kept.parent.iterdir()] == ["vega.js"]


@pytest.mark.parametrize("spoilt", ["", "// not the seal\nalert(1)", "alert(1)", b"\xff\xfe"])
def test_what_is_not_ours_is_made_again(kept: Path, spoilt: str | bytes) -> None:
    script = vega.vega_script()
    whole = kept.read_bytes()
    kept.write_bytes(spoilt if isinstance(spoilt, bytes) else spoilt.encode())
    vega.vega_script.cache_clear()
    assert vega.vega_script() == script
    assert kept.read_bytes() == whole


def test_cut_short_is_made_again(kept: Path) -> None:
    script = vega.vega_script()
    kept.write_bytes(kept.read_bytes()[:-5])
    vega.vega_script.cache_clear()
    assert vega.vega_script() == script


def test_nowhere_to_keep_it(kept: Path) -> None:
    kept.parent.write_text("a file where the folder would be")
    assert vega.vega_script() == "draw();\n// on two lines"
