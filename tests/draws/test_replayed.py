"""What a replayed record says of each contact is used; what it does not say is drawn."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import sim
from sim.draws import draw, prepare
from sim.engine import ENGINES, make_plan, simulate
from sim.scenario import ScenarioError, files, fingerprint, limits, load, loads, to_yaml
from sim.tables import DAY, Outcome, Purpose

CENTRE = """
calendar: {start: 2026-01-05, days: 1}
reasons:
  calls:
    arrivals: {replay: log.csv}
    handle: 20 min
    wrap: 10 s
    patience: 20 min
    retry: {chance: 100 %, after: 1 h, attempts: 1}
pools: {desk: {agents: {mon 09:00-12:00: 1}}}
"""


def written(folder: Path, record: str, text: str = CENTRE) -> Path:
    (folder / "log.csv").write_text(record)
    (folder / "centre.yaml").write_text(text)
    return folder / "centre.yaml"


@pytest.mark.parametrize("engine", ENGINES)
def test_what_was_recorded_is_used(engine: str, tmp_path: Path) -> None:
    # Not in order, and one of the day before. 9:00: talk 2 min, wrap-up 30 s, until 9:02:30. 9:01:
    # gives up after 30 s, and calls again at 10:01:30 with the usual 20 min and 10 s. 9:02: is
    # answered at 9:02:30, talk 1 min 15 s as recorded, wrap-up as usual: 9:03:45, 9:03:55.
    record = (
        "time,handle,wrap,patience\n"
        "2026-01-05 09:02:00,1:15,,\n"
        "2026-01-04 09:00:00,0:07,0:07,0:07\n"
        "2026-01-05 09:01:00,,,0:30\n"
        "2026-01-05 09:00:00,2:00,0:30,\n"
    )
    setting = prepare(load(written(tmp_path, record)))
    log, _ = simulate(make_plan(setting), draw(setting, 1, 0), engine)
    nine = 9 * 3600
    assert (log.arrived - nine).tolist() == [0, 60, 120, 3690]
    assert log.outcome.tolist() == [
        *(Outcome.ANSWERED, Outcome.ABANDONED, Outcome.ANSWERED, Outcome.ANSWERED),
    ]
    assert (log.ended - nine).tolist() == [0, 90, 150, 3690]
    assert (log.talked - nine)[[0, 2, 3]].tolist() == [120, 225, 3690 + 1200]
    assert (log.freed - nine)[[0, 2, 3]].tolist() == [150, 235, 3690 + 1210]


def test_what_was_not_recorded_is_what_it_would_have_been(tmp_path: Path) -> None:
    text = CENTRE.replace("handle: 20 min", "handle: {exponential: 20 min}")
    times = [f"2026-01-05 09:{minute:02d}:00" for minute in range(60)]
    cells = [f"{one},{'' if place % 3 else 60}" for place, one in enumerate(times)]
    values = []
    for record in ("\n".join(["time", *times]), "\n".join(["time,handle", *cells])):
        setting = prepare(load(written(tmp_path, record, text)))
        draws = draw(setting, 5, 2)
        values.append(draws.values[draws.at[Purpose.HANDLE, 0, 0] :][:60])
    assert (values[1][::3] == 60).all()
    rest = np.arange(60) % 3 > 0
    assert (values[1][rest] == values[0][rest]).all()


def test_the_resolved_scenario_holds_the_record(tmp_path: Path) -> None:
    one = "time,patience\n2026-01-05 09:00:00,\n"
    for record in (one, one + "2026-01-05 09:05:00,12.5\n"):
        scenario = load(written(tmp_path, record))
        again = loads(to_yaml(scenario))
        assert again == scenario
        assert fingerprint(again) == fingerprint(scenario)
    assert again.reasons["calls"].arrivals.patience == [-1, 12.5]
    assert again.reasons["calls"].arrivals.replay == [0.375 * DAY, 0.375 * DAY + 300]


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ("time,agent\n2026-01-05 09:00:00,Ann\n", "the column `agent` is not known; take it out"),
        ("time,handle\n2026-01-05 09:00:00,soon\n", "handle: `soon` is not a number"),
        ("time,wrap\n2026-01-05 09:00:00,-3\n", "wrap: "),
        ("time,patience,patience\n2026-01-05 09:00:00,1,2\n", "patience 2"),
    ],
)
def test_nothing_of_it_is_passed_over(record: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        load(written(tmp_path, record))
    assert message in str(caught.value)


SEVERAL = """
calendar: {start: 2026-01-05, days: 1}
reasons:
  calls: {arrivals: {replay: log.csv}, handle: 5 min}
  orders: {arrivals: {replay: log.csv}, handle: 5 min, channels: {phone: 50 %, chat: 50 %}}
