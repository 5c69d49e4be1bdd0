"""Work that is put down (rule 6c): hand-over and interruption, worked out by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from centre import DAY, caller, centre, monday, run
from test_breaks import clocks

from sim.draws import draw, prepare
from sim.engine import ENGINES, make_plan, simulate
from sim.experiment.simulation import Simulation
from sim.measures.tally import COLUMN
from sim.scenario import ScenarioError, loads
from sim.tables import ContactLog

HOUR = 3600


def log_of(data: dict[str, Any]) -> ContactLog:
    """On the engine written to be read; the other one is compared in tests/parity."""
    return run(data).log


def pieces(log: ContactLog) -> list[tuple[int, int, float, float]]:
    """Contact, agent, from, to of all that was in hand, in order of time."""
    columns = [column.tolist() for column in log.pieces()]
    return sorted(zip(*columns, strict=True), key=lambda piece: (piece[2], piece[0]))


def put_down(log: ContactLog) -> list[tuple[int, int, float, float]]:
    """Contact, agent, when put down and when taken up again."""
    some = log.put_down
    columns = (some.contact, some.agent, some.until, some.resumed)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def mail(*arrivals: float, handle: str = "100 s", **more: Any) -> dict[str, Any]:
    return caller(*arrivals, handle=handle, channels={"mail": 1}, **more)


def calls(*arrivals: float, handle: str = "100 s", **more: Any) -> dict[str, Any]:
    return caller(*arrivals, handle=handle, channels={"phone": 1}, **more)


# --- hand-over --------------------------------------------------------------------------------

TICKETS = """
calendar: {start: 2026-01-05, days: 7}
reasons: {ticket: {arrivals: {replay: tickets.csv}, channels: {ticket: 100 %}, handle: 10 min}}
channels: {ticket: {due: 24 h, hand_over: true}}
pools:
  a: {agents: {mon-fri 08:00-16:00: 1}, answers: ticket}
  b: {agents: {mon-fri 16:00-24:00: 1}, answers: ticket}
