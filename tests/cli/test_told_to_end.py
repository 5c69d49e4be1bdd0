"""An interrupt that foreign code has lost is heeded all the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sim import answering


class Written:
    """A result that is written in no time, and what is done meanwhile."""

    kind = "compare"

    def write(self, _: Path, meanwhile: Callable[[], object]) -> None:
        meanwhile()


def test_while_a_result_is_written(tmp_path: Path) -> None:
    wanted = answering._Wanted(tmp_path, json=True, report=False, about="")
    answering._written(Written(), tmp_path, wanted)  # type: ignore[arg-type]
    answering.told_to_end.set()
    try:
        with pytest.raises(KeyboardInterrupt):
            answering._written(Written(), tmp_path, wanted)  # type: ignore[arg-type]
    finally:
        answering.told_to_end.clear()
