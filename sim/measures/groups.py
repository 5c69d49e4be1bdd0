"""Measures of a group by name: `phone.service_level` is the service level of the phone.

A group is a channel, reason, pool, window of the calendar, date or hour of the week. Where two of
them have one name the split stands before it: `channel phone.service_level`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache

from sim.measures.catalogue import CATALOGUE, Measure
from sim.measures.components import CHANNEL, DAY, HOUR, POOL, REASON, TOTAL, WINDOW
from sim.measures.slices import ALL, LATER, NOBODY, OTHER, slices_of
from sim.scenario.faults import Wrong, meant, shown
from sim.scenario.model import Scenario

GROUPED = (CHANNEL, REASON, POOL, WINDOW, DAY, HOUR)
"""What a name may be about, besides the whole."""


@cache
def measure_of(name: str) -> Measure:
    """The measure of a name; of a group's it has the name, and the group in its labels.

    Raises:
        KeyError: for a name that the catalogue does not know.
    """
    group, dot, plain = name.rpartition(".")
    one = CATALOGUE[plain]
    if not dot:
        return one
    return replace(one, name=name, label=f"{one.label} of {group}", abbreviated="")


def components_of(names: Iterable[str]) -> frozenset[str]:
    """The components of which these measures are made, whatever groups they are about.

    Raises:
        KeyError: for a name that the catalogue does not know.
    """
    return frozenset(part.name for name in names for part in measure_of(name).components())


def readings(name: str) -> Iterator[tuple[str, str, str]]:
    """What a name may mean, in any scenario: split, group and measure."""
    group, dot, plain = name.rpartition(".")
    if not dot:
        yield TOTAL, ALL, plain
    elif plain in CATALOGUE:
        here = [by for by in GROUPED if by in CATALOGUE[plain].splits]
        yield from ((by, group, plain) for by in here)
        marks = [(by, f"{by} ") for by in here]
        yield from ((by, group.removeprefix(m), plain) for by, m in marks if group.startswith(m))


def place_of(scenario: Scenario, name: str) -> tuple[str, str]:
    """The split and the group that a name is about in a scenario.

    Raises:
        Wrong: if it has no such group, several, or the measure has no meaning there.
    """
    group, dot, plain = name.rpartition(".")
    if not dot:
        return TOTAL, ALL
    labels = slices_of(scenario).labels
    found = [one[:2] for one in readings(name) if _shown(one[1]) and one[:2] in labels]
    if len(found) > 1:
        one, other = found[0][0], found[1][0]
        raise Wrong(
            f"is the name of a {one} and of a {other}; write `{one} {group}` or `{other} {group}`"
        )
    if found:
        return found[0]
    for by, there in labels:
        if by in GROUPED and _shown(there) and group in (there, f"{by} {there}"):
            raise Wrong(f"{shown(plain)} has no meaning by {by}")
    windows = scenario.calendar.windows
    named = [*scenario.channels, *scenario.reasons, *scenario.pools, *windows]
    raise Wrong(
        "no channel, reason, pool, window, counted date or hour (`mon 09:00`) has this "
        f"name{meant(group, named)}"
    )


def _shown(group: str) -> bool:
    return group not in (NOBODY, OTHER, LATER)
