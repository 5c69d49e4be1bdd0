"""Spans of time, or of any scale: pairs of a lower and an upper end."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

Number = TypeVar("Number", int, float)


def union(spans: Iterable[tuple[Number, Number]]) -> list[tuple[Number, Number]]:
    """The spans in order, those that touch or overlap made one."""
    merged: list[tuple[Number, Number]] = []
    for low, high in sorted(spans):
        if merged and low <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], high))
        else:
            merged.append((low, high))
    return merged


def without(
    spans: list[tuple[Number, Number]], holes: list[tuple[Number, Number]]
) -> list[tuple[Number, Number]]:
    """What is left of the spans outside the holes; both in order."""
    for low, high in holes:
        cut = [(max(a, low), min(b, high)) for a, b in spans]
        spans = [
            piece
            for (a, b), (begin, end) in zip(spans, cut, strict=True)
            for piece in ([(a, b)] if begin >= end else [(a, begin), (end, b)])
            if piece[0] < piece[1]
        ]
    return spans
