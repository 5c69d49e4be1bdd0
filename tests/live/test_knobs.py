"""What can be changed, and in which range."""

from __future__ import annotations

import pytest
from asker import SHOP

from sim.live.knobs import knobs, label, pinned, read
from sim.scenario.reading import Recipe

SAID = Recipe.of_text(SHOP, "shop.yaml").said()


def test_every_number_of_the_scenario_is_a_knob_in_the_words_of_the_file() -> None:
    found = {knob.path: knob for knob in knobs(SAID)}
    assert {
        path: (knob.text, knob.group)
        for path, knob in found.items()
        if path.startswith(("reasons", "pools"))
    } == {
        "pools.team.agents.mon-fri 09:00-18:00": ("2", "Staff"),
        "pools.team.presence": ("100 %", "Staff"),  # not said: a planner looks for it
        "reasons.calls.volume": ("600 per week", "Demand"),
        "reasons.calls.handle.lognormal.mean": ("5 min", "Handling time (AHT)"),
        "reasons.calls.handle.lognormal.cv": ("0.8", "Handling time (AHT)"),
        "reasons.calls.patience.exponential": ("2 min", "Patience and returns"),
        "reasons.calls.buying.unaided": ("2 %", "Sales"),
        "reasons.calls.buying.basket": ("100", "Sales"),
        "pools.team.sells.conversion": ("20 %", "Sales"),
        "pools.team.contract.per_hour": ("20", "Prices"),
    }


def test_what_a_study_varies_comes_first() -> None:
    first = knobs(SAID, ["reasons.calls.buying.unaided"])[0]
    assert (first.path, first.group) == ("reasons.calls.buying.unaided", "From the study")


@pytest.mark.parametrize(
    ("value", "kind", "number", "unit"),
    [
        (3, "count", 3, ""),
        (0.8, "number", 0.8, ""),
        ("85 %", "share", 85, " %"),
        ("900 per week", "volume", 900, " per week"),
        ("1 h 30 min", "duration", 5400, ""),
        ("patience", "text", 0, ""),
    ],
)
def test_a_value_is_read_as_the_language_writes_it(
    value: object, kind: str, number: float, unit: str
) -> None:
    assert read(value) == (kind, number, unit)


def test_a_slider_reaches_twice_the_value_and_steps_by_round_numbers() -> None:
    (volume,) = (knob for knob in knobs(SAID) if knob.kind == "volume")
    assert (volume.low, volume.high, volume.step) == (0, 1200, 20)  # 1,200 / 100 = 12, so 20


def test_any_path_can_be_pinned() -> None:
    knob = pinned(SAID, "pools.team.speed")
    assert (knob.text, knob.kind, knob.label) == ("", "text", "team: speed")


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("pools.in_house.agents.mon 09:00-18:00", "in_house: head count, mon 09:00-18:00"),
        ("pools.in_house.sells.conversion", "in_house: conversion"),
        ("reasons.calls.handle.chat.lognormal.mean", "calls: handle time, chat, mean"),
        ("reasons.calls.patience.exponential", "calls: patience, mean"),
        ("run.service_level.phone", "service level threshold, phone"),
        ("calendar.events.sick wave.pools.team.presence", "sick wave: pools, team, presence"),
        ("gross_margin", "gross margin"),
    ],
)
def test_a_label_is_in_a_planners_words(path: str, words: str) -> None:
    assert label(path) == words


@pytest.mark.parametrize(
    ("text", "step"), [("40 s", 1), ("3 min", 5), ("45 min", 60), ("2 d", 3600), ("24 h", 1800)]
)
def test_durations_go_on_by_whole_minutes_and_hours(text: str, step: float) -> None:
    assert pinned({"a": text}, "a").step == step


def test_shifts_members_events_and_days_are_found() -> None:
    said = {
        "busyness": "8 %",
        "calendar": {
            "special_days": {"2026-11-27": {"calls": "180 %"}},
            "events": {
                "sick wave": {"at": "2026-11-24", "pools": {"team": {"presence": "80 %"}}},
                "outage": {"at": "2026-11-25", "channels": {"phone": "closed"}},
            },
        },
        "pools": {
            "team": {"shifts": {"early": {"count": 12, "at": "mon-fri 08:00-16:00"}}},
            "home": {"members": 40, "sessions": "3 per week"},
        },
        "lines": {"trunk": {"lines": 30}},
    }
    found = {knob.path: (knob.group, knob.kind) for knob in knobs(said)}
    assert found == {
        "busyness": ("Demand", "share"),
        "calendar.special_days.2026-11-27.calls": ("Demand", "share"),
        "calendar.events.sick wave.at": ("Events", "text"),
        "calendar.events.sick wave.pools.team.presence": ("Events", "share"),
        "calendar.events.outage.at": ("Events", "text"),
        "calendar.events.outage.channels.phone": ("Events", "text"),
        "pools.team.shifts.early.count": ("Staff", "count"),
        "pools.team.presence": ("Staff", "share"),
        "pools.home.members": ("Staff", "count"),
        "pools.home.sessions": ("Staff", "volume"),
        "lines.trunk.lines": ("Thresholds", "count"),
    }
