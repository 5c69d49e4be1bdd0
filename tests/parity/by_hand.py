"""Scenarios by hand, for what is too rare in the random series to be waited for."""

from __future__ import annotations

from typing import Any

from centre import caller, centre, monday
from scenes import BACKLOG, DECLINED_AFTER_DUTY, DISMISSED

MAILS = {"channels": {"phone": {"interrupts": "mail"}, "mail": {"due": "1 h", "hand_over": True}}}
"""Mails are put down for calls, and handed over."""

BY_HAND: tuple[dict[str, Any], ...] = (
    # The call at 30 goes to the others, and the one at 40 waits: the team keeps somebody free.
    centre(
        **MAILS,
        reasons={
            "a": caller(30, 40, 60, channels={"phone": 1}),
            "b": caller(0, 10, 20, 300, channels={"mail": 1}, handle="150 s"),
        },
        pools={"team": {"agents": 2}, "other": {"agents": 1}},
        routing=[
            {"channel": "mail", "to": ["team"]},
            {"to": [{"pool": "team", "keep_free": 1}, "other"]},
        ],
    ),
    centre(
        **MAILS,
        reasons={
            "a": caller(30, 40, 50, 130, channels={"phone": 1}),
            "b": caller(0, 10, 20, 300, channels={"mail": 1}, handle="150 s"),
        },
        pools={"team": {"agents": 2, "speed": 2}},
    ),
    # A break at 40, before which nothing is handed over; at 8010 the shift ends; a mail is left.
    centre(
        **MAILS,
        reasons={"b": caller(0, 60, 7960, 7970, channels={"mail": 1}, handle="50 s")},
        pools={
            "team": {
                "agents": {monday(0, 8010): 1, monday(16000, 17000): 1},
                "breaks": [{"between": monday(40, 50), "length": "10 s"}],
                "speed": 0.8,
            },
            "late": {"agents": {monday(8000, 9000): 1}},
        },
        routing=[{"to": ["team", {"pool": "late", "after": "1 s"}]}],
    ),
    # A chat and a mail at once; a call, which needs both hands, waits for the chat alone.
    centre(
        channels={"phone": {"interrupts": "mail"}, "chat": {}, "mail": {"due": "1 h"}},
        reasons={
            "a": caller(10, channels={"phone": 1}),
            "b": caller(0, channels={"chat": 1}, handle="50 s"),
            "c": caller(0, channels={"mail": 1}),
        },
        pools={"team": {"agents": 1, "answers": {"phone": 1, "chat": 2, "mail": 2}}},
    ),
    # Handed over at 50 to one who is there, and idle since 45.
    centre(
        **MAILS,
        reasons={
            "b": caller(0, channels={"mail": 1}),
            "c": caller(0, channels={"mail": 1}, handle="45 s"),
        },
        pools={"team": {"agents": {monday(0, 50): 1}}, "other": {"agents": 1}},
        routing=[{"to": ["team", "other"]}],
    ),
    # One is finished as the shift ends, one is due while it waits for another shift.
    centre(
        channels={
            "mail": {"due": "90 s", "hand_over": True, "overdue": {"chance": 1, "on": "mail"}}
        },
        reasons={"b": caller(0, 10, handle="50 s")},
        pools={"team": {"agents": {monday(0, 50): 1, monday(40, 60): 1, monday(9000, 9100): 1}}},
    ),
    # Nobody of this shift comes back: what was put down at 30 is for the other one.
    centre(
        channels={"phone": {"interrupts": "mail"}, "mail": {"due": "1 h"}},
        reasons={
            "a": caller(30, channels={"phone": 1}),
            "b": caller(0, channels={"mail": 1}),
        },
        pools={
            "team": {
                "shifts": {
                    "early": {"count": 1, "at": "2026-01-05 00:00:00-00:01:00"},
                    "late": {"count": 1, "at": "2026-01-05 00:01:40-00:15:00"},
                }
            }
        },
    ),
    # A call ends as its agent goes off duty: the next one waits for the next spell.
    centre(
        reasons={"a": caller(0, 50, handle="100 s")},
        pools={"team": {"agents": {monday(0, 100): 1, monday(200, 400): 1}}},
    ),
    # A call ends at 220, in the spell between two breaks of 100 s: the first is over at 320, in the
    # second, which follows: back at 420, not at 350.
    centre(
        reasons={"a": caller(60, handle="160 s")},
        pools={
            "team": {
                "agents": {monday(0, 1000): 1},
                "breaks": [
                    {"between": monday(100, 200), "length": "100 s"},
                    {"between": monday(250, 350), "length": "100 s"},
                ],
            }
        },
    ),
    # An agent comes as the door closes behind somebody.
    centre(
        channels={"phone": {"hours": monday(0, 100)}},
        reasons={"a": caller(40)},
        pools={"team": {"agents": {monday(100, 200): 1}}},
    ),
    # Idle at closing time, the agent stays for a call that his pool joins later.
    centre(
        channels={"phone": {"hours": monday(0, 100), "at_close": "drain"}},
        reasons={"a": caller(50)},
        pools={"team": {"agents": {monday(0, 100): 1}}, "other": {"agents": {"sun": 1}}},
        routing=[{"to": ["other", {"pool": "team", "after": "100 s"}]}],
    ),
    # A pause ends as an agent of another pool comes.
    centre(
        channels={"phone": {"hours": monday(0, 300)}},
        reasons={"a": caller(0)},
        pools={
            "team": {
                "agents": 1,
                "offers": {"accept": 0, "response": "10 s", "pause": "90 s"},
            },
            "other": {"agents": {monday(100, 200): 1}},
        },
        routing=[{"to": ["team", "other"]}],
    ),
    # He declines a second offer while the pause after the first one runs; the door closes before
    # the pause after the second is over.
    centre(
        channels={"phone": {"hours": monday(0, 115)}},
        reasons={"a": caller(0, 10)},
        pools={
            "team": {
                "agents": 1,
                "answers": {"phone": 2},
                "offers": {"accept": 0, "response": "20 s", "pause": "90 s"},
            }
        },
    ),
    # Called three times in vain, one in a queue whose callbacks are offered no more, one too late.
    centre(
        channels={
            "phone": {
                "queue_limit": 1,
                "callback": {
                    "hours": monday(0, 50),
                    "patience": "250 s",
                    "reach": 0.5,
                    "attempts": 3,
                    "again_after": "70 s",
                    "handle": 0.7,
                },
            }
        },
        reasons={"a": caller(0, 10, 20, 30, 40, 50, wrap="10 s", patience="9 min")},
    ),
    # A list of customers, some reached, some not, some others in their place; nobody calls himself.
    centre(
        channels={
            "phone": {},
            "list": {
                "due": "1 h",
                "outbound": {
                    "reach": 0.5,
                    "reach_at": {monday(200, 400): 1, monday(400, 600): 0.1},
                    "reach_again": 0.9,
                    "right_party": 0.7,
                    "wrong_party": "31 s",
                    "preview": "7 s",
                    "ring": "23 s",
                    "attempts": 3,
                    "again_after": "2 min",
                },
            },
        },
        reasons={
            "a": caller(
                *range(0, 200, 10),
                channels={"list": 1},
                wrap="10 s",
                retry={"chance": 1, "after": "5 s", "on": "phone"},
            )
        },
        pools={"team": {"agents": 3, "answers": ["phone", "list"]}},
    ),
    # The door closes before somebody is called back.
    centre(
        channels={
            "phone": {
                "hours": monday(0, 100),
                "callback": {"when_wait_over": "10 s", "accept": 1},
            }
        },
        reasons={"a": caller(50)},
        pools={"team": {"agents": {monday(900, 999): 1}}},
    ),
    # An agent goes as somebody comes.
    centre(
        channels={"phone": {"hours": monday(0, 300)}},
        reasons={"a": caller(100)},
        pools={"team": {"agents": {monday(0, 100): 1, monday(200, 300): 1}}},
    ),
    # A letter expires as it falls due.
    centre(
        channels={
            "phone": {},
            "mail": {"due": "100 s", "expires": "100 s", "overdue": {"chance": 1, "on": "phone"}},
        },
        reasons={"a": caller(0, 0, channels={"mail": 1}, handle="500 s")},
        pools={"team": {"agents": 1, "answers": ["phone", "mail"]}},
    ),
    # An agent who stays for a call leaves the mail alone.
    centre(
        channels={
            "phone": {"hours": monday(0, 100), "at_close": "drain"},
            "mail": {"due": "1 h"},
        },
        reasons={
            "a": caller(0, handle="150 s", channels={"phone": 1}),
            "b": caller(50, channels={"phone": 1}),
            "c": caller(60, channels={"mail": 1}),
        },
        pools={
            "team": {"agents": {monday(0, 100): 1, monday(900, 999): 1}},
            "other": {"agents": {"sun": 1}},
        },
        routing=[
            {"reason": "b", "to": ["other", {"pool": "team", "after": "200 s"}]},
            {"to": ["team"]},
        ],
    ),
    # A pool joins for one call in the instant in which another one leaves the queue for it.
    centre(
        channels={
            "call": {},
            "phone": {"exits": [{"after": "60 s", "to": "chat"}]},
            "chat": {},
        },
        reasons={
            "long": caller(0, 0, handle="500 s", channels={"call": 1}),
            "a": caller(0, channels={"call": 1}),
            "b": caller(0, channels={"phone": 1}),
        },
        pools={
            "team": {"agents": 2, "answers": ["call", "phone"]},
            "more": {"agents": 1, "answers": ["call", "chat"]},
        },
        routing=[
            {"channel": "call", "to": ["team", {"pool": "more", "after": "60 s"}]},
            {"to": ["team", "more"]},
        ],
    ),
    # A letter falls due as a call leaves the queue.
    centre(
        channels={
            "mail": {"due": "60 s", "overdue": {"chance": 1, "on": "chat"}},
            "phone": {"exits": [{"after": "60 s", "to": "chat"}]},
            "chat": {},
        },
        reasons={
            "long": caller(0, handle="500 s", channels={"phone": 1}),
            "a": caller(0, channels={"mail": 1}),
            "b": caller(0, channels={"phone": 1}),
        },
        pools={"team": {"agents": 1}},
    ),
    # Patience ends as an exit opens; and two exits on arrival, by luck.
    centre(
        channels={"phone": {"exits": [{"after": "60 s", "to": "end"}]}},
        reasons={"a": caller(0, 1, patience="60 s")},
    ),
    centre(
        channels={
            "phone": {"exits": [{"when_waiting": k, "to": "end", "accept": 0.6} for k in (0, 0, 1)]}
        },
        reasons={"a": caller(*[0.0] * 40)},
    ),
    # The letter is answered before the call that is to come in its stead.
    centre(
        linked=True,
        channels={
            "mail": {"due": "50 s", "overdue": {"chance": 1, "on": "phone"}},
            "phone": {"hours": monday(0, 3000)},
        },
        reasons={
            "a": caller(
                0,
                channels={"mail": 1},
                patience="10 s",
                retry={"chance": 1, "after": "1000 s", "attempts": 2},
            )
        },
        pools={
            "desk": {"agents": {"sun": 1}, "answers": ["phone"]},
            "post": {"agents": {monday(100, 200): 1}, "answers": ["mail"]},
        },
    ),
    # Head starts: as if b had come 30 s sooner; who tries again (at 70) goes before the call of 40.
    centre(reasons={"a": caller(0, 10, 20), "b": caller(45, 55, head_start="30 s")}),
    centre(
        channels={"phone": {}},
        reasons={
            "long": caller(0, handle="75 s"),
            "b": caller(40),
            "a": caller(
                10,
                patience="10 s",
                retry={"chance": 1, "after": "50 s", "attempts": 1},
                head_start={"phone": {"retry": "60 s"}},
            ),
        },
    ),
    BACKLOG,
    # A priority grows past another, or has ended growing short of it.
    centre(reasons={"a": caller(0, 10, priority={"per_minute": 1}), "b": caller(50, priority=1)}),
    centre(
        reasons={
            "a": caller(0, 10, priority={"per_minute": 10, "at_most": 2}),
            "b": caller(50, priority=3),
        }
    ),
    DISMISSED,
    # Lines and callbacks: who waits for one holds none, who is called back does.
    centre(
        channels={"phone": {"callback": {}}},
        lines={"main": {"count": 2, "channels": ["phone"]}},
        reasons={"a": caller(0, 10, 20, 110)},
    ),
    centre(
        channels={"phone": {"callback": {}}, "chat": {}},
        lines={"main": {"count": 2, "channels": ["phone", "chat"]}},
        reasons={
            "a": caller(0, 10, channels={"phone": 1}),
            "b": caller(110, 120, 130, channels={"chat": 1}),
        },
        pools={"team": {"agents": 1, "answers": ["phone", "chat"]}},
    ),
    # With pace, the line is free when the talk has ended.
    centre(
        channels={"chat": {}},
        lines={"main": {"count": 2, "channels": ["chat"]}},
        reasons={"a": caller(0, 50, 149, 150, 249, wrap="100 s")},
        pools={"team": {"agents": 1, "answers": {"chat": 2}, "pace": {"chat": [1, 0.5]}}},
    ),
    # Three exits, one after the other, by luck.
    centre(
        channels={
            "phone": {
                "exits": [{"after": f"{k} s", "to": "end", "accept": 0.6} for k in (5, 9, 20)]
            }
        },
        reasons={"a": caller(*[0.0] * 40)},
    ),
    # An agent stays to the very end for a call that their pool would join in twenty days.
    centre(
        channels={"phone": {"at_close": "drain"}},
        reasons={"a": caller(50)},
        pools={"team": {"agents": {monday(0, 100): 1}}, "other": {"agents": 0}},
        routing=[{"to": ["other", {"pool": "team", "after": "20 d"}]}],
    ),
    DECLINED_AFTER_DUTY,
    # A list with hours: somebody goes as they begin, somebody is free and another pool joins while
    # it rests, somebody is done as they end.
    centre(
        channels={
            "list": {
                "due": "1 d",
                "hours": [monday(100, 300), monday(400, 600)],
                "outbound": {"reach": 1},
            }
        },
        reasons={"a": caller(0, 10, 230, 330, 340)},
        pools={
            "early": {"agents": {monday(0, 100): 1}},
            "late": {"agents": {monday(90, 900): 1}},
            "more": {"agents": {monday(310, 900): 1}},
        },
        routing=[{"to": ["early", "late", {"pool": "more", "after": "50 s"}]}],
    ),
    # Called at 0, at 90 and at 180, where it expires; the other at 30 and at 120 alone.
    centre(
        channels={
            "list": {
                "due": "1 h",
                "expires": "180 s",
                "outbound": {"reach": 0, "attempts": 5, "again_after": "60 s"},
            }
        },
        reasons={"a": caller(0, 5)},
    ),
)


