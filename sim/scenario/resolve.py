"""Defaults that depend on other parts of the scenario.

Names come first, because values by channel can only be read when the channels are known; the rest
is filled in when all parts have been read.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sim.scenario.by import ByChannel, ByReason
from sim.scenario.distributions import Constant, Distribution
from sim.scenario.fields import Names
from sim.scenario.model import Calendar, Channel, Pool, Reason, Route, Run, Scenario, Step
from sim.scenario.source import Node

USUAL_CHANNEL = "phone"  # where no channel is named anywhere
USUAL_SERVICE_LEVEL = 20.0
AS_USUAL = ByReason[float].of(1.0)  # on a special day, for reasons that it does not list


# --- before reading ---------------------------------------------------------------------------


def name_channels(tree: Node) -> None:
    """Add the channels, if the file lists none: live ones, by the names it uses."""
    said = tree.at("channels")
    if not isinstance(tree.value, dict) or (said is not None and said.value != {}):
        return
    names = _said_by(tree, "pools", "answers") or _said_by(tree, "reasons", "channels")
    names = names or [USUAL_CHANNEL]
    tree.value["channels"] = tree.here({name: {} for name in names})


def _said_by(tree: Node, part: str, field: str) -> list[str]:
    parts = tree.entries(part).values()
    return list(dict.fromkeys(name for one in parts for name in _names_in(one.at(field))))


def _names_in(said: Node | None) -> Iterator[str]:
    if said is None:
        return
    if isinstance(said.value, str):
        yield said.value
    elif isinstance(said.value, dict):
        yield from said.value
    elif isinstance(said.value, list):
        yield from (one.value for one in said.value if isinstance(one.value, str))


def names_of(tree: Node) -> Names:
    """The names of reasons and channels; none where that part of the file is no mapping."""

    def keys(part: str) -> tuple[str, ...] | None:
        node = tree.at(part)
        return tuple(node.value) if node is not None and isinstance(node.value, dict) else None

    return Names(keys("reasons"), keys("channels"))


# --- after reading ----------------------------------------------------------------------------


def resolve(scenario: Scenario) -> Scenario:
    """The scenario with the defaults filled in that depend on other parts."""
    channels = scenario.channels
    pools = {name: _pool(pool, channels) for name, pool in scenario.pools.items()}
    changes: dict[str, Any] = {
        "calendar": _calendar(scenario.calendar),
        "pools": pools,
        "reasons": {name: _reason(one, channels) for name, one in scenario.reasons.items()},
        "routing": scenario.routing or _everybody(pools),
        "run": _run(scenario.run, scenario.reasons, channels),
    }
    return scenario.model_copy(update=changes)


def _calendar(calendar: Calendar) -> Calendar:
    days = {day: said.or_else(AS_USUAL) for day, said in calendar.special_days.items()}
    return calendar.model_copy(update={"special_days": days})


def _everybody(pools: dict[str, Pool]) -> list[Route]:
    return (
        [Route(to=[Step(pool=name, beside=i > 0) for i, name in enumerate(pools)])] if pools else []
    )


def _pool(pool: Pool, channels: dict[str, Channel]) -> Pool:
    if pool.answers:
        return pool
    answers = {name: 1 for name, channel in channels.items() if not channel.unlimited}
    return pool.model_copy(update={"answers": answers})


def _reason(reason: Reason, channels: dict[str, Channel]) -> Reason:
    # Nobody handles what stays in self-service.
    alone = ByChannel[Distribution](
        tuple((name, Constant(0.0)) for name, channel in channels.items() if channel.unlimited)
    )
    said = {channel for channel, _ in reason.handle.entries}
    handle = reason.handle if None in said else reason.handle.or_else(alone)
    changes: dict[str, Any] = {"handle": handle}
    if not reason.channels and len(channels) == 1:
        changes["channels"] = dict.fromkeys(channels, 1.0)
    return reason.model_copy(update=changes)


def _run(run: Run, reasons: dict[str, Reason], channels: dict[str, Channel]) -> Run:
    usual = ByReason[float](
        tuple(
            (None, name, USUAL_SERVICE_LEVEL if channel.due is None else channel.due)
            for name, channel in channels.items()
        )
    )
    said = run.service_level
    if (None, None) in {entry[:2] for entry in said.entries}:
        return run
    level = said.or_else(usual)
    if reasons.keys() & channels.keys():  # a name alone would not say which of both is meant
        level = ByReason(tuple((r, c, level.at(r, c)) for r in reasons for c in channels))
    return run.model_copy(update={"service_level": level})
