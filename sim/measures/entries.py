"""What there is to measure, and what results are split by, as `measures.txt` has it in words.

First the ways to split results, with fields of `Split` (groups are parted by commas), then the
measures, both in the order of tables; below each measure what has to be added up for it:

    split name | label | kinds of components | table | groups

    name = formula | label [short label] | unit | which way is better | heading
        Its definition: plain sentences in a planner's words.
        + component (kinds): what is added up

A formula is left out where it is the name of a component. `OFFERED`, `UNANSWERED` and `COST` stand
for sums of several (`SUMS` of `sim.measures.catalogue`); `quantiles of` makes a measure of each
level. What has one of the `HEADINGS` is among the totals of a run; of quantiles it names one. How a
measure is estimated and whom it tells about follow from its formula. A component stands below the
first measure that is made of it; its kinds are those of `sim.measures.components`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Split:
    """A way to split results.

    name, label: in tables and files; for people.
    kinds: of components that have a meaning in it.
    table: measures that the report of a run tells by it.
    groups: where they are the same in every scenario, their names: `GROUPS` of
        `sim.measures.contacts` says in which a contact is. Where they are not,
        `sim.measures.slices` names them.
    """

    name: str
    label: str
    kinds: str
    table: str = ""
    groups: tuple[str, ...] = ()

    def tells(self, kinds: Collection[str]) -> bool:
        """Whether a component of these kinds has a meaning in it."""
        return not set(kinds).isdisjoint(self.kinds.split(", "))


@dataclass(frozen=True)
class Entry:
    """A measure as it is written, with the components that were not needed before it.

    heading: where it stands among the totals of a run, if it does.
    components: name, kinds and meaning of each.
    """

    name: str
    formula: str
    label: str
    short: str
    unit: str
    better: str
    heading: str
    definition: str
    components: tuple[tuple[str, tuple[str, ...], str], ...]


_FILE = Path(__file__).with_name("measures.txt")
_HEAD = re.compile(r"(\w+)(?: = (.+?))? \| (.+?)(?: \[(.+)\])? \| (\w+) \| (\w+)(?: \| ([\w ]+))?")
_COMPONENT = re.compile(r"(\w+) \((.+?)\): (.+)")


def _written() -> list[str]:
    """What the file says of each split and each measure; lines behind # are for its readers."""
    text = re.sub(r"^#.*\n", "", _FILE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return re.split(r"\n+(?=\w)", text.strip())


def _split(written: str) -> Split:
    name, label, kinds, *more = " ".join(written.removeprefix(_SPLIT).split()).split(" | ")
    table, groups = (*more, "", "")[:2]
    return Split(name, label, kinds, table, tuple(groups.split(", ")) if groups else ())


_SPLIT = "split "

SPLITS = tuple(_split(one) for one in _written() if one.startswith(_SPLIT))
"""All splits, in the order of tables."""


def entries() -> Iterator[Entry]:
    """All entries, in order."""
    return (_entry(one) for one in _written() if not one.startswith(_SPLIT))


def _entry(written: str) -> Entry:
    head, told = re.split(r"\n    (?=\S)", written, maxsplit=1)
    definition, *below = (" ".join(one.split()) for one in told.split("\n    + "))
    found = _HEAD.fullmatch(" ".join(head.split()))
    parts = [_COMPONENT.fullmatch(one) for one in below]
    if found is None or not all(parts):
        raise ValueError(f"this is no entry:\n{written}")
    name, formula, label, short, unit, better, heading = (one or "" for one in found.groups())
    components = tuple((one[1], tuple(one[2].split(", ")), one[3]) for one in parts if one)
    return Entry(name, formula or name, label, short, unit, better, heading, definition, components)


HEADINGS = (
    *("Customers", "Answered", "Transfers", "AI agent", "Not answered", "Further contacts"),
    *("Callbacks", "Agents", "Worth"),
)
"""Of the totals of a run, in order."""