# Until 100 all takes twice as long; from 100 on, that very moment included, it does not.
_TWICE = {monday(0, 100): "60 s", "other": "30 s"}

DAYS_BY_HAND: tuple[dict[str, Any], ...] = (
    # Talk and wrap-up of the answer, patience of the joining: at 0, at 90 and at 100.
    centre(
        reasons={
            "a": caller(0, 90, 100, 1000, handle=_TWICE, wrap=_TWICE),
            "b": caller(0, 99, 100, 1000, patience=_TWICE),
        },
        pools={"team": {"agents": 1}},
    ),
    # A menu takes as long as when it begins; the call after it tells. An event makes it longer.
    centre(
        calendar={
            "days": 1,
            "start": "2026-01-05",
            "events": {"slow": {"at": monday(50, 150), "reasons": {"a": {"handle": 1.1}}}},
        },
        channels={"menu": {"unlimited": True, "resolved": 0, "otherwise": "phone"}, "phone": {}},
        reasons={
            "a": caller(
                *(10, 50, 100, 150),
                channels={"menu": 1},
                handle={"menu": _TWICE, "phone": "100 s"},
            )
        },
    ),
    # A door that drains is closed by an event at 50, and at its usual end at 200.
    centre(
        calendar={
            "days": 1,
            "start": "2026-01-05",
            "events": {"down": {"at": monday(50, 70), "channels": {"phone": "closed"}}},
        },
        channels={"phone": {"hours": monday(0, 200), "at_close": "drain"}},
        reasons={"a": caller(0, 10, 80, 150)},
    ),
    # Who comes before 100, or between 200 and 300, comes back in the next hours as each reason's
    # profile goes; who is not offered the channel, in the rest of these.
    centre(
        profiles={
            "late": {monday(0, 10): 5, monday(150, 175): 1, monday(175, 400): 3},
            "even": {monday(0, 500): 1},
        },
        channels={"phone": {"hours": [monday(100, 200), monday(300, 400)], "offer": "when_free"}},
        reasons={
            name: {
                "volume": "40 per day",
                "profile": name,
                "handle": "1 s",
                "closed": {"returns": 1},
            }
            for name in ("even", "late")
        },
        pools={"team": {"agents": 1}},
    ),
    # Speeds of an hour in two pools, priorities that change places, and what is resolved: decided
    # before a mail is put down for a call.
    centre(
        reasons={"a": caller(0, 0, 1, 90, 100), "b": caller(0, 1, 2, 300)},
        pools={
            "team": {
                "agents": 1,
                "speed": {monday(0, 100): 0.5, "other": 1},
                "priority": {"a": {monday(0, 250): 1, "other": 3}, "b": 2},
            },
            "other": {"agents": 1, "speed": {monday(0, 100): 2, "other": 1.5}},
        },
    ),
    centre(
        **MAILS,
        reasons={
            "a": caller(60, channels={"phone": 1}),
            "b": caller(
                *(50, 400),
                channels={"mail": 1},
                resolved={monday(0, 100): 0, "other": 1},
                again={"after": "1 h"},
            ),
        },
        pools={"team": {"agents": 1, "speed": {monday(0, 100): 0.5, "other": 1}}},
    ),
)

