"""What the reports about a centre's own data share: tables of texts, where they come from."""

from __future__ import annotations

import platform
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

from sim.report.blocks import Origin, Source
from sim.report.texts import texts


def sentences(kind: str) -> Callable[..., str]:
    """Fills in, by its name, what stands in `sentences.toml` of a kind of report."""

    def tell(name: str, /, **of: object) -> str:
        text: str = texts("sentences")[kind][name]
        return text.format(**of)

    return tell


def named(files: Sequence[str]) -> str:
    """The files of an export, in few words."""
    first = Path(files[0]).name if files else "the export"
    return first if len(files) < 2 else f"{first} and {len(files) - 1} more"


def origin(command: str, files: Sequence[str], sources: tuple[Source, ...] = ()) -> Origin:
    """Where a report comes from, and how it is made again."""
    facts = {
        "Made by": f"sim {version('contact-center-sim')}",
        "Export": ", ".join(Path(one).name for one in files),
        "Python": platform.python_version(),
    }
    names = " ".join(Path(one).name for one in files)
    how = "This command, with the same export, gives the same numbers:"
    return Origin(facts, f"sim {command} {names}", sources, how)
