"""What results are made of, for others: rows as the columns of tables, and values as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd


Columns = Mapping[str, Sequence[Any] | np.ndarray]
"""A table: equally long columns by name."""


def of_rows(names: Sequence[str], rows: Iterable[Iterable[Any]]) -> Columns:
    """Rows as columns of these names."""
    return dict(zip(names, [*zip(*rows, strict=True)] or [()] * len(names), strict=True))


def of_entries(rows: Sequence[Mapping[str, Any]]) -> Columns:
    """Rows that all say the same names, as columns."""
    return of_rows(list(rows[0]) if rows else [], (row.values() for row in rows))


def of_series(names: Sequence[str], series: Mapping[tuple[str, ...], np.ndarray]) -> Columns:
    """A row for each number of each series: what it is of, its place, and the number."""
    return of_rows(
        names, ((*of, *one) for of, each in series.items() for one in enumerate(each.tolist()))
    )


class Tabled:
    """What has tables, and is told to programs.

    Tables are said as columns: to import pandas takes longer than a small run.
    """

    def columns(self) -> dict[str, Columns]:
        """The tables by name, column by column."""
        raise NotImplementedError

    def tables(self) -> dict[str, pd.DataFrame]:
        """The same as tidy data frames."""
        import pandas as pd

        return {name: pd.DataFrame(one) for name, one in self.columns().items()}

    def findings(self) -> dict[str, Any]:
        """What programs are told of it."""
        raise NotImplementedError

    def as_json(self) -> dict[str, Any]:
        """One object for programs; what is undefined or unbounded is null."""
        return {name: plain(one) for name, one in self.findings().items()}


def plain(value: Any) -> Any:
    """A value as JSON can hold it: what is undefined or unbounded is null."""
    if hasattr(value, "as_json"):
        return value.as_json()
    if hasattr(value, "_asdict"):
        value = value._asdict()
    elif is_dataclass(value) and not isinstance(value, type):
        value = asdict(value)
    if isinstance(value, Mapping):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, tuple | list):
        return [plain(one) for one in value]
    return None if isinstance(value, float) and not isfinite(value) else value
