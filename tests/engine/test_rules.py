"""RULES.md, rule by rule, on centres small enough to work out by hand.

Times are seconds from Monday 00:00. Unless a test says otherwise there is one agent (number 0), who
is always there, and every contact takes 100 s. Above each assert stands why.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from centre import DAY, Run, caller, centre, monday, run
from meaning import values
from scenes import DISMISSED

from sim.tables import Purpose, on_grid

OPEN = {"phone": {"hours": "daily"}}
NEVER_THERE = {"sun 23:00-23:01": 1}  # a pool for the route of contacts that nobody answers today


def agents_of(*spans: tuple[int, int]) -> dict[str, Any]:
    """A pool with one agent a span, on Monday."""
    return {"agents": {monday(*span): 1 for span in spans}}


def ends(result: Run) -> list[tuple[str, float]]:
    return result.rows("outcome", "ended")


# --- preamble: the grid -----------------------------------------------------------------------


def test_times_are_on_the_grid() -> None:
    # 12.7 and 3.3 are no multiples of 2^-20; every time in the log is, rounded once each: the call
    # waits from round(12.7) for round(3.3) until the second pool joins.
    result = run(
        centre(
            reasons={"a": caller(10, 12.7, handle="20.3 s")},
            pools={"team": {"agents": 1}, "more": {"agents": 1}},
            routing=[{"to": ["team", {"pool": "more", "after": "3.3 s"}]}],
        )
    )
    joins = on_grid(12.7) + on_grid(3.3)
    assert result.rows("ended", "freed") == [
        (10, 10 + on_grid(20.3)),
        (joins, joins + on_grid(20.3)),
    ]


def test_due_is_on_the_grid() -> None:
    result = run(
        centre(
            channels={
                "mail": {"due": "0.3 s", "overdue": {"chance": 1, "on": "phone"}},
                "phone": {},
            },
            reasons={"a": caller(0, 1, channels={"mail": 1})},
        )
    )
    assert result.contacts[2]["arrived"] == 1 + on_grid(0.3)


# --- 1. the order of simultaneous events ------------------------------------------------------


def test_finished_before_patience_ends() -> None:
    # The second call's patience (60 s) ends at 100, when the agent has finished the first.
    result = run(centre(reasons={"a": caller(0, 40, patience="60 s")}))
    assert ends(result) == [("answered", 0), ("answered", 100)]


def test_door_closes_before_off_duty_and_before_finished() -> None:
    # At 100 the door closes, the agent's duty ends and they finish: the caller of 40 is dismissed.
    result = run(centre(reasons={"a": caller(0, 40)}, pools={"team": agents_of((0, 100))}))
    assert ends(result) == [("answered", 0), ("closed", 100)]
    assert result.first_spells()[0] == (0, 100, 100)


def test_who_finishes_as_the_shift_ends_takes_no_other_call() -> None:
    # Three wait from 0 on; one agent is there from 300 to 600 and from 900 on, five minutes each:
    # done at 600 (the shift ends), then 1200 and 1500.
    result = run(
        centre(
            channels={"phone": {"hours": monday(0, 9000)}},
            reasons={"a": caller(0, 0, 0, handle="300 s")},
            pools={"team": agents_of((300, 600), (900, 3600))},
        )
    )
    assert result.column("freed") == [600, 1200, 1500]


def test_who_finishes_as_the_break_begins_takes_it() -> None:
    # Two calls at 0, half an hour each; the break begins at 1800, as the first one ends, and ends
    # at 3600: the second waits an hour, and the break is no overtime.
    result = run(
        centre(
            reasons={"a": caller(0, 0, handle="1800 s")},
            pools={
                "team": {
                    "agents": {monday(0, 7200): 1},
                    "breaks": [{"between": monday(1800, 3600), "length": "1800 s"}],
                }
            },
        )
    )
    assert result.column("ended") == [0, 3600]
    assert result.first_spells()[0] == (0, 1800, 1800)


def test_a_break_reached_late_is_whole() -> None:
    # A call from 1790 lasts 100 s into the break planned for 1800-2400: away 1890-2490.
    result = run(
        centre(
            reasons={"a": caller(1790, 2395, handle="100 s")},
            pools={
                "team": {
                    "agents": {monday(0, 7200): 1},
                    "breaks": [{"between": monday(1800, 2400), "length": "600 s"}],
                }
            },
        )
    )
    assert result.column("ended") == [1790, 2490]
    assert result.duty.on.tolist()[:2] == [0, 2400]
    assert result.duty.came.tolist()[:2] == [0, 2490]
    assert result.duty.left.tolist()[:2] == [1890, 7200]


def test_a_break_reached_too_late_leaves_nothing_of_the_spell() -> None:
    # The call ends at 6700; 600 s later the shift, which ends at 7200, is over.
    result = run(
        centre(
            reasons={"a": caller(1790, 2000, handle="4910 s")},
            pools={
                "team": {
                    "agents": {monday(0, 7200): 1},
                    "breaks": [{"between": monday(1800, 2400), "length": "600 s"}],
                }
            },
        )
    )
    assert result.column("outcome") == ["answered", "closed"]
    assert result.duty.came.tolist()[1] == result.duty.left.tolist()[1] == 7200


def test_no_new_contact_after_the_last() -> None:
    # From 500 on no new call, though the agent is there until 600; the talk of 450 ends at 550.
    result = run(
        centre(reasons={"a": caller(450, 520)}, pools={"team": agents_of((0, 600))}),
        duty_last=np.array([500.0, 605_400.0, 1_210_200.0]),
    )
    assert result.column("outcome") == ["answered", "closed"]
    assert result.first_spells()[0] == (0, 600, 600)


def test_a_person_may_be_slow() -> None:
    # 100 s of talk in a spell in which work takes a quarter longer.
    result = run(
        centre(reasons={"a": caller(0)}, pools={"team": agents_of((0, 600))}),
        duty_slowness=np.array([1.25, 1.0, 1.0]),
    )
    assert result.column("freed") == [125]


def test_finished_before_arrival() -> None:
    # At 100 the agent finishes and takes who waits; the caller of 100 waits another 100 s. Were
    # the arrival first, it would still be behind the caller of 40, but be blocked (limit 1).
    result = run(centre(channels={"phone": {"queue_limit": 1}}, reasons={"a": caller(0, 40, 100)}))
    assert ends(result) == [("answered", 0), ("answered", 100), ("answered", 200)]


def test_finished_before_on_duty() -> None:
    # At 100 agent 0 (number 0, on duty until 300) finishes and agent 1 comes on duty. The caller
    # who waits goes to agent 0, who chooses first; agent 1 has nothing to do.
    result = run(
        centre(reasons={"a": caller(0, 40)}, pools={"team": agents_of((0, 300), (100, 400))})
    )
    assert result.column("agent") == [0, 0]


def test_finished_by_number_of_contact() -> None:
    # Contacts 0 (agent 0) and 1 (agent 1) both finish at 100. Contact 2 waits: it goes to the
    # agent of the lower contact, agent 0; if both were free first, it would also be agent 0 by
    # number, so let agent 1 take contact 0: he is on duty alone at first.
    result = run(
        centre(
            channels=OPEN,
            reasons={
                "a": caller(20, handle="80 s"),
                "b": caller(60, handle="40 s"),
                "c": caller(70),
            },
            pools={"late": agents_of((50, 500)), "early": agents_of((0, 500))},
            routing=[{"to": ["late", "early"]}],
        )
    )
    assert result.rows("pool", "agent", "ended") == [
        ("early", 1, 20),
        ("late", 0, 60),
        ("early", 1, 100),
    ]


def test_door_closes_before_on_duty() -> None:
    # At 100 an agent comes and the door closes: the caller who waits is dismissed.
    result = run(
        centre(
            channels={"phone": {"hours": monday(0, 100)}},
            reasons={"a": caller(40)},
            pools={"team": agents_of((100, 200))},
        )
    )
    assert ends(result) == [("closed", 100)]


def test_off_duty_before_on_duty() -> None:
    # Two agents from 0 to 300 with a break of 50 s within 100-200: agent 0 is away 100-150, agent
    # 1 150-200. The route keeps one agent free, so the caller of 120 waits while agent 1 alone is
    # free. At 150 agent 1 goes before agent 0 comes back: still one is free, until agent 1 is back.
    result = run(
        centre(
            reasons={"a": caller(120)},
            pools={
                "team": {
                    "agents": {monday(0, 300): 2},
                    "breaks": [{"between": monday(100, 200), "length": "50 s"}],
                }
            },
            routing=[{"to": [{"pool": "team", "keep_free": 1}]}],
        )
    )
    assert result.first_spells() == {0: (0, 100, 100), 1: (0, 150, 150)}
    assert result.rows("ended", "agent") == [(200, 1)]


def test_on_duty_by_number_of_agent() -> None:
    # Agents 0 and 1 come at 100; the caller of 40 goes to agent 0, the caller of 50 to agent 1.
    result = run(
        centre(
            channels=OPEN,
            reasons={"a": caller(40, 50)},
            pools={"team": {"agents": {monday(100, 400): 2}}},
        )
    )
    assert result.rows("ended", "agent") == [(100, 0), (100, 1)]


@pytest.mark.parametrize(
    ("arrives", "outcome"), [(99, "answered"), (100, "closed"), (101, "closed")]
)
def test_door_closes_before_arrival(arrives: int, outcome: str) -> None:
    # The door is open in [0, 100): who comes at 100 finds it closed, though an agent is there.
    result = run(
        centre(channels={"phone": {"hours": monday(0, 100)}}, reasons={"a": caller(arrives)})
    )
    assert ends(result) == [(outcome, arrives)]


def test_door_closes_before_off_duty() -> None:
    # At 100 the door closes and the duty of the agent of `team` ends. The caller of 50 is reserved
    # for `other` until 120, when `team` joins. The door closes first: the call drains, so the
    # agent stays for it and takes it at 120. Had he gone first, he would be away.
    result = run(
        centre(
            channels={"phone": {"hours": monday(0, 100), "at_close": "drain"}},
            reasons={"a": caller(50)},
            pools={"team": agents_of((0, 100)), "other": {"agents": NEVER_THERE}},
            routing=[{"to": ["other", {"pool": "team", "after": "70 s"}]}],
        )
    )
    assert result.rows("ended", "pool") == [(120, "team")]
    assert result.first_spells()[0] == (0, 100, 220)


def test_off_duty_before_arrival() -> None:
    # The agent's duty ends at 100 as the call comes in, through a door that is open all day.
    result = run(
        centre(
            channels=OPEN,
            reasons={"a": caller(100, patience="50 s")},
            pools={"team": agents_of((0, 100))},
        )
    )
    assert ends(result) == [("abandoned", 150)]


def test_on_duty_before_arrival() -> None:
    # At 100 the agent comes and with him the door opens: the call of that instant is answered.
    result = run(centre(reasons={"a": caller(99, 100)}, pools={"team": agents_of((100, 300))}))
    assert ends(result) == [("closed", 99), ("answered", 100)]


def test_off_duty_before_pool_joins() -> None:
    # `team` joins at 100, when its agent goes: too late.
    result = run(
        centre(
            channels=OPEN,
            reasons={"a": caller(40, patience="70 s")},
            pools={"team": agents_of((0, 100)), "other": {"agents": NEVER_THERE}},
            routing=[{"to": ["other", {"pool": "team", "after": "60 s"}]}],
        )
    )
    assert ends(result) == [("abandoned", 110)]


def test_arrival_before_pool_joins() -> None:
    # The agent is free at 100, when `team` joins the call of 40 and the other call arrives: the
    # arrival is handled first and has the agent; the one of 40 waits for him until 200.
    result = run(
        centre(
            reasons={"slow": caller(40), "quick": caller(100)},
            pools={"team": {"agents": 1}, "other": {"agents": NEVER_THERE}},
            routing=[
                {"reason": "slow", "to": ["other", {"pool": "team", "after": "60 s"}]},
                {"to": ["team"]},
            ],
        )
    )
    assert result.rows("reason", "ended") == [("slow", 200), ("quick", 100)]


def test_arrival_before_patience_ends() -> None:
    # One may wait. The caller of 10 gives up at 60, when the third caller comes and finds the
    # queue still full.
    result = run(
        centre(
            channels={"phone": {"queue_limit": 1}},
            reasons={"a": caller(0, 10, 60, patience="50 s")},
        )
    )
    assert ends(result) == [("answered", 0), ("abandoned", 60), ("blocked", 60)]


def test_arrivals_by_number() -> None:
    # Two call at 10: the customer of the reason that stands first has the lower number.
    result = run(centre(reasons={"a": caller(10), "b": caller(10)}))
    assert result.rows("reason", "ended") == [("a", 10), ("b", 110)]


def test_pool_joins_before_due() -> None:
    # The e-mail is due at 60 when `team` joins: it is answered and nobody calls.
    result = run(
        centre(
            channels={
                "mail": {"due": "60 s", "overdue": {"chance": 1, "on": "phone"}},
                "phone": {},
            },
            reasons={"a": caller(0, channels={"mail": 1})},
            pools={"team": {"agents": 1}, "other": {"agents": NEVER_THERE}},
            routing=[{"to": ["other", {"pool": "team", "after": "60 s"}]}],
        )
    )
    assert ends(result) == [("answered", 60)]


def test_pool_joins_before_patience_ends() -> None:
    # Patience ends at 60 when `team` joins: answered.
    result = run(
        centre(
            reasons={"a": caller(0, patience="60 s")},
            pools={"team": {"agents": 1}, "other": {"agents": NEVER_THERE}},
            routing=[{"to": ["other", {"pool": "team", "after": "60 s"}]}],
        )
    )
    assert ends(result) == [("answered", 60)]


def test_pools_join_by_number_of_contact() -> None:
    # At 60 `team` joins both calls: the lower number has the agent, although the other one's
    # reason has the higher priority: the agent does not choose, he is chosen.
    result = run(
        centre(
            reasons={"a": caller(0), "b": caller(0, priority=5)},
            pools={"team": {"agents": 1}, "other": {"agents": NEVER_THERE}},
            routing=[{"to": ["other", {"pool": "team", "after": "60 s"}]}],
        )
    )
    assert result.rows("reason", "ended") == [("a", 60), ("b", 160)]


def test_due_before_patience_ends() -> None:
    # An e-mail that is due and expires at 60 is overdue first: the customer calls, and is answered.
    result = run(
        centre(
            channels={
                "mail": {
                    "due": "60 s",
                    "expires": "60 s",
                    "overdue": {"chance": 1, "on": "phone"},
                },
                "phone": {},
            },
            reasons={"a": caller(0, channels={"mail": 1})},
            pools={"team": {"agents": 1, "answers": ["phone"]}, "post": {"agents": NEVER_THERE}},
        )
    )
    assert result.rows("channel", "cause", "parent", "outcome", "ended") == [
        ("mail", "first", -1, "expired", 60),
        ("phone", "overdue", 0, "answered", 60),
    ]


def test_patience_ends_before_the_end() -> None:
    # The run of one day ends 14 days after it. An e-mail that expires then has expired.
    result = run(
        centre(
            channels={"mail": {"due": "1 d", "expires": "15 d"}},
            reasons={"a": caller(0, 1)},
            pools={"team": {"agents": {"mon 23:00-24:00": 0}}},
        )
    )
    assert ends(result)[0] == ("expired", 15 * DAY)
    # ... and one that would expire a second later is unfinished.
    assert result.contacts[1]["outcome"] == "unfinished"
    assert np.isnan(result.contacts[1]["ended"])


def test_an_event_made_at_an_instant_takes_its_place_in_the_order() -> None:
    # At 50 the patience of contacts 0 (phone) and 1 (chat) ends. Contact 0 tries again on chat at
    # once: an arrival, which comes before the end of contact 1's patience: it finds the one place
    # on chat still taken.
    result = run(
        centre(
            channels={"phone": {"hours": "daily"}, "chat": {"hours": "daily", "queue_limit": 1}},
            reasons={
                "a": caller(
                    0,
                    channels={"phone": 1},
                    patience="50 s",
                    retry={"chance": 1, "after": "0 s", "on": "chat", "attempts": 1},
                ),
                "b": caller(0, channels={"chat": 1}, patience="50 s"),
            },
            pools={"team": {"agents": NEVER_THERE}},
        )
    )
    assert ends(result) == [("abandoned", 50), ("abandoned", 50), ("blocked", 50)]


def test_run_ends_with_the_last_contact_and_horizon_leaves_unfinished() -> None:
    # The first call takes 20 days, the run ends after 1 + 14: it is answered with its planned
    # times, and the second, who has waited all along, is unfinished. The third had been answered
    # elsewhere... none: only these two.
    result = run(centre(reasons={"a": caller(0, 5, handle="20 d", wrap="1 d")}))
    assert result.rows("outcome", "talked", "freed")[0] == ("answered", 20 * DAY, 21 * DAY)
    assert result.contacts[1]["outcome"] == "unfinished"
    assert np.isnan([result.contacts[1][c] for c in ("ended", "talked", "freed")]).all()


def test_planned_times_at_the_horizon_in_a_pool_with_pace() -> None:
    # Speed 0.5 alone: talk of 20 days takes 40, wrap-up of 1 day 2.
    result = run(
        centre(
            reasons={"a": caller(0, handle="20 d", wrap="1 d")},
            pools={"team": {"agents": 1, "pace": {"phone": [0.5]}}},
        )
    )
    assert result.rows("outcome", "talked", "freed") == [("answered", 40 * DAY, 42 * DAY)]


def test_coming_at_the_horizon_is_unfinished() -> None:
    # The retry would come after 20 days.
    result = run(
        centre(
            channels=OPEN,
            reasons={
                "a": caller(0, patience="10 s", retry={"chance": 1, "after": "20 d", "attempts": 1})
            },
            pools={"team": {"agents": NEVER_THERE}},
        )
    )
    assert result.rows("outcome", "arrived") == [("abandoned", 0), ("unfinished", 10 + 20 * DAY)]


# --- 2. arrival: open or closed ---------------------------------------------------------------


def closed_at_ten(door: dict[str, Any], **more: Any) -> Run:
    """A call at 10 before a door that opens at 1000 and again a week later; chat is open."""
    return run(
        centre(
            channels={"phone": {"hours": monday(1000, 2000)}, "chat": {"hours": "daily"}},
            reasons={"a": caller(10, channels={"phone": 1}, closed=door, **more)},
        )
    )


def test_closed_lost() -> None:
    assert closed_at_ten({"lost": 1}).rows("outcome", "ended") == [("closed", 10)]


def test_closed_returns_after_the_opening() -> None:
    # The door opens at 1000; 30 s after that.
    result = closed_at_ten({"returns": 1, "after": "30 s"})
    assert result.rows("channel", "cause", "parent", "attempt", "arrived", "outcome", "ended") == [
        ("phone", "first", -1, 0, 10, "closed", 10),
        ("phone", "closed", 0, 1, 1030, "answered", 1030),
    ]


def test_closed_switches_to_another_channel_now() -> None:
    result = closed_at_ten({"phone": {"chat": 1}})
    assert result.rows("channel", "cause", "arrived", "ended") == [
        ("phone", "first", 10, 10),
        ("chat", "closed", 10, 10),
    ]


def test_closed_goes_to_self_service() -> None:
    # Self-service is one of the channels to switch to. It helps at once (rule 8).
    result = run(
        centre(
            channels={
                "phone": {"hours": monday(1000, 2000)},
                "web": {"unlimited": True, "resolved": 1},
            },
            reasons={"a": caller(10, channels={"phone": 1}, closed={"phone": {"web": 1}})},
        )
    )
    assert result.rows("channel", "outcome", "ended", "resolved") == [
        ("phone", "closed", 10, -1),
        ("web", "self_served", 10, 1),
    ]


def test_closed_luck_is_cut_into_lost_returns_and_channels_in_order() -> None:
    # Shares 25 % each: lost, returns, chat, web. The value of CLOSED decides.
    data = centre(
        channels={
            "web": {"unlimited": True},
            "phone": {"hours": monday(1000, 2000)},
            "chat": {"hours": "daily"},
        },
        reasons={
            "a": caller(
                *[10.0] * 400,
                channels={"phone": 1},
                closed={"lost": 0.25, "returns": 0.25, "chat": 0.25, "web": 0.25, "after": "0 s"},
            )
        },
    )
    result = run(data)
    first = [
        {None: "lost", "phone": "returns"}.get(one, one)
        for one in _next_channel(result, range(400))
    ]
    # The channels come in their order: lost < .25 <= returns < .5 <= web (0) < .75 <= chat (2).
    at = result.draws.at[8, 0, 1]  # purpose CLOSED
    luck = result.draws.values[at : at + 400]
    words = np.array(["lost", "returns", "web", "chat"])
    assert first == words[(luck * 4).astype(int)].tolist()
    assert set(first) == set(words)


def _next_channel(result: Run, contacts: Any) -> list[str | None]:
    child = {row["parent"]: row["channel"] for row in result.contacts}
    return [child.get(number) for number in contacts]


def test_returns_now_where_the_door_is_open() -> None:
    # `when_free`: turned away at 10 though the door is open: back 30 s later, again turned away
    # (10, 40, 70), after three moves for good.
    result = run(
        centre(
            channels={"chat": {"offer": "when_free"}},
            reasons={"a": caller(0, 10, closed={"returns": 1, "after": "30 s"})},
        )
    )
    assert result.rows("outcome", "ended") == [
        ("answered", 0),
        ("closed", 10),
        ("closed", 40),
        ("closed", 70),
        ("answered", 100),
    ]


def test_lost_where_no_opening_is_left() -> None:
    # The door opened on the Monday of the counted day, and once more on each of two Mondays;
    # after the last of them, day 14, there is no opening within the run.
    result = run(
        centre(
            calendar={"days": 15},
            channels={"phone": {"hours": "sat 00:00-00:01"}},
            reasons={"a": caller(10, closed={"returns": 1, "after": "27 d"})},
        )
    )
    # Saturday is day 5; 27 days later (day 32) it is past the horizon (15 + 14 = 29 days).
    assert result.rows("outcome", "arrived")[1] == ("unfinished", 32 * DAY)
    never = run(
        centre(
            channels={"phone": {"hours": "holiday 10:00-11:00"}},
            reasons={"a": caller(10, closed={"returns": 1, "after": "1 s"})},
        )
    )
    assert never.rows("outcome", "ended") == [("closed", 10)]


def test_blocks_open_the_door_whoever_is_really_there() -> None:
    # Presence 0: nobody comes, but the block says open until 200: callers wait, and are dismissed.
    result = run(
        centre(
            reasons={"a": caller(10, 200)},
            pools={"team": {"agents": {monday(0, 200): 2}, "presence": 0}},
        )
    )
    assert ends(result) == [("closed", 200), ("closed", 200)]
    assert result.spells() == []


def test_blocks_with_nobody_scheduled_open_no_door() -> None:
    result = run(
        centre(
            reasons={"a": caller(10, 60)},
            pools={"team": {"agents": {monday(0, 50): 0, monday(50, 100): 1}}},
        )
    )
    assert ends(result) == [("closed", 10), ("answered", 60)]


def test_blocks_of_every_pool_on_the_route_open_the_door() -> None:
    # `late` is on the route, even though it joins only after 20 s: the door is open 0-100, and
    # 200-300. The pool `off_route` does not count.
    result = run(
        centre(
            reasons={"a": caller(150, 250), "b": caller(150)},
            pools={
                "team": agents_of((0, 100)),
                "late": agents_of((200, 300)),
                "off_route": agents_of((0, 300)),
            },
            routing=[
                {"reason": "a", "to": ["team", {"pool": "late", "after": "20 s"}]},
                {"to": ["off_route"]},
            ],
        )
    )
    assert result.rows("reason", "outcome", "ended") == [
        ("a", "closed", 150),
        ("b", "answered", 150),
        ("a", "answered", 270),
    ]


def test_touching_blocks_make_one_opening() -> None:
    # 0-100 by `team`, 100-200 by `late`: no closing at 100; the caller of 50, for whom nobody is
    # there (presence 0), waits until 150.
    result = run(
        centre(
            reasons={"a": caller(50)},
            pools={
                "team": {"agents": {monday(0, 100): 1}, "presence": 0},
                "late": {"agents": {monday(100, 200): 1, monday(150, 300): 1}, "presence": 0},
            },
        )
    )
    assert ends(result) == [("closed", 300)]


def test_hours_hold_instead_of_blocks() -> None:
    # Hours 0-100 and 300-400, agents all day: closed at 200; open at 350 and without an agent, the
    # hours count alone.
    result = run(
        centre(
            channels={"phone": {"hours": [monday(0, 100), monday(300, 400)]}},
            reasons={"a": caller(50, 200, 350, handle="1 s")},
        )
    )
    assert ends(result) == [("answered", 50), ("closed", 200), ("answered", 350)]


def test_a_door_past_midnight() -> None:
    # Hours sun 23:00-01:00 belong to Sunday, the day before the first one, too.
    result = run(
        centre(
            channels={"phone": {"hours": "sun 23:00-01:00"}},
            reasons={"a": caller(1800, 3600, handle="1 s")},
        )
    )
    assert ends(result) == [("answered", 1800), ("closed", 3600)]


def test_agents_past_midnight() -> None:
    # The block of Sunday 23:00-01:00 covers the first hour of Monday: the agent is there from the
    # beginning of the clock.
    result = run(
        centre(
            reasons={"a": caller(1800, 3700)}, pools={"team": {"agents": {"sun 23:00-01:00": 1}}}
        )
    )
    assert ends(result) == [("answered", 1800), ("closed", 3700)]
    assert result.first_spells()[0] == (0, 3600, 3600)


def test_holidays() -> None:
    # 1 January 2026, a Thursday, is a public holiday in France: only lines that name it apply.
    calendar = {"start": "2026-01-01", "days": 2, "holidays": "FR"}
    times = [10 * 3600.0, 15 * 3600.0, DAY + 10 * 3600.0, DAY + 15 * 3600.0]
    for pools, channels in (
        ({"team": {"agents": {"thu-fri 14:00-18:00": 1, "holiday 09:00-12:00": 1}}}, {"phone": {}}),
        (
            {"team": {"agents": 1}},
            {"phone": {"hours": ["thu-fri 14:00-18:00", "holiday 09:00-12:00"]}},
        ),
    ):
        result = run(
            centre(calendar=calendar, channels=channels, reasons={"a": caller(*times)}, pools=pools)
        )
        assert result.column("outcome") == ["answered", "closed", "closed", "answered"]


def test_deferred_without_hours_is_always_open() -> None:
    # Nobody is there at 10; the e-mail waits for the agent of 500.
    result = run(
        centre(
            channels={"mail": {"due": "1 h"}},
            reasons={"a": caller(10)},
            pools={"team": agents_of((500, 900))},
        )
    )
    assert ends(result) == [("answered", 500)]


def test_deferred_with_hours_turns_away_but_keeps_its_backlog() -> None:
    # Hours 0-100: the letter of 50 stays in the backlog when the door closes, that of 150 is
    # turned away.
    result = run(
        centre(
            channels={"shop": {"due": "1 h", "hours": monday(0, 100)}},
            reasons={"a": caller(50, 150)},
            pools={"team": agents_of((500, 900))},
        )
    )
    assert ends(result) == [("answered", 500), ("closed", 150)]


def test_answered_at_once_before_all_else() -> None:
    # Limit 0, balk 100 %, only when free: none of it matters to who finds an agent.
    result = run(
        centre(
            channels={"phone": {"queue_limit": 0, "offer": "when_free"}},
            reasons={"a": caller(0, balk=1)},
        )
    )
    assert ends(result) == [("answered", 0)]


def test_offered_only_when_free_comes_before_the_limit() -> None:
    # No agent is free and nobody may wait: turned away (closed), not blocked.
    result = run(
        centre(
            channels={"phone": {"queue_limit": 0, "offer": "when_free"}},
            reasons={"a": caller(0, 10)},
        )
    )
    assert ends(result)[1] == ("closed", 10)


def test_offered_when_free_looks_at_pools_that_join_later() -> None:
    # `team` is busy until 100, `more` free, but joins after 30 s: the button is shown at 10, and
    # the chat is answered at 40. At 50 nobody is free: hidden.
    result = run(
        centre(
            channels={"chat": {"offer": "when_free"}},
            reasons={"a": caller(0, 10, 50)},
            pools={"team": {"agents": 1}, "more": {"agents": 1}},
            routing=[{"to": ["team", {"pool": "more", "after": "30 s"}]}],
        )
    )
    assert ends(result) == [("answered", 0), ("answered", 40), ("closed", 50)]


def test_the_door_comes_before_everything() -> None:
    # Closed although an agent is free.
    result = run(
        centre(channels={"phone": {"hours": monday(50, 60)}}, reasons={"a": caller(0, balk=1)})
    )
    assert ends(result) == [("closed", 0)]


def test_limit_zero_is_a_loss_system() -> None:
    result = run(
        centre(channels={"phone": {"queue_limit": 0}}, reasons={"a": caller(0, 50, 100, balk=1)})
    )
    assert ends(result) == [("answered", 0), ("blocked", 50), ("answered", 100)]


def test_limit_counts_all_reasons_on_the_channel() -> None:
    # Two may wait on the phone: a and b do, c is blocked; the chat has its own count.
    result = run(
        centre(
            channels={"phone": {"queue_limit": 2}, "chat": {"queue_limit": 1}},
            reasons={
                "a": caller(0, 10, channels={"phone": 1}),
                "b": caller(20, channels={"phone": 1}),
                "c": caller(30, channels={"phone": 1}),
                "d": caller(40, 45, channels={"chat": 1}),
            },
        )
    )
    assert result.column("outcome") == [
        *("answered", "answered", "answered", "blocked"),
        *("answered", "blocked"),
    ]


def test_limit_counts_only_who_still_waits() -> None:
    # The place of who gave up at 60, and of who was answered at 100, is free again.
    result = run(
        centre(
            channels={"phone": {"queue_limit": 1}},
            reasons={"a": caller(0, 10, 61, 100, patience="50 s")},
        )
    )
    assert ends(result) == [
        *(("answered", 0), ("abandoned", 60), ("answered", 100), ("abandoned", 150)),
    ]


def test_blocked_comes_before_balking() -> None:
    result = run(
        centre(channels={"phone": {"queue_limit": 0}}, reasons={"a": caller(0, 10, balk=1)})
    )
    assert ends(result)[1] == ("blocked", 10)


def test_balks_instead_of_waiting() -> None:
    result = run(centre(reasons={"a": caller(0, 10, 100, balk=1)}))
    assert ends(result) == [("answered", 0), ("balked", 10), ("answered", 100)]


def test_nobody_balks_at_a_backlog() -> None:
    # A deferred contact has nothing to balk at, whatever the chance.
    for chance in (0.5, 1):
        result = run(
            centre(channels={"mail": {"due": "1 h"}}, reasons={"a": caller(0, 10, 20, balk=chance)})
        )
        assert result.column("outcome") == ["answered"] * 3


def test_balks_with_its_chance() -> None:
    # 400 calls at once for a busy agent: who balks is who has a BALK value below 0.3.
    result = run(centre(reasons={"a": caller(0, *[1.0] * 400, handle="10 d", balk=0.3)}))
    at = result.draws.at[3, 0, 0]
    luck = result.draws.values[at + 1 : at + 401]
    balked = np.array([outcome == "balked" for outcome in result.column("outcome")[1:]])
    assert balked.tolist() == (luck < 0.3).tolist()
    assert 0 < balked.sum() < 400


def test_dismissed_at_closing_in_order_of_number_whatever_the_line() -> None:
    # Three wait on one door when it closes at 200 and all switch to chat, where one may wait.
    # Numbers 1 (b), 2 (a), 3 (b) in that order: the first waits, the others are blocked. The
    # agent has the call of 0 until 1000, then the first of the chats.
    result = run(DISMISSED)
    assert result.rows("parent", "channel", "arrived", "outcome")[4:] == [
        (1, "chat", 200, "answered"),
        (2, "chat", 200, "blocked"),
        (3, "chat", 200, "blocked"),
    ]


def test_dismissed_returns_at_the_next_opening() -> None:
    # Open 0-200 and 300-400: dismissed at 200, back at 300 + 5, when the agent is free (0-300).
    result = run(
        centre(
            channels={"phone": {"hours": [monday(0, 200), monday(300, 400)]}},
            reasons={"a": caller(0, 50, handle="300 s", closed={"returns": 1, "after": "5 s"})},
        )
    )
    assert result.rows("outcome", "arrived", "ended") == [
        ("answered", 0, 0),
        ("closed", 50, 200),
        ("answered", 305, 305),
    ]


def test_drained_contacts_go_on_waiting() -> None:
    # The door closes at 150; who waits since 50 and 60 is answered at 100 and 200, by an agent
    # whose duty ended at 150 and who stays until 300. Who comes at 160 finds it closed.
    result = run(
        centre(
            channels={"phone": {"at_close": "drain"}},
            reasons={"a": caller(0, 50, 60, 160)},
            pools={"team": agents_of((0, 150))},
        )
    )
    assert ends(result) == [
        *(("answered", 0), ("answered", 100), ("answered", 200), ("closed", 160)),
    ]
    assert result.first_spells()[0] == (0, 150, 300)


def test_drained_contacts_still_give_up() -> None:
    # Patience 70 s from arrival at 60: gone at 130, after the door closed at 110, while the agent,
    # off duty since then, still has the first call (until 200). He stays no longer than for that.
    result = run(
        centre(
            channels={"phone": {"at_close": "drain"}},
            reasons={"a": caller(0, 60, handle="200 s", patience="70 s")},
            pools={"team": agents_of((0, 110))},
        )
    )
    assert ends(result) == [("answered", 0), ("abandoned", 130)]
    assert result.first_spells()[0] == (0, 110, 200)


def test_only_the_draining_channel_keeps_its_callers() -> None:
    result = run(
        centre(
            channels={"phone": {"at_close": "drain"}, "chat": {}},
            reasons={
                "a": caller(0, channels={"phone": 1}),
                "b": caller(10, channels={"phone": 1}),
                "c": caller(20, channels={"chat": 1}),
            },
            pools={"team": agents_of((0, 90))},
        )
    )
    assert ends(result) == [("answered", 0), ("answered", 100), ("closed", 90)]


# --- 3. choosing an agent ---------------------------------------------------------------------


def test_first_pool_in_route_order() -> None:
    # Route: second, first. The pool number does not matter, nor how long its agents are free.
    result = run(
        centre(
            reasons={"a": caller(10, 20, 30)},
            pools={"first": {"agents": 1}, "second": {"agents": {monday(5, 900): 1}}},
            routing=[{"to": ["second", "first"]}],
        )
    )
    assert result.rows("pool", "ended") == [("second", 10), ("first", 20), ("second", 110)]


def test_pools_that_join_later_are_not_asked_on_arrival() -> None:
    # `team` is busy; `more` is idle, but joins after 30 s.
    result = run(
        centre(
            reasons={"a": caller(0, 10)},
            pools={"team": {"agents": 1}, "more": {"agents": 1}},
            routing=[{"to": ["team", {"pool": "more", "after": "30 s"}]}],
        )
    )
    assert result.rows("pool", "ended") == [("team", 0), ("more", 40)]


def test_most_free_capacity_first() -> None:
    # Two agents with three chats each: they fill evenly. Agent 0, 1, then 0 (both have one in
    # hand, 0 has been free for as long, lower number), 1, 0, 1; the seventh waits.
    result = run(
        centre(
            channels={"chat": {}},
            reasons={"a": caller(1, 2, 3, 4, 5, 6, 7)},
            pools={"team": {"agents": 2, "answers": {"chat": 3}}},
        )
    )
    assert result.rows("agent", "ended") == [
        *((0, 1), (1, 2), (0, 3), (1, 4), (0, 5), (1, 6)),
        (0, 101),
    ]


def test_longest_free_then_lowest_number() -> None:
    # Agents 0 and 1 both since 0: number 0 first. He finishes at 101, agent 1 at 22: the call
    # of 120 goes to agent 1, who has been free longer; the next to agent 0.
    result = run(
        centre(
            reasons={"a": caller(1), "b": caller(2, handle="20 s"), "c": caller(120, 121)},
            pools={"team": {"agents": 2}},
        )
    )
    assert result.column("agent") == [0, 1, 1, 0]


def test_free_since_he_came_on_duty() -> None:
    # Agent 0 is away 100-150 (break), agent 1 150-200. At 250 agent 0 is free since 150, agent 1
    # since 200: agent 0. Before the break (90): equal, agent 0. He finishes at 95 + duty breaks.
    result = run(
        centre(
            reasons={"a": caller(90, 250, 260, handle="1 s")},
            pools={
                "team": {
                    "agents": {monday(0, 300): 2},
                    "breaks": [{"between": monday(100, 200), "length": "50 s"}],
                }
            },
        )
    )
    assert result.column("agent") == [0, 0, 1]


def test_free_since_counts_from_finishing_any_contact() -> None:
    # Two chats each. Agent 0 has a long one (from 1), agent 1 a long one (from 2); agent 0 also a
    # short one (3 to 13), agent 1 a short one (4 to 10). At 20 both have one in hand; agent 1 has
    # been free since 10, agent 0 since 13: agent 1.
    result = run(
        centre(
            channels={"chat": {}},
            reasons={
                "long": caller(1, 2),
                "a": caller(3, handle="10 s"),
                "b": caller(4, handle="6 s"),
                "c": caller(20),
            },
            pools={"team": {"agents": 2, "answers": {"chat": 2}}},
        )
    )
    assert result.column("agent") == [0, 1, 0, 1, 1]


def test_keep_free_holds_the_pool_back_on_arrival() -> None:
    # Three agents, two to be kept free: `low` gets one only while more than two have nothing in
    # hand; `high` gets any. 1: three free, answered. 2: two free, waits. 3 (high): answered.
    result = run(
        centre(
            reasons={"low": caller(1, 2), "high": caller(3)},
            pools={"team": {"agents": 3}},
            routing=[
                {"reason": "low", "to": [{"pool": "team", "keep_free": 2}]},
                {"to": ["team"]},
            ],
        )
    )
    # 101: the first low is finished; free agents are 2 + himself 1 - high 1 = 2, not more than 2.
    # 103: high is finished: three free, so the low of 2 is taken.
    assert result.rows("reason", "ended") == [("low", 1), ("low", 103), ("high", 3)]


def test_keep_free_passes_on_to_the_next_pool() -> None:
    result = run(
        centre(
            reasons={"a": caller(1)},
            pools={"team": {"agents": 1}, "more": {"agents": 1}},
            routing=[{"to": [{"pool": "team", "keep_free": 1}, "more"]}],
        )
    )
    assert result.column("pool") == ["more"]


def test_keep_free_counts_agents_with_nothing_in_hand() -> None:
    # Two agents with two chats each, one to be kept free. Chat 1 goes to agent 0. At 2 agent 0
    # still has room, but only agent 1 has nothing in hand: not more than 1, so the chat waits.
    result = run(
        centre(
            channels={"chat": {}},
            reasons={"a": caller(1, 2)},
            pools={"team": {"agents": 2, "answers": {"chat": 2}}},
            routing=[{"to": [{"pool": "team", "keep_free": 1}]}],
        )
    )
    assert result.rows("ended", "agent") == [(1, 0), (101, 1)] or result.column("ended") == [1, 101]


def alike(calls: dict[str, Any], **route: Any) -> Run:
    """Two pools of one agent each, of equal rank."""
    return run(
        centre(
            reasons={"a": calls},
            pools={"north": {"agents": 1}, "south": {"agents": 1}},
            routing=[{"to": [["north", "south"]], **route}],
        )
    )


def test_of_equal_rank_the_longest_free_of_all_pools() -> None:
    # North has the call of 0 until 100, south that of 50 until 150: at 300 north has waited longer.
    # So it has if the second call comes at 150, when south has been free for longer.
    result = alike(caller(0, 50, 300))
    assert result.column("pool") == ["north", "south", "north"]
    result = alike(caller(0, 150, 300))
    assert result.column("pool") == ["north", "south", "north"]


def test_without_routing_all_pools_are_of_equal_rank() -> None:
    # The calls do not overlap: each goes to whoever has been free longest, in turn.
    result = run(
        centre(
            reasons={"a": caller(0, 200, 400, 600)},
            pools={"north": {"agents": 1}, "south": {"agents": 1}},
        )
    )
    assert result.column("pool") == ["north", "south", "north", "south"]


def test_of_equal_rank_the_least_share_in_use() -> None:
    # North holds four at once, south two. 0: both empty, north (lowest number). 10: south is empty.
    # 20: north has a quarter in use, south a half: north. 30: both a half; south has been free
    # for as long (since 0), so the lowest number: north.
    result = run(
        centre(
            reasons={"a": caller(0, 10, 20, 30, handle="900 s")},
            pools={
                "north": {"agents": 1, "answers": {"phone": 4}},
                "south": {"agents": 1, "answers": {"phone": 2}},
            },
            routing=[{"to": [["north", "south"]]}],
        )
    )
    assert result.column("pool") == ["north", "south", "north", "north"]


def test_keep_free_counts_pools_of_equal_rank_together() -> None:
    # One is to stay free of the two: the first call is taken, the second waits until 100.
    beside = [{"pool": "north", "keep_free": 1}, {"pool": "south", "keep_free": 1}]
    result = run(
        centre(
            reasons={"a": caller(0, 10)},
            pools={"north": {"agents": 1}, "south": {"agents": 1}},
            routing=[{"to": [beside]}],
        )
    )
    assert result.column("ended") == [0, 100]


def test_chosen_at_random_by_the_luck_of_the_contact() -> None:
    # Both pools are free at every call: the first where the luck is below one half.
    result = alike(caller(0, 200, 400, 600, 800, 1000), choose="random")
    at = int(result.draws.at[Purpose.CHOOSE, 0, 0])
    luck = result.draws.values[at : at + 6]
    assert result.column("pool") == ["north" if one < 0.5 else "south" for one in luck]
    assert set(result.column("pool")) == {"north", "south"}


# --- 4. choosing a contact --------------------------------------------------------------------


def test_highest_priority_then_earliest_then_lowest_number() -> None:
    # At 100 wait: low (10), high (30), high (20), and two of 20 with the same priority in two
    # reasons. Order: high 20 (number lower: reason `high` before `alike`), alike 20, high 30, low.
    result = run(
        centre(
            reasons={
                "first": caller(0),
                "low": caller(10),
                "high": caller(20, 30, priority=2),
                "alike": caller(20, priority=2),
            }
        )
    )
    assert sorted(result.rows("ended", "reason", "arrived")) == [
        (0, "first", 0),
        (100, "high", 20),
        (200, "alike", 20),
        (300, "high", 30),
        (400, "low", 10),
    ]


def test_negative_priority_goes_last() -> None:
    result = run(centre(reasons={"a": caller(0), "last": caller(10, priority=-1), "b": caller(20)}))
    assert result.column("ended") == [0, 200, 100]


def test_the_pools_own_priority_goes_before_the_reasons() -> None:
    # The reasons say b before a; the pool's own say a (5) before b (the reason's 2).
    result = run(
        centre(
            reasons={"x": caller(0), "b": caller(10, priority=2), "a": caller(20)},
            pools={"team": {"agents": 1, "priority": {"a": 5}}},
        )
    )
    assert result.rows("reason", "ended") == [("x", 0), ("b", 200), ("a", 100)]


def test_deferred_behind_live() -> None:
    # E-mail of the highest priority waits behind the humblest call.
    result = run(
        centre(
            channels={"phone": {}, "mail": {"due": "1 d"}},
            reasons={
                "x": caller(0, channels={"phone": 1}),
                "mails": caller(10, 11, channels={"mail": 1}, priority=1000),
                "calls": caller(20, 120, channels={"phone": 1}, priority=-1000),
            },
        )
    )
    assert result.rows("reason", "ended") == [
        *(("x", 0), ("mails", 300), ("mails", 400), ("calls", 100), ("calls", 200)),
    ]


def test_priority_among_deferred() -> None:
    result = run(
        centre(
            channels={"mail": {"due": "1 d"}},
            reasons={"x": caller(0), "a": caller(10), "b": caller(20, priority=1)},
        )
    )
    assert result.column("ended") == [0, 200, 100]


def test_only_contacts_whose_route_has_admitted_the_pool() -> None:
    # `more` comes at 20: of the calls for `team`, that of 1 is joined by `more` at 31, so at 20 it
    # is not his yet; he takes it at 31 (rule 5).
    result = run(
        centre(
            reasons={"a": caller(0, 1)},
            pools={"team": {"agents": 1}, "more": agents_of((20, 900))},
            routing=[{"to": ["team", {"pool": "more", "after": "30 s"}]}],
        )
    )
    assert result.rows("ended", "pool") == [(0, "team"), (31, "more")]


def test_a_later_contact_that_fits_goes_before_one_that_does_not() -> None:
    # Capacity 3: phone takes 3, chat 1. The agent has two chats (until 101 and 152). A call waits
    # since 10, a chat since 11... at 11 there is room for one chat: it is taken at once; and when
    # he has one chat left, the call does not fit: the chat of 60 has been taken at 60.
    result = run(
        centre(
            channels={"chat": {}, "phone": {}},
            reasons={
                "chats": caller(1, 52, 60, 70, channels={"chat": 1}),
                "calls": caller(10, channels={"phone": 1}),
            },
            pools={"team": {"agents": 1, "answers": {"chat": 3, "phone": 1}}},
        )
    )
    # chats: 1 to 101, 52 to 152, 60 to 160, 70 waits until 101, to 201; the call fits at 201.
    assert sorted(result.rows("reason", "arrived", "ended")) == [
        ("calls", 10, 201),
        ("chats", 1, 1),
        ("chats", 52, 52),
        ("chats", 60, 60),
        ("chats", 70, 101),
    ]


def test_he_takes_as_many_as_he_can() -> None:
    # At 50 the agent comes: three chats wait and he takes all three, in order.
    result = run(
        centre(
            channels={"chat": {"hours": "daily"}},
            reasons={"a": caller(1, 2, 3, 4)},
            pools={"team": {**agents_of((50, 900)), "answers": {"chat": 3}}},
        )
    )
    assert result.column("ended") == [50, 50, 50, 150]


def test_keep_free_himself_counted() -> None:
    # Two agents, keep one free for `high`. Both are busy until 100 and 101; a low call waits.
    # At 100 the first is free: one free, not more than one. At 101 two are free: taken by
    # the one who has just finished, agent 1.
    result = run(
        centre(
            reasons={"high": caller(0, 1), "low": caller(10)},
            pools={"team": {"agents": 2}},
            routing=[
                {"reason": "low", "to": [{"pool": "team", "keep_free": 1}]},
                {"to": ["team"]},
            ],
        )
    )
    assert result.rows("reason", "ended", "agent")[2] == ("low", 101, 1)


def test_keep_free_stops_him_from_taking_the_next_best_too() -> None:
    # As above, with chats: at 101 he takes one; the second has to wait, for now one is free.
    result = run(
        centre(
            channels={"chat": {}},
            reasons={"high": caller(0, 0, 1, 1), "low": caller(10, 11)},
            pools={"team": {"agents": 2, "answers": {"chat": 2}}},
            routing=[
                {"reason": "low", "to": [{"pool": "team", "keep_free": 1}]},
                {"to": ["team"]},
            ],
        )
    )
    # high: agents 0, 1, 0, 1 until 100, 100, 101, 101; the last of them makes the second idle.
    # low: 101 to agent 1; the other at 201, when agent 1 has finished the first.
    assert result.rows("reason", "ended", "agent")[4:] == [("low", 101, 1), ("low", 201, 1)]


def test_off_duty_he_takes_only_who_drains() -> None:
    # Phone drains; e-mail waits all the time. The agent's duty ends at 50; at 100 he takes the
    # call that waits behind the door, not the e-mail, nor the call on the open line.
    result = run(
        centre(
            channels={
                "phone": {"hours": monday(0, 60), "at_close": "drain"},
                "hotline": {"hours": "daily"},
                "mail": {"due": "1 d"},
            },
            reasons={
                "a": caller(0, 55, channels={"phone": 1}),
                "mails": caller(1, channels={"mail": 1}),
                "hot": caller(2, channels={"hotline": 1}, priority=9, patience="1 h"),
            },
            pools={"team": agents_of((0, 50))},
        )
    )
    # Number 0 call, 1 e-mail, 2 hotline, 3 the call of 55.
    assert ends(result) == [
        ("answered", 0),
        ("answered", 7 * DAY),
        ("abandoned", 3602),
        ("answered", 100),
    ]
    assert result.first_spells()[0] == (0, 50, 200)


def test_off_duty_keep_free_does_not_hold_him_back() -> None:
    # Reserved (more than 9 of 1 free: never), the call of 55 is nobody's while he is on duty; at
    # 100, off duty, he finishes and takes it.
    result = run(
        centre(
            channels={"phone": {"hours": monday(0, 60), "at_close": "drain"}},
            reasons={"a": caller(0), "b": caller(55)},
            pools={"team": agents_of((0, 50))},
            routing=[
                {"reason": "b", "to": [{"pool": "team", "keep_free": 9}]},
                {"to": ["team"]},
            ],
        )
    )
    assert ends(result) == [("answered", 0), ("answered", 100)]


# --- 5. waiting, and pools that join later ----------------------------------------------------


def test_pools_join_in_order_of_time_not_of_the_route() -> None:
    # Written third, first: after 0, 10, 30. `c` is busy, `b` away, `a` joins at 31 + 1.
    result = run(
        centre(
            reasons={"x": caller(0), "y": caller(1)},
            pools={"a": {"agents": 1}, "b": {"agents": NEVER_THERE}, "c": {"agents": 1}},
            routing=[
                {"reason": "x", "to": ["c"]},
                {"to": [{"pool": "a", "after": "30 s"}, {"pool": "b", "after": "10 s"}, "c"]},
            ],
        )
    )
    assert result.rows("ended", "pool") == [(0, "c"), (31, "a")]


def test_steps_of_the_same_instant_join_one_after_the_other() -> None:
    # b and a join at 30, in the order of the route: b has the agent, though a's is free longer.
    result = run(
        centre(
            reasons={"x": caller(0)},
            pools={
                "a": {"agents": 1},
                "b": agents_of((10, 900)),
                "none": {"agents": NEVER_THERE},
            },
            routing=[
                {
                    "to": [
                        "none",
                        {"pool": "b", "after": "30 s"},
                        {"pool": "a", "after": "30 s"},
                    ]
                }
            ],
        )
    )
    assert result.rows("ended", "pool") == [(30, "b")]


def test_joining_takes_the_best_agent_of_the_pool() -> None:
    # Of `more`, agents 1 and 2, agent 1 has a chat in hand: agent 2 has most free capacity.
    result = run(
        centre(
            channels={"chat": {}},
            reasons={"x": caller(0), "y": caller(1), "z": caller(2)},
            pools={
                "team": {"agents": 1, "answers": {"chat": 1}},
                "more": {"agents": 2, "answers": {"chat": 2}},
            },
            routing=[
                {"reason": "y", "to": ["more"]},
                {"to": ["team", {"pool": "more", "after": "10 s"}]},
            ],
        )
    )
    assert result.rows("ended", "agent") == [(0, 0), (1, 1), (12, 2)]


def test_joining_respects_keep_free() -> None:
    # `more` joins at 12 with one agent and keep_free 1: no. `team` answers at 100.
    result = run(
        centre(
            reasons={"x": caller(0, 2)},
            pools={"team": {"agents": 1}, "more": {"agents": 1}},
            routing=[{"to": ["team", {"pool": "more", "after": "10 s", "keep_free": 1}]}],
        )
    )
    assert result.rows("ended", "pool") == [(0, "team"), (100, "team")]


def test_once_joined_a_pool_stays_joined() -> None:
    # `more` joins at 12, busy until 50 with its own; then it takes the call.
    result = run(
        centre(
            reasons={"x": caller(0, 2), "own": caller(1, handle="49 s")},
            pools={"team": {"agents": 1}, "more": {"agents": 1}},
            routing=[
                {"reason": "own", "to": ["more"]},
                {"to": ["team", {"pool": "more", "after": "10 s"}]},
            ],
        )
    )
    assert result.rows("reason", "ended", "pool") == [
        *(("x", 0, "team"), ("own", 1, "more"), ("x", 50, "more")),
    ]


def test_patience_and_due_count_from_the_arrival() -> None:
    # E-mail at 7: due at 27 (calls then), expires at 57.
    result = run(
        centre(
            channels={
                "mail": {"due": "20 s", "expires": "50 s", "overdue": {"chance": 1, "on": "phone"}},
                "phone": {"hours": "daily"},
            },
            reasons={"a": caller(7, channels={"mail": 1}, patience="5 s")},
            pools={"team": {"agents": NEVER_THERE}},
        )
    )
    assert result.rows("outcome", "arrived", "ended") == [
        ("expired", 7, 57),
        ("abandoned", 27, 32),
    ]


def test_a_staying_agent_is_there_when_his_pool_joins() -> None:
    # Two agents of `team`, off duty at 100, stay for the call that drains. Agent 0 finished
    # something at 90, agent 1 has been free since 0: when `team` joins at 150, agent 1 takes it
    # (longest free). Agent 0 leaves at 150: nobody is left to stay for.
    result = run(
        centre(
            channels={"phone": {"hours": monday(0, 100), "at_close": "drain"}},
            reasons={"own": caller(0, handle="90 s"), "a": caller(50)},
            pools={"team": {"agents": {monday(0, 100): 2}}, "other": {"agents": NEVER_THERE}},
            routing=[
                {"reason": "own", "to": ["team"]},
                {"to": ["other", {"pool": "team", "after": "100 s"}]},
            ],
        )
    )
    assert result.rows("ended", "agent") == [(0, 0), (150, 1)]
    assert result.first_spells()[0] == (0, 100, 150)
    assert result.first_spells()[1] == (0, 100, 250)


def test_an_agent_in_overtime_stays_for_a_door_that_closes_then() -> None:
    # Off duty at 300 with a call in hand until 600; at 400 the door closes behind b, whom `team`
    # joins at 750. At 600 he stays for it, takes it at 750 and leaves at 760.
    result = run(
        centre(
            channels={"phone": {"hours": monday(0, 400), "at_close": "drain"}},
            reasons={"a": caller(0, handle="600 s"), "b": caller(350, handle="10 s")},
            pools={"team": agents_of((0, 300)), "other": agents_of((5000, 5100))},
            routing=[
                {"reason": "a", "to": ["team"]},
                {"to": ["other", {"pool": "team", "after": "400 s"}]},
            ],
        )
    )
    assert result.rows("ended", "pool") == [(0, "team"), (750, "team")]
    assert result.first_spells()[0] == (0, 300, 760)


def test_an_agent_in_overtime_leaves_when_what_he_stayed_for_is_gone() -> None:
    # As before, but b gives up at 700: until then he stayed.
    result = run(
        centre(
            channels={"phone": {"hours": monday(0, 400), "at_close": "drain"}},
            reasons={"a": caller(0, handle="600 s"), "b": caller(350, patience="350 s")},
            pools={"team": agents_of((0, 300)), "other": {"agents": NEVER_THERE}},
            routing=[
                {"reason": "a", "to": ["team"]},
                {"to": ["other", {"pool": "team", "after": "400 s"}]},
            ],
        )
    )
    assert ends(result) == [("answered", 0), ("abandoned", 700)]
    assert result.first_spells()[0] == (0, 300, 700)


# --- 6. in hand: answer, speed, wrap-up -------------------------------------------------------


def test_wrap_up_keeps_the_agent() -> None:
    # Talk 100 s and wrap-up 30 s: the next call is answered at 130.
    result = run(centre(reasons={"a": caller(0, 10, wrap="30 s")}))
    assert result.rows("ended", "talked", "freed") == [(0, 100, 130), (130, 230, 260)]


def test_exact_shares_of_three_chats_or_one_call() -> None:
    # Capacity 3 = lcm(3, 1); a call needs all three shares, a chat one. Three chats fill him up;
    # the call of 10 fits only when the last chat is done (103), then nothing fits beside it.
    result = run(
        centre(
            channels={"chat": {}, "phone": {}},
            reasons={
                "chats": caller(1, 2, 3, channels={"chat": 1}),
                "calls": caller(10, channels={"phone": 1}),
                "late": caller(150, channels={"chat": 1}),
            },
            pools={"team": {"agents": 1, "answers": {"chat": 3, "phone": 1}}},
        )
    )
    assert result.rows("reason", "ended") == [
        *(("chats", 1), ("chats", 2), ("chats", 3), ("calls", 103), ("late", 203)),
    ]


def test_exact_shares_of_unlike_limits() -> None:
    # Chat 3, social 2: capacity 6, a chat takes 2, a social 3. One social and one chat leave 1
    # share, so the second chat waits, and the second social too; three chats or two socials fit.
    result = run(
        centre(
            channels={"chat": {}, "social": {}},
            reasons={
                "s": caller(0, channels={"social": 1}),
                "c": caller(1, 2, channels={"chat": 1}),
                "t": caller(3, channels={"social": 1}),
            },
            pools={"team": {"agents": 1, "answers": {"chat": 3, "social": 2}}},
        )
    )
    # 100: s is done: 4 shares free, the chat of 2 (earlier) takes 2; 2 left for the social: no.
    # 101: the first chat is done: 4 free, the social fits.
    assert result.rows("reason", "ended") == [("s", 0), ("c", 1), ("c", 100), ("t", 101)]


def test_slowness_is_rounded_to_the_grid() -> None:
    # Speed 3: 100 s talk and 10 s wrap-up take a third each, rounded to the grid one by one.
    result = run(
        centre(reasons={"a": caller(0, wrap="10 s")}, pools={"team": {"agents": 1, "speed": 3}})
    )
    talk, wrap = on_grid(100 * (1 / 3)), on_grid(10 * (1 / 3))
    assert result.rows("talked", "freed") == [(talk, talk + wrap)]


def test_speed_by_reason_and_channel() -> None:
    result = run(
        centre(
            channels={"phone": {}, "chat": {}},
            reasons={
                "a": caller(0, channels={"phone": 1}),
                "b": caller(200, channels={"phone": 1}),
                "c": caller(400, channels={"chat": 1}),
            },
            pools={"team": {"agents": 1, "speed": {"a": {"phone": 2}, "b": 4}}},
        )
    )
    assert result.column("freed") == [50, 225, 500]


CHATS = {"agents": 1, "answers": {"chat": 3}, "pace": {"chat": [1, 0.5, 0.25]}}


def test_pace_when_one_joins_and_leaves() -> None:
    # First chat: alone 0-40 (40 done), with two from 40 at half speed. The second has work 30:
    # at half speed done at 100. By then the first has done 40 + 30 = 70; alone again it needs 30
    # more: finished at 130.
    result = run(
        centre(
            channels={"chat": {}},
            reasons={"a": caller(0), "b": caller(40, handle="30 s")},
            pools={"team": CHATS},
        )
    )
    assert result.rows("ended", "freed") == [(0, 130), (40, 100)]


def test_pace_with_three() -> None:
    # 0-10 alone: 10. 10-20 two: first 15, second 5. From 20 three at a quarter: the third (10 s
    # of work) is done at 60; first 25, second 15. Two again: the second (work 20) needs 5 more at
    # 0.5: done at 70, first 30. Alone: 70 left: 140.
    result = run(
        centre(
            channels={"chat": {}},
            reasons={
                "a": caller(0),
                "b": caller(10, handle="20 s"),
                "c": caller(20, handle="10 s"),
            },
            pools={"team": CHATS},
        )
    )
    assert result.column("freed") == [140, 70, 60]


def test_pace_counts_wrap_up_and_wrap_up_is_paced() -> None:
    # First: talk 30, wrap-up 20. Alone until 40: talk ended at 30, 10 of the wrap-up done. The
    # second (talk 100) comes at 40: half speed for both: the first is finished at 60, the second
    # has done 10, and ends at 60 + 90 = 150.
    result = run(
        centre(
            channels={"chat": {}},
            reasons={"a": caller(0, handle="30 s", wrap="20 s"), "b": caller(40)},
            pools={"team": CHATS},
        )
    )
    assert result.rows("talked", "freed") == [(30, 60), (150, 150)]


def test_talk_that_ends_within_an_interval_of_pace() -> None:
    # First: talk 60, wrap-up 40. At 40 the second comes: half speed; the talk ends when 60 are
    # done, at 80; at 90 the second (work 25) is finished: first 65 done; alone, finished at 125.
    result = run(
        centre(
            channels={"chat": {}},
            reasons={
                "a": caller(0, handle="60 s", wrap="40 s"),
                "b": caller(40, handle="25 s"),
            },
            pools={"team": CHATS},
        )
    )
    assert result.rows("talked", "freed") == [(80, 125), (90, 90)]


def test_pace_ends_freely_in_the_next_speed() -> None:
    # The end of talk falls on the very instant at which the speed changes: at 40 exactly.
    result = run(
        centre(
            channels={"chat": {}},
            reasons={"a": caller(0, handle="40 s", wrap="10 s"), "b": caller(40, handle="5 s")},
            pools={"team": CHATS},
        )
    )
    # From 40 both at half speed: b is finished at 50, a has 5 left: 55.
    assert result.rows("talked", "freed") == [(40, 55), (50, 50)]


def test_pace_of_a_list_that_is_too_short_goes_on_with_its_last() -> None:
    result = run(
        centre(
            channels={"chat": {}},
            reasons={"a": caller(0, 0, 0)},
            pools={"team": {"agents": 1, "answers": {"chat": 3}, "pace": {"chat": [1, 0.5]}}},
        )
    )
    assert result.column("freed") == [200, 200, 200]


def test_pace_by_channel() -> None:
    # Chats at [1, 0.5], mails always at full speed (not given): together with the mail, the chat
    # goes at half speed from 0, done at 100 (work 50); the mail of 100 is done at 100.
    result = run(
        centre(
            channels={"chat": {}, "mail": {"due": "1 d"}},
            reasons={
                "c": caller(0, handle="50 s", channels={"chat": 1}),
                "m": caller(0, channels={"mail": 1}),
            },
            pools={
                "team": {
                    "agents": 1,
                    "answers": {"chat": 2, "mail": 2},
                    "pace": {"chat": [1, 0.5]},
                }
            },
        )
    )
    assert result.column("freed") == [100, 100]


def test_pace_is_rounded_to_the_grid() -> None:
    # Speed 0.7 alone: 100 s of work take round(100 / 0.7).
    result = run(
        centre(
            reasons={"a": caller(0, handle="60 s", wrap="40 s")},
            pools={"team": {"agents": 1, "pace": {"phone": [0.7]}}},
        )
    )
    assert result.rows("talked", "freed") == [(on_grid(60 / 0.7), on_grid(100 / 0.7))]


def test_finishing_choosing_and_pace_in_one_instant() -> None:
    # Two at once at half speed, one waits: when the first pair member ends at 100 (work 50), the
    # next comes at once, so the other stays at half speed throughout: 100 s of work take 200.
    result = run(
        centre(
            channels={"chat": {}},
            reasons={"a": caller(0), "b": caller(0, 1, 2, handle="50 s")},
            pools={"team": {"agents": 1, "answers": {"chat": 2}, "pace": {"chat": [1, 0.5]}}},
        )
    )
    # a and b from 0; b done at 100, next b 100-200 (a done at 200), the last from 200 alone.
    assert result.rows("reason", "ended", "freed") == [
        *(("a", 0, 200), ("b", 0, 100), ("b", 100, 200), ("b", 200, 250)),
    ]


def test_second_chance_before_he_chooses() -> None:
    # Contact 1 is not resolved: the customer is back at once, at 100; the agent has chosen the
    # one who waited by then (the new contact is an arrival, a later event).
    result = run(
        centre(
            reasons={
                "a": caller(0, resolved=0, again={"after": "0 s", "attempts": 1}),
                "b": caller(50),
            }
        )
    )
    assert result.rows("reason", "arrived", "ended") == [
        ("a", 0, 0),
        ("b", 50, 100),
        ("a", 100, 200),
    ]


# --- 7. giving up -----------------------------------------------------------------------------


def test_gives_up_when_patience_ends() -> None:
    result = run(centre(reasons={"a": caller(0, 10, patience="50 s")}))
    assert ends(result) == [("answered", 0), ("abandoned", 60)]


def test_never_gives_up_without_patience() -> None:
    result = run(centre(reasons={"a": caller(0, 10, handle="3 d", patience="never")}))
    assert ends(result) == [("answered", 0), ("answered", 3 * DAY)]


def test_no_patience_leaves_at_once() -> None:
    # Patience 0: joins the queue and leaves it in the same instant; a retry is possible.
    result = run(centre(reasons={"a": caller(0, 10, patience="0 s")}))
    assert ends(result) == [("answered", 0), ("abandoned", 10)]


def test_the_purchase_window_ends_the_patience() -> None:
    # Patience 80 s, window 30 s, lapse leave: gives up at 10 + 30.
    buying = {"window": "30 s", "lapse": "leave"}
    result = run(centre(reasons={"a": caller(0, 10, patience="80 s", buying=buying)}))
    assert ends(result) == [("answered", 0), ("abandoned", 40)]


def test_the_window_is_no_longer_than_the_patience() -> None:
    buying = {"window": "80 s", "lapse": "leave"}
    result = run(centre(reasons={"a": caller(0, 10, patience="30 s", buying=buying)}))
    assert ends(result) == [("answered", 0), ("abandoned", 40)]


def test_the_purchase_window_with_stay_is_unknown_to_the_engine() -> None:
    buying = {"window": "30 s", "lapse": "stay"}
    result = run(centre(reasons={"a": caller(0, 10, patience="80 s", buying=buying)}))
    assert ends(result) == [("answered", 0), ("abandoned", 90)]


# --- 8. second chances ------------------------------------------------------------------------


def test_retries_after_giving_up_up_to_the_limit() -> None:
    # Patience 10, back 20 s later, twice at most: 0-10, 30-40, 60-70.
    result = run(
        centre(
            channels=OPEN,
            reasons={
                "a": caller(0, patience="10 s", retry={"chance": 1, "after": "20 s", "attempts": 2})
            },
            pools={"team": {"agents": NEVER_THERE}},
        )
    )
    assert result.rows("cause", "attempt", "parent", "arrived", "outcome", "ended") == [
        ("first", 0, -1, 0, "abandoned", 10),
        ("retry", 1, 0, 30, "abandoned", 40),
        ("retry", 2, 1, 60, "abandoned", 70),
    ]


@pytest.mark.parametrize("outcome", ["balked", "blocked"])
def test_retries_after_balking_and_blocking(outcome: str) -> None:
    limit = {"queue_limit": 0} if outcome == "blocked" else {}
    result = run(
        centre(
            channels={"phone": limit},
            reasons={
                "a": caller(0, 10, balk=1, retry={"chance": 1, "after": "30 s", "attempts": 1})
            },
        )
    )
    assert result.rows("outcome", "arrived") == [("answered", 0), (outcome, 10), (outcome, 40)]


def test_no_retry_after_a_closed_door() -> None:
    result = run(
        centre(
            channels={"phone": {"hours": monday(500, 600)}},
            reasons={"a": caller(0, retry={"chance": 1, "after": "30 s"})},
        )
    )
    assert ends(result) == [("closed", 0)]


def test_no_retry_after_expiry() -> None:
    result = run(
        centre(
            channels={"mail": {"due": "1 h", "expires": "20 s"}},
            reasons={"a": caller(0, retry={"chance": 1, "after": "30 s"})},
            pools={"team": {"agents": NEVER_THERE}},
        )
    )
    assert ends(result) == [("expired", 20)]


def test_retry_chance_by_channel_and_retry_on_another_channel() -> None:
    # From the phone always, on chat; from chat never.
    result = run(
        centre(
            channels={"phone": {"hours": "daily"}, "chat": {"hours": "daily"}},
            reasons={
                "a": caller(
                    0,
                    channels={"phone": 1},
                    patience="10 s",
                    retry={"chance": {"phone": 1, "chat": 0}, "after": "20 s", "on": "chat"},
                )
            },
            pools={"team": {"agents": NEVER_THERE}},
        )
    )
    assert result.rows("channel", "arrived", "ended") == [("phone", 0, 10), ("chat", 30, 40)]


def test_retry_with_its_chance() -> None:
    result = run(
        centre(
            channels=OPEN,
            reasons={
                "a": caller(
                    *[1.0] * 400,
                    patience="10 s",
                    retry={"chance": 0.4, "after": "20 s", "attempts": 1},
                )
            },
            pools={"team": {"agents": NEVER_THERE}},
        )
    )
    at = result.draws.at[4, 0, 0]
    lucky = np.flatnonzero(result.draws.values[at : at + 400] < 0.4)
    assert result.column("parent")[400:] == lucky.tolist()
    assert 0 < len(lucky) < 400


def test_again_until_resolved_or_the_limit() -> None:
    # Never resolved, twice more at most, 50 s after the wrap-up: 0-110, 160-270, 320-430.
    result = run(
        centre(
            reasons={
                "a": caller(0, wrap="10 s", resolved=0, again={"after": "50 s", "attempts": 2})
            }
        )
    )
    assert result.rows("cause", "attempt", "parent", "arrived", "freed", "resolved") == [
        ("first", 0, -1, 0, 110, 0),
        ("again", 1, 0, 160, 270, 0),
        ("again", 2, 1, 320, 430, 0),
    ]


def test_again_on_another_channel_with_its_own_chance() -> None:
    # On the phone never resolved, by e-mail always.
    result = run(
        centre(
            channels={"phone": {}, "mail": {"due": "1 d"}},
            reasons={
                "a": caller(
                    0,
                    channels={"phone": 1},
                    resolved={"phone": 0, "mail": 1},
                    again={"after": "1 s", "on": "mail"},
                )
            },
        )
    )
    assert result.rows("channel", "cause", "arrived", "resolved") == [
        ("phone", "first", 0, 0),
        ("mail", "again", 101, 1),
    ]


def test_not_resolved_and_no_way_to_come_again() -> None:
    result = run(centre(reasons={"a": caller(0, resolved=0)}))
    assert result.column("resolved") == [0]


def test_retries_and_agains_are_counted_apart() -> None:
    # One retry and one again: abandoned at 20 (busy until 100), retry at 120 answered until 220,
    # again at 270, answered. Four are made in all if each were to count for both... three here.
    result = run(
        centre(
            reasons={
                "x": caller(0),
                "a": caller(
                    10,
                    patience="10 s",
                    retry={"chance": 1, "after": "100 s", "attempts": 1},
                    resolved=0,
                    again={"after": "50 s", "attempts": 1},
                ),
            }
        )
    )
    assert result.rows("reason", "cause", "attempt", "arrived", "outcome") == [
        ("x", "first", 0, 0, "answered"),
        ("a", "first", 0, 10, "abandoned"),
        ("a", "retry", 1, 120, "answered"),
        ("a", "again", 2, 270, "answered"),
    ]


def test_overdue_contacts_escalate_and_both_are_answered() -> None:
    # Not linked: e-mail at 0 is due at 50, the customer calls; the agent comes at 60 and takes the
    # call (live first), then the forgotten e-mail: a duplicate.
    result = run(
        centre(
            channels={
                "mail": {"due": "50 s", "overdue": {"chance": 1, "on": "phone"}},
                "phone": {"hours": "daily"},
            },
            reasons={"a": caller(0, channels={"mail": 1})},
            pools={"team": agents_of((60, 900))},
        )
    )
    assert result.rows("channel", "cause", "parent", "arrived", "outcome", "ended") == [
        ("mail", "first", -1, 0, "answered", 160),
        ("phone", "overdue", 0, 50, "answered", 60),
    ]


def test_overdue_needs_luck_and_waiting() -> None:
    # Chance 0: nobody calls.
    mail = {"due": "50 s", "overdue": {"chance": 0, "on": "phone"}}
    result = run(
        centre(
            channels={"mail": mail, "phone": {"hours": "daily"}},
            reasons={"a": caller(0, channels={"mail": 1})},
            pools={"team": agents_of((60, 900))},
        )
    )
    assert ends(result) == [("answered", 60)]


def test_linked_withdraws_who_waits_at_once() -> None:
    # As above in a linked centre: the call's answer at 60 withdraws the e-mail.
    result = run(
        centre(
            linked=True,
            channels={
                "mail": {"due": "50 s", "overdue": {"chance": 1, "on": "phone"}},
                "phone": {"hours": "daily"},
            },
            reasons={"a": caller(0, channels={"mail": 1})},
            pools={"team": agents_of((60, 900))},
        )
    )
    assert ends(result) == [("withdrawn", 60), ("answered", 60)]


def test_linked_withdraws_who_is_coming_when_he_arrives() -> None:
    # The e-mail is due at 50; the call gives up at 55 (patience 5) and would be tried again at
    # 155. At 60 the e-mail is answered: the retry is withdrawn as it arrives at 155.
    result = run(
        centre(
            linked=True,
            channels={
                "mail": {"due": "50 s", "overdue": {"chance": 1, "on": "phone"}},
                "phone": {"hours": "daily"},
            },
            reasons={
                "a": caller(
                    0,
                    channels={"mail": 1},
                    patience="5 s",
                    retry={"chance": 1, "after": "100 s"},
                )
            },
            pools={"team": agents_of((60, 900))},
        )
    )
    assert result.rows("channel", "arrived", "outcome", "ended") == [
        ("mail", 0, "answered", 60),
        ("phone", 50, "abandoned", 55),
        ("phone", 155, "withdrawn", 155),
    ]


def test_linked_leaves_other_customers_and_later_contacts_alone() -> None:
    # Two customers' e-mails; the first one's answer does not withdraw the second's, nor the
    # contact that the first customer makes afterwards, not being satisfied.
    result = run(
        centre(
            linked=True,
            channels={"mail": {"due": "1 d"}},
            reasons={"a": caller(0, 1, resolved=0, again={"after": "10 s", "attempts": 1})},
        )
    )
    assert set(result.column("outcome")) == {"answered"}
    assert len(result.contacts) == 4


def test_withdrawn_who_drains_lets_the_staying_go() -> None:
    # Linked. Contact 0, an e-mail (only `post` answers it, from 300), due at 50: the customer
    # calls; the phone's door closes at 100 and the call drains, for `team` (joins at 50 + 400).
    # At 300 the e-mail is answered: the call is withdrawn, and team's agent leaves at 300.
    result = run(
        centre(
            linked=True,
            channels={
                "mail": {"due": "50 s", "overdue": {"chance": 1, "on": "phone"}},
                "phone": {"hours": monday(0, 100), "at_close": "drain"},
            },
            reasons={"a": caller(0, channels={"mail": 1})},
            pools={
                "team": {**agents_of((0, 100)), "answers": ["phone"]},
                "post": {**agents_of((300, 900)), "answers": ["mail"]},
                "none": {"agents": NEVER_THERE},
            },
            routing=[{"to": ["none", "post", {"pool": "team", "after": "400 s"}]}],
        )
    )
    assert ends(result) == [("answered", 300), ("withdrawn", 300)]
    assert result.first_spells()[0] == (0, 100, 300)


def test_self_service_resolves_or_leads_on() -> None:
    # Never resolved: after 40 s in self-service the customer calls.
    result = run(
        centre(
            channels={"web": {"unlimited": True, "resolved": 0, "otherwise": "phone"}, "phone": {}},
            reasons={"a": caller(5, channels={"web": 1}, handle={"web": "40 s", "phone": "100 s"})},
        )
    )
    assert result.rows("channel", "cause", "outcome", "arrived", "ended", "resolved") == [
        ("web", "first", "self_served", 5, 5, 0),
        ("phone", "otherwise", "answered", 45, 45, 1),
    ]


def test_self_service_with_its_chance_which_is_the_channels() -> None:
    result = run(
        centre(
            channels={
                "web": {"unlimited": True, "resolved": 0.6, "otherwise": "phone"},
                "phone": {},
            },
            reasons={
                "a": caller(
                    *[1.0] * 400, channels={"web": 1}, handle={"phone": "1 s"}, resolved=0.9
                )
            },
        )
    )
    at = result.draws.at[6, 0, 0]
    helped = result.draws.values[at : at + 400] < 0.6
    assert result.column("resolved")[:400] == helped.astype(int).tolist()
    assert result.column("parent")[400:] == np.flatnonzero(~helped).tolist()


def test_at_most_three_moves() -> None:
    # web -> chat is not to be had (closed) -> web ... : self-service leads on to chat, which is
    # closed and sends back to self-service: 1, 2, 3 moves, then the end.
    result = run(
        centre(
            channels={
                "web": {"unlimited": True, "resolved": 0.001, "otherwise": "chat"},
                "chat": {"hours": monday(50000, 50001)},
            },
            reasons={
                "a": caller(0, channels={"web": 1}, closed={"chat": {"web": 1}}, handle="10 s")
            },
        ),
        seed=2,
    )
    assert result.rows("channel", "cause", "arrived", "outcome") == [
        ("web", "first", 0, "self_served"),
        ("chat", "otherwise", 10, "closed"),
        ("web", "closed", 10, "self_served"),
        ("chat", "otherwise", 20, "closed"),
    ]


def test_overdue_counts_as_a_move() -> None:
    # E-mail that leads to e-mail when overdue, due in 10 s: three more, no fourth.
    result = run(
        centre(
            channels={"mail": {"due": "10 s", "overdue": {"chance": 1, "on": "mail"}}},
            reasons={"a": caller(0)},
            pools={"team": agents_of((1000, 9000))},
        )
    )
    assert result.rows("cause", "arrived", "parent") == [
        ("first", 0, -1),
        ("overdue", 10, 0),
        ("overdue", 20, 1),
        ("overdue", 30, 2),
    ]


def test_every_contact_has_its_own_draws() -> None:
    # The k-th contact of a customer reads the k-th bank: patience of attempt 0 and 1 as drawn.
    result = run(
        centre(
            channels=OPEN,
            reasons={
                "a": caller(
                    0,
                    1,
                    2,
                    patience={"exponential": "10 s"},
                    retry={"chance": 1, "after": {"exponential": "5 s"}, "attempts": 2},
                )
            },
            pools={"team": {"agents": NEVER_THERE}},
        )
    )
    luck = [values(result.draws, 0, attempt) for attempt in range(3)]
    begins = (result.draws.at[purpose, 0, 0] for purpose in (Purpose.PATIENCE, Purpose.RETRY_AFTER))
    patience, after = (np.stack([one[at : at + 3] for one in luck]) for at in begins)
    for row in result.contacts:
        attempt, customer = row["attempt"], row["customer"]
        assert row["ended"] == row["arrived"] + patience[attempt, customer]
        if attempt:
            parent = result.contacts[row["parent"]]
            assert row["arrived"] == parent["ended"] + after[attempt - 1, customer]
    assert len(set(patience.ravel().tolist())) == 9


# --- 9. coming on and going off duty ----------------------------------------------------------


def test_overtime_finishes_what_is_in_hand() -> None:
    # Duty until 50, the call until 130 (wrap-up included); nobody else is taken.
    result = run(
        centre(
            channels=OPEN,
            reasons={"a": caller(0, 10, wrap="30 s", patience="1 h")},
            pools={"team": agents_of((0, 50))},
        )
    )
    assert ends(result) == [("answered", 0), ("abandoned", 3610)]
    assert result.first_spells()[0] == (0, 50, 130)


def test_an_idle_agent_leaves_on_time() -> None:
    result = run(centre(reasons={"a": caller(0, handle="1 s")}, pools={"team": agents_of((0, 50))}))
    assert result.first_spells()[0] == (0, 50, 50)


def test_overtime_ends_where_the_next_spell_begins() -> None:
    # Duty 0-50 and 80-300; the call in hand goes on through the gap (0-100): the first spell ends
    # at 80, the call keeps him busy until 100, when he takes the next.
    result = run(
        centre(
            channels=OPEN,
            reasons={"a": caller(0, 60)},
            pools={"team": agents_of((0, 50), (80, 300))},
        )
    )
    assert [spell[1:] for spell in result.spells()[:2]] == [(0, 50, 80), (80, 300, 300)]
    assert result.column("ended") == [0, 100]


def test_back_on_duty_with_chats_in_hand() -> None:
    # Three at once: with one chat in hand through the gap he comes back at 80 with room for two.
    result = run(
        centre(
            channels={"chat": {"hours": "daily"}},
            reasons={"a": caller(0, 60, 61, 62)},
            pools={"team": {**agents_of((0, 50), (80, 400)), "answers": {"chat": 3}}},
        )
    )
    assert result.column("ended") == [0, 80, 80, 100]


def test_staying_until_the_draining_contact_gives_up() -> None:
    # Idle at closing, he stays for a call that his pool has not joined yet, which gives up at 200.
    result = run(
        centre(
            channels={"phone": {"hours": monday(0, 100), "at_close": "drain"}},
            reasons={"a": caller(50, patience="150 s")},
            pools={"team": agents_of((0, 100)), "other": {"agents": NEVER_THERE}},
            routing=[{"to": ["other", {"pool": "team", "after": "1 h"}]}],
        )
    )
    assert ends(result) == [("abandoned", 200)]
    assert result.first_spells()[0] == (0, 100, 200)


def test_staying_agents_of_all_pools_on_the_route_are_released_together() -> None:
    # The call drains for `team` and `more`, neither joined yet; `third` is not on its route and
    # goes on time. `team` takes it at 150: `more` leaves at 150, `team` at 250.
    result = run(
        centre(
            channels={"phone": {"hours": monday(0, 100), "at_close": "drain"}},
            reasons={"a": caller(50), "b": caller(0, handle="1 s")},
            pools={
                "other": {"agents": NEVER_THERE},
                "team": agents_of((0, 100)),
                "more": agents_of((0, 100)),
                "third": agents_of((0, 100)),
            },
            routing=[
                {"reason": "b", "to": ["third"]},
                {
                    "to": [
                        "other",
                        {"pool": "team", "after": "100 s"},
                        {"pool": "more", "after": "200 s"},
                    ]
                },
            ],
        )
    )
    left = {agent: spell[2] for agent, spell in result.first_spells().items()}
    assert left[1] == 250  # team
    assert left[2] == 150  # more
    assert left[3] == 100  # third


def test_a_busy_agent_stays_for_the_next_one_too() -> None:
    # Two agents busy until 120 and 130 when duty ends at 110 with one call waiting: the first one
    # free takes it; the other leaves when done.
    result = run(
        centre(
            channels={"phone": {"at_close": "drain"}},
            reasons={"a": caller(20, 30, 40)},
            pools={"team": {"agents": {monday(0, 110): 2}}},
        )
    )
    assert result.rows("ended", "agent") == [(20, 0), (30, 1), (120, 0)]
    assert result.first_spells() == {0: (0, 110, 220), 1: (0, 110, 130)}


def test_staying_into_the_next_spell() -> None:
    # He stays (idle) for a call that drains and is on duty again at 200: the first spell ends
    # there. At 200 his pool has joined (150 + keep_free... no: after 200 s, at 250): he takes it.
    result = run(
        centre(
            channels={"phone": {"hours": monday(0, 100), "at_close": "drain"}},
            reasons={"a": caller(50)},
            pools={"team": agents_of((0, 100), (200, 900)), "other": {"agents": NEVER_THERE}},
            routing=[{"to": ["other", {"pool": "team", "after": "200 s"}]}],
        )
    )
    assert result.rows("ended", "agent") == [(250, 0)]
    assert [spell[1:] for spell in result.spells()[:2]] == [(0, 100, 200), (200, 900, 900)]


def test_staying_until_the_horizon() -> None:
    # He stays for a call without patience that his pool never joins (after 30 days).
    result = run(
        centre(
            channels={"phone": {"hours": "mon 00:00:00-00:01:40", "at_close": "drain"}},
            reasons={"a": caller(50)},
            pools={
                "team": {"agents": {"wed 00:00-01:00": 1, monday(0, 100): 1}},
                "other": {"agents": {"tue 00:00-00:01": 0}},
            },
            routing=[{"to": ["other", {"pool": "team", "after": "30 d"}]}],
        )
    )
    assert result.column("outcome") == ["unfinished"]
    # Each spell is followed by staying until the next begins, the last by staying to the end.
    starts = [on for _, on, *_ in result.spells()]
    assert [left for *_, left in result.spells()] == [*starts[1:], 15 * DAY]


def test_agents_who_left_before_the_door_closed_do_not_come_back() -> None:
    # Duty until 50, the door closes at 100 behind a call that `team` would take.
    result = run(
        centre(
            channels={"phone": {"hours": monday(0, 100), "at_close": "drain"}},
            reasons={"a": caller(60, patience="1 h")},
            pools={"team": agents_of((0, 50))},
        )
    )
    assert ends(result) == [("abandoned", 3660)]
    assert result.first_spells()[0] == (0, 50, 50)


def test_going_off_duty_he_takes_whom_keep_free_had_held_back() -> None:
    # keep_free 1 of one agent: never while he is on duty. At 300 his duty ends; he stays for the
    # call that drains, and nothing holds him back from it.
    result = run(
        centre(
            channels={"phone": {"hours": monday(0, 200), "at_close": "drain"}},
            reasons={"a": caller(10, patience="5000 s")},
            pools={"team": agents_of((0, 300))},
            routing=[{"to": [{"pool": "team", "keep_free": 1}]}],
        )
    )
    assert ends(result) == [("answered", 300)]
    assert result.first_spells()[0] == (0, 300, 400)


def test_staying_agents_take_who_begins_to_drain() -> None:
    # The agent stays from 200 on for the phone call (his pool joins it at 610). The other line
    # closes at 250, and its caller of 220 drains: he is free to take him, from 250 to 350.
    result = run(
        centre(
            channels={
                "phone": {"hours": monday(0, 200), "at_close": "drain"},
                "call": {"hours": monday(0, 250), "at_close": "drain"},
            },
            reasons={
                "a": caller(10, channels={"phone": 1}),
                "b": caller(220, channels={"call": 1}),
            },
            pools={"team": agents_of((0, 200)), "other": {"agents": NEVER_THERE}},
            routing=[
                {"reason": "a", "to": ["other", {"pool": "team", "after": "600 s"}]},
                {"to": ["team"]},
            ],
        )
    )
    assert result.rows("reason", "ended") == [("a", 610), ("b", 250)]
    assert result.first_spells()[0] == (0, 200, 710)


# --- duty: blocks that chain, breaks, presence ------------------------------------------------


def spells_of(agents: dict[str, int], **more: Any) -> set[tuple[int, float, float]]:
    """The scheduled spells of the first day, nobody calling."""
    pool = {"agents": agents, **more}
    result = run(
        centre(channels=OPEN, reasons={"a": caller(DAY - 1, handle="1 s")}, pools={"team": pool})
    )
    return {(agent, on, off) for agent, on, off, _ in result.spells() if on < DAY}


def test_blocks_that_fall_send_the_others_home() -> None:
    # 8 until 100, then 7: seven stay on without a gap, the eighth goes.
    assert spells_of({monday(0, 100): 8, monday(100, 200): 7}) == {
        *((agent, 0, 200) for agent in range(7)),
        (7, 0, 100),
    }


def test_blocks_that_rise_send_nobody_home() -> None:
    # 4 until 100, then 6: the four go on, two come.
    assert spells_of({monday(0, 100): 4, monday(100, 200): 6}) == {
        *((agent, 0, 200) for agent in range(4)),
        *((agent, 100, 200) for agent in (4, 5)),
    }


def test_overlapping_blocks_add_up() -> None:
    assert spells_of({monday(0, 300): 1, monday(100, 200): 2}) == {
        (0, 0, 300),
        (1, 100, 200),
        (2, 100, 200),
    }


def test_going_on_comes_before_coming_back() -> None:
    # Agent 0 works 0-50, agents 1 and 2 0-100 (by the second line), agent 0 again? At 100 one is
    # needed: agent 1, who goes on, not agent 0, who went home at 50.
    assert spells_of({monday(0, 50): 1, monday(0, 100): 2, monday(100, 200): 1}) == {
        (0, 0, 50),
        (1, 0, 200),
        (2, 0, 100),
    }


def test_a_break_every_day_of_a_pool_that_is_always_there() -> None:
    # `between: daily` means each day: a break from 00:00 to 00:30, on all days of the run.
    pool = {"agents": 1, "breaks": [{"between": "daily", "length": "30 min"}]}
    result = run(
        centre(channels=OPEN, reasons={"a": caller(DAY - 1, handle="1 s")}, pools={"team": pool})
    )
    assert [on for _, on, *_ in result.spells()] == [day * DAY + 1800 for day in range(15)]


def test_breaks_are_spread_evenly() -> None:
    # Three agents, break of 10 within 100-160: starts 100, 125, 150. An agent whose shift does
    # not contain all of 100-160 has none.
    pauses = [{"between": monday(100, 160), "length": "10 s"}]
    assert spells_of({monday(0, 200): 3, monday(110, 300): 1}, breaks=pauses) == {
        *((0, 0, 100), (0, 110, 200)),
        *((1, 0, 125), (1, 135, 200)),
        *((2, 0, 150), (2, 160, 200)),
        (3, 110, 300),
    }


def test_presence_is_drawn_per_agent_and_day() -> None:
    # Two blocks of a day share the luck; another day has its own.
    pool = {"agents": {"daily 08:00-10:00": 40, "daily 12:00-14:00": 40}, "presence": 0.5}
    result = run(
        centre(channels=OPEN, reasons={"a": caller(DAY - 1, handle="1 s")}, pools={"team": pool})
    )
    here = np.zeros((15, 2, 40), dtype=bool)
    for agent, on, *_ in result.spells():
        here[int(on // DAY), int(on % DAY > 11 * 3600), agent] = True
    assert (here[:, 0] == here[:, 1]).all()
    assert (here[0, 0] != here[1, 0]).any()
    assert 0.3 < here.mean() < 0.7


# --- 10. every contact ends exactly one way ---------------------------------------------------


def test_what_is_present_for_each_outcome() -> None:
    # One of each kind: see the tests above; here only that columns agree with the outcome.
    result = run(
        centre(
            channels={"phone": {"queue_limit": 1}, "web": {"unlimited": True}},
            reasons={
                "a": caller(0, 1, 2, channels={"phone": 1}),
                "b": caller(3, channels={"web": 1}),
            },
        )
    )
    assert result.rows("outcome", "pool", "agent", "resolved") == [
        ("answered", "team", 0, 1),
        ("answered", "team", 0, 1),
        ("blocked", None, -1, -1),
        ("self_served", None, -1, 1),
    ]
    log = result.log
    answered = log.outcome == 0
    for column in (log.talked, log.freed):
        assert (np.isnan(column) == ~answered).all()


def test_nobody_calls() -> None:
    result = run(centre(reasons={"a": {"volume": "0 per week", "handle": "1 s"}}))
    assert len(result.log) == 0
    assert result.spells() == [(0, 0, 15 * DAY, 15 * DAY)]
