"""Changes of a value in one line: `115 %`, `20 s more`, `2 more`, `1 fewer`, in its place.

In an option of a study, a sweep, `--set` and a file that extends another, they change what is there
already, where a percentage could mean nothing else: volumes, times, numbers of people.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sim.scenario.distributions import KINDS, Plus
from sim.scenario.faults import Path, Wrong, shown
from sim.scenario.fields import OneText
from sim.scenario.numbers import NUMBER, parse_duration
from sim.scenario.shapes import has_shape, shapes
from sim.scenario.source import Node, resolve_plain

_LEVER = re.compile(rf"({NUMBER})\s*(%|more|fewer)")
_WITH_UNIT = re.compile(r"[^\s\d.]")
_NEARLY = re.compile(
    rf"([+-]|plus|minus)?\s*({NUMBER})\s*(%|[^\W\d_]+)?((?:\s+[^\W\d_]+)*)", re.IGNORECASE
)
MORE = {"+", "plus", "more", "longer", "extra", "higher", "additional", "up"}
LESS = {"-", "minus", "less", "fewer", "shorter", "lower", "down"}
_LEADING = re.compile(rf"\s*({NUMBER})\s*(.*)", re.DOTALL)

CHANGEABLE = (
    *shapes("pools.*.agents pools.*.agents.* pools.*.members pools.*.shifts.*.count"),
    *shapes("reasons.*.volume reasons.*.handle reasons.*.wrap reasons.*.patience"),
    *shapes("reasons.*.handle.* reasons.*.wrap.* reasons.*.patience.*"),
)
TIMES = ("handle", "wrap", "patience")
COUNTS = ("agents", "members", "count")
SCALES = {"mean", "median", "sd", "scale", "low", "mode", "high"}
"""Parameters of distributions that grow with all their values."""


@dataclass(frozen=True)
class Lever(OneText):
    """A number times a factor, plus so many more."""

    factor: float = 1.0
    more: int = 0
    schema = {  # noqa: RUF012
        "description": "A change of a number: `115 %`, `2 more`, `1 fewer`.",
        "type": "string",
        "pattern": rf"^\s*{NUMBER}\s*(%|more|fewer)\s*$",
    }

    @classmethod
    def read(cls, value: object) -> Lever:
        """Read `115 %`, `2 more` or `1 fewer`."""
        if isinstance(value, Lever):
            return value
        found = _LEVER.fullmatch(value.strip()) if isinstance(value, str) else None
        if found is None:
            raise Wrong(f"{shown(value)} is no change; write `115 %`, `2 more` or `1 fewer`")
        number, unit = float(found[1]), found[2]
        if unit == "%":
            return cls(factor=number / 100)
        if not number.is_integer():
            raise Wrong(f"{shown(value)} is not a whole number of people")
        return cls(more=int(number) if unit == "more" else -int(number))

    def of(self, count: int) -> int:
        """The changed number of people: to the nearest, never less than none."""
        return max(int(count * self.factor + 0.5) + self.more, 0)

    def of_part(self, count: float) -> float:
        """The same of a number that holds part of a person, to a millionth."""
        return max(round(count * self.factor + self.more, 6), 0.0)

    def __str__(self) -> str:
        if self.more:
            return f"{abs(self.more)} {'more' if self.more > 0 else 'fewer'}"
        return f"{round(100 * self.factor, 10):g} %"


def is_lever(path: Path, node: Node) -> bool:
    """Whether what stands at a path changes what is there, rather than replacing it."""
    if not isinstance(node.value, str):
        return False
    if not _LEVER.fullmatch(node.value.strip()) and _longer(path, node.value) is None:
        return False
    return has_shape(path, CHANGEABLE)


def instead(path: Path, node: Node) -> str | None:
    """What to write in place of what looks like a change and is none: `1 less`, `-10 %`."""
    if not has_shape(path, CHANGEABLE) or isinstance(node.value, bool | dict | list):
        return None
    found = _NEARLY.fullmatch(" ".join(str(node.value).lower().split()))
    if found is None or is_lever(path, node):
        return None
    sign, number, unit, words = found[1], float(found[2]), found[3] or "", found[4] or ""
    told = {sign, unit, *words.split()}
    if not told & (MORE | LESS):
        return None
    longer = bool(told & MORE)
    if unit == "%":
        return f"`{max(100 + number if longer else 100 - number, 0):g} %`"
    share = f"a percentage, as `{110 if longer else 90} %`"
    if any(step in COUNTS for step in path[2:]):
        return f"`{number:g} {'more' if longer else 'fewer'}`, or {share}"
    return f"`{number:g} {unit or 's'} more`, or {share}" if longer and path[2] in TIMES else share


def changed(path: Path, base: Node, over: Node) -> Node:
    """The base as a lever changes it; Wrong where there is nothing to change so."""
    more = _longer(path, over.value)
    if more is not None and path[-1] in KINDS:
        raise Wrong(
            f"{shown(over.value)} changes a time: say it of `{'.'.join(map(str, path[:-1]))}`"
        )
    if more is not None:
        return _added(base, more, over)
    lever = Lever.read(over.value)
    if any(step in COUNTS for step in path[2:]):
        return _counts(base, lever, over)
    if lever.more:
        longer = ", or `20 s more`" if path[2] in TIMES else ""
        raise Wrong(f"{shown(over.value)} is a number of people; write a percentage{longer}")
    if path[-1] in KINDS:
        return _parameters(path[-1], base, lever.factor, over)
    return _scaled(base, lever.factor, over)


def _longer(path: Path, value: str) -> float | None:
    """The seconds of `20 s more` where a time stands; None if that is not what is said."""
    *said, last = value.split() or [""]
    if last != "more" or len(path) < 3 or path[2] not in TIMES:
        return None
    if not _WITH_UNIT.search(text := " ".join(said)):
        return None
    try:
        return parse_duration(resolve_plain(text))
    except Wrong:
        return None


def _added(base: Node, more: float, over: Node) -> Node:
    """Every time so much longer, inside distributions and values by channel too."""
    value = base.value
    if isinstance(value, dict) and not KINDS & value.keys():
        return over.here({k: _added(one, more, over) for k, one in value.items()})
    if isinstance(value, dict):
        least = value.get(Plus.name, over.here("0 s"))
        return over.here({**value, Plus.name: _added(least, more, over)})
    if value == "never":
        return base
    return over.here(f"{round(parse_duration(value) + more, 9)!r} s")


def _counts(base: Node, lever: Lever, over: Node) -> Node:
    if isinstance(base.value, dict):
        return over.here({k: _counts(one, lever, over) for k, one in base.value.items()})
    if isinstance(base.value, float):
        return over.here(lever.of_part(base.value))
    if not isinstance(base.value, int) or isinstance(base.value, bool):
        raise Wrong(f"{shown(over.value)} changes a number of people, but there is none")
    return over.here(lever.of(base.value))


def _scaled(base: Node, factor: float, over: Node) -> Node:
    """Durations and volumes times a factor, inside distributions and values by channel too."""
    value = base.value
    if isinstance(value, dict):
        named = not KINDS.isdisjoint(value)
        return over.here(
            {
                key: _parameters(key, one, factor, over) if named else _scaled(one, factor, over)
                for key, one in value.items()
            }
        )
    if value == "never":
        return base
    if isinstance(value, str) and not value.endswith("%"):
        return over.here(_times(value, factor))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return over.here(round(value * factor, 9))
    raise Wrong(f"{shown(over.value)} changes a time or a volume, but there is none")


def _parameters(kind: str, node: Node, factor: float, over: Node) -> Node:
    said = node.value
    if kind == "scipy" or (kind == "empirical" and isinstance(said, str)):
        raise Wrong(f"{shown(over.value)}: values of `{kind}` cannot be scaled so; write them out")
    if kind == "mixture" and isinstance(said, list):
        parts = [pair.value for pair in said]
        return over.here([[share, _scaled(dist, factor, over)] for share, dist in parts])
    if isinstance(said, dict):
        scaled = {k: _scaled(one, factor, over) for k, one in said.items() if k in SCALES}
        return over.here(said | scaled)
    if isinstance(said, list):
        return over.here([_scaled(one, factor, over) for one in said])
    return _scaled(node, factor, over)


def _times(text: str, factor: float) -> str:
    """A duration or a volume as text, times a factor."""
    try:
        return f"{round(parse_duration(resolve_plain(text)) * factor, 9)!r} s"
    except Wrong:
        found = _LEADING.fullmatch(text)
        if found is None:
            raise Wrong(f"{shown(text)} is no number that could be changed") from None
        return f"{round(float(found[1]) * factor, 9)!r} {found[2]}"
