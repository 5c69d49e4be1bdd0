"""What can be changed on the page: every number that a scenario says, with a range for a slider."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from math import ceil, floor, log10
from typing import Any

from sim.scenario.distributions import KINDS
from sim.scenario.faults import Wrong
from sim.scenario.numbers import parse_duration

GROUPS: tuple[tuple[str, str], ...] = (
    ("Events", r"calendar\.events\..*"),
    ("Staff", r"pools\.[^.]+\.(agents|shifts|members|presence|sessions|session|answers|speed)\b.*"),
    (
        "Demand",
        r"reasons\.[^.]+\.(volume|busyness|channels)\b.*|busyness|day_kinds\..*"
        r"|calendar\.special_days\..*",
    ),
    (
        "Handling time (AHT)",
        r"reasons\.[^.]+\.(handle|wrap|resolved|again)\b.*"
        r"|pools\.[^.]+\.(pace|agent_share|offers)\b.*|transfers\..*",
    ),
    ("Patience and returns", r"reasons\.[^.]+\.(patience|balk|retry|closed)\b.*"),
    ("Sales", r"reasons\.[^.]+\.buying\b.*|pools\.[^.]+\.(sells|satisfaction)\b.*|gross_margin"),
    ("Prices", r"pools\.[^.]+\.contract\b.*|channels\.[^.]+\.\w*cost\w*.*"),
    ("Thresholds", r"run\.service_level\b.*|(channels|lines|routing)\..*"),
    ("Other", r"(reasons|pools|linked)\b.*"),
)
"""Headings of the page in order, and the paths under each; what fits none is no knob."""

_SPLIT = re.compile(r"reasons\.[^.]+\.channels")
_SHARE = re.compile(r"([0-9.]+)\s*%")
_VOLUME = re.compile(r"([0-9.]+)\s*(?:per |/)\s*(hour|day|week)")


@dataclass(frozen=True)
class Knob:
    """One value that can be changed.

    path: dotted, as overrides of `sim.load`.
    text: the value as the scenario says it.
    group: the heading it stands under; label: what it is, in words.
    kind: `count`, `number`, `share`, `duration`, `volume`, or `text`, which has no slider.
    value, low, high, step: in the unit: percent for shares, seconds for durations.
    unit: written after the number; empty for counts and numbers.
    split: the paths of shares that make a whole with it: who gets more takes it from the others.
    """

    path: str
    text: str
    group: str
    label: str
    kind: str
    value: float = 0.0
    low: float = 0.0
    high: float = 0.0
    step: float = 0.0
    unit: str = ""
    split: tuple[str, ...] = ()

    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self)


def knobs(said: Mapping[str, Any], first: Sequence[str] = ()) -> list[Knob]:
    """The knobs of a scenario, grouped, those named first before all others.

    Args:
        said: the scenario's text as plain values (`Recipe.said`).
        first: dotted paths that a study varies or sweeps.
    """
    found = dict(_leaves(_with_presence(said), ()))
    shares = _splits(found)
    leading = [_knob(path, found.get(path, ""), "From the study") for path in first]
    places = {name: place for place, (name, _) in enumerate(GROUPS)}
    others = [
        _knob(path, value, group)
        for path, value in found.items()
        if (group := _group(path)) and path not in set(first)
        # an event is said in words too (`closed`, `2 more`); elsewhere a text is no number to turn
        if group == "Events" or read(value)[0] != "text"
    ]
    shown = leading + sorted(others, key=lambda knob: places[knob.group])
    return [replace(knob, split=shares.get(knob.path, ())) for knob in shown]


def _splits(found: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Path of a share of a reason's contacts -> those of all its channels."""
    together: dict[str, list[str]] = {}
    for path, value in found.items():
        parent, _, channel = path.rpartition(".")
        if _SPLIT.fullmatch(parent) and channel != "other" and read(value)[0] == "share":
            together.setdefault(parent, []).append(path)
    return {path: tuple(paths) for paths in together.values() for path in paths if len(paths) > 1}


def pinned(said: Mapping[str, Any], path: str) -> Knob:
    """A knob for any path of the language, whether the scenario says something there or not."""
    found = dict(_leaves(said, ()))
    return _knob(path, found.get(path, ""), "Pinned")


