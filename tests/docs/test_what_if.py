"""The how-tos of a Tuesday morning do what they say, on the scenario that `sim new` writes."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim
from sim.experiment.simulation import Simulation
from sim.measures.tally import COLUMN

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "howto.md").read_text(encoding="utf-8")
SECTION = TEXT[TEXT.index("## What if") : TEXT.index("## Shifts, a roster")]
FRAGMENTS = [block.partition("```")[0] for block in SECTION.split("```yaml\n")[1:]]
NAMES = [
    *("one fewer", "lunch", "lunch later", "more", "new hires", "sick", "aht", "chats", "backlog"),
    *("mailing", "line down", "black friday", "holiday", "holiday staffed", "closing day"),
]


NOBODY = {"reasons.advice.volume": "0 per week", "reasons.order_status.volume": "0 per week"}


def totals(fragment: str, where: Path, *, calls: bool = True) -> dict[str, float]:
    """Sums of one week, also of one in which nobody calls."""
    (where / "my-centre.yaml").write_text(sim.scenario.template(), encoding="utf-8")
    text = f"extends: my-centre.yaml\n{fragment}"
    overrides = {} if calls else NOBODY
    scenario = sim.loads(text, str(where / "what-if.yaml"), overrides=overrides)
    tally, _ = Simulation.of(scenario, 1, "compiled").measure(0)
    return dict(zip(COLUMN, tally.sums[0].tolist(), strict=True))


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> dict[str, float]:
    return totals("", tmp_path_factory.mktemp("usual"))


def told(name: str, where: Path, *, calls: bool = True) -> dict[str, float]:
    return totals(FRAGMENTS[NAMES.index(name)], where, calls=calls)


def test_each_question_has_its_fragment_of_one_to_three_lines() -> None:
    assert len(FRAGMENTS) == len(NAMES)
    assert all(1 <= len(fragment.strip().splitlines()) <= 4 for fragment in FRAGMENTS)


# The template has four from 9 to 18 on Monday to Friday, one more from 12 to 14, two on Saturday
# from 10 to 16: 5 x (36 + 2) + 12 = 202 hours.
@pytest.mark.parametrize(
    ("name", "hours"),
    [
        ("one fewer", 202 - 9),
        ("lunch", 202 - 5 * 5 * 0.5),  # five people cover 12 to 14, the fifth among them
        ("lunch later", 202 - 5 * 4 * 0.5),  # the fifth leaves at 14:00
        ("new hires", 202 + 2 * 5 * 8),
        ("black friday", 202 + 3 * 9),
        ("holiday", 202 - 38),
        ("holiday staffed", 202 - 38 + 12),
        ("closing day", 202 - 38),
        ("line down", 202),
    ],
)
def test_hours(name: str, hours: float, usual: dict[str, float], tmp_path: Path) -> None:
    assert usual["duty"] == 202 * 3600
    # where nobody calls: a call that runs into a break is given back after it, as less duty
    assert told(name, tmp_path, calls=False)["duty"] == pytest.approx(hours * 3600)
    assert told(name, tmp_path)["duty"] <= hours * 3600 * (1 + 1e-6)


def test_customers(usual: dict[str, float], tmp_path: Path) -> None:
    # Poisson numbers; the same customers in both, so the difference has the variance of the change.
    more = told("more", tmp_path)["customers"] - usual["customers"]
    assert more == pytest.approx(0.15 * 2400, abs=5 * 19)
    mailing = told("mailing", tmp_path)["customers"] - usual["customers"]
    assert mailing == pytest.approx(400, abs=100)
    assert told("black friday", tmp_path)["customers"] > usual["customers"] + 200


def test_a_backlog_of_eight_hundred(usual: dict[str, float], tmp_path: Path) -> None:
    assert told("backlog", tmp_path)["customers"] - usual["customers"] == 800


def test_the_sick_are_paid_and_missed(usual: dict[str, float], tmp_path: Path) -> None:
    # Three days of 38 hours, a fifth of them; binomial, 15 people and days, sd 1.5 of 3 people.
    sick = told("sick", tmp_path)
    assert sick["rostered"] == usual["duty"]
    assert sick["absent"] == usual["duty"] - sick["duty"]
    assert 0 < sick["absent"] <= 3 * 38 * 3600
    assert sick["cost_hours"] == usual["cost_hours"]


def test_more_work(usual: dict[str, float], tmp_path: Path) -> None:
    aht, chats = told("aht", tmp_path), told("chats", tmp_path)
    per_contact = [(one["talk_time"] + one["wrap_time"]) / one["answered"] for one in (usual, aht)]
    assert per_contact[1] > per_contact[0] + 20 * 0.6  # three quarters of contacts are advice
    assert chats["duty"] == usual["duty"]


def test_who_finds_the_door_closed(usual: dict[str, float], tmp_path: Path) -> None:
    for name in ("line down", "closing day", "holiday"):
        assert told(name, tmp_path)["closed"] > usual["closed"] + 10, name
