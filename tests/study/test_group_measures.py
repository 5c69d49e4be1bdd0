"""Any measure of any group decides: by name in studies, precision, targets, sweeps."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import sim
from sim.experiment.compare import compare
from sim.experiment.runner import Runner
from sim.experiment.staffing.goal import StaffGoal
from sim.experiment.study import Precision, Size, Study
from sim.experiment.study_file import load_study
from sim.experiment.study_text import study_text
from sim.measures import measure_of, place_of, values
from sim.report.tables import head
from sim.scenario import Scenario
from sim.scenario.faults import Wrong

SHOP = """\
calendar: {days: 2, windows: {evening: mon-fri 16:00-18:00}}
profiles: {day: {mon-fri 09:00-18:00: 1}}
channels: {phone: {}, chat: {}}
reasons:
  chat:
    volume: 120 per day
    profile: day
    channels: {phone: 50 %, chat: 50 %}
    handle: {exponential: 5 min}
    patience: {exponential: 2 min}
    buying: {unaided: 2 %, basket: 100}
pools:
  early: {agents: {mon-fri 09:00-16:00: 2}, answers: [phone, chat], contract: {per_hour: 20}}
  late: {agents: {mon-fri 16:00-18:00: 1}, answers: [phone, chat], contract: {per_hour: 20},
         sells: {conversion: 20 %}}
"""


def shop(late: int = 1) -> Scenario:
    return sim.loads(SHOP, overrides={"pools.late.agents": {"mon-fri 16:00-18:00": late}})


def asking(decide: str, **more: object) -> Study:
    return Study.of({"now": shop(), "more": shop(3)}, decide=decide, **more)


def test_a_name_is_of_a_channel_a_pool_a_window_a_date_or_an_hour() -> None:
    one = shop()
    assert place_of(one, "asa") == ("total", "all")
    assert place_of(one, "phone.asa") == ("channel", "phone")
    assert place_of(one, "late.occupancy") == ("pool", "late")
    assert place_of(one, "evening.margin") == ("window", "evening")
    assert place_of(one, "mon 16:00.asa") == ("hour", "mon 16:00")
    assert place_of(one, f"{one.calendar.start}.asa") == ("day", str(one.calendar.start))
    assert place_of(one, "reason chat.asa") == ("reason", "chat")


def test_occupancy_as_a_target_is_that_of_any_contact_where_several_are_handled_at_once() -> None:
    goal = StaffGoal.of({"occupancy": "85 %", "late.occupancy": "80 %"})
    one = shop()
    chats = one.with_({"pools.early.answers": {"phone": 1, "chat": 3}})
    for scenario, measure in ((one, "occupancy"), (chats, "occupancy_any")):
        names = [target.name for target in goal.resolved(scenario).targets]
        assert names == [measure, f"late.{measure}"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("chat.asa", "write `channel chat` or `reason chat`"),
        ("fone.asa", "did you mean `phone`?"),
        ("evening.aht_of", "no measure"),
        ("phone.cost", "no meaning by channel"),
        ("phone.contacts", "neither better nor worse"),
    ],
)
def test_what_a_name_cannot_mean_is_said(name: str, said: str) -> None:
    with pytest.raises(Wrong, match=said):
        asking(name)


def test_the_group_decides_and_not_the_whole() -> None:
    with Runner(jobs=1) as runner:
        found = compare(asking("evening.answer_rate", replications=20), runner)
    assert found.leader == "more"
    row = found.outcomes["more"].get("evening.answer_rate")
    assert row == found.outcomes["more"].get("answer_rate", "window", "evening")
    difference = found.difference("more", "evening.answer_rate")
    assert difference is not None
    assert difference == found.difference("more", "answer_rate", "window", "evening")
    mean = found.outcomes["more"].deciding.mean() - found.outcomes["now"].deciding.mean()
    assert mean == pytest.approx(difference.value, abs=0.05)  # mean of shares beside their ratio
    assert found.difference("more", "mon 10:00.asa") is None  # hours are compared by few measures
    text = found.summary()
    assert "answer rate of evening" in text.replace("\n", " ")


def test_values_of_a_group_are_those_of_the_group() -> None:
    with Runner(jobs=1) as runner:
        sample = runner.sample(shop(), 1)
        runner.extend([sample], 3)
        num, den = values(sample.scenario, sample.tallies, "evening.hours")
        nobody, _ = values(sample.scenario, sample.tallies, "mon 03:00.answered")
    assert num / den == pytest.approx(np.full(3, 2 * 2.0))  # one person, two hours, two days
    assert nobody.tolist() == [0, 0, 0]


def test_a_study_file_says_it_and_is_written_again(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(SHOP)
    file = tmp_path / "study.yaml"
    file.write_text(
        "study: Late?\nbase: shop.yaml\noptions: {now: {}, more: {pools: {late: {agents: "
        "{mon-fri 16:00-18:00: 3}}}}}\ndecide: evening.margin\nindifference: 5\n"
        "precision: {measure: phone.service_level, half_width: 2 points}\n"
    )
    study = load_study(file)
    assert study.decide == "evening.margin"
    assert study.precision == Precision("phone.service_level", Size(0.02))
    again = tmp_path / "again.yaml"
    again.write_text(study_text(study, dict.fromkeys(study.options, "shop.yaml")))
    assert load_study(again).decide == study.decide
    assert load_study(again).precision == study.precision
    file.write_text(file.read_text().replace("evening.margin", "evning.margin"))
    with pytest.raises(sim.ScenarioError, match=r"study.yaml:4: decide: .*did you mean `evening`"):
        load_study(file)


def test_precision_of_a_group_is_reached() -> None:
    wanted = Precision("evening.service_level", Size(0.05))
    with Runner(jobs=1) as runner:
        found = compare(asking("evening.service_level", precision=wanted), runner)
    for one in found.outcomes.values():
        row = one.get("evening.service_level")
        assert (row.high - row.low) / 2 <= 0.05


def test_a_sweep_and_uncertain_inputs_are_decided_by_a_group() -> None:
    swept = sim.sweep(
        shop(), {"pools.late.agents.mon-fri 16:00-18:00": [1, 3]},
        decide="evening.abandonment", replications=10, jobs=1,
    )  # fmt: skip
    assert swept.answer == "3"
    assert "evening.abandonment" in swept.tables()["replications"]
    uncertain = {"reasons.chat.patience": "1 min to 4 min"}
    with Runner(jobs=1) as runner:
        study = asking("evening.abandonment", replications=40, uncertain=uncertain)
        found = compare(study, runner)
    assert found.joint is not None
    assert found.joint.standing("more").share == 1
    assert found.vary is not None
    assert found.vary.base.lead.value > 0.05


def test_targets_may_be_written_with_a_dot() -> None:
    goal = sim.experiment.staffing.goal.StaffGoal
    assert goal.of({"phone.asa": "30 s"}) == goal.of({"phone": {"asa": "30 s"}})


def test_words_name_the_group_and_keep_abbreviations() -> None:
    assert measure_of("asa").spoken == "average speed of answer (ASA)"
    assert measure_of("VIP.asa").spoken == "average speed of answer (ASA) of VIP"
    assert head("phone.asa").unit == ""
