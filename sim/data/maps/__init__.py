"""Which column of an export is what: the map file, its checks, and the maps that are shipped."""

from __future__ import annotations

import os
from collections.abc import Collection
from importlib import resources
from typing import Annotated, Any, Literal

from sim.data.words import ROLES, Role
from sim.scenario.faults import Fault, ScenarioError, Wrong, meant, shown, written
from sim.scenario.fields import Reads
from sim.scenario.part import Part
from sim.scenario.repair import nearest
from sim.scenario.source import fault_at, read_text, read_tree
from sim.scenario.values import Date, Duration, OneOf, Text
from sim.sheets import UNITS

IN_MENU = "left in the menu"
NO_TALK = "answered without talk"
LEAVE_OUT = (IN_MENU, NO_TALK)
"""Rows without a wait that nobody answered, who hung up in the voice menu; rows that were answered
by nobody, or without a talk."""


def _texts(value: object) -> tuple[str, ...]:
    """One text or a list of them."""
    values = value if isinstance(value, list | tuple) else [value]
    for one in values:
        if not isinstance(one, str | int | float) or isinstance(one, bool):
            raise Wrong(f"{shown(one)} is not a text")
    return tuple(str(one) for one in values)


def _one_or_all(texts: tuple[str, ...]) -> str | list[str]:
    return texts[0] if len(texts) == 1 else list(texts)


TEXTS_SCHEMA = {"anyOf": [{"type": "string"}, {"type": "array"}]}
Texts = Annotated[tuple[str, ...], Reads(_texts, TEXTS_SCHEMA, _one_or_all)]


class Source(Part):
    """Where a role stands: a column, or date and time in two."""

    alone = "column"

    column: Texts | None = None  # of several the first that says something
    date: Text | None = None  # with `time`
    time: Texts | None = None  # a later one of the same contact may lie after midnight
    unit: Annotated[str, OneOf(*UNITS)] | None = None  # of durations in plain numbers
    none: Texts = ()  # cells that say nothing
    values: dict[str, Text] = {}  # noqa: RUF012 - word of the export -> word here
    label: Annotated[Literal["start", "end"], OneOf("start", "end")] = "start"

    def short_form(self, plain: dict[str, Any]) -> Any:
        said = {name: one for name, one in plain.items() if (name, one) != ("label", "start")}
        return super().short_form(said)

    def inconsistencies(self, wrong: Wrong) -> None:
        if (self.column is None) == (self.date is None):
            wrong.add("write either `column`, or `date` and `time`")
        if self.time is not None and self.date is None:
            wrong.add("needs a `date` beside it", "time")
        for field in ("column", "time"):
            if getattr(self, field) == ():
                wrong.add("names no column", field)

    def names(self) -> tuple[str, ...]:
        """All columns it reads."""
        found = (*(self.column or ()), *(self.time or ()))
        return (*found, self.date) if self.date else found


