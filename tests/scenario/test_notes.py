"""What is allowed and yet may not be meant is noted, at its place; what is usual is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.scenario.reading import Recipe, is_study

SCENARIOS = sorted((Path(__file__).parents[2] / "scenarios").rglob("*.yaml"))

BASE = """
calendar: {start: 2026-01-05, days: 5}
reasons: {calls: {volume: 100 per day, handle: 3 min}}
pools:
  team: {agents: {mon-fri 09:00-18:00: 12, mon-fri 11:00-13:00: 3}}
  volunteers: {members: 9, sessions: {sat 10:00-14:00: 5 %, wed: 1 %}, session: 1 h}
"""


@pytest.fixture
def notes(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def notes(text: str, base: str = BASE, **others: str) -> list[str]:
        for name, one in {"base": base, "top": text, **others}.items():
            Path(f"{name}.yaml").write_text(one, encoding="utf-8")
        recipe = Recipe.read("top.yaml")
        return [str(note) for note in recipe.notes(recipe.scenario())]

    return notes


@pytest.mark.parametrize(
    "file",
    [file for file in SCENARIOS if not is_study(file)],
    ids=lambda file: f"{file.parent.name}/{file.stem}",
)
def test_the_shipped_scenarios_give_no_note(file):
    recipe = Recipe.read(file)
    assert recipe.notes(recipe.scenario()) == []


# --- lines that come on top of others ---------------------------------------------------------

ON_TOP = "where they overlap, both count. To replace that line, add `{0}: null`"


@pytest.mark.parametrize("line", ["mon-fri 08:00-09:30", "wed 17:59-20:00", "thu 22:00-09:01"])
def test_a_line_that_overlaps_one_of_the_base_is_noted(notes, line):
    told = notes(f"extends: base.yaml\npools: {{team: {{agents: {{{line}: 14}}}}}}")
    key = "mon-fri 09:00-18:00"
    assert told == [
        f"top.yaml:2: pools.team.agents.{line}: comes on top of `{key}: 12` (base.yaml:5): "
        + ON_TOP.format(key)
    ]


def test_members_who_log_in_add_up_too(notes):
    [told] = notes(
        "extends: base.yaml\npools: {volunteers: {sessions: {fri-sun 08:00-12:00: 2 %}}}"
    )
    assert told.startswith("top.yaml:2: pools.volunteers.sessions.fri-sun 08:00-12:00: comes on")


def test_a_line_past_the_end_of_the_week_meets_its_beginning(notes):
    base = BASE.replace("mon-fri 09:00-18:00: 12", "mon 00:00-02:00: 12")
    text = "extends: base.yaml\npools: {team: {agents: {sun 22:00-01:00: 1}}}"
    assert len(notes(text, base)) == 1


@pytest.mark.parametrize(
    "lines",
    [
        "mon-fri 18:00-22:00: 4",  # begins when the other ends
        "sat-sun 09:00-18:00: 4",  # other days
        "Mon-Fri 9:00 - 18:00: 14",  # the same times: replaces
        "{mon-fri 09:00-18:00: null, mon-fri 11:00-13:00: null, mon-fri 08:00-18:00: 14}",
        "holiday 09:00-18:00: 2",  # a holiday is none of these days
    ],
)
def test_a_line_that_adds_nothing_to_another_is_not(notes, lines):
    lines = lines if lines.startswith("{") else f"{{{lines}}}"
    text = f"extends: base.yaml\ncalendar: {{holidays: FR}}\npools: {{team: {{agents: {lines}}}}}"
    assert notes(text) == []


def test_overlaps_within_one_file_are_meant(notes):
    assert notes(BASE) == []


# --- names ------------------------------------------------------------------------------------


def test_a_new_name_that_is_nearly_another_is_noted(notes):
    told = notes("extends: base.yaml\npools:\n  volunters: {agents: 2}\n  partner: {agents: 2}")
    assert told == ["top.yaml:3: pools.volunters: is new; did you mean the pool `volunteers`?"]


# --- times that never come --------------------------------------------------------------------


@pytest.mark.parametrize(
    "pool",
    [
        "{agents: {sat-sun: 3}}",
        "{agents: {mon-fri: 0}}",
        "{agents: {holiday: 3}}",
        "{members: 0, sessions: {daily: 5 %}, session: 1 h}",
        "{members: 5, sessions: {sat: 5 %, mon: 0 %}, session: 1 h}",
    ],
)
def test_a_pool_that_is_never_there_is_noted(notes, pool):
    told = notes(
        f"extends: base.yaml\ncalendar: {{holidays: FR}}\npools:\n  nobody: {pool}",
    )
    assert told == [
        "top.yaml:4: pools.nobody: nobody of this pool is ever there, 2026-01-05 to 2026-01-09"
    ]


def test_a_pool_of_a_holiday_or_of_the_days_around_is_there(notes):
    # Saturday the 10th is not counted, but simulated; 1 January is a holiday
    text = "extends: base.yaml\ncalendar: {cooldown: 1}\npools: {late: {agents: {sat: 3}}}"
    assert notes(text) == []
    text = "extends: base.yaml\ncalendar: {start: 2026-01-01, holidays: FR}\n"
    assert notes(text + "pools: {team: {agents: {holiday: 3}}}") == []


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("pools: {team: {agents: {holiday 10:00-12:00: 2}}}", "pools.team.agents.holiday"),
        ("pools: {volunteers: {sessions: {'sun,holiday': 2 %}}}", "pools.volunteers.sessions.sun,"),
        ("channels: {phone: {hours: [mon-fri, holiday]}}", "channels.phone.hours"),
        ("calendar: {windows: {quiet: holiday}}", "calendar.windows.quiet"),
        (
            "pools: {team: {breaks: [{between: holiday 12:00-13:00, length: 1 min}]}}",
            "pools.team.breaks.1.between",
        ),
        ("pools: {team: {contract: {per_hour: 1, premium: {holiday: 1}}}}", "pools.team.contract."),
        ("profiles: {p: {holiday: 1, mon: 2}}", "profiles.p.holiday"),
    ],
)
def test_holidays_of_no_country_are_noted(notes, text, path):
    [told] = notes(f"extends: base.yaml\n{text}")
    assert told.startswith(f"top.yaml:2: {path}")
    assert "the calendar has no public holidays" in told
    assert (
        notes(
            f"extends: base.yaml\n{text}\nrun: {{seed: 2}}",
            BASE.replace("days: 5", "days: 5, holidays: FR"),
        )
        == []
    )


def test_every_day_says_nothing_of_holidays(notes):
    assert notes("extends: base.yaml\npools: {team: {agents: {daily 20:00-21:00: 2}}}") == []


# --- files ------------------------------------------------------------------------------------


def test_a_whole_scenario_merged_over_another_is_noted(notes):
    other = "reasons: {mails: {volume: 3 per day, handle: 1 min}}\npools: {office: {agents: 1}}"
    told = notes("extends: [base.yaml, other.yaml]\nname: both", other=other)
    assert told == [
        "other.yaml:1: is a scenario of its own, and is merged over base.yaml all the same: "
        "what only one of them says is there too"
    ]
    fragment = "pools: {office: {agents: 1}}"
    assert notes("extends: [base.yaml, other.yaml]\nname: both", other=fragment) == []


# --- people -----------------------------------------------------------------------------------

BACK_TO_BACK = """
calendar: {{days: 5}}
reasons: {{calls: {{volume: 100 per day, handle: 3 min}}}}
pools:
  team:
    {people}
    breaks: [{{between: "mon-fri 13:00-17:00", length: 1 h}}]
    contract: {{per_hour: 20, minimum_shift: 4 h}}
