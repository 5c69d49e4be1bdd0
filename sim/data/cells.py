"""Columns of numbers, durations and words of a map's roles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sim.data.guess import unit_of
from sim.data.maps import Map
from sim.data.merged import Merged
from sim.data.remarks import read
from sim.data.times import first_said
from sim.data.words import NUMBERS
from sim.scenario.faults import Fault, ScenarioError
from sim.sheets import UNITS, Marks, decimal_of, read_numbers, read_spans
from sim.sheets.numbers import is_text
from sim.sheets.sheet import SheetError
from sim.sheets.spans import has_colons, two_parts
from sim.tables import Floats

PLAUSIBLE = {
    "handle": (15.0, 5400.0),
    "talk": (15.0, 5400.0),
    "aht": (15.0, 5400.0),
    "mean_talk": (15.0, 5400.0),
}
"""Seconds between which the typical handle time of a contact lies: 15 s to 90 min."""


@dataclass
class Cells:
    """Reads the roles of a table, all numbers with one decimal mark.

    units: role -> unit that was found for it.
    """

    table: Merged
    map: Map
    told: list[str]
    units: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.marks = self._marks()

    def has(self, role: str) -> bool:
        """Whether the map says where a role stands."""
        return role in self.map.columns

    def tell(self, name: str, **of: object) -> None:
        """Say how something was read, by the name of the text."""
        self.told.append(read(name, **of))

    def _marks(self) -> Marks:
        if self.map.decimal:
            return Marks(self.map.decimal, "as the map says")
        names = [name for _, name in self._of(*NUMBERS)]
        columns = [self.table.cells(name) for name in names]
        try:
            marks = decimal_of(columns, self.table.sheets[0].delimiter)
        except SheetError as error:
            raise self.wrong("", error.message) from None
        if not marks.decimal:
            marks = self._by_counts(names, marks)
        if marks.why:
            self.told.append(marks.why)
        return marks

    def _of(self, *kinds: str) -> Iterator[tuple[str, str]]:
        """Roles of some kinds, with their columns."""
        for role, one in self.map.roles.items():
            if one.kind in kinds:
                yield from ((role, name) for name in self.map.columns[role].column or ())

    def _by_counts(self, names: list[str], open_: Marks) -> Marks:
        """Contacts are whole numbers: `1.044` of them are 1,044."""
        for role, name in self._of("count"):
            cells = self.table.cells(name)
            if not is_text(cells):
                continue
            for mark, other in ((".", ","), (",", ".")):
                pattern = rf"^[1-9]\d{{0,2}}\{mark}\d{{3}}$"
                found = cells.filter(pc.match_substring_regex(cells, pattern))
                if len(found):
                    whole = str(found[0]).replace(mark, "")
                    why = f"`{found[0]}` {role} are {whole}, for contacts are whole numbers"
                    return Marks(other, why)
        raise self.wrong(names[0], open_.why + '; say `decimal: ","` or `decimal: "."`')

    def wrong(self, column: str, message: str) -> ScenarioError:
        """A fault of a column."""
        return ScenarioError([Fault(self.table.sheets[0].file, 0, column, message)])

    def _cells(self, role: str) -> tuple[pa.Array, str]:
        """Those of a role, and the name of its column."""
        if not self.has(role):
            return pa.nulls(len(self.table), pa.string()), ""
        source = self.map.columns[role]
        names = source.column or ()
        return first_said(self.table, names, source.none), names[0]

    def numbers(self, role: str) -> Floats:
        """Numbers of a role; nan where none is said.

        Raises:
            ScenarioError: for cells that are no numbers.
        """
        cells, name = self._cells(role)
        found, bad = read_numbers(cells, self.marks.decimal or ".")
        self.check(bad, name, "a number")
        return found

    def spans(self, role: str, per: Floats | None = None) -> Floats:
        """Durations of a role in seconds; nan where none is said.

        Args:
            role: of the map.
            per: [rows] contacts that a total is of, to see which unit is plausible.

        Raises:
            ScenarioError: for cells that are no durations, or numbers of an unknown unit.
        """
        cells, name = self._cells(role)
        said = self.map.columns[role].unit if self.has(role) else "s"
        unit = said or unit_of(name) or self._unit(role, name, cells, per)
        found, bad = read_spans(cells, unit, self.marks.decimal or ".")
        self.check(bad, name, "a duration")
        return found

    def _unit(self, role: str, name: str, cells: pa.Array, per: Floats | None) -> str:
        """The unit of plain numbers: the only one that is plausible, else that of its kin."""
        if has_colons(cells) and two_parts(pc.drop_null(cells)):
            return self._of_two_parts(role, name, cells)
        if pa.types.is_temporal(cells.type) or has_colons(cells):
            return "s"
        values, _ = read_numbers(cells, self.marks.decimal or ".")
        if np.isnan(values).all():
            return "s"
        unit = self._plausible(role, name, values, per, text=is_text(cells))
        return unit or self._of_kin(role, name)

    def _plausible(
        self, role: str, name: str, values: Floats, per: Floats | None, *, text: bool
    ) -> str:
        """The only unit in which handle times can be true; empty if there are several or none.

        Numbers that are no text, those of a spreadsheet, may be parts of a day.
        """
        kin = "handle" if role.startswith("total_") and "wait" not in role else role
        if kin not in PLAUSIBLE:
            return ""
        with np.errstate(all="ignore"):
            each = values if per is None or role in PLAUSIBLE else values / per
        some = each[each > 0]
        typical = float(np.nanmedian(some)) if len(some) else 0.0
        low, high = PLAUSIBLE[kin]
        units = [unit for unit in UNIT_NAMES if unit != "d" or not text]
        fits = [unit for unit in units if low <= typical * UNITS[unit] <= high]
        if len(fits) != 1:
            return ""
        self.units[role] = fits[0]
        self.tell("handle-unit", column=name, unit=UNIT_NAMES[fits[0]], typical=typical)
        return fits[0]

    def _of_kin(self, role: str, name: str) -> str:
        """The unit that the other durations of the file have."""
        said = {one.unit for one in self.map.columns.values() if one.unit}
        known = said | set(self.units.values())
        if len(known) == 1:
            unit = str(next(iter(known)))
            self.tell("unit-of-kin", column=name, unit=UNIT_NAMES[unit])
            return unit
        raise self.wrong(
            name, f"does not say its unit: write `{role}: {{column: {name}, unit: s}}` in a map"
        )

    def _of_two_parts(self, role: str, name: str, cells: pa.Array) -> str:
        """`4:12` is minutes and seconds, unless handle times are then too short to be true."""
        values, _ = read_spans(cells, "s")
        typical = float(np.nanmedian(values)) if np.isfinite(values).any() else 0.0
        if typical < PLAUSIBLE.get(role, (0.0, 0.0))[0]:
            raise self.wrong(
                name, f"may be minutes and seconds or hours and minutes: say `unit` for {role}"
            )
        self.tell("minutes-and-seconds", column=name)
        return "s"

    def words(self, role: str) -> pa.Array:
        """Words of a role, null where none is said."""
        cells, _ = self._cells(role)
        return cells if pa.types.is_string(cells.type) else pc.cast(cells, pa.string())

    def check(self, bad: np.ndarray, name: str, what: str) -> None:
        """Refuse cells that could not be read, unless the map leaves them out."""
        if self.map.unreadable == "refuse":
            self.table.refuse(bad, name, what)


UNIT_NAMES = {
    "ms": "milliseconds",
    "s": "seconds",
    "min": "minutes",
    "h": "hours",
    "d": "parts of a day",
}
