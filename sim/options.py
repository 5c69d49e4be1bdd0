"""What can be asked for, besides a scenario or a study: one place for every command and function.

Which options a command has, and of which type, stands here; their words and limits in
`options.txt`. `sim.cli` makes the options of commands of them, `sim.api` the keyword arguments of
functions, and `sim.experiment.border` checks what is given, with the same messages. Nothing here is
slow to import: `sim --help` waits for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypedDict, get_args, get_origin
from typing import get_type_hints as hints_of

if TYPE_CHECKING:
    from sim.tables import ContactLog

# --- which options, and of which type ---------------------------------------------------------


class Running(TypedDict, total=False):
    """How replications are run, whatever is asked."""

    replications: int | None
    seed: int | None
    engine: str | None
    jobs: int | None
    cluster: str | None
    store: Path | None
    on_progress: Callable[[int, int], None] | None


class RunOptions(Running, total=False):
    """Of `run`."""

    days: int | None
    on_replication: Callable[[int, ContactLog], None] | None


class CompareOptions(Running, total=False):
    """Of `compare`."""

    against: str | None
    decide: str | None


class Sweeping(Running, total=False):
    """Of `sweep`, besides its values."""

    decide: str | None


class SweepOptions(Sweeping, total=False):
    """Of `sweep`."""

    values: Mapping[str, str | Sequence[object]] | None


class Planning(Running, total=False):
    """Of `staff` and `size`: fields of the goal of a staffing, as in a study file."""

    good_days: str | None
    pools: Sequence[str] | None
    hours: str | None
    blocks: str | None
    shifts: Mapping[str, object] | Sequence[str] | None
    at_least: int | None
    at_most: int | None


class Staffing(Planning, total=False):
    """Of `staff`, besides its targets."""

    maximise: Literal["margin"] | None


class StaffOptions(Staffing, total=False):
    """Of `staff`."""

    targets: Mapping[str, object] | None


class Sizing(Planning, total=False):
    """Of `size`, besides its targets."""

    levels: Sequence[str] | None


class SizeOptions(Sizing, total=False):
    """Of `size`."""

    targets: Mapping[str, object] | None


ASKED: dict[str, type] = {
    "run": RunOptions,
    "compare": CompareOptions,
    "sweep": SweepOptions,
    "staff": StaffOptions,
    "size": SizeOptions,
}
"""The options of each command that runs replications."""


# --- in words ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Command:
    """A command that runs replications.

    Attributes:
        doing: what its progress bar says.
        suffix: of the name of its folder, after the file's.
        help: what it gives, in a line.
    """

    doing: str
    suffix: str
    help: str


@dataclass(frozen=True)
class Option:
    """One option or argument.

    Attributes:
        flags: on the command line, where they are not `--name`; `argument` where it has none,
            `Python` if only functions take it.
        metavar: what stands for the value in help texts; nothing where there is none.
        allowed: what a number can be, `1..100`; what names the shell completes, `engines` or
            `measures`; what a value has to be that is `NAME=VALUE`.
        help: what it does, in a line; the default in parentheses where it is not plain.
    """

    flags: str
    metavar: str
    allowed: str
    help: str

    @property
    def limits(self) -> tuple[int | None, int | None]:
        """The least and the most that a number can be, where there are such."""
        least, dots, most = self.allowed.partition("..")
        return int(least) if dots else None, int(most) if most else None

    @property
    def is_pair(self) -> bool:
        """Whether a value on the command line is `NAME=VALUE`."""
        return "=" in self.metavar


_WORDS = {
    name: [part.strip() for part in told]
    for line in Path(__file__).with_name("options.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
    for names, *told in [line.split(" |")]
    for name in names.split()
}

COMMANDS = {name: Command(*_WORDS.pop(f"sim.{name}")) for name in ASKED}
"""The commands that run replications, by name; each has a function of that name in `sim`."""

OPTIONS = {name: Option(*told) for name, told in _WORDS.items()}
"""By name; where a command means something else by it, also by the command's: `trace.days`."""


@cache
def options_of(command: str) -> dict[str, tuple[Any, Option]]:
    """Name -> type and option, in order: what is asked, how, and what every command has."""
    names = {"Callable": Callable, "ContactLog": Any, "Path": Path}
    hints = hints_of(ASKED[command], localns=names)
    own = [name for name in hints if name not in Running.__annotations__]
    found = {name: (hints[name], OPTIONS[name]) for name in (*own, *Running.__annotations__)}
    return dict(sorted(found.items(), key=lambda one: not one[1][1].is_pair))


def kind_of(hint: Any) -> Any:
    """What a value is, if there is one: int, str, Path, Sequence, Mapping or a function."""
    [first, *_] = [one for one in get_args(hint) if one is not type(None)]
    origin = get_origin(first)
    return str if origin is Literal else origin or first


def pairs_of(option: Option, texts: Iterable[str]) -> dict[str, str]:
    """`NAME=VALUE`, several times, as a mapping.

    Raises:
        ValueError: for what is no such pair, or a name given twice.
    """
    from sim.scenario.faults import shown

    found: dict[str, str] = {}
    for text in texts:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not (name and equals and value):
            raise ValueError(f"{option.flags} {shown(text)}: write {option.allowed}")
        if name in found:
            raise ValueError(f"{shown(name)} is given twice; give all its values at once")
        found[name] = value
    return found
