"""From the files of an export to the canonical tables, with everything that was decided said."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from sim.data import contacts as contact_rows
from sim.data import intervals as interval_rows
from sim.data.callbacks import callbacks_of
from sim.data.crosstab import unfolded
from sim.data.guess import guess, hints
from sim.data.maps import Map, in_zone, map_of_header, read_map
from sim.data.maps.write import map_text
from sim.data.merged import Merged, bools, merge
from sim.data.remarks import wrong
from sim.data.simulated import ANY_DAY, dated, lacks_start
from sim.data.times import said
from sim.scenario.faults import Fault, ScenarioError
from sim.scenario.values import visible
from sim.sheets import Sheet, SheetError, read_sheet

FilePath = str | os.PathLike[str]
Files = FilePath | Sequence[FilePath]

MOST_NAMED = 8


@dataclass(frozen=True)
class Data:
    """What the files of an export hold.

    contacts, intervals: the canonical tables (`sim.data.tables`), one of them None.
    map: what their columns are; evidence: role -> why, where it was guessed.
    told: how the files were read; left_out: what was left out -> how many rows.
    rows: of the files.
    files: their names. callbacks: what shows that customers are called back.
    """

    contacts: pd.DataFrame | None
    intervals: pd.DataFrame | None
    map: Map
    evidence: dict[str, str]
    told: tuple[str, ...]
    left_out: dict[str, int]
    rows: int
    files: tuple[str, ...]
    zone: str | None = None
    callbacks: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Data({len(self.table):,} {self.map.rows} of {len(self.files)} files)"

    @property
    def table(self) -> pd.DataFrame:
        """The one that it has."""
        found = self.contacts if self.contacts is not None else self.intervals
        assert found is not None
        return found

    @property
    def is_log(self) -> bool:
        """Whether single contacts are known."""
        return self.contacts is not None

    @property
    def when(self) -> pd.Series:
        """[rows] when a contact came, or an interval began."""
        return self.table["arrived" if self.is_log else "start"]

    @property
    def offered(self) -> pd.Series:
        """[rows] new contacts."""
        return (self.table["leg"] == 0) * 1.0 if self.is_log else self.table["offered"]


def read_data(
    files: Files,
    map: FilePath | Map | None = None,
    *,
    zone: str | None = None,
    secret: bytes | None = None,
) -> Data:
    """Read an export: a log of contacts, or an interval report.

    Args:
        files: one or many, all with the same columns: text, spreadsheets, Parquet.
        map: what the columns are, a map or a file that holds one; None for the map of a usual
            export, found by its header, or for a guess.
        zone: time zone of the centre, instead of what the map says.
        secret: key of the hash of customers; None for one that is thrown away, so that nobody can
            find a customer again. The same secret gives the same hashes.

    Raises:
        ScenarioError: with everything that cannot be read, or could be read in several ways.
    """
    chosen = read_map(map) if isinstance(map, str | os.PathLike) else map
    start = chosen.start if chosen else None
    sheets = [dated(sheet, start) for sheet in _read(files, chosen)]
    told = list(dict.fromkeys(one for sheet in sheets for one in sheet.told))
    evidence: dict[str, str] = {}
    if chosen is None:
        chosen, evidence, how = _found(sheets[0])
        told += how
    if zone is not None:
        chosen = in_zone(chosen, zone)
    table = merge(sheets, chosen.names())
    rows = len(table)
    table, left_out = _counting(table, chosen)
    build = contact_rows.build if chosen.rows == "contacts" else interval_rows.build
    frame, more, lost = build(table, chosen, secret)
    frames = {"contacts": None, "intervals": None, chosen.rows: frame}
    return Data(
        frames["contacts"],
        frames["intervals"],
        chosen,
        evidence,
        tuple(dict.fromkeys([*told, *more])),
        {**left_out, **{name: number for name, number in lost.items() if number}},
        rows,
        tuple(sheet.file for sheet in sheets),
        chosen.zone,
        callbacks_of(sheets),
    )


def find_map(files: Files) -> str:
    """The text of the map that an export seems to need, to be edited; errors as `read_data`."""
    sheet = _read(files, None)[0]
    unsaid = lacks_start(sheet)
    chosen, evidence, _ = _found(dated(sheet, ANY_DAY if unsaid else None))
    if unsaid:
        chosen = chosen.model_copy(update={"start": ANY_DAY})
        evidence = {**evidence, "start": "which day its calendar begins, the log does not say"}
    return map_text(chosen, evidence)


def _read(files: Files, chosen: Map | None) -> list[Sheet]:
    names = [files] if isinstance(files, str | os.PathLike) else list(files)
    if not names:
        raise wrong("", "no-export")
    asked = {"sheet": chosen.sheet, "encoding": chosen.encoding} if chosen else {}
    try:
        return [unfolded(_readable(read_sheet(name, **asked))) for name in names]
    except SheetError as error:
        raise ScenarioError([Fault(error.file, error.line, "", error.message)]) from None


def _readable(sheet: Sheet) -> Sheet:
    """With headers that can be shown, and said in a map."""
    shown: dict[str, pa.Array] = {}
    for name, cells in sheet.columns.items():
        seen = visible(name).strip()
        shown[name if not seen or seen in shown else seen] = cells
    if [*shown] == [*sheet.columns]:
        return sheet
    told = "characters that nobody can see were taken out of headers"
    return replace(sheet, columns=shown, told=(*sheet.told, told))


def _found(sheet: Sheet) -> tuple[Map, dict[str, str], list[str]]:
    """The map of a usual export by its header, or a guess: map, evidence, how it was found."""
    shipped = map_of_header(sheet.folded)
    if shipped is not None:
        name, found = shipped
        said = f"columns as in the map `{name}` ({found.map}), found by the header"
        return found.for_columns(sheet.folded), {}, [said]
    found, evidence = guess(sheet)
    told = ["columns guessed; `--map FILE` writes the map to be edited"]
    spare = [f"`{name}`" for name in sheet.columns if name not in found.names()]
    if spare:
        more = f" and {len(spare) - MOST_NAMED} more" if len(spare) > MOST_NAMED else ""
        told.append(f"columns not used: {', '.join(spare[:MOST_NAMED])}{more}")
    return found, evidence, [*told, *hints(sheet, found)]


def _counting(table: Merged, chosen: Map) -> tuple[Merged, dict[str, int]]:
    """The rows that count: no totals, and what `keep` and `drop` leave."""
    total = table.totals()
    left_out = {"total lines": int(total.sum())} if total.any() else {}
    table = table.only(~total) if total.any() else table
    for rows, kept in ((chosen.keep, True), (chosen.drop, False)):
        for name, values in rows.items():
            cells = said(table.cells(name), ())
            text = pc.fill_null(pc.cast(cells, "string"), "")
            mask = bools(pc.is_in(text, value_set=pa.array(list(values)))) == kept
            if not mask.all():
                word = ("other than " if kept else "") + ", ".join(values)
                left_out[f"{name}: {word}"] = int((~mask).sum())
            table = table.only(mask)
    if len(table) == 0:
        raise wrong("", "no-row", file=table.sheets[0].file)
    return table, left_out
