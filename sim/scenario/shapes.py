"""Paths that have a shape: `pools.*.agents`, in which `*` stands for any name."""

from __future__ import annotations

from functools import cache

from sim.scenario.faults import Path
from sim.scenario.source import Node

Shape = tuple[str, ...]


def shapes(dotted: str, deeper: int = 0) -> tuple[Shape, ...]:
    """Shapes, written with dots and parted by spaces; and all that lie so many steps below."""
    said = [tuple(one.split(".")) for one in dotted.split()]
    return tuple((*one, *("*",) * more) for one in said for more in range(deeper + 1))


def has_shape(path: Path, among: tuple[Shape, ...]) -> bool:
    """Whether a path has one of the shapes."""
    return any(
        all(s in ("*", p) for s, p in zip(shape, path, strict=True))
        for shape in _as_long(len(path), among)
    )


@cache
def _as_long(length: int, among: tuple[Shape, ...]) -> list[Shape]:
    return [shape for shape in among if len(shape) == length]


def matches(node: Node, shape: Shape, path: Path = ()) -> list[tuple[Path, Node]]:
    """The values below a node whose path has the shape."""
    if not shape:
        return [(path, node)]
    if shape[0] != "*":
        there = node.child(shape[0])
        return matches(there, shape[1:], (*path, shape[0])) if there is not None else []
    found: list[tuple[Path, Node]] = []
    for key, one in node.children():
        found += matches(one, shape[1:], (*path, key))
    return found
