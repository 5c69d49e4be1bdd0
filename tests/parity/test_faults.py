"""A parity test that cannot fail is none: faults planted in the engine's source are all found."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import pairwise

import pytest
from both import Engine, Known
from centre import KINDS, caller, centre, monday
from interpreted import Endless, interpreted

SERIES = 150  # scenarios of the fixed series


def swapped(one: str, other: str) -> tuple[str, str]:
    """The two kinds in each other's place in the order of rule 1."""
    order = [{one: other, other: one}.get(kind, kind) for kind in KINDS]
    before, after = (
        "(\n" + "".join(f"    {kind},\n" for kind in (*kinds, "THE_END")) + ") ="
        for kinds in (KINDS, order)
    )
    return before, after


FAULTS: dict[str, tuple[str, str]] = {
    **{
        f"{one} <-> {other}": swapped(one, other)
        for one, other in pairwise(KINDS)
        # finishes are in a tournament of their own; for talks that end see below
        if not {"FINISHED", "TALK_ENDS"} & {one, other}
        and (one, other) != ("ON_DUTY", "LINE_FREED")  # only who arrives asks for a line
    },
    "a finish after all others": ("finish.time == time and kind > TALK_ENDS", "False"),
    "a finish before all others": ("time and kind > TALK_ENDS", "time"),
    "events of an instant as their leaves stand": (
        "(rival == time) & (rival_code < code)",
        "(rival == time) & (i & 1 == 1)",
    ),
    "the greater of an instant first": (
        "(rival == time) & (rival_code < code)",
        "(rival == time) & (rival_code > code)",
    ),
    "patience outlasts the answer": (
        "    expect_nothing(centre, contact)\n    _make_room",
        "    pass\n    _make_room",
    ),
    "a contact turned away gives up later": (
        "    expect_nothing(centre, contact)\n    if contact.state == OFFERED",
        "    pass\n    if contact.state == OFFERED",
    ),
    "free in no order of number": (
        "while before >= 0 and _is_freer(agents, number, before):",
        "while False and _is_freer(agents, number, before):",
    ),
    "a later contact before a customer": (
        "        return code >> KIND < kind",
        "        return code >> KIND <= kind",
    ),
    "open at closing": (
        "return centre.now < door.closes",
        "return centre.now <= door.closes",
    ),
    "closed at opening": ("opens[door.next] <= centre.now", "opens[door.next] < centre.now"),
    "when_free looks at once only": (
        "channel.when_free and who_takes(centre, contact, line, line.steps) < 0",
        "channel.when_free",
    ),
    "one place too many": (
        "channel.waiting >= channel.queue_limit",
        "channel.waiting > channel.queue_limit",
    ),
    "dismissed as they came": ("    _sort(scratch, count)", "    pass"),
    "callbacks are dismissed": ("        elif not contact.callback:", "        else:"),
    "nobody stays for those who drain": ("contact.draining = 1", "contact.draining = 0"),
    "the highest number of equals": (
        "    return a < b\n\n\n@rule\ndef list",
        "    return a > b\n\n\n@rule\ndef list",
    ),
    "the shortest free": (
        "        return one.load < other.load\n    if one.since != other.since:\n"
        "        return one.since < other.since",
        "        return one.load < other.load\n    if one.since != other.since:\n"
        "        return one.since > other.since",
    ),
    "the fuller pool of equal rank": ("return used < others", "return used > others"),
    "the least free": ("return one.load < other.load", "return one.load > other.load"),
    "keeps one less free": (
        "step.keep and pool.idle <= step.keep",
        "step.keep and pool.idle < step.keep",
    ),
    "keeps nothing when they choose": (
        "if row.keep and idle_of(centre, _step_of(centre, row)) <= row.keep:",
        "if row.keep and idle_of(centre, _step_of(centre, row)) < 0:",
    ),
    "priorities ignored": ("priority > best_priority", "priority < best_priority"),
    "off duty takes anything": ("elif not head.draining:", "elif False:"),
    "a step too early": ("if head.joined <= row.step:", "if head.joined < row.step:"),
    "joins a moment late": (
        "if contact.arrived + step.after > centre.now:",
        "if contact.arrived + step.after >= centre.now:",
    ),
    "patience before a pool": ("if joins <= time:", "if joins < time:"),
    "callbacks have patience": (
        "        channel.callbacks += 1\n    else:\n        channel.waiting += 1\n        if line",
        "        channel.callbacks += 1\n    if 1:\n        channel.waiting += 1\n        if line",
    ),
    "no head start": (
        "key = contact.arrived - head_starts_of",
        "key = contact.arrived - 0 * head_starts_of",
    ),
    "the head start of another cause": ("* centre.causes + cause]", "* centre.causes]"),
    "a backlog without age": ("key -= age(centre, number)", "key -= 0.0"),
    "due whatever the age": (
        "contact.arrived + channel.due - age(centre, number)",
        "contact.arrived + channel.due",
    ),
    "the newest last": ("-key if channel.newest else key", "key"),
    "a priority that grows without end": (
        "return min(row.priority + row.grows * (centre.now - _key(centre, number)), row.most)",
        "return row.priority + row.grows * (centre.now - _key(centre, number))",
    ),
    "a priority that does not grow": ("if row.grows > 0.0:", "if False:"),
    "what grows is not looked at": (
        "row.priority < best_priority and not pool.grows",
        "row.priority < best_priority",
    ),
    "one line too many": (
        "trunk.connected >= trunk.lines",
        "trunk.connected > trunk.lines",
    ),
    "a line until the wrap-up is done": (
        "    if centre.trunks and wrap > 0:\n        hang_up_at(centre, number, talked)",
        "    pass",
    ),
    "a line until the wrap-up is done, with pace": (
        "                if talked < freed:\n",
        "                if False:\n",
    ),
    "a slower talk frees its line too soon": (
        "    if held_of(centre)[number].until == centre.now:\n",
        "    if True:\n",
    ),
    "who is to be called back holds a line": (
        "        callback_of(centre)[number] = 1\n        if centre.trunks:",
        "        callback_of(centre)[number] = 1\n        if False:",
    ),
    "a call back needs no line": (
        "    if centre.trunks:\n        connect(centre, number, line.channel)  # who",
        "    if False:\n        connect(centre, number, line.channel)  # who",
    ),
    "no line in a menu": (
        "        hang_up_at(centre, number, centre.now + spent)",
        "        hang_up_at(centre, number, centre.now)",
    ),
    "who is led on needs another line": (
        "        return False\n    connect(centre, next_number, next_channel)\n    return True",
        "        return False\n    return True",
    ),
    "patience as announced to nobody": ("if patience_times != 1.0:", "if False:"),
    "an exit after patience": ("if leaves <= time:", "if leaves < time:"),
    "the same luck at every exit": (
        "luck = (luck - before) / (1.0 - before)",
        "luck = 1.0 * luck",
    ),
    "the same luck at every exit on arrival": (
        "luck = (luck - one.chance) / (1.0 - one.chance)",
        "luck = 1.0 * luck",
    ),
    "an exit for one less": (
        "channel.waiting < one.waiting or expected_wait",
        "channel.waiting + 1 < one.waiting or expected_wait",
    ),
    "an exit whatever the wait": (
        "expected_wait(centre, line, channel) < one.over",
        "expected_wait(centre, line, channel) < 0",
    ),
    "exits without end": (
        "return one.on < 0 or customers_of(centre)[contact.customer].moves < centre.most_moves",
        "return True",
    ),
    "nobody tries again after the end": (
        "    if on < 0:\n        maybe_retry(centre, number, contact, line)",
        "    if on < 0:\n        pass",
    ),
    "balks by the nearer point": (
        "low.y + (high.y - low.y) * ((x - low.x) / (high.x - low.x))",
        "high.y",
    ),
    "the expected wait forgets the customer": (
        "(channel.waiting + channel.callbacks + 1) *",
        "(channel.waiting + channel.callbacks) *",
    ),
    "the expected wait forgets the pace": (".on_duty * step.rate", ".on_duty"),
    "back to the end of the queue": (
        "if last < 0 or not _comes_before(centre, number, last):",
        "if last < 0 or True:",
    ),
    "never rounded": ("np.floor(seconds * TICKS_PER_SECOND + 0.5)", "(seconds * TICKS_PER_SECOND)"),
    "rounded down": ("seconds * TICKS_PER_SECOND + 0.5", "seconds * TICKS_PER_SECOND"),
    "pace off by one": (
        "centre.most_pace + agent.in_hand]",
        "centre.most_pace + agent.in_hand - 1]",
    ),
    "talk to the last": ("done >= work.talk", "done >= work.work"),
    "speed of the fresh": (
        "work.speed, work.touched, work.began = 0.0, centre.now",
        "work.speed, work.touched, work.began = 1.0, centre.now",
    ),
    "slow to talk only": (
        "on_grid(talk * slowness * own * part), on_grid(wrap * slowness * own)",
        "on_grid(talk * slowness * own * part), wrap",
    ),
    "the same answer again": ("    agent.offers += 1", "    agent.offers += 0"),
    "answers start over": ("agent.offers // row * centre.block", "0"),
    "in time is too late": ("[at] <= pool.timeout", "[at] < pool.timeout"),
    "the first pause counts": (
        "agent.resumes = centre.now",
        "agent.resumes = agent.resumes if agent.resumes > centre.now else centre.now",
    ),
    "no longer free after a pause": ("    agent.since = centre.now\n", "    pass\n"),
    "back from the pause after going home": ("if agent.on or agent.staying:", "if True:"),
    "one retry less": ("if customer.tries >= most:", "if customer.tries + 1 >= most:"),
    "one more contact again": ("if customer.agains < most:", "if customer.agains <= most:"),
    "withdraws nobody": ("if number != answered:", "if False:"),
    "withdraws the coming no more": ("other.withdrawn = 1", "other.withdrawn = 0"),
    "attempts share their luck": ("+ attempt * reason.customers", "+ 0 * reason.customers"),
    "overtime into the next spell": (
        "    if agent.staying:  # still there from the last spell",
        "    if False:  # still there from the last spell",
    ),
    "leaves with work in hand": (
        "if agent.over and agent.load == 0 and not pools_of(centre)[agent.pool].draining:",
        "if agent.over and not pools_of(centre)[agent.pool].draining:",
    ),
    "leaves at once": (
        "if agent.over and agent.load == 0 and not pools_of(centre)[agent.pool].draining:",
        "if agent.over and agent.load == 0:",
    ),
    "a break ends as planned": ("back = rested + spells[spell].rest", "back = rested"),
    "two breaks at once": ("        rested = back", "        pass"),
    "back in any case": ("if back < spells[spell].last:", "if True:"),
    "leaves after the last contact": ("if agent.over and agent.load == 0", "if agent.load == 0"),
    "takes contacts to the last": (
        "if centre.now >= spells_of(centre)[spell].last:",
        "if centre.now >= spells_of(centre)[spell].off:",
    ),
    "another spell's end": ("    if agent.spell != duty.spell:", "    if False:"),
    "everybody as quick as the pool": ("own = agents_of(centre)[agent].slowness", "own = 1.0"),
    "nothing is handed over": ("if agent.over and hand_over(", "if False and hand_over("),
    "handed over before a break": ("goes_home = spells[spell].ends", "goes_home = 1"),
    "what is finished is handed over": (
        "if _is_handed_over(centre, one) and has_work_left(centre, one):",
        "if _is_handed_over(centre, one):",
    ),
    "handed over and never looked at again": ("    if contact.again:", "    if False:"),
    "who never comes back keeps what they put down": (
        "last = spell + 1 == len(spells) or",
        "last = False and",
    ),
    "overdue though begun": (
        "customer.moves < centre.most_moves and not contact.begun:",
        "customer.moves < centre.most_moves:",
    ),
    "all of the work again": (
        "talk, wrap = _take_up(centre, number)",
        "_take_up(centre, number)",
    ),
    "the rest at the speed of who put it down": (
        "on_grid((work.talk - work.done) / work.slowness / work.own)",
        "on_grid(work.talk - work.done)",
    ),
    "nobody is interrupted": (
        "if agent < 0 and channels_of(centre)[line.channel].interrupts:\n        return",
        "if False:\n        return",
    ),
    "the earliest begun is put down": ("began > latest or", "began < latest or"),
    "keeps nothing when interrupting": (
        "steps[s].past if steps[s].keep == 0 else s",
        "steps[s].past",
    ),
    "does not interrupt when choosing": (
        "return row.unit <= room_for(",
        "return False and room_for(",
    ),
    "what was put down comes last": (
        "(mine == other and _comes_before(centre, one, best))",
        "False",
    ),
    "what was put down comes first": (
        "if mine > other or (mine == other and _comes_before(centre, one, best)):",
        "if True:",
    ),
    "the horizon is forgotten": ("            _stop(centre)", "            pass"),
}


