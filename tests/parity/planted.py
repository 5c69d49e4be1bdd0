"""Faults to plant in the compiled engine's source: what is replaced, by what."""

from __future__ import annotations

from itertools import pairwise

from centre import KINDS

Fault = tuple[str, str]


def swapped(one: str, other: str) -> Fault:
    """The two kinds in each other's place in the order of rule 1."""
    order = [{one: other, other: one}.get(kind, kind) for kind in KINDS]
    before, after = (
        "(\n" + "".join(f"    {kind},\n" for kind in (*kinds, "THE_END")) + ") ="
        for kinds in (KINDS, order)
    )
    return before, after


FAULTS: dict[str, Fault] = {
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
    "a step too early": ("if head.joined <= row.step or", "if head.joined < row.step or"),
    "joins a moment late": (
        "if contact.arrived + step.after > centre.now:",
        "if contact.arrived + step.after >= centre.now:",
    ),
    "patience before a pool": ("if joins <= time:", "if joins < time:"),
    "callbacks have patience": (
        "until_when_called(centre, contact, line)\n    else:\n        channel.waiting += 1\n",
        "until_when_called(centre, contact, line)\n    if 1:\n        channel.waiting += 1\n",
    ),
    "callbacks are made however late": ("if line.at_callback_patience >= 0:", "if False:"),
    "patience for each call": ("    if contact.callback == 1:\n", "    if True:\n"),
    "called again however late": (
        "        return time <= contact.gives_up\n",
        "        return True\n",
    ),
    "called again a moment sooner": (
        "        return time <= contact.gives_up\n",
        "        return time < contact.gives_up\n",
    ),
    "a callback too late is abandoned": ("kind == LIVE and not contact.callback:", "kind == LIVE:"),
    "callbacks are offered at all hours": ("if channel.callback_door >= 0 and", "if False and"),
    "called once more than said": (
        "contact.callback < channels_of(centre)[line.channel].calls",
        "contact.callback <= channels_of(centre)[line.channel].calls",
    ),
    "no outbound calls": (
        "if RARE and channel.outbound:\n        contact",
        "if 0:\n        contact",
    ),
    "a list never rests": (
        "    if RARE and rests(centre, line):\n        pass\n    elif RARE and line.grouped:",
        "    if RARE and line.grouped:",
    ),
    "a list rests until somebody is done": (
        "head.joined <= row.step or (RARE and rests(centre, lines_of(centre)[row.line])):",
        "head.joined <= row.step:",
    ),
    "a pool that joins calls from a list that rests": (
        "NOBODY if RARE and rests(centre, line) else best_of(centre, contact, line, s)",
        "best_of(centre, contact, line, s)",
    ),
    "nobody begins to call": (
        "    if RARE and _ends_a_rest(centre, closing.door):",
        "    if False:",
    ),
    "who is about to go begins to call": (
        "agent.on and spells_of(centre)[agent.spell].last > centre.now:",
        "agent.on:",
    ),
    "whom one calls picks up as at other times": (
        "chance = reach_at_of(centre)[at].chance",
        "chance = channel.reach",
    ),
    "the next call is picked up as the first": ("chance *= channel.reach_again", "pass"),
    "nobody else picks up": ("* channel.right_party", "* 1.0"),
    "who else picks up lets it ring": ("channel.wrong_party if other", "channel.ring if other"),
    "no look before a call": ("talk += channels_of(centre)[line.channel].preview", "pass"),
    "no look before a call in vain": ("return channel.preview + ", "return "),
    "who is not reached gets in touch": (
        "elif not (RARE and channels_of(centre)[line.channel].outbound):",
        "else:",
    ),
    "called for ever": ("callback = contact.callback + 1", "callback = 1"),
    "called again at once": (
        "].call_again\n    one = make(centre, number, contact, BY_CALL, line.channel, time)",
        "].call_again\n    one = make(centre, number, contact, BY_CALL, line.channel, centre.now)",
    ),
    "who is called again finds a queue": (
        "        wait(centre, number, contact, line, 1.0)\n    elif channel.when_free",
        "        _queue(centre, number, contact, line, channel)\n    elif channel.when_free",
    ),
    "who is called back talks as long": ("times *= channels_of", "times *= 1.0 + 0 * channels_of"),
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
    "a priority that does not jump": (">= row.jump:", "> 1e300:"),
    "a priority that does not grow": ("if RARE and row.grows > 0.0:", "if False:"),
    "what grows is not looked at": (
        "row.priority < best_priority and not (RARE and pool.grows)",
        "row.priority < best_priority",
    ),
    "one line too many": (
        "trunk.connected >= trunk.lines",
        "trunk.connected > trunk.lines",
    ),
    "a line until the wrap-up is done": (
        "    if RARE and centre.trunks and wrap > 0:\n        hang_up_at(centre, number, talked)",
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
        "        callback_of(centre)[number] = 1\n        if RARE and centre.trunks:",
        "        callback_of(centre)[number] = 1\n        if False:",
    ),
    "a call back needs no line": (
        "    if RARE and centre.trunks and contact.callback:\n        connect(",
        "    if False:\n        connect(",
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
    "what is declined is offered to nobody who stays": (
        "        agent = staying_for(centre, line, joined)",
        "        pass",
    ),
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
    "attempts share their luck": (
        "contact.place = customer.attempts * centre.in_attempt +",
        "contact.place =",
    ),
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
    "nothing is handed over": ("if RARE and agent.over and hand_over(", "if False and hand_over("),
    "handed over before a break": ("goes_home = spells[spell].ends", "goes_home = 1"),
    "what is finished is handed over": (
        "if _is_handed_over(centre, one) and has_work_left(centre, one):",
        "if _is_handed_over(centre, one):",
    ),
    "rings from the start of the day": (
        "    offered.began = centre.now\n",
        "    offered.began = 0.0\n",
    ),
    "what is declined has not rung": (
        "    _note_ring(centre, number, agent)\n",
        "    if centre.now < 900.0:\n        _note_ring(centre, number, agent)\n",
    ),
    "handed over and never looked at again": ("    if RARE and contact.again:", "    if False:"),
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
        "if RARE and agent < 0 and channels_of(centre)[line.channel].interrupts:\n        return",
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


DAY_FAULTS: dict[str, Fault] = {
    "the usual at all times": ("    if centre.next_period == 0:\n", "    if True:\n"),
    "a period begins a moment late": (
        "periods[centre.next_period].begins <= centre.now",
        "periods[centre.next_period].begins < centre.now",
    ),
    "a period begins with the next one": (
        "periods[centre.next_period - 1].variant",
        "periods[min(centre.next_period, len(periods) - 1)].variant",
    ),
    "the first period for ever": ("periods[centre.next_period - 1].variant", "periods[0].variant"),
    "the times of another contact type": (
        "variant_now(centre) * len(lines_of(centre)) + contact.line",
        "variant_now(centre) * len(lines_of(centre))",
    ),
    "the patience of all times": (
        "place_now(centre, contact, OF_PATIENCE, line.at_patience)",
        "line.at_patience",
    ),
    "the talk of all times": (
        "talk = values[place_now(centre, contact, OF_HANDLE, line.at_handle) +",
        "talk = values[line.at_handle +",
    ),
    "the wrap-up of all times": (
        "place_now(centre, contact, OF_WRAP, line.at_wrap)",
        "line.at_wrap",
    ),
    "the self-service of all times": (
        "at = place_now(centre, contact, OF_HANDLE, line.at_handle)",
        "at = line.at_handle",
    ),
    "the speed of all times": (
        "slowness_of(centre)[line_and_pool_now(centre, contact, p)]",
        "slowness_of(centre)[p * len(lines_of(centre)) + contact.line]",
    ),
    "the speed of another pool": (
        "pool = variant_now(centre) * len(pools_of(centre)) + p",
        "pool = variant_now(centre) * len(pools_of(centre))",
    ),
    "the chance to resolve of all times": (
        "chance = resolves_of(centre)[line_now(centre, contact)]",
        "chance = resolves_of(centre)[contact.line]",
    ),
    "resolved anew when taken up": (
        "    if RARE and contact.begun:\n        resolved_of",
        "    if False:\n        resolved_of",
    ),
    "the priority of all times": (
        "    if RARE and row.timed >= 0:\n",
        "    if False:\n",
    ),
    "priorities in their usual order": ("and not (RARE and pool.grows):", "and True:"),
    "drains though an event closes": (".drain and not closing.sudden:", ".drain:"),
    "back at the opening": (
        "            time = point_of_profile(",
        "            point_of_profile(",
    ),
    "back evenly": ("    if past > first:\n", "    if False:\n"),
    "back as another reason's profile goes": (
        "point_of_profile(centre, line.whose,",
        "point_of_profile(centre, np.int64(0),",
    ),
    "back from the beginning of the hours": (
        "    if opening <= centre.now:\n        return door.closes",
        "    if False:\n        return door.closes",
    ),
    "back at no point of the grid": ("min(max(on_grid(found), begin)", "min(max(found, begin)"),
    "a profile by its steps": (
        "return before[i] + (before[i + 1] - before[i]) *",
        "return before[i] + 0 *",
    ),
}
"""Faults of what depends on the day, looked for where one day is not like another."""

PASSING_FAULTS: dict[str, Fault] = {
    "a talk ends after finishes": ("time and kind > TALK_ENDS", "time and kind >= TALK_ENDS"),
    "passes on by the last that would": ("if luck < chances[now + row]:", "if True:"),
    "passes on the share of all times": ("now = variant_now(centre) * len(rows)", "now = 0"),
    "an AI agent of all times": (
        "    at = line_and_pool_now(centre, contact, p)\n",
        "    at = p * len(lines_of(centre)) + contact.line\n",
    ),
    "passes on for ever": ("times < passing.most", "times <= passing.most"),
    "counts the last leg alone": (
        "    while by > 0:\n        times",
        "    if by > 0:\n        times",
    ),
    "counts any transfer": ("times += by - 1 == transfer", "times += 1"),
    "the whole talk": ("return passings_of(centre)[way - 1].after", "return 1.0"),
    "resolved though passed on": (
        "        if way > 0:\n            return",
        "        if way > 0:\n            resolved_of(centre)[number] = 0\n            return",
    ),
    "the first end of a talk holds": (" or passed.talk_ends != centre.now", ""),
    "no end but the first": (
        "    if leads_on(centre, number):\n        rest",
        "    if False:\n        rest",
    ),
    "passed on twice": ("(passed.way != 0 and not passed.on)", "passed.way != 0"),
    "conferences by the luck of transfers": (
        "at, line.at_conference, 1)",
        "at, line.at_transfer, 1)",
    ),
    "nobody joins": ("_chosen(centre, contact, at, line.at_conference, 1) + 1", "0"),
    "joins for no time": (
        "    talk += time_to_hand_over(centre, number, contact, line) if RARE else 0.0\n",
        "    talk += time_to_hand_over(centre, number, contact, line) if not joins(centre, number) "
        "else 0.0 * time_to_hand_over(centre, number, contact, line)\n",
    ),
    "a conference is a contact": (
        "    if joins(centre, number):\n        _join(",
        "    if False:\n        _join(",
    ),
    "resolved by who joins": ("    if joins(centre, number):\n        return\n", ""),
    "not passed on after a conference": (
        "    if leads_on(centre, number):\n        expect_talk_end(centre, number, time)\n",
        "",
    ),
    "let go when somebody joins": (
        "    if is_leg(centre, number):\n        let_go",
        "    if is_leg(centre, number) or joins(centre, number):\n        let_go",
    ),
    "a line until the talk alone is over": (
        "        hang_up_at(centre, number, time)\n",
        "        pass\n",
    ),
    "a leg is of the customer's own kind": (
        "lines_of(centre)[line].reason, lines",
        "lines_of(centre)[line].whose, lines",
    ),
    "retries as of another reason": (
        "reasons_of(centre)[line.whose].tries",
        "reasons_of(centre)[line.reason].tries",
    ),
    "the next reason's luck": (
        "reason = reasons_of(centre)[lines_of(centre)[line].whose]",
        "reason = reasons_of(centre)[0]",
    ),
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
        "    if RARE and centre.passes:\n        hold_in_hand",
        "    if False:\n        hold_in_hand",
    ),
    "the draining are let go at the answer": (
        "    if RARE and line.passes and contact.draining:\n        hold(",
        "    if False:\n        hold(",
    ),
    "let go before the leg has come": (
        "    if RARE and line.passes and not passed_of(centre)[number].on:  # else",
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
    "help that was put down is forgotten": ("    if by_ai >= 0:\n", "    if False:\n"),
    "who left comes back": ("if RARE and by_ai_of(centre)[number] == AI_LEFT", "if False"),
    "hand-overs are transfers": (
        "cause = BY_TRANSFER if by_ai_of(centre)[number] < 0 else BY_HAND_OVER",
        "cause = BY_TRANSFER",
    ),
    "all transfers are cold": ("    if way.hold > 0.0:\n", "    if False:\n"),
    "stays though the customer has gone": (
        "    if RARE and number >= centre.customer_count:\n        release_first",
        "    if False:\n        release_first",
    ),
    "stays though the customer will be called back": (
        "        if RARE:\n            release_first",
        "        if False:\n            release_first",
    ),
    "the second is told by nobody": (
        "    stay_until(centre, first, centre.now + hand_over)",
        "    stay_until(centre, first, centre.now)",
    ),
    "the second one's talk begins at once": (
        "return needed if release_first(centre, leg, line, needed) else 0.0",
        "return 0.0 * needed if release_first(centre, leg, line, needed) else 0.0",
    ),
    "hands over though the hold is over": (
        "if not talked_of(centre)[first] > centre.now:",
        "if not talked_of(centre)[first] >= centre.now:",
    ),
    "a customer on hold has two lines": (
        "        if centre.trunks:\n            hang_up(",
        "        if False:\n            hang_up(",
    ),
    "a hold at the pace of the others": (
        "RARE and lines[contact.line].passes and passed_of(centre)[number].stays",
        "False",
    ),
    "as long as usual after a hand-over": ("wrap, times * _pass_on", "wrap, _pass_on"),
}
"""Faults of rules 11 and 12, looked for where contacts are passed on."""
