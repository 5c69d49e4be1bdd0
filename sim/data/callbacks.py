"""Signs in an export that customers are called back, which no fit can see."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

import pyarrow.compute as pc

from sim.data.counting import counted
from sim.data.merged import bare
from sim.data.remarks import odd
from sim.data.words import NO
from sim.sheets import Sheet

SAID = r"\b(call ?backs?|called back|rueckrufe?|ruckrufe?|rappels?|rellamadas?)\b"
FEW, HEAD = 50, 10_000  # different words among the first rows of a column that is no free text


def callbacks_of(sheets: Sequence[Sheet]) -> tuple[str, ...]:
    """What is said of an export that shows calls back; nothing of another."""
    signs = [one for name in sheets[0].columns for one in _signs(name, sheets)]
    if not signs:
        return ()
    return (odd("called-back", signs="; ".join(signs)),)


def _signs(name: str, sheets: Sequence[Sheet]) -> Iterator[str]:
    """Of one column: a header that says so, or words that do."""
    parts = [one.columns[name].drop_null() for one in sheets if name in one.columns]
    called = re.search(SAID, bare(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)))
    if not called and any(pc.count_distinct(part[:HEAD]).as_py() > FEW for part in parts):
        return
    many: Counter[str] = Counter()
    for part in parts:
        counts = part.value_counts().to_pylist()
        many.update({bare(str(each["values"])): each["counts"] for each in counts})
    if called:
        words = [word for word in many if word not in NO | {""}]
        numbers = all(map(str.isdecimal, words))
        if number := sum(many[word] * (int(word) if numbers else 1) for word in words):
            yield f"{number:,} in the column `{name}`"
        return
    for word, number in many.items():
        if re.search(SAID, word):
            yield f"{counted(number, 'row')} with `{word}` as {name}"