"""


def test_head_counts_that_follow_each_other_are_noted_where_it_matters(notes):
    people = "agents: {mon-fri 07:00-15:00: 4, mon-fri 15:00-23:00: 4, sat: 1}"
    assert notes(BACK_TO_BACK.format(people=people)) == [
        "top.yaml:6: pools.team.agents.mon-fri 15:00-23:00: begins when `mon-fri 07:00-15:00` "
        "ends: the same people go on, as in one long shift, which matters for `breaks` and "
        "`minimum_shift`; for shifts of their own write `shifts`"
    ]


@pytest.mark.parametrize(
    "people",
    [
        "agents: {mon-fri 07:00-15:00: 4, mon-fri 14:00-23:00: 4}",
        "shifts: {early: {count: 4, at: mon-fri 07:00-15:00}, "
        "late: {count: 4, at: mon-fri 15:00-23:00}}",
    ],
)
def test_overlapping_lines_and_shifts_are_not(notes, people):
    # (that none of the two shifts covers the break is noted, and true)
    found = notes(BACK_TO_BACK.format(people=people))
    assert [one for one in found if "no shift covers" not in one] == []


def test_a_date_that_comes_on_top_of_a_weekday_is_noted(notes):
    people = "agents: {mon-fri 09:00-17:00: 5, 2026-01-06 09:00-17:00: 4, 2026-01-10: 2}"
    assert notes(BACK_TO_BACK.format(people=people)) == [
        "top.yaml:6: pools.team.agents.2026-01-06 09:00-17:00: comes on top of "
        "`mon-fri 09:00-17:00: 5`: where they overlap, both count"
    ]


# --- what costs money when it is forgotten ------------------------------------------------------

SHOP = """
calendar: {start: 2026-01-05, days: 7}
reasons:
  buy: {volume: 100 per day, handle: 3 min, buying: {unaided: 2 %, basket: 50}}
channels: {phone: {hours: mon-fri 09:00-18:00}}
pools:
  team:
    agents: {mon-fri 09:00-13:00: 5, mon-fri 13:00-18:00: 5}
    sells: {conversion: 20 %}
