"""The script of all pages is made once and kept; what is kept is not trusted blindly."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.report import library as module


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The file that it is kept in, in a folder of its own; made of something small."""
    place = tmp_path / "cache" / "vega.js"
    monkeypatch.setattr(module, "_place", lambda: place)
    monkeypatch.setattr(module, "_made", lambda: "draw();\n// on two lines")
    module.library.cache_clear()
    yield place
    module.library.cache_clear()


def test_it_is_made_once(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = module.library()
    assert kept.read_text(encoding="utf-8").endswith(script)
    monkeypatch.setattr(module, "_made", lambda: pytest.fail("made again"))
    module.library.cache_clear()
    assert module.library() == script
    assert [file.name for file in kept.parent.iterdir()] == ["vega.js"]


@pytest.mark.parametrize("spoilt", ["", "// not the seal\nalert(1)", "alert(1)", b"\xff\xfe"])
def test_what_is_not_ours_is_made_again(kept: Path, spoilt: str | bytes) -> None:
    script = module.library()
    whole = kept.read_bytes()
    kept.write_bytes(spoilt if isinstance(spoilt, bytes) else spoilt.encode())
    module.library.cache_clear()
    assert module.library() == script
    assert kept.read_bytes() == whole


def test_cut_short_is_made_again(kept: Path) -> None:
    script = module.library()
    kept.write_bytes(kept.read_bytes()[:-5])
    module.library.cache_clear()
    assert module.library() == script


def test_nowhere_to_keep_it(kept: Path) -> None:
    kept.parent.write_text("a file where the folder would be")
    assert module.library() == "draw();\n// on two lines"