WARM = {
    "up": {
        "by": "first",
        "share": 1,
        "to": "second",
        "after": 0.2,
        "warm": {"hand_over": "15 s", "hold": "80 s"},
    }
}
"""Every contact of the first is passed on to the second, who is told of it."""

PASSED_ON_BY_HAND: tuple[dict[str, Any], ...] = (
    # The doors close at 1000; the second line stays for the call in hand, which it gets at 1050.
    centre(
        reasons={"help": caller(950, channels={"one": 1})},
        channels={"one": {"at_close": "drain"}, "two": {"at_close": "drain"}},
        pools={
            "first": {"agents": {monday(0, 1000): 1}, "answers": "one"},
            "second": {"agents": {monday(0, 1000): 1}, "answers": "two"},
        },
        transfers={"up": {"share": {"one": 1}, "to": {"channel": "two"}}},
    ),
    # An AI agent's mail is put down for a call: what becomes of it has been decided.
    centre(
        channels={"phone": {"interrupts": "mail"}, "mail": {"due": "1 d"}},
        reasons={
            "a": caller(30, 80, channels={"phone": 1}),
            "b": caller(0, 10, channels={"mail": 1}),
        },
        pools={
            "bot": {
                "agents": 1,
                "ai_agent": {"resolves": 0, "wrong": 1, "hands_over_to": "team", "talk": "200 s"},
            },
            "team": {"agents": 1},
        },
        routing=[{"to": ["bot"]}],
    ),
    # All leave the AI agent without an answer: none of them comes back.
    centre(
        reasons={"a": caller(0, 10, again={"after": "60 s", "attempts": 1})},
        pools={
            "bot": {
                "agents": 2,
                "ai_agent": {"resolves": 0, "leaves": 1, "hands_over_to": "team", "talk": "20 s"},
            },
            "team": {"agents": 1},
        },
        routing=[{"to": ["bot"]}],
    ),
    # A letter is passed on after the office has closed: letters wait for the next day.
    centre(
        channels={"phone": {}, "letter": {"due": "2 d", "hours": monday(0, 100)}},
        reasons={"help": caller(0, channels={"phone": 1})},
        pools={
            "first": {"agents": 1, "answers": "phone"},
            "second": {"agents": {monday(0, 5000): 1}, "answers": "letter"},
        },
        transfers={"up": {"share": {"phone": 1}, "to": {"channel": "letter"}}},
    ),
    # Four lines: at 60 three customers are there, one of them on hold, and each has one line: there
    # is one for the fourth, none for the fifth. The hold ends as the second line becomes free, at
    # 135.
    centre(
        lines={"trunks": {"channels": ["phone"], "count": 4}},
        reasons={"help": caller(0, 1, 2, 60, 61, 140)},
        pools={"first": {"agents": 1}, "second": {"agents": 1}},
        routing=[{"to": ["first"]}],
        transfers=WARM,
    ),
    # Two chats at a time, each on hold for a while. The leg at 60 is to be called back.
    centre(
        channels={"phone": {"callback": {"when_wait_over": "1 s", "accept": 0.5}}},
        reasons={"help": caller(0, 15, 40, 41, 42, 300, 310, 320, wrap="7 s")},
        pools={
            "first": {"agents": 1, "answers": {"phone": 2}, "pace": {"phone": [1, 0.5]}},
            "second": {"agents": 1},
        },
        routing=[{"to": ["first"]}],
        transfers=WARM,
    ),
    # Somebody joins each talk, then half of the customers are passed on. Three lines; the call at
    # 160 comes while the first conference is on.
    centre(
        lines={"trunks": {"channels": ["phone"], "count": 3}},
        reasons={"help": caller(0, 1, 2, 110, 120, 125, 300, 310, wrap="7 s")},
        pools={"first": {"agents": 2}, "second": {"agents": 2}},
        routing=[{"to": ["first"]}],
        transfers={
            "ask": {"by": "first", "share": 0.7, "to": "second", "conference": "30 s"},
            "up": {"by": "first", "share": 0.5, "to": "second"},
        },
    ),
    # The door closes at 50 and drains: the second pool stays for what it may get, though its agent
    # has gone home when somebody of the third joins the talk.
    centre(
        reasons={"help": caller(10, channels={"phone": 1})},
        channels={"phone": {"at_close": "drain", "hours": monday(0, 50)}},
        pools={
            "first": {"agents": {monday(0, 50): 1}},
            "second": {"agents": {monday(0, 50): 1}},
            "third": {"agents": {monday(0, 900): 1}},
        },
        routing=[{"to": ["first"]}],
        transfers={
            "ask": {"by": "first", "share": 1, "to": "third", "conference": "30 s"},
            "up": {"by": "first", "share": 1, "to": "second"},
        },
    ),
    # Passed on in the first 100 s to one pool, then to the other; an AI agent that helps by then.
    centre(
        reasons={"a": caller(0, 90, 300)},
        pools={
            "team": {"agents": 1},
            "second": {"agents": 1},
            "third": {"agents": 1},
        },
        transfers={
            "one": {"by": "team", "share": {monday(0, 100): 1, "other": 0}, "to": "second"},
            "other": {"by": "team", "share": {monday(0, 100): 0, "other": 1}, "to": "third"},
        },
        routing=[{"to": ["team"]}],
    ),
    centre(
        reasons={"a": caller(0, 150, 350)},
        pools={
            "bot": {
                "agents": 5,
                "ai_agent": {
                    "resolves": {monday(0, 100): 0, "other": 1},
                    "asks_for_person": {monday(300, 900): 1, "other": 0},
                    "talk": "30 s",
                    "hands_over_to": "team",
                },
            },
            "team": {"agents": 1},
        },
        routing=[{"to": ["bot"]}],
    ),
)