"""


@pytest.mark.parametrize("engine", ENGINES)
def test_tickets_go_on_with_the_next_shift(engine: str, tmp_path: Path) -> None:
    # Friday 15:58: two minutes by a, the other eight by b until 16:08. Friday 23:55: five minutes
    # by b, the other five on Monday from 8:00 by a. Saturday's waits behind it: 8:05 to 8:15.
    times = "time\n2026-01-09 15:58:00\n2026-01-09 23:55:00\n2026-01-10 12:00:00\n"
    (tmp_path / "tickets.csv").write_text(times)
    setting = prepare(loads(TICKETS, str(tmp_path / "tickets.yaml")))
    log, duty = simulate(make_plan(setting), draw(setting, 1, 0), engine)
    assert clocks(log.freed % DAY) == ["16:08", "08:05", "08:15"]
    assert (log.freed // DAY).tolist() == [4, 7, 7]
    assert clocks(log.ended[:2] % DAY) == ["15:58", "23:55"]  # when work on them first began
    assert log.work().tolist() == [600, 600, 600]
    assert log.agent.tolist() == [1, 0, 0]
    assert (duty.left == duty.off).all()  # nobody works on after the shift


def test_occupancy_and_aht_count_the_pieces(tmp_path: Path) -> None:
    # Of the three tickets 2 + 8 + 5 minutes are worked in the counted week, none in overtime; each
    # takes ten minutes, however long it lay.
    times = "time\n2026-01-09 15:58:00\n2026-01-09 23:55:00\n2026-01-10 12:00:00\n"
    (tmp_path / "tickets.csv").write_text(times)
    scenario = loads(TICKETS, str(tmp_path / "tickets.yaml"))
    tally, _ = Simulation.of(scenario, 1, "compiled").measure(0)
    found = dict(zip(COLUMN, tally.sums[0].tolist(), strict=True))
    assert found["busy"] == 15 * 60
    assert found["overtime"] == 0
    assert found["talk_time"] == 1800
    assert found["work_after"] == 15 * 60
    # Waiting: Friday's from midnight to the end of the week, two days; Saturday's a day and a half.
    assert found["waiting"] == 2 * DAY + 1.5 * DAY


def handing(**parts: Any) -> dict[str, Any]:
    return centre(channels={"mail": {"due": "9 h", "hand_over": True}}, **parts)


def test_it_waits_in_its_old_place() -> None:
    # Two mails from 0 and 10; the second waits behind the first, of which 60 of 100 s are left when
    # the shift ends: they are done first by the one who comes then.
    log = log_of(
        handing(
            reasons={"a": mail(0, 10)},
            pools={
                "early": {"agents": {monday(0, 40): 1}},
                "late": {"agents": {monday(40, 1000): 1}},
            },
        )
    )
    assert pieces(log) == [(0, 0, 0, 40), (0, 1, 40, 100), (1, 1, 100, 200)]


def test_who_goes_home_too_gets_nothing() -> None:
    # Both shifts end at 40. One of them is idle, and is not handed the mail for no time at all.
    log = log_of(
        handing(
            reasons={"a": mail(0)},
            pools={"team": {"agents": {monday(0, 40): 2, monday(8000, 9000): 1}}},
        )
    )
    assert put_down(log) == [(0, 0, 40, 8000)]


def test_what_is_finished_as_the_shift_ends_is_not_handed_over() -> None:
    log = log_of(
        handing(
            reasons={"a": mail(0, handle="40 s")},
            pools={"team": {"agents": {monday(0, 40): 1, monday(8000, 9000): 1}}},
        )
    )
    assert put_down(log) == []
    assert log.freed.tolist() == [40]


def test_nothing_is_handed_over_before_a_break() -> None:
    # A break from 40 to 50; 100 s of work are finished first, and it is whole all the same.
    result = run(
        handing(
            reasons={"a": mail(0, 5)},
            pools={
                "team": {
                    "agents": {monday(0, 500): 1},
                    "breaks": [{"between": monday(40, 50), "length": "10 s"}],
                }
            },
        )
    )
    assert pieces(result.log) == [(0, 0, 0, 100), (1, 0, 110, 210)]


def test_the_rest_is_measured_before_speed() -> None:
    # 100 s of work. The first is twice as slow: 40 s of theirs are 20 of them; 80 are left, for
    # which one twice as quick needs 40.
    log = log_of(
        handing(
            reasons={"a": mail(0)},
            pools={
                "slow": {"agents": {monday(0, 40): 1}, "speed": 0.5},
                "quick": {"agents": {monday(40, 1000): 1}, "speed": 2},
            },
        )
    )
    assert pieces(log) == [(0, 0, 0, 40), (0, 1, 40, 80)]


def test_talk_and_wrap_up_in_pieces() -> None:
    # 100 s of writing, 50 s of wrap-up. At 120 the writing is over, and 30 s of wrap-up are left.
    log = log_of(
        handing(
            reasons={"a": mail(0, wrap="50 s")},
            pools={"team": {"agents": {monday(0, 120): 1, monday(8000, 9000): 1}}},
        )
    )
    assert log.talked.tolist() == [100]
    assert log.freed.tolist() == [8030]
    assert log.talk().tolist() == [100]
    assert log.work().tolist() == [150]


def test_it_neither_expires_nor_falls_due_when_begun() -> None:
    # Begun in time, at 0; handed over at 40 and taken up at 8000, long after it was due.
    mails = {"due": "100 s", "expires": "200 s", "hand_over": True}
    mails["overdue"] = {"chance": 1, "on": "mail"}
    log = log_of(
        centre(
            channels={"mail": mails},
            reasons={"a": mail(0)},
            pools={"team": {"agents": {monday(0, 40): 1, monday(8000, 9000): 1}}},
        )
    )
    assert len(log) == 1
    assert log.freed.tolist() == [8060]


# --- interruption -----------------------------------------------------------------------------


def desk(**parts: Any) -> dict[str, Any]:
    return centre(channels={"phone": {"interrupts": "mail"}, "mail": {"due": "9 h"}}, **parts)


def test_a_call_has_the_mail_put_down() -> None:
    # The mail from 0 is put down at 30 for a call, and goes on at 130 for its other 70 s. The
    # second mail came later and waits.
    log = log_of(desk(reasons={"calls": calls(30), "mails": mail(0, 20)}))
    assert pieces(log) == [(0, 0, 0, 30), (2, 0, 30, 130), (0, 0, 130, 200), (1, 0, 200, 300)]
    assert log.resolved.tolist() == [1, 1, 1]


def test_a_call_that_waits_comes_before_it() -> None:
    # A second call at 40 waits for the first; both before the mail.
    log = log_of(desk(reasons={"calls": calls(30, 40), "mails": mail(0)}))
    assert pieces(log) == [(0, 0, 0, 30), (1, 0, 30, 130), (2, 0, 130, 230), (0, 0, 230, 300)]


def test_nobody_is_interrupted_while_somebody_is_free() -> None:
    data = desk(reasons={"calls": calls(30), "mails": mail(0)}, pools={"team": {"agents": 2}})
    assert put_down(log_of(data)) == []


def test_the_latest_begun_gives_way_then_the_lowest_number() -> None:
    # Mails from 0, 10 and 10: the calls at 30 and 40 are for those of agents 1 and 2. With the
    # third at 50 nobody but agent 0 is left.
    log = log_of(
        desk(
            reasons={"calls": calls(30, 40, 50, handle="500 s"), "mails": mail(0, 10, 10)},
            pools={"team": {"agents": 3}},
        )
    )
    assert [row[:3] for row in put_down(log)] == [(1, 1, 30), (2, 2, 40), (0, 0, 50)]


def test_only_its_agent_goes_on_with_it() -> None:
    # Agent 0 is free at 1000 only; agent 1 comes at 50 and takes the other mail, but not this one.
    log = log_of(
        desk(
            reasons={"calls": calls(30, handle="970 s"), "mails": mail(0, 20)},
            pools={
                "team": {
                    "shifts": {
                        "all day": {"count": 1, "at": monday(0, 5000)},
                        "late": {"count": 1, "at": monday(50, 5000)},
                    }
                }
            },
        )
    )
    assert (0, 0, 1000, 1070) in pieces(log)
    assert (1, 1, 50, 150) in pieces(log)


def test_as_many_as_needed_are_put_down() -> None:
    # Two mails at a time, or one call, which needs both hands: the later mail is put down first,
    # then the other. Afterwards they go on as they came.
    log = log_of(
        desk(
            reasons={"calls": calls(30), "mails": mail(0, 10)},
            pools={"team": {"agents": 1, "answers": {"phone": 1, "mail": 2}}},
        )
    )
    assert [row[0] for row in put_down(log)] == [1, 0]
    assert pieces(log) == [(0, 0, 0, 30), (1, 0, 10, 30), (2, 0, 30, 130), (0, 0, 130, 200),
                           (1, 0, 130, 210)]  # fmt: skip


def test_who_becomes_free_but_for_a_mail_puts_it_down() -> None:
    # A chat and a mail at once, a hand each. The call at 10 needs both: it waits for the chat,
    # which ends at 50, and not for the mail, of which 50 s are left.
    log = log_of(
        centre(
            channels={"phone": {"interrupts": "mail"}, "chat": {}, "mail": {"due": "9 h"}},
            reasons={
                "calls": calls(10),
                "chats": caller(0, channels={"chat": 1}, handle="50 s"),
                "mails": mail(0),
            },
            pools={"team": {"agents": 1, "answers": {"phone": 1, "chat": 2, "mail": 2}}},
        )
    )
    assert pieces(log) == [(0, 0, 0, 50), (1, 0, 0, 50), (2, 0, 50, 150), (1, 0, 150, 200)]


def test_what_is_put_down_goes_on_in_the_next_shift() -> None:
    # Put down at 30; the call lasts until 130, beyond the end of the shift at 60; back at 500.
    log = log_of(
        desk(
            reasons={"calls": calls(30), "mails": mail(0)},
            pools={
                "team": {"agents": {monday(0, 60): 1, monday(500, 900): 1}},
                "other": {"agents": {monday(0, 60): 1}, "answers": "chat"},
            },
        )
        | {"channels": {"phone": {"interrupts": "mail"}, "mail": {"due": "9 h"}, "chat": {}}}
    )
    assert put_down(log) == [(0, 0, 30, 500)]
    assert log.freed.tolist() == [570, 130]


def test_who_does_not_come_back_leaves_it_to_others() -> None:
    # The same, but this agent has no other shift: from 60 on it waits for whoever comes.
    log = log_of(
        desk(
            reasons={"calls": calls(30), "mails": mail(0)},
            pools={
                "team": {
                    "shifts": {
                        "early": {"count": 1, "at": "2026-01-05 00:00:00-00:01:00"},
                        "late": {"count": 1, "at": "2026-01-05 00:08:20-00:15:00"},
                    }
                }
            },
        )
    )
    assert put_down(log) == [(0, 0, 30, 500)]
    assert pieces(log)[-1] == (0, 1, 500, 570)


def test_agents_who_may_decline_are_not_interrupted() -> None:
    data = desk(
        reasons={"calls": calls(30), "mails": mail(0)},
        pools={"team": {"agents": 1, "offers": {}}},
    )
    assert put_down(log_of(data)) == []


def test_what_may_be_put_down_is_deferred() -> None:
    with pytest.raises(ScenarioError, match="only work on deferred channels can be put down"):
        run(centre(channels={"phone": {"interrupts": "chat"}, "chat": {}}, reasons={"a": caller(0)},
                   pools={"team": {"agents": 1}}))  # fmt: skip
    with pytest.raises(ScenarioError, match="only for deferred channels"):
        run(centre(channels={"phone": {"hand_over": True}}, reasons={"a": caller(0)}))


def test_calls_see_no_mails() -> None:
    # Calls put mails down at once, so that to them a desk of three is one without mails: their
    # waits are those of the same desk where nobody writes.
    text = """
calendar: {{days: 1}}
reasons:
  calls: {{volume: 20 per hour, channels: {{phone: 100 %}}, handle: {{exponential: 3 min}}}}
  mails: {{volume: {mails} per hour, channels: {{email: 100 %}}, handle: {{exponential: 15 min}}}}
channels: {{phone: {{interrupts: email}}, email: {{due: 24 h}}}}
pools: {{desk: {{agents: 3}}}}
"""
    waits = []
    for mails in (0, 6):
        setting = prepare(loads(text.format(mails=mails), "desk.yaml"))
        log, _ = simulate(make_plan(setting), draw(setting, 1, 0))
        waits.append((log.ended - log.arrived)[log.reason == 0])
    assert len(waits[0]) > 400
    assert (waits[0] == waits[1]).all()
