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
        "reasons.calls.handle.lognormal.mean": ("5 min", "Handling"),
        "reasons.calls.handle.lognormal.cv": ("0.8", "Handling"),
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


def test_labels_name_the_pool_or_reason_first() -> None:
    assert label("pools.in_house.sells.conversion") == "in_house: sells, conversion"
    assert label("gross_margin") == "gross margin"
