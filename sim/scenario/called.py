"""What to write for a field that is missing, misread, called otherwise, or looked for elsewhere.

By part of a scenario, of a study or of a map. Those with a star are needed: they are told where the
whole part is misread.
"""

from __future__ import annotations

import re

_TOLD = """
Scenario
    *reasons: say why customers make contact, and how many they are
    *pools: say who answers, and when
    routing:
        say who takes what, line by line, as in `routing: [{reason: orders, to: [team, {pool:
        experts, after: 30 s}]}]`
    channels: say what each is, as in `channels: {phone: {}, email: {due: 24 h}}`
    lines: say which channels share them, as in `lines: {main: {count: 6, channels: [phone]}}`
    profiles: say how busy each hour is, as in `profiles: {office: {mon-fri 09:00-18:00: 1}}`
    service_level sla target targets:
        the threshold stands in `run`, as in `run: {service_level: 20 s}`
    replications seed confidence interval short_abandon: stands in `run`
    start days warmup cooldown holidays special_days events windows: stands in `calendar`
    agents staff teams: say them in a pool, as in `pools: {team: {agents: 12}}`
Calendar
    day_kinds: `day_kinds` stands beside `calendar`, at the left margin of the file
    timezone time_zone tz: times are local, without daylight saving
    end until weeks: say how many days, as in `days: 7`
Reason
    *volume: write `volume: 1000 per week` or `arrivals`
    channels: say which share uses which, as in `channels: {phone: 70 %, chat: 30 %}`
    aht handle_time handling_time talk talk_time duration:
        say how long an agent talks in `handle: 5 min`, and works afterwards in `wrap: 30 s`
    acw wrap_up wrap_up_time after_call_work: write `wrap: 30 s`
    calls contacts customers rate arrival_rate: say how many in `volume: 1000 per week`
    abandonment abandon abandon_rate:
        say how long they wait in `patience: {exponential: 3 min}`; how many abandon is a result
    skill skills pool pools agents team:
        say who answers in `routing`, as in `routing: [{reason: orders, to: [team]}]`
    service_level sla target: the threshold stands in `run`, as in `run: {service_level: 20 s}`
Channel
    exits: say each way out, as in `exits: [{after: 5 min, to: end}]`
    lines trunks: stand beside `channels`, as in `lines: {main: {count: 26, channels: [phone]}}`
    open opening_hours business_hours: write `hours: mon-fri 08:00-18:00`
    patience retry balk handle wrap: differs by customer: it stands in the reason
    service_level sla target:
        the threshold stands in `run`, as in `run: {service_level: {phone: 20 s}}`
Outbound
    *reach: say how often somebody picks up, as in `reach: 35 %`
    hours due expires: stands beside `outbound`, in the channel
    retry_after retry after: write `again_after: 4 h`
Pool
    *agents: say how many there are and when, as in `mon-fri 09:00-18:00: 12`
    breaks: say each, as in `breaks: [{between: mon-fri 12:00-14:00, length: 30 min}]`
    pace: say it of each channel, as in `pace: {chat: [1, 0.85, 0.7]}`
    roster: say it of each person, as in `roster: {Ana: {mon-fri 09:00-17:00: work}}`
    cost costs wage wages salary hourly_cost per_hour per_contact per_minute:
        say it in `contract: {per_hour: 25}`
    skill skills reason reasons channel channels:
        say the channels in `answers`, and who takes which reason in `routing`, as in `routing:
        [{reason: orders, to: [team]}]`
    fte staff headcount heads count hours size:
        say how many and when in `agents: {mon-fri 09:00-18:00: 12}`
    shrinkage absence absenteeism sick: say who is really there in `presence: 90 %`
    conversion basket: stands in `sells`, as in `sells: {conversion: 12 %}`
    concurrency concurrent at_once: say it in `answers`, as in `answers: {chat: 3}`
AiAgent
    *resolves: say which share of the customers it helps, as in `resolves: 40 %`
    *talk: say how long a conversation takes, as in `talk: {exponential: 3 min}`
    containment contained deflection resolved:
        whom it helps is `resolves`; whom it loses are `wrong` and `leaves`
    handover hand_over hands_over escalates_to to: write `hands_over_to: team`
Route
    *to: name the pools in order, as in `to: [team]`
    overflow overflow_to then fallback backup after:
        name that pool after the others, as in `to: [team, {pool: experts, after: 30 s}]`
    pool pools agents team: write `to: [team]`
    priority: stands in the reason, or in the pool
Warm
    *hand_over:
        say how long both agents need to hand the matter over, as in `warm: {hand_over: 1 min}`
Transfer
    *share: say which share of the talks is passed on, as in `share: 20 %`
    *to: name the pool, as in `to: second line`
Event
    *at: say when, as in `at: 2026-11-24 14:00-16:00`
Break
    *length: say how long, as in `length: 30 min`
Shift
    *count: say how many work it, as in `count: 4`
    *at: say when, as in `at: mon-fri 09:00-17:00`
Exit
    *to: say where it leads: to a channel, as in `to: voicemail`, or `to: end`
LineGroup
    *count: say how many there are, as in `count: 26`
    *channels: say which channels share them, as in `channels: [phone]`
Announcement
    *patience: say what becomes of it, as in `patience: 80 %`
DayKind
    *chance: say how often, as in `chance: 50 %`
Again
    *after: say how much later, as in `after: {exponential: 1 d}`
Retry
    *chance: say which share tries again, as in `chance: 30 %`
    *after: say how much later, as in `after: {exponential: 10 min}`
Overdue
    *chance: say which share gets in touch again, as in `chance: 50 %`
    *on: name the channel
Once
    *amount: say what is paid, as in `amount: 12000`
    *over: say for how long it serves, as in `over: 730 d`
Contract
    *per_hour: say what is paid, as in `per_hour: 25`
Step
    *pool: name the pool
Shifts
    *lengths: say how long shifts are: `lengths: [8 h, 4 h]`
HalfWidth
    *half_width: say how wide half the interval may be: `half_width: 1 %`
StudyFile
    *study: say the question, as in `study: Who should cover evenings?`
Map
    *columns: say which column is what, as in `arrived: Start time`
"""

CALLED: dict[tuple[str, str], str] = {}
"""Part, and a field of it or what people call one -> what to write."""

NEEDED: dict[str, list[str]] = {}
"""Part -> the fields with a star."""

for _told in re.split(r"\n(?=\w)", _TOLD.strip()):
    _part, *_lines = re.split(r"\n    (?=[*\w])", _told)
    for _names, _, _hint in (" ".join(_line.split()).partition(": ") for _line in _lines):
        NEEDED.setdefault(_part, []).extend(re.findall(r"\*(\w+)", _names))
        CALLED |= {(_part, _name): _hint for _name in re.findall(r"\w+", _names)}
