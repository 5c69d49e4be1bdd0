"""The fields of a result as files, and back: whatever kind of result it is.

What stands where follows from the types of the fields. Dataclasses, tuples, mappings, arrays and
numbers stand in one JSON file; a sequence of named tuples, which may be long, in a Parquet file of
all such rows; a scenario in the file that its folder has for it. Beside them stand their
checksums, as `sha256sum` writes them: a file of another result may have the right form.
"""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import numpy as np

from sim.experiment.files import write_parquet
from sim.experiment.study import Option
from sim.scenario import Scenario
from sim.scenario.part import Part

FIELDS_FILE = "fields.json"
DAMAGED = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What reading raises where a file holds something else than was written."""

SUMS_FILE = "SHA256SUMS"

NUMBER = "sequence"
"""The column that tells to which sequence a row belongs."""


# --- writing ----------------------------------------------------------------------------------


def write_fields(value: object, folder: Path, name_of: Callable[[Scenario], str]) -> None:
    """Write a dataclass into a folder.

    Args:
        value: the dataclass.
        folder: where its files go.
        name_of: the file that a scenario stands in.

    Raises:
        OSError: if they cannot be written.
    """
    writer = _Writer(name_of)
    (folder / FIELDS_FILE).write_text(json.dumps(writer.plain(value)) + "\n", encoding="utf-8")
    for kind, sequences in writer.sequences.items():
        _write_rows(kind, sequences, folder / f"{kind.__name__}.parquet")
    lines = [f"{_sum_of(file)}  {file.name}\n" for file in sorted(folder.iterdir())]
    (folder / SUMS_FILE).write_text("".join(lines), encoding="utf-8")


def _sum_of(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


class _Writer:
    """Turns values into what JSON can hold, and puts the long sequences aside."""

    def __init__(self, name_of: Callable[[Scenario], str]) -> None:
        self.name_of = name_of
        self.sequences: dict[type, list[Sequence[Any]]] = {}

    def plain(self, value: Any) -> Any:  # noqa: PLR0911 - one line for each
        if isinstance(value, Scenario):
            return self.name_of(value)
        if isinstance(value, Option):
            return {"name": value.name, "scenario": self.name_of(value.scenario)}
        if isinstance(value, Part):
            return value.plain()
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            names = [one.name for one in dataclasses.fields(value)]
            return {name: self.plain(getattr(value, name)) for name in names}
        if isinstance(value, Mapping):
            return {key: self.plain(one) for key, one in value.items()}
        if isinstance(value, np.ndarray | np.generic):
            return value.tolist()
        if isinstance(value, tuple | list):
            if value and is_row(type(value[0])):
                return self._aside(value)
            return [self.plain(one) for one in value]
        return value

    def _aside(self, rows: Sequence[Any]) -> int:
        """Put a sequence aside; its number stands in its place."""
        together = self.sequences.setdefault(type(rows[0]), [])
        together.append(rows)
        return len(together) - 1


def _write_rows(kind: type, sequences: Sequence[Sequence[Any]], file: Path) -> None:
    columns: dict[str, Any] = {
        NUMBER: [number for number, rows in enumerate(sequences) for _ in rows]
    }
    for place, name in enumerate(kind._fields):  # type: ignore[attr-defined]
        columns[name] = [row[place] for rows in sequences for row in rows]
    write_parquet(columns, file, empty=False)


def is_row(kind: type) -> bool:
    """Whether it is a named tuple of nothing but texts and numbers."""
    plain = {str, int, float, bool}
    return hasattr(kind, "_fields") and set(get_type_hints(kind).values()) <= plain


# --- reading ----------------------------------------------------------------------------------


def read_fields(kind: type, folder: Path, scenario_of: Callable[[str], Scenario]) -> dict[str, Any]:
    """The fields of a dataclass, read again.

    Args:
        kind: the dataclass.
        folder: where its files are.
        scenario_of: the scenario of a file.

    Raises:
        OSError: if a file cannot be read.
        One of `DAMAGED`: if they are damaged, or another version's.
    """
    for line in (folder / SUMS_FILE).read_text(encoding="utf-8").splitlines():
        known, _, name = line.partition("  ")
        if Path(name).name != name or _sum_of(folder / name) != known:
            raise ValueError(f"{folder / Path(name).name}: is not what was written")
    file = folder / FIELDS_FILE
    try:
        said = json.loads(file.read_bytes())
    except (ValueError, RecursionError):
        raise ValueError(f"{file}: is damaged") from None
    return _Reader(folder, scenario_of).fields(kind, said)


class _Reader:
    """Turns what JSON holds into values of their types."""

    def __init__(self, folder: Path, scenario_of: Callable[[str], Scenario]) -> None:
        self.folder, self.scenario_of = folder, scenario_of
        self.sequences: dict[type, dict[int, tuple[Any, ...]]] = {}

    def fields(self, kind: type, said: Mapping[str, Any]) -> dict[str, Any]:
        hints = get_type_hints(kind)
        names = [one.name for one in dataclasses.fields(kind)]
        return {name: self.value(hints[name], said[name]) for name in names}

    def value(self, hint: Any, said: Any) -> Any:  # noqa: PLR0911 - one line for each
        origin, inner = get_origin(hint), get_args(hint)
        if origin in (Union, UnionType):
            if said is None and NoneType in inner:
                return None
            [kind] = [one for one in inner if one is not NoneType]
            return self.value(kind, said)
        if origin is tuple:
            return tuple(self._entries(inner, said))
        if origin is not None and issubclass(origin, np.ndarray):
            return np.array(said, dtype=get_args(inner[1])[0])
        if origin is not None and issubclass(origin, Mapping):
            return {key: self.value(inner[1], one) for key, one in said.items()}
        if hint is np.ndarray:
            return np.array(said, dtype=object if said and isinstance(said[0], str) else None)
        return self._single(hint, said)

    def _single(self, kind: Any, said: Any) -> Any:
        if kind is Option:
            return Option.of_scenario(said["name"], self.scenario_of(said["scenario"]))
        if issubclass(kind, Scenario):
            return self.scenario_of(said)
        if issubclass(kind, Part):
            return kind.read(said)
        if dataclasses.is_dataclass(kind):
            made: Any = kind
            return made(**self.fields(made, said))
        if hasattr(kind, "_fields"):
            return kind(*self._each(get_type_hints(kind).values(), said))
        if not isinstance(said, kind):
            raise TypeError(f"{said!r} is no {kind.__name__}")
        return said

    def _entries(self, inner: tuple[Any, ...], said: Any) -> Any:
        if isinstance(said, int):
            return self._rows(inner[0])[said]
        hints = inner if len(inner) > 1 and inner[1] is not ... else inner[:1] * len(said)
        return self._each(hints, said)

    def _each(self, hints: Iterable[Any], said: Iterable[Any]) -> list[Any]:
        return [self.value(hint, one) for hint, one in zip(hints, said, strict=True)]

    def _rows(self, kind: Any) -> dict[int, tuple[Any, ...]]:
        if kind not in self.sequences:
            columns = read_columns(self.folder / f"{kind.__name__}.parquet")
            rows = zip(*(columns[name] for name in (NUMBER, *kind._fields)), strict=True)
            self.sequences[kind] = {
                number: tuple(kind._make(row[1:]) for row in own)
                for number, own in groupby(rows, itemgetter(0))
            }
        return self.sequences[kind]


def read_columns(file: Path) -> dict[str, list[Any]]:
    """The columns of a Parquet file.

    Raises:
        OSError: if it cannot be read.
        ValueError: if it is damaged.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    data = file.read_bytes()
    try:
        found: dict[str, list[Any]] = pq.read_table(io.BytesIO(data)).to_pydict()
    except (pa.ArrowException, OSError, UnicodeError):
        raise ValueError(f"{file}: is damaged") from None
    return found