"""


@pytest.mark.parametrize(
    ("said", "noted"),
    [
        ("pools: {helpers: {agents: 2}}", "helpers: answers customers who may buy (buy) and sells"),
        ("pools: {team: {answers: {phone: 3}}}", "answers.phone: 3 at once, each as fast as one"),
        (
            "pools: {team: {breaks: [{between: sat 12:00-13:00, length: 30 min}]}}",
            "breaks.1: no shift covers all of the time",
        ),
        (
            "pools: {Team: {agents: 2, sells: {conversion: 20 %}}}",
            "pools.Team: is new; did you mean the pool `team`?",
        ),
        ("channels: {phone: {hours: mon 09:00-09:10}}", "open for 10 minutes a week"),
        ("pools: {team: {speed: 70}}", "70 means 7,000 %; is `70 %` meant?"),
        (
            "calendar: {events: {growth: {at: mon, reasons: {other: {volume: 115}}}}}",
            "events.growth.reasons.other.volume: 115 means 11,500 %",
        ),
        (
            "calendar: {events: {more: {at: mon 03:00-04:00, pools: {team: {agents: 1 more}}}}}",
            "events.more.pools.team.agents: changes nothing: nobody is there",
        ),
        (
            "pools: {team: {presence: 90 %, contract: {per_hour: 30, sick_paid: 0 %}}}",
            "absence costs nothing: 10 % of rostered hours",
        ),
    ],
)
def test_what_costs_money_when_it_is_forgotten(notes, said: str, noted: str) -> None:
    assert any(noted in note for note in notes(f"extends: base.yaml\n{said}", base=SHOP))


@pytest.mark.parametrize(
    "said",
    [
        "pools: {helpers: {agents: 2, sells: {conversion: 5 %}}}",
        "pools: {helpers: {agents: 2}}\nreasons: {ask: {volume: 9 per day, handle: 1 min}}\n"
        "routing: [{reason: ask, to: [helpers]}, {to: [team]}]",  # no buyer comes to them
        "pools: {team: {answers: {phone: 3}, pace: {phone: [1, 1, 1]}}}",
        # two lines of head counts that meet are the same people, whose shift covers it
        "pools: {team: {breaks: [{between: mon-fri 12:00-14:00, length: 30 min}]}}",
        "pools: {team 1: {agents: 2, sells: {conversion: 5 %}}, "
        "team 2: {agents: 2, sells: {conversion: 5 %}}}",
        "pools: {team: {presence: 90 %, contract: {per_hour: 30}}}",
        "pools: {team: {speed: 150 %}}",
        "calendar: {events: {fair: {at: mon, reasons: {other: {volume: 250 %}}, "
        "pools: {team: {agents: 1 fewer}}}}}",
    ],
)
def test_what_is_meant_gives_no_such_note(notes, said: str) -> None:
    known = ("sells nothing", "at once, each", "no shift covers", "nearly called", "costs nothing")
    known += (" means ", "changes nothing")
    found = notes(f"extends: base.yaml\n{said}", base=SHOP)
    assert not [note for note in found if any(one in note for one in known)]


def test_a_point_that_may_part_thousands_is_noted(notes) -> None:
    """Who writes three digits behind the point hardly counts 1.044 calls a day."""
    [note] = notes("extends: base.yaml\nreasons: {calls: {volume: 1.044 per day}}")
    assert note == (
        "top.yaml:2: reasons.calls.volume: the point of `1.044 per day` is a decimal one; write "
        "1044 per day if thousands are meant"
    )
    for usual in ("1044 per day", "1.5 per day", "0.125 per hour", "1044.125 per week"):
        assert not notes(f"extends: base.yaml\nreasons: {{calls: {{volume: {usual}}}}}")


@pytest.mark.parametrize(
    ("roster", "noted"),
    [
        ("{Ana: {mon 14:00-23:00: work, tue 06:00-14:00: work}}", "roster.Ana: 7 h between"),
        ("{Ana: {mon 22:00-06:00: work, tue 15:00-22:00: work}}", "roster.Ana: 9 h between"),
        (
            "{Bo: {daily 14:00-23:00: work}, Ana: {wed 15:00-24:00: work, thu 10:59-14:00: work}}",
            "roster.Ana: 10 h 59 min between",
        ),
        ("{Ana: {mon 14:00-23:00: work, tue 10:00-14:00: work}}", ""),
        ("{Ana: {mon 10:00-14:00: work, mon 17:00-20:00: work, tue 08:00-12:00: work}}", ""),
        ("{Ana: {mon 14:00-23:00: work, tue 06:00-14:00: work, tue 00:00-24:00: off}}", ""),
    ],
)
def test_too_short_a_rest_between_two_days_of_a_roster_is_noted(notes, roster, noted) -> None:
    found = notes(f"extends: base.yaml\npools: {{team: {{agents: null, roster: {roster}}}}}")
    rest = [note for note in found if "of rest" in note]
    assert len(rest) == bool(noted)
    assert not rest or noted in rest[0]