PASSING_FAULTS: dict[str, tuple[str, str]] = {
    "a talk ends after finishes": ("time and kind > TALK_ENDS", "time and kind >= TALK_ENDS"),
    "passes on by the last that would": ("if luck < passings[row].chance:", "if True:"),
    "passes on for ever": (">= passings[row].most", "> passings[row].most"),
    "counts the last leg alone": (
        "    while by > 0:\n        times",
        "    if by > 0:\n        times",
    ),
    "counts any transfer": ("times += by - 1 == transfer", "times += 1"),
    "the whole talk": ("return passings_of(centre)[way].after", "return 1.0"),
    "resolved though passed on": (
        "            passed_of(centre)[number].way = way + 1\n",
        "            passed_of(centre)[number].way = way + 1\n"
        "            resolved_of(centre)[number] = 0\n",
    ),
    "the first end of a talk holds": (" or passed.talk_ends != centre.now", ""),
    "no end but the first": ("    if passed.way > 0 and not passed.on:\n", "    if False:\n"),
    "passed on twice": ("passed.way == 0 or passed.on or", "passed.way == 0 or"),
    "a leg is of the customer's own kind": (
        "lines_of(centre)[line].reason, lines",
        "lines_of(centre)[line].whose, lines",
    ),
    "retries as of another reason": (
        "reasons_of(centre)[line.whose].tries",
        "reasons_of(centre)[line.reason].tries",
    ),
    "later luck is earlier luck": ("contact.place = block * centre.in_block +", "contact.place ="),
    "legs balk": ("elif not is_leg(centre, number) and lucky", "elif lucky"),
    "a closed door for all": ("        if not is_leg(centre, number):", "        if True:"),
    "a closed door for letters": (
        "        if channel.kind == LIVE:\n            _come",
        "        if True:\n            _come",
    ),
    "legs do not drain": (
        "contact, line, 1.0)\n    _drain(centre, contact, line)",
        "contact, line, 1.0)",
    ),
    "nobody is held": ("        passed.held = 1\n", "        return\n"),
    "held after being passed on": (
        "drain and not passed.held and not passed.on",
        "drain and not passed.held",
    ),
    "those in hand are forgotten": (
        "    if centre.passes:\n        hold_in_hand",
        "    if False:\n        hold_in_hand",
    ),
    "the draining are let go at the answer": (
        "    if line.passes and contact.draining:\n        hold(",
        "    if False:\n        hold(",
    ),
    "let go before the leg has come": (
        "    if line.passes and not passed_of(centre)[number].on:  # else",
        "    if line.passes:  # else",
    ),
    "held for ever": (
        "    if is_leg(centre, number):\n        let_go",
        "    if False:\n        let_go",
    ),
    "an AI agent helps by luck": (
        "elif values[line.at_difficulty + row] < ai_resolves",
        "elif luck < ai_resolves",
    ),
    "luck is not used up": ("luck = (luck - asks) / (1.0 - asks)", "luck = luck + 0.0"),
    "who left comes back": (" or by_ai_of(centre)[number] == AI_LEFT", ""),
    "hand-overs are transfers": (
        "cause = BY_TRANSFER if by_ai_of(centre)[number] < 0 else BY_HAND_OVER",
        "cause = BY_TRANSFER",
    ),
    "as long as usual after a hand-over": ("wrap, line.times * _settle", "wrap, _settle"),
}
"""Faults of rules 11 and 12, looked for where contacts are passed on."""

