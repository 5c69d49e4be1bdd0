"""What is allowed and yet may not be meant: lines that come on top of others, pools never there.

Notes are told where faults are, and are none: `sim check` prints them and says `good`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator
from itertools import islice, permutations
from operator import itemgetter

from sim.scenario.calendar import holidays_of, intervals
from sim.scenario.events import Moment
from sim.scenario.faults import MOST_TOLD, Fault, Path, Wrong, nearest_name, written
from sim.scenario.forgotten import forgotten
from sim.scenario.merge import BY_TIME, KEYED_BY_TIMES, Layers, same_key
from sim.scenario.model import Scenario
from sim.scenario.overrides import NAMED
from sim.scenario.repair import placed
from sim.scenario.shapes import matches, shapes
from sim.scenario.source import Node, fault_at
from sim.scenario.times import DAY, TimesOfWeek, spans_of_week

ADDED_UP = shapes("pools.*.agents pools.*.sessions")
"""Lines of the same times replace each other; others that overlap add up."""

SAY_TIMES = shapes("channels.*.hours calendar.windows.*")

A_THOUSAND = re.compile(r"([1-9]\d{0,2})\.(\d{3})(\s.*)")
"""A volume whose point some people put between thousands."""

MOST_BELOW = 2_000
"""Lines of a base with which so many of another file are compared."""

NEAR = 0.85
"""Likeness of two names above which a new one may be a slip of the pen."""

HOLIDAY_OF_NOBODY = (
    "names `holiday`, but the calendar has no public holidays: say whose, as in "
    "`calendar: {holidays: FR}`"
)

_HOLIDAY = 8  # as a day of the week that borders on no other


def notes_of(scenario: Scenario, tree: Node, layers: Layers) -> list[Fault]:
    """Notes on a scenario without faults.

    Args:
        scenario: resolved.
        tree: of which it was made.
        layers: that the tree was merged from.
    """
    found = [*_lines_on_top(layers), *_new_names(layers)]
    found += [*_never_there(scenario, tree), *_no_holidays(scenario, tree)]
    found += [*_changes_of_nobody(scenario, tree), *_who_is_who(scenario, tree)]
    found += _thousands(tree)
    told = new_names(layers, NEAR)
    remarks = (one for one in forgotten(scenario) if one[0] not in told)  # as a name that is new
    return sorted({*found, *(placed(tree, path, message) for path, message in remarks)})


# --- what an upper file adds ------------------------------------------------------------------


def _steps(layers: Layers) -> Iterator[tuple[Node, Node]]:
    """Each layer but the lowest, and what lies below it."""
    yield from zip(layers.below, layers.trees[1:], strict=True)


def _lines_on_top(layers: Layers) -> Iterator[Fault]:
    for below, over in _steps(layers):
        for shape in ADDED_UP:
            for path, lines in matches(over, shape):
                old = below.at(*path)
                if old is not None:
                    yield from _overlaps(path, lines, old)


def _overlaps(path: Path, lines: Node, below: Node) -> Iterator[Fault]:
    said = {same_key(path, key): node.value for key, node in lines.items()}
    kept = {same_key(path, key): (key, node) for key, node in below.items()}
    kept = {same: one for same, one in kept.items() if said.get(same, 0) is not None}
    spans = {key: _spans_of(key) for key, _ in islice(kept.values(), MOST_BELOW)}
    for key, node in islice(lines.items(), MOST_TOLD):
        if node.value is None or same_key(path, key) in kept:
            continue
        mine = _spans_of(key)
        for other, theirs in spans.items():
            if _meet(mine, theirs):
                old = below.value[other]
                yield fault_at(
                    node,
                    (*path, key),
                    f"comes on top of `{other}: {old.value}` ({old.file}:{old.line}): where they "
                    f"overlap, both count. To replace that line, add `{other}: null`",
                )


def _spans_of(key: str) -> list[tuple[int, int]]:
    try:
        return _spans(TimesOfWeek.read(key))
    except Wrong:
        return []


def _meet(mine: list[tuple[int, int]], theirs: list[tuple[int, int]]) -> bool:
    return any(a < d and c < b for a, b in mine for c, d in theirs)


def _spans(times: TimesOfWeek) -> list[tuple[int, int]]:
    """Seconds of the week; what runs into Monday stands at both ends, holidays after a gap."""
    spans = spans_of_week(times, holiday=_HOLIDAY)
    week = 7 * DAY
    return spans + [(start - week, end - week) for start, end in spans if start < week < end]


def _new_names(layers: Layers) -> Iterator[Fault]:
    for path, (what, name) in new_names(layers, NEAR).items():
        yield fault_at(
            _said_first(layers, path), path, f"is new; did you mean the {what} `{name}`?"
        )


def _said_first(layers: Layers, path: Path) -> Node:
    return next(node for tree in layers.trees if (node := tree.at(*path)) is not None)


def new_names(layers: Layers, cutoff: float) -> dict[Path, tuple[str, str]]:
    """Reasons, channels, pools, ... that an upper layer adds under a name much like another's.

    Returns:
        path -> what it is, and the other name.
    """
    found: dict[Path, tuple[str, str]] = {}
    for below, over in _steps(layers):
        for part, what in NAMED.items():
            known = below.entries(*part)
            for name, node in over.entries(*part).items():
                if name in known or node.value is None:
                    continue
                if near := nearest_name(name, known, cutoff):
                    found[(*part, name)] = (what, near)
    return found


def with_hints(faults: list[Fault], layers: Layers) -> list[Fault]:
    """The faults; those of a part that may have been misspelt say so."""
    names = {written(path): near for path, near in new_names(layers, 0.6).items()}
    return [_hinted(fault, names.get(".".join(fault.path.split(".")[:2]))) for fault in faults]


def _hinted(fault: Fault, near: tuple[str, str] | None) -> Fault:
    if near is None or "did you mean" in fault.message:
        return fault
    what, name = near
    message = f"{fault.message} (a new {what}; did you mean `{name}`?)"
    return Fault(fault.file, fault.line, fault.path, message)


# --- times that never come --------------------------------------------------------------------


def _never_there(scenario: Scenario, tree: Node) -> Iterator[Fault]:
    first, last = scenario.calendar.simulated()
    for name, pool in scenario.pools.items():
        present = [
            times
            for times, number in pool.present().items()
            if number > 0 and _when(scenario, times, apart=True, before=0)
        ]
        if not present or pool.members == 0:
            message = f"nobody of this pool is ever there, {first} to {last}"
            yield placed(tree, ("pools", name), message)


def _changes_of_nobody(scenario: Scenario, tree: Node) -> Iterator[Fault]:
    """Events that change how many are there when nobody is."""
    there: dict[str, list[tuple[float, float]]] = {}  # pool -> when somebody is
    for event, one in scenario.calendar.events.items():
        for name, said in one.pools.items():
            if said.agents is None or isinstance(one.at, Moment):
                continue
            if name not in there:
                present = scenario.pools[name].present().items()
                lines = (line for times, number in present if number for line in times)
                there[name] = _when(scenario, TimesOfWeek(lines), apart=True)
            here = there[name]
            spans = _when(scenario, one.at, apart=False)
            next_ = (bisect_left(here, high, key=itemgetter(0)) for _, high in spans)
            if not any(
                i and here[i - 1][1] > low for i, (low, _) in zip(next_, spans, strict=True)
            ):
                path = ("calendar", "events", event, "pools", name, "agents")
                yield placed(tree, path, "changes nothing: nobody is there at that time")


def _when(
    scenario: Scenario, times: TimesOfWeek, *, apart: bool, before: int = 1
) -> list[tuple[float, float]]:
    """When times hold in the simulated days, and so many days before them."""
    calendar = scenario.calendar
    first, last = calendar.simulated()
    days = -calendar.warmup - before, (last - first).days + 1 + before
    return intervals(times, calendar.start, *days, holidays_of(calendar), holidays_apart=apart)


def _who_is_who(scenario: Scenario, tree: Node) -> Iterator[Fault]:
    """Head counts that follow each other, where it matters whether the same people go on."""
    for name, pool in scenario.pools.items():
        leaning = {
            "breaks": any(one.between is not None for one in pool.breaks),
            "minimum_shift": pool.contract.minimum_shift > 0,
            "overtime": pool.contract.overtime > 0,
        }
        fields = " and ".join(f"`{field}`" for field, leans in leaning.items() if leans)
        if not fields and not any(times.dated for times in pool.agents):
            continue
        lines = {times: _spans(times) for times in islice(pool.agents, MOST_TOLD)}
        for one, other in permutations(lines, 2):
            if not ((other.dated and not one.dated) or fields):
                continue
            path = ("pools", name, "agents", str(other))
            if other.dated and not one.dated and _meet(lines[one], lines[other]):
                count = f"`{one}: {pool.agents[one]}`"
                message = f"comes on top of {count}: where they overlap, both count"
                yield placed(tree, path, message)
            if not fields:
                continue
            ends = {end for _, end in lines[one]}
            if pool.agents[one] and pool.agents[other] and ends & {at for at, _ in lines[other]}:
                message = (
                    f"begins when `{one}` ends: the same people go on, as in one long shift, which "
                    f"matters for {fields}; for shifts of their own write `shifts`"
                )
                yield placed(tree, path, message)


def _thousands(tree: Node) -> Iterator[Fault]:
    for path, node in matches(tree, ("reasons", "*", "volume")):
        if point := A_THOUSAND.fullmatch(str(node.plain())):
            whole, part, per = point.groups()
            message = f"the point of `{point[0]}` is a decimal one; write {whole}{part}{per} if"
            yield fault_at(node, path, f"{message} thousands are meant")


def _no_holidays(scenario: Scenario, tree: Node) -> Iterator[Fault]:
    if scenario.calendar.holidays is not None:
        return
    for path, node, text in _times_said(tree, scenario.reasons):
        try:
            names_holiday = TimesOfWeek.read(text).names_holiday
        except Wrong:
            continue  # a number of agents, always there
        if names_holiday:
            yield fault_at(node, path, HOLIDAY_OF_NOBODY)


def _times_said(tree: Node, reasons: Collection[str]) -> Iterator[tuple[Path, Node, object]]:
    """All times of the week: keys of mappings that are not names of reasons, and values."""
    for shape in KEYED_BY_TIMES:
        names = reasons if shape in BY_TIME else ()
        for path, node in matches(tree, shape):
            for key, one in node.items():
                if key not in names:
                    yield (*path, key), one, key
    for shape in SAY_TIMES:
        for path, node in matches(tree, shape):
            yield path, node, node.plain()
    for path, node in matches(tree, ("pools", "*", "breaks")):
        for place, one in enumerate(node.value if isinstance(node.value, list) else ()):
            between = one.child("between")
            if between is not None:
                yield (*path, place, "between"), between, between.plain()
