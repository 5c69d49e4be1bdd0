"""What can be asked for, besides a scenario or a study: one place for every command and function.

An option's name, type, help and limits stand here alone. `sim.cli` makes the options of commands
of them, `sim.api` the keyword arguments of functions, and `sim.experiment.border` checks what is
given, with the same messages. Nothing here is slow to import: `sim --help` waits for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypedDict, get_args, get_origin
from typing import get_type_hints as hints_of

if TYPE_CHECKING:
    from sim.tables import ContactLog

MOST_REPLICATIONS = 1_000_000
MOST_SEED = 2**63 - 1


@dataclass(frozen=True)
class Option:
    """One option.

    Attributes:
        help: what it does, in a line; the default in parentheses where it is not plain.
        flags: on the command line, where they are not `--name`; none at all for Python alone.
        metavar: what stands for the value in help texts.
        least, most: of a number.
        names: what it can be, for completion: `engines` or `measures`.
        given: what a value on the command line has to be, for one that is `NAME=VALUE`.
    """

    help: str
    flags: tuple[str, ...] | None = None
    metavar: str | None = None
    least: int = 0
    most: int | None = None
    names: str = ""
    given: str = ""


PYTHON: tuple[str, ...] = ()
"""The flags of what only Python can give."""


class Running(TypedDict, total=False):
    """How replications are run, whatever is asked."""

    replications: Annotated[
        int | None,
        Option(
            "Number of replications.",
            ("--replications", "-n"),
            least=1,
            most=MOST_REPLICATIONS,
        ),
    ]
    seed: Annotated[int | None, Option("Random seed.", most=MOST_SEED)]
    engine: Annotated[
        str | None,
        Option("compiled (the default) or reference; both give the same numbers.", names="engines"),
    ]
    jobs: Annotated[int | None, Option("Replications at once (default: all cores).", least=1)]
    cluster: Annotated[
        str | None, Option("Dask scheduler to use instead, such as tcp://host:8786.")
    ]
    store: Annotated[
        Path | None,
        Option("File that keeps finished replications, so that none is run twice.", PYTHON),
    ]
    on_progress: Annotated[
        Callable[[int, int], None] | None,
        Option("Called with the replications finished and those that had to be run.", PYTHON),
    ]


class RunOptions(Running, total=False):
    """Of `run`."""

    days: Annotated[int | None, Option("Number of days to count.", least=1, most=3_660)]
    on_replication: Annotated[
        Callable[[int, ContactLog], None] | None,
        Option("Called with the number and the contacts of each replication, in order.", PYTHON),
    ]


class CompareOptions(Running, total=False):
    """Of `compare`."""

    against: Annotated[str | None, Option("The option that the others are compared with.")]
    decide: Annotated[str | None, Option("The measure that decides.", names="measures")]


class Sweeping(Running, total=False):
    """Of `sweep`, besides its values."""

    decide: Annotated[str | None, Option("The measure that decides.", names="measures")]


class SweepOptions(Sweeping, total=False):
    """Of `sweep`."""

    values: Annotated[
        Mapping[str, str | Sequence[object]] | None,
        Option(
            "An input and its values, once or twice: pools.team.members=10,20,40, or =0..40 step "
            "10.",
            ("--set",),
            "PATH=VALUES",
            given="a path and its values, as in `pools.team.members=10,20,40`",
        ),
    ]


class Planning(Running, total=False):
    """Of `staff` and `size`: fields of the goal of a staffing, as in a study file."""

    good_days: Annotated[
        str | None,
        Option("Least share of days on which all targets are met together, such as 90%."),
    ]
    pools: Annotated[
        Sequence[str] | None,
        Option("A pool to staff (default: all that have `agents`).", ("--pool",)),
    ]
    hours: Annotated[
        str | None,
        Option("When, such as 'mon-fri 08:00-20:00' (default: when the pools work now)."),
    ]
    blocks: Annotated[
        str | None, Option("Length of blocks (default 1h), or `lines`: those of the file.")
    ]
    shifts: Annotated[
        Mapping[str, object] | Sequence[str] | None,
        Option("A length of shifts, such as 8h, to plan shifts instead.", ("--shift",)),
    ]
    at_least: Annotated[int | None, Option("Least number of agents in a block (default 1).")]
    at_most: Annotated[int | None, Option("Most agents in a block.")]


class Staffing(Planning, total=False):
    """Of `staff`, besides its targets."""

    maximise: Annotated[Literal["margin"] | None, Option("Maximise the margin.", metavar="margin")]


Targets = Annotated[
    Mapping[str, object] | None,
    Option(
        "A target: service_level=80%, phone.asa=30s, evening.abandonment=5%.",
        ("--target",),
        "NAME=VALUE",
        given="a name and a value: `service_level=80%`",
    ),
]


class StaffOptions(Staffing, total=False):
    """Of `staff`."""

    targets: Targets


class Sizing(Planning, total=False):
    """Of `size`, besides its targets."""

    levels: Annotated[
        Sequence[str] | None,
        Option(
            "Service levels: 70%,80%,90%, or '70%..95% step 5%' (the default).",
            metavar="LEVELS",
        ),
    ]


class SizeOptions(Sizing, total=False):
    """Of `size`."""

    targets: Targets


@dataclass(frozen=True)
class Command:
    """A command that runs replications.

    Attributes:
        help: what it gives, in a line.
        doing: what its progress bar says.
        files: what it reads.
        options: its options.
        suffix: of the name of its folder, after the file's.
    """

    help: str
    doing: str
    files: str
    options: type
    suffix: str = ""


COMMANDS = {
    "run": Command(
        "Run a scenario and show the results, with intervals.", "Running", "FILE", RunOptions
    ),
    "compare": Command(
        "Compare options on the same customers: the best, by how much, how sure.",
        "Comparing",
        "FILE...",
        CompareOptions,
    ),
    "sweep": Command(
        "Sweep one or two inputs: what each step brings, the best, the break-even.",
        "Sweeping",
        "FILE",
        SweepOptions,
        "-sweep",
    ),
    "staff": Command(
        "Find how many agents, and when: targets at the least cost, or the highest margin.",
        "Staffing",
        "FILE",
        StaffOptions,
        "-staff",
    ),
    "size": Command(
        "Find the fewest hours for each of several service levels: what each takes more.",
        "Sizing",
        "FILE",
        SizeOptions,
        "-size",
    ),
}
"""By name; each has a function of that name in `sim`."""


@cache
def options_of(kind: type) -> dict[str, tuple[Any, Option]]:
    """Name -> type and option, in order: what is asked, how, and what every command has."""
    names = {"Callable": Callable, "ContactLog": Any, "Path": Path}
    hints = hints_of(kind, localns=names, include_extras=True)
    own = [name for name in hints if name not in Running.__annotations__]
    found = {name: get_args(hints[name])[:2] for name in (*own, *Running.__annotations__)}
    return dict(sorted(found.items(), key=lambda one: not one[1][1].given))


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
            assert option.flags
            raise ValueError(f"{option.flags[0]} {shown(text)}: write {option.given}")
        if name in found:
            raise ValueError(f"{shown(name)} is given twice; give all its values at once")
        found[name] = value
    return found