class Map(Part):
    """What the columns of an export are."""

    map: Text  # what it is for
    checked: Text = ""  # how its columns are known
    rows: Annotated[Literal["contacts", "intervals"], OneOf("contacts", "intervals")]
    header: Texts = ()  # by these columns it is found
    sheet: Text = ""
    encoding: Text = ""
    decimal: Annotated[Literal[",", "."], OneOf(",", ".")] | None = None
    dates: Annotated[str, OneOf("d/m/y", "m/d/y", "y/m/d")] | None = None
    zone: Text | None = None  # of the centre
    times: Annotated[Literal["local", "UTC"], OneOf("local", "UTC")] | None = None
    start: Date | None = None  # of a log of `sim run`, which counts seconds: its first day
    length: Duration | None = None  # of intervals
    threshold: Duration | None = None  # of the service level
    queue: Text | None = None  # where no column says it
    channel: Text | None = None
    pools: dict[str, Texts] | None = None  # of intervals: name -> queues that share their agents
    hold: Annotated[Literal["in talk", "apart"], OneOf("in talk", "apart")] | None = None
    leave_out: Texts = ()  # rows that are no contacts of a queue: words of `LEAVE_OUT`
    keep: dict[str, Texts] = {}  # noqa: RUF012 - column -> values of the rows that count
    drop: dict[str, Texts] = {}  # noqa: RUF012 - column -> values of rows that do not
    unreadable: Annotated[Literal["refuse", "leave out"], OneOf("refuse", "leave out")] = "refuse"
    columns: dict[str, Source]

    def inconsistencies(self, wrong: Wrong) -> None:
        roles = ROLES[self.rows]
        for role, source in self.columns.items():
            if role not in roles:
                wrong.add("unknown role" + meant(role, roles), "columns", role)
            elif source.date is not None and roles[role].kind != "time":
                wrong.add(
                    "stands in one column: only moments have `date` and `time`", "columns", role
                )
        for word in self.leave_out:
            if word not in LEAVE_OUT:
                wrong.add(f"{shown(word)} is not known" + meant(word, LEAVE_OUT), "leave_out")
        if self.pools is not None and self.rows == "contacts":
            wrong.add("is for interval reports; in a log the agents tell it", "pools")
        parts = self.columns.keys() >= {"answered", "abandoned"}
        needed = ["start", "offered"][: 1 if parts else 2]
        needed = ["arrived"] if self.rows == "contacts" else needed
        for role in needed:
            if role not in self.columns:
                wrong.add(f"is missing: {roles[role].meaning}", "columns", role)
        if self.zone is not None:
            from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

            try:
                ZoneInfo(self.zone)
            except (ZoneInfoNotFoundError, ValueError, OSError):
                message = f"{shown(self.zone)} is no time zone; write one such as `Europe/Berlin`"
                wrong.add(message, "zone")

    def for_columns(self, there: Collection[str]) -> Map:
        """Without the roles whose columns a table (headers in small letters) does not have."""
        kept = {
            role: source
            for role, source in self.columns.items()
            if all(name.casefold() in there for name in source.names())
        }
        return self.model_copy(update={"columns": kept})

    @property
    def roles(self) -> dict[str, Role]:
        """What its columns are."""
        return {role: ROLES[self.rows][role] for role in self.columns}

    def names(self) -> set[str]:
        """All columns it reads."""
        used = {name for source in self.columns.values() for name in source.names()}
        return used | set(self.keep) | set(self.drop)


def read_map(file: str | os.PathLike[str]) -> Map:
    """The map in a file.

    Raises:
        ScenarioError: with every fault, as for scenario files.
    """
    name = os.fspath(file)
    return _map_of(read_text(name), name)


def _map_of(text: str, name: str) -> Map:
    faults: list[Fault] = []
    tree = read_tree(text, name, faults)
    try:
        found = Map.read(tree.plain())
    except Wrong as wrong:
        for path, message in wrong.faults:
            node, said = nearest(tree, path)
            faults.append(fault_at(node, said, message))
        raise ScenarioError(faults) from None
    if faults:
        raise ScenarioError(faults)
    return found


def in_zone(chosen: Map, zone: str) -> Map:
    """The map with another time zone of the centre; ScenarioError if there is none of this name."""
    try:
        return Map.read({**chosen.plain(), "zone": zone})
    except Wrong as wrong:
        told = [Fault("", 0, written(path), message) for path, message in wrong.faults]
        raise ScenarioError(told) from None


def shipped_maps() -> dict[str, Map]:
    """Name -> map of a usual export."""
    folder = resources.files(__name__)
    files = sorted(one.name for one in folder.iterdir() if one.name.endswith(".yaml"))
    return {
        name.removesuffix(".yaml"): _map_of(folder.joinpath(name).read_text("utf-8"), name)
        for name in files
    }


def map_of_header(columns: dict[str, str]) -> tuple[str, Map] | None:
    """The shipped map whose header a table has; of several the one with most columns.

    Args:
        columns: header in small letters -> header.
    """
    fitting = [
        (len(one.header), name, one)
        for name, one in shipped_maps().items()
        if one.header and all(said.casefold() in columns for said in one.header)
    ]
    if not fitting:
        return None
    _, name, best = max(fitting, key=lambda one: one[:2])
    return name, best
