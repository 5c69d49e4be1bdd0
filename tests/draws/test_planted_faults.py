"""Rules of people and days that are drawn, not played: a fault planted in each is caught.

Both engines read the same draws, so that parity tells nothing of them. Each fault changes one line
of one function; a test whose values were worked out by hand must fail.
"""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable
from typing import Any

import pytest
import test_arrivals
import test_duty
import test_events
import test_people

from sim.draws import arrivals, happening, presence, roster

Check = Callable[..., None]

FAULTS: dict[str, tuple[Callable[..., Any], str, str, Check]] = {
    "the latest to come leave": (
        roster._whole,
        "-since[going_on]",
        "since[going_on]",
        test_people.test_those_who_have_been_there_longest_leave,
    ),
    "a shift goes on as the next": (
        roster._of_shifts,
        "np.arange(len(person), len(person) + shift.count)",
        "np.arange(shift.count)",
        test_people.test_people_of_a_shift_leave_when_another_begins,
    ),
    "all have their break at once": (
        roster._breaks_of_shift,
        "np.linspace(low + first, low + last, n)",
        "np.full(n, low + first)",
        test_people.test_breaks_of_a_shift_are_spread_evenly,
    ),
    "breaks that meet": (
        roster._breaks_of_shift,
        "(starts < end) & (starts + length > begin)",
        "starts < -1.0",
        test_people.test_breaks_are_in_the_middle_half_and_do_not_meet,
    ),
    "a week of employment less": (
        roster._speed,
        "// 7 + 1",
        "// 7",
        test_people.test_speed_and_ramp_by_week_of_employment,
    ),
    "work goes on through meetings": (
        roster._of_roster,
        "duty = duty.without(holes)",
        "duty = duty",
        test_people.test_a_roster_of_two,
    ),
    "the last contact before every break": (
        presence.last_contacts,
        "np.where(last, np.max",
        "np.where(last | True, np.max",
        test_people.test_no_new_contact_before_the_end_of_a_shift_but_before_a_break,
    ),
    "absent each on their own": (
        presence._chance,
        "if together_by == 0 or",
        "if True or",
        test_people.test_absence_is_beta_binomial_by_day,
    ),
    "another luck at another chance": (
        presence.comes,
        'base("presence", name, day)',
        'base("presence", name, day, str(pool.presence.mean))',
        test_people.test_a_higher_chance_takes_nobody_away,
    ),
    "late after every gap": (
        presence._late,
        "np.minimum.at(begin, who, duty.on[rows])",
        "begin[who] = duty.on[rows]",
        test_people.test_the_late_come_late_once_a_day,
    ),
    "meetings of the others": (
        presence._in_office,
        ".random(size) >= share",
        ".random(size) < share",
        test_people.test_meetings_take_whole_hours_of_some,
    ),
    "random breaks a day that were to be an hour": (
        presence._at_random,
        'if pause.random.per == "hour" else',
        "if False else",
        test_people.test_random_breaks_per_hour_of_duty,
    ),
    "one kind for all days": (
        arrivals.kinds_of_days,
        'stream("day kind", int(day))',
        'stream("day kind", 0)',
        test_events.test_kinds_of_day_move_all_reasons_together,
    ),
    "a factor to the end of the day": (
        arrivals._with_factors,
        "(edges[:-1] >= low) & (edges[:-1] < high)",
        "edges[:-1] >= low",
        test_events.test_a_factor_counts_while_the_event_lasts,
    ),
    "channels at the shares of the whole day": (
        arrivals._side_by_side,
        "out=shares, where=total[:, None] > 0",
        "out=np.zeros_like(shares), where=total[:, None] > 0",
        test_arrivals.test_profiles_by_channel,
    ),
    "a newsletter from midnight on": (
        happening.extra_arrivals,
        "times = on_grid(low + later)",
        "times = on_grid(later)",
        test_events.test_customers_of_a_newsletter_come_besides,
    ),
    "a backlog as old as the day": (
        happening.backlog,
        "ages[-1] = on_grid(",
        "ages[-1] = 0.0 * on_grid(",
        test_events.test_a_backlog_waits_when_it_begins,
    ),
    "sick on the day after too": (
        happening.presence_of,
        "low < (day + 1) * DAY and high > day * DAY",
        "low < (day + 1) * DAY and high > (day - 1) * DAY",
        test_events.test_who_is_sick_anyway_stays_so,
    ),
    "more people where nobody is": (
        happening.with_changes,
        "if len(here) == 0:",
        "if False:",
        test_events.test_fewer_and_more_people_for_a_time,
    ),
    "part of a person on all days": (
        presence._on_their_days,
        ".random(len(part))[who] < part[who]",
        ".random(len(part))[who] < 2",
        test_duty.test_part_of_a_person_is_there_on_its_share_of_days,
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_caught(fault: str) -> None:
    function, text, other, check = FAULTS[fault]
    check()
    usual = function.__code__
    function.__code__ = _planted(function, text, other).__code__
    roster._of_heads.cache_clear()  # what was worked out before would hide the fault, and after
    try:
        with pytest.raises((AssertionError, ValueError, IndexError)):
            check()
    finally:
        function.__code__ = usual
        roster._of_heads.cache_clear()


def _planted(function: Callable[..., Any], text: str, other: str) -> Callable[..., Any]:
    """The function with another text in its source."""
    source = textwrap.dedent(inspect.getsource(function))
    assert source.count(text) == 1
    space = dict(function.__globals__)
    exec(compile(source.replace(text, other), "<planted>", "exec"), space)
    changed: Callable[..., Any] = space[function.__name__]
    return changed
