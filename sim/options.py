"""What can be asked for, in words: those of every command, and of every function in `sim`.

They stand in `options.txt`. `sim.api` has the types of the options that replications are run with,
`sim.cli` makes options of the command line of them, and `sim.experiment.border` checks what is
given, with the same messages. Nothing here is slow to import: `sim --help` waits for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


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

COMMANDS = {
    name.removeprefix("sim."): Command(*_WORDS.pop(name))
    for name in [*_WORDS]
    if name.startswith("sim.")
}
"""The commands that run replications, by name; each has a function of that name in `sim`."""

OPTIONS = {name: Option(*told) for name, told in _WORDS.items()}
"""By name; where a command means something else by it, also by the command's: `trace.days`."""


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
