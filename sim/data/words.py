"""Words of an export: what columns are called, names of queues, how contacts ended."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from sim.data.merged import bare, coded
from sim.data.remarks import texts

NUMBERS = ("duration", "count", "number")
"""Kinds of what a column counts or measures."""


class Role(NamedTuple):
    """What a column can be.

    headers: patterns of those that name it; perhaps: of those that may. kind: `time`,
    `duration`, `count` or `number`; empty for words.
    """

    meaning: str
    headers: Sequence[str] = ()
    perhaps: Sequence[str] = ()
    kind: str = ""


_KNOWN = texts("known")
ROLES = {
    rows: {
        name: Role(**_KNOWN["shared"].get(name, {}), **said) for name, said in _KNOWN[rows].items()
    }
    for rows in ("contacts", "intervals")
}
"""Of a table of contacts or of intervals: role -> what it is."""

OUTCOME_OF = {word: said for said, words in _KNOWN["outcomes"].items() for word in words}
YES, NO, INBOUND, OUTBOUND, WITHHELD = (
    set(_KNOWN["words"][name]) for name in ("yes", "no", "inbound", "outbound", "withheld")
)
_PLAIN = {"abandoned", "abandon", "abandonment", "answered", "handled", "overflow", "overflowed"}
_OTHERWISE = re.compile(r"\b(no|not|un\w+|never|nicht|ivr|menu|voicemail|callback|elsewhere|non)\b")


def names_of(cells: pa.Array, usual: str) -> pd.Categorical:
    """Names that a scenario can have, of words of an export."""
    codes, texts = coded(cells)
    said = [name_of(text) or usual for text in texts]
    categories = list(dict.fromkeys(said))
    place = np.array([categories.index(one) for one in said], np.int64)
    return pd.Categorical.from_codes(place[codes], categories)


def name_of(text: str) -> str:
    """A name of the scenario language: letters, digits, spaces, `_` and `-`."""
    plain = " ".join(re.sub(r"[^\w -]+", " ", text).split()).strip("-_ ")
    return f"queue {plain}" if re.fullmatch(r"[\d.]+", plain) else plain


def outcome_of(text: str) -> str:
    """How a contact ended, by a word of an export; empty if it has no known meaning.

    Of several words the one that is plain, as in `abandoned in queue`, if all say the same.
    """
    word = bare(text)
    plain = {OUTCOME_OF[one] for one in word.split() if one in _PLAIN}
    some = plain if len(plain) == 1 and not _OTHERWISE.search(word) else {""}
    return OUTCOME_OF.get(word) or some.pop()


def known(column: pa.Array, words: Collection[str]) -> float:
    """Share of the different cells of a column that are among some words."""
    said = [bare(str(one)) for one in column.drop_null().unique().to_pylist()]
    return sum(one in words for one in said) / max(len(said), 1)