def _with_presence(said: Mapping[str, Any]) -> dict[str, Any]:
    """What is said, and each scheduled pool's presence: a planner looks for it."""
    pools = said.get("pools")
    if not isinstance(pools, Mapping):
        return dict(said)
    shown = {
        name: {**pool, "presence": pool.get("presence", "100 %")}
        if isinstance(pool, Mapping) and ("agents" in pool or "shifts" in pool)
        else pool
        for name, pool in pools.items()
    }
    return {**said, "pools": shown}


def _leaves(value: Any, path: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, one in value.items():
            yield from _leaves(one, (*path, str(key)))
    elif isinstance(value, list):
        if path and path[0] == "routing":
            for place, one in enumerate(value, 1):
                yield from _leaves(one, (*path, str(place)))
    elif value is not None and not isinstance(value, bool) and not any("." in key for key in path):
        yield ".".join(path), value


def _group(path: str) -> str:
    for name, pattern in GROUPS:
        if re.fullmatch(pattern, path):
            return name
    return ""


def _knob(path: str, value: Any, group: str) -> Knob:
    kind, number, unit = read(value)
    text = str(value)
    base = Knob(path, text, group, label(path), kind)
    if kind == "text":
        return base
    low, high = 0.0, max(2.0 * number, 10.0 if kind == "count" else 0.0)
    if kind == "share":
        high = 100.0 if number <= 100.0 else 2.0 * number
    if high == 0.0:
        high = 3600.0 if kind == "duration" else 10.0
    step = 1.0 if kind == "count" else _step(high, SPANS if kind == "duration" else ())
    if kind == "count":
        high = float(ceil(high))
    return Knob(path, text, group, base.label, kind, number, low, high, step, unit)


def read(value: Any) -> tuple[str, float, str]:
    """Kind, number and unit of a value as the language writes it."""
    if isinstance(value, int):
        return "count", float(value), ""
    if isinstance(value, float):
        return "number", value, ""
    text = str(value).strip()
    if found := _SHARE.fullmatch(text):
        return "share", float(found[1]), " %"
    if found := _VOLUME.fullmatch(text):
        return "volume", float(found[1]), f" per {found[2]}"
    try:
        return "duration", parse_duration(text), ""
    except Wrong:
        return "text", 0.0, ""


SPANS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400)
"""Seconds by which durations go on: whole minutes and hours, not round numbers of seconds."""


def _step(high: float, spans: Sequence[float] = ()) -> float:
    """About a hundred steps, of 1, 2 or 5 times a power of ten, or of the first span that will."""
    rough = 0.999 * high / 100.0
    if high > 60.0 and (found := next((span for span in spans if span >= rough), 0.0)):
        return float(found)
    power = 10.0 ** floor(log10(high / 100.0))
    return next(size * power for size in (1.0, 2.0, 5.0, 10.0) if size * power >= rough)


WORDS = {
    "agents": "head count",
    "answers": "contacts at once",
    "handle": "handle time",
    "wrap": "wrap-up",
    "sells": "",
    "buying": "",
    "unaided": "conversion unaided",
    "window": "purchase window",
    "contract": "price",
    "channels": "share of contacts",
    "closed": "when closed",
    "again": "repeat contacts",
    "run": "",
    "service_level": "service level threshold",
    "cv": "spread (cv)",
}
"""Steps of a path that planners call something else; what says nothing is left out."""


def label(path: str) -> str:
    """A path in words: `pools.team.agents.mon 09:00-18:00`: `team: head count, mon 09:00-18:00`."""
    part, *rest = path.split(".")
    if part in ("pools", "reasons") and len(rest) > 1:
        return f"{rest[0]}: {_words(rest[1:], WORDS)}"
    if part in ("channels", "transfers", "lines") and len(rest) > 1:
        return f"{rest[0]}: {_words(rest[1:])}"
    if part == "calendar" and len(rest) > 2:
        return f"{rest[1]}: {_words(rest[2:])}"
    return _words([part, *rest], WORDS if part == "run" else {})


def _words(steps: list[str], called: Mapping[str, str] = {}) -> str:
    """Steps in words; of a distribution only its parameters: how it is called is no matter here."""
    shown = [called.get(step, step.replace("_", " ")) for step in steps if step not in KINDS]
    if steps[-1] in KINDS:
        shown.append("mean" if steps[-1] == "exponential" else steps[-1])
    return ", ".join(filter(None, shown))
