"""Tables as people export them: text files, spreadsheets and Parquet, read with their evidence.

`read_sheet(file)` gives the cells as text, or as what the file itself says they are; `numbers`,
`clocks` and `spans` read columns of them, each decided by the whole column. What they decide they
say, and what they cannot decide they ask for: nothing ambiguous is read silently.
"""

from sim.sheets.clocks import Clocks, Dates, label_parts, read_clocks, read_dates, read_moments
from sim.sheets.numbers import Marks, decimal_of, read_numbers
from sim.sheets.sheet import Sheet, SheetError, read_sheet, table_of
from sim.sheets.spans import UNITS, read_spans

__all__ = [
    "UNITS",
    "Clocks",
    "Dates",
    "Marks",
    "Sheet",
    "SheetError",
    "decimal_of",
    "label_parts",
    "read_clocks",
    "read_dates",
    "read_moments",
    "read_numbers",
    "read_sheet",
    "read_spans",
    "table_of",
]