channels: {phone: {}, chat: {}}
pools: {desk: {agents: 9}}
"""


def test_one_record_of_several_reasons_and_channels(tmp_path: Path) -> None:
    # Each reason takes its own lines. Orders without a channel are drawn by its shares; calls say
    # no shares: they come as recorded.
    lines = ["calls,chat", "orders,phone", "calls,chat", "orders,chat", *["orders,"] * 60]
    rows = [f"2026-01-05 09:{k % 60:02d}:00,{line}\n" for k, line in enumerate(lines)]
    scenario = load(written(tmp_path, "time,reason,channel\n" + "".join(rows), SEVERAL))
    assert dict(scenario.reasons["calls"].channels) == {"chat": 1}
    assert loads(to_yaml(scenario)) == scenario
    draws = draw(prepare(scenario), 1, 0)
    came = sorted(
        zip(draws.reason.tolist(), draws.row.tolist(), draws.channel.tolist(), strict=True)
    )
    assert [channel for reason, _, channel in came if reason == 0] == [1, 1]
    orders = [channel for reason, _, channel in came if reason == 1]
    assert len(orders) == 62
    at = draws.arrival[(draws.reason == 1)].tolist()
    said = {9 * 3600 + 60: 0, 9 * 3600 + 180: 1}
    first = {time: orders[k] for k, time in reversed([*enumerate(at)]) if time in said}
    assert first == said
    assert {0, 1} == {*orders[4:]}


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("order,phone", "`order` is not a reason; did you mean `orders`?"),
        ("calls,phone", "no line is of the reason `orders`"),
        (
            "calls,phone\n2026-01-05 09:00:00,orders,fax",
            "`fax` is none of this reason's `channels`",
        ),
        ("orders,phone\n2026-01-05 09:00:00,calls,fax", "channels.fax: no channel has the name"),
    ],
)
def test_reasons_and_channels_are_those_of_the_scenario(
    lines: str, message: str, tmp_path: Path
) -> None:
    with pytest.raises(ScenarioError) as caught:
        load(written(tmp_path, f"time,reason,channel\n2026-01-05 09:00:00,{lines}\n", SEVERAL))
    assert message in str(caught.value)


def test_a_record_is_read_once_for_all_reasons_and_again_if_it_is_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = []
    usual = files.Records
    monkeypatch.setattr(files, "Records", lambda *given: read.append(given) or usual(*given))
    record = "time,reason,channel\n2026-01-05 09:00:00,calls,chat\n2026-01-05 09:01:00,orders,\n"
    file = written(tmp_path, record, SEVERAL)
    assert load(file) == load(file)
    assert len(read) == 1
    written(tmp_path, record.replace("09:01", "09:07"), SEVERAL)
    assert load(file).reasons["orders"].arrivals.replay == [9 * 3600 + 7 * 60]
    assert load(file).reasons["calls"].arrivals.replay == [9 * 3600]
    assert len(read) == 2
    other = load(file, overrides={"calendar.start": "2026-01-04", "calendar.days": 2})
    assert other.reasons["calls"].arrivals.replay == [DAY + 9 * 3600]


def test_rows_count_as_values(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_VALUES", 100)
    rows = [f"2026-01-05 09:{k % 60:02d}:00\n" for k in range(900)]
    load(written(tmp_path, "time\n" + "".join(rows[:300])))
    with pytest.raises(ScenarioError, match="holds more than 100 values, with those of the files"):
        load(written(tmp_path, "time\n" + "".join(rows)))


@pytest.mark.parametrize(
    ("arrivals", "message"),
    [
        ('{replay: 1 2, handle: "60"}', "says another number of contacts than `replay`"),
        ("{replay: 1 2, handle: 5 min}", "it is a column of the file of `replay`"),
    ],
)
def test_a_column_belongs_to_its_times(arrivals: str, message: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        loads(CENTRE.replace("{replay: log.csv}", arrivals))
    assert message in str(caught.value)


KNOWN = CENTRE.replace("    retry: {chance: 100 %, after: 1 h, attempts: 1}\n", "")
WHO = (
    "time,customer,handle,patience\n"
    "2026-01-05 09:00:00,ann,5:00,\n"
    "2026-01-05 09:01:00,bob,,0:30\n"
    "2026-01-05 09:30:00,bob,5:00,\n"
    "2026-01-05 10:00:00,ann,5:00,\n"
    "2026-01-05 10:30:00,,5:00,\n"
)


def test_who_is_recorded_again_is_the_same_customer(tmp_path: Path) -> None:
    # Ann is answered, and an hour later again; Bob gives up and is answered at the second try;
    # somebody unknown is answered. So of three customers two are answered at the first contact,
    # and of these one, as far as an operator can see, needed no other.
    scenario = load(written(tmp_path, WHO, KNOWN))
    kept = loads(to_yaml(scenario)).reasons["calls"].arrivals
    assert kept is not None
    assert kept.customer == ["ann", "bob", "bob", "ann", ""]
    result = sim.run(scenario, replications=1)
    value = {
        "contacts": 5,
        "answered": 4,
        "customers": 3,
        "contacts_per_customer": 5 / 3,
        "customers_answered": 1,
        "contacts_until_answered": (1 + 2 + 1) / 3,
        "retries": 1,
        "again": 1,
        "resolved_first": 1,
        "settled_first": 1 / 2,
    }
    assert {name: result.get(name).value for name in value} == pytest.approx(value)


def test_who_is_recorded_again_has_the_same_difficulty(tmp_path: Path) -> None:
    ai = "{agents: 9, ai_agent: {resolves: 50 %, talk: 1 min, hands_over_to: desk}}"
    text = KNOWN.replace("pools: {", f"pools: {{robot: {ai}, ").replace(
        "    wrap: 10 s\n", "    difficulty: 60 %\n"
    )
    text += "routing: [{to: [robot, desk]}]\ntransfers: {}\n"
    record = WHO.replace(",handle,patience", "").replace(",5:00,", "").replace(",,0:30", "")
    setting = prepare(load(written(tmp_path, record, text)))
    draws = draw(setting, 1, 0)
    hard = draws.values[draws.at[Purpose.DIFFICULTY, 0, 0] + draws.row]
    assert (hard[0], hard[1]) == (hard[3], hard[2])
    assert len(set(hard.tolist())) == 3
    assert draws.same.tolist() == [0, 1, 1, 0, 4]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (CENTRE, "reasons.calls.retry: the record says which customers came again; remove it"),
        (KNOWN + "linked: true\n", "reasons.calls.arrivals.customer: what customers did is recor"),
    ],
)
def test_what_customers_did_is_not_made_up_besides(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        load(written(tmp_path, WHO, text))
    assert message in str(caught.value)
