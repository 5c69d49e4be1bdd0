"""Tiny centres that tell a rule by hand, and find faults planted in the other engine."""

from __future__ import annotations

from centre import caller, centre, monday

# A backlog two hours old, due after one.
BACKLOG = centre(
    calendar={
        "days": 1,
        "start": "2026-01-05",
        "events": {
            "backlog": {
                "at": "2026-01-05 00:01:40",
                "reasons": {"a": {"waiting": {"mail": 3}, "age": "2 h"}},
            }
        },
    },
    channels={"mail": {"due": "1 h", "overdue": {"chance": 1, "on": "phone"}}, "phone": {}},
    reasons={
        "long": caller(0, handle="200 s", channels={"mail": 1}),
        "a": caller(50, channels={"mail": 1}),
    },
    pools={"team": {"agents": 1, "answers": ["mail"]}, "other": {"agents": 1}},
    routing=[{"channel": "mail", "to": "team"}, {"channel": "phone", "to": "other"}],
)

# Three of two reasons are dismissed at once; only the first of them finds room in the chat.
DISMISSED = centre(
    channels={
        "phone": {"hours": monday(0, 200)},
        "chat": {"hours": "daily", "queue_limit": 1},
    },
    reasons={
        name: caller(
            *times,
            handle="1000 s",
            channels={"phone": 1},
            closed={"phone": {"chat": 1}},
        )
        for name, times in {"a": (0, 20), "b": (10, 30)}.items()
    },
)

# On offer to `shy` from 50 to 110; the door closes at 100, both pools are off duty then and stay
# for the call. `shy` declines, and `team` is asked.
_ASKED = {"response": "60 s", "timeout": "90 s", "pause": "600 s"}
DECLINED_AFTER_DUTY = centre(
    channels={"phone": {"hours": monday(0, 100), "at_close": "drain"}},
    reasons={"a": caller(50)},
    pools={
        "shy": {"agents": {monday(0, 100): 1}, "offers": {"accept": 0, **_ASKED}},
        "team": {
            "agents": {monday(0, 100): 1},
            "offers": {**_ASKED, "accept": 1, "response": "8 s"},
        },
    },
    routing=[{"to": ["shy", "team"]}],
)