MAILS = {"channels": {"phone": {"interrupts": "mail"}, "mail": {"due": "1 h", "hand_over": True}}}
"""Mails are put down for calls, and handed over."""

BY_HAND = (
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
)
"""What is too rare in the series to be waited for."""


@cache
def known(k: int) -> Known:
    return Known.of_data(BY_HAND[k]) if k < len(BY_HAND) else Known.of_series(k - len(BY_HAND))


def found_in(engine: Engine) -> Iterator[int]:
    """The scenarios of the series on which an engine differs, or stumbles over its own fault."""
    yield from (k for k in range(SERIES) if _differs(known(k), engine))


PASSED_ON_BY_HAND = (
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
)


@cache
def passing(k: int) -> Known:
    by_hand = len(PASSED_ON_BY_HAND)
    return Known.of_data(PASSED_ON_BY_HAND[k]) if k < by_hand else Known.with_transfers(k - by_hand)


def _differs(known: Known, engine: Engine) -> bool:
    try:
        return bool(known.differences(engine))
    except (IndexError, ZeroDivisionError, OverflowError, Endless):
        return True


def test_without_a_fault_nothing_is_found() -> None:
    assert list(found_in(interpreted())) == []


@pytest.mark.parametrize("fault", PASSING_FAULTS)
def test_a_fault_in_passing_on_is_found(fault: str) -> None:
    engine = interpreted(PASSING_FAULTS[fault])
    assert any(_differs(passing(k), engine) for k in range(SERIES))


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(fault: str) -> None:
    assert next(found_in(interpreted(FAULTS[fault])), None) is not None
