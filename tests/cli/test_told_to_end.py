"""An interrupt that foreign code has lost is heeded all the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sim import answering


class Written:
    """A result that is written in no time, and what is done meanwhile."""

    kind = "compare"

    def report(self) -> None: ...

    def write(self, _: Path, meanwhile: Callable[[], object]) -> None:
        meanwhile()


def test_while_a_result_is_written(tmp_path: Path) -> None:
    def write() -> None:
        answering._written(Written(), tmp_path, json=True, report=False)  # type: ignore[arg-type]

    write()
    answering.told_to_end.set()
    try:
        with pytest.raises(KeyboardInterrupt):
            write()
    finally:
        answering.told_to_end.clear()
