"""The laws of RULES.md, checked on the logs of one replication. Knows nothing of the engines.

`check` brings two kinds of checker together:

- *laws of the log*: sums and orders that hold on the rows as they stand (columns, chains,
  capacity, duty, patience, first come first served);
- *the witness* (`witness.py`), which follows all that happens.

Both know what the scenario means from `meaning.py`.
"""

from __future__ import annotations

from collections import defaultdict
from math import inf, isnan, nan

import numpy as np
from centre import Run
from meaning import TICK, Centre, demand, is_some, to_grid, values
from witness import MOST_MOVES, Witness

from sim.draws import prepare
from sim.tables import Cause, ContactLog, Outcome, Purpose

GIVEN_UP = (
    *(Outcome.ABANDONED, Outcome.BALKED, Outcome.BLOCKED, Outcome.UNREACHED),
    *(Outcome.FLOWED_OUT, Outcome.NO_LINE),
)
TAKEN = [Outcome.ANSWERED, Outcome.UNREACHED]  # an agent has had it in hand
PASSED_ON = [Cause.TRANSFER, Cause.HAND_OVER]
WITHIN = [*PASSED_ON, Cause.CONFERENCE]  # parts of a contact that is in hand, or was
BESIDE = {Cause.OVERDUE: "due", Cause.CONFERENCE: "talk"}  # whose parent may lead to more
MOVES = (Cause.CLOSED, Cause.OVERDUE, Cause.OTHERWISE, Cause.EXIT)


def check(run: Run) -> Witness:
    """Raise `LawBroken` if the run breaks a law; else return the witness of it."""
    centre = Centre(run.scenario)
    for law in (columns, chains, limits, grid, capacity, duty, patience, first_come_first_served):
        law(run, centre)
    witness = Witness(run, centre)
    witness.watch()
    little(run, witness)
    return witness


def columns(run: Run, centre: Centre) -> None:
    """Every contact ends exactly one way, and its row says only what that way has (rule 10)."""
    log, draws = run.log, run.draws
    n = len(draws.arrival)
    for name, first in (("reason", draws.reason), ("channel", draws.channel)):
        demand((getattr(log, name)[:n] == first).all(), f"customers' {name}")
    demand((log.arrived[:n] == draws.arrival).all(), "customers' arrivals")
    demand((log.customer[:n] == np.arange(n)).all(), "the first contacts are the customers'")
    answered = np.isin(log.outcome, TAKEN)
    unfinished = log.outcome == Outcome.UNFINISHED
    demand(np.isin(log.outcome, list(Outcome)).all(), "an outcome is one of the list")
    for name in ("talked", "freed"):
        demand((~np.isnan(getattr(log, name)) == answered).all(), f"{name} if answered")
    for name in ("pool", "agent"):
        demand(((getattr(log, name) >= 0) == answered).all(), f"{name} if answered")
    demand((np.isnan(log.ended) == unfinished).all(), "ended unless unfinished")
    for before, after in (("arrived", "ended"), ("ended", "talked"), ("talked", "freed")):
        one, other = getattr(log, before), getattr(log, after)
        demand(((one <= other) | np.isnan(other)).all(), f"{before} <= {after}")
    at_once = np.isin(log.outcome, [Outcome.BALKED, Outcome.BLOCKED, Outcome.SELF_SERVED])
    demand((log.ended == log.arrived)[at_once].all(), "balked, blocked, self-served at once")
    live = np.array([channel.live for channel in centre.channels])[log.channel]
    web = np.array([channel.unlimited for channel in centre.channels])[log.channel]
    demand((live | ~(log.outcome == Outcome.ABANDONED)).all(), "only live contacts are abandoned")
    late = live & (log.callback == 0)
    demand((~late | ~(log.outcome == Outcome.EXPIRED)).all(), "only what nobody waits for expires")
    demand(
        (
            (log.outcome == Outcome.SELF_SERVED)
            == (web & ~unfinished & ~np.isin(log.outcome, [Outcome.WITHDRAWN, Outcome.NO_LINE]))
        ).all(),
        "self-served on self-service channels",
    )
    answered = log.outcome == Outcome.ANSWERED
    done = answered | (log.outcome == Outcome.SELF_SERVED)
    passed_on = np.isin(np.arange(len(log)), log.parent[np.isin(log.cause, PASSED_ON)])
    demand((log.resolved[passed_on] == -1).all(), "who was passed on is neither resolved nor not")
    open_ = passed_on | (log.cause == Cause.CONFERENCE)
    open_ |= bool(centre.transfers) & (log.talked >= centre.horizon)
    demand((np.isin(log.resolved, [0, 1]) | ~done | open_).all(), "resolved or not, if served")
    demand(
        (log.resolved[~answered & ~(log.outcome == Outcome.SELF_SERVED)] == -1).all(), "not served"
    )


def chains(run: Run, centre: Centre) -> None:
    """Each contact has the parent that its cause asks for; attempts count through (rule 8)."""
    log, n = run.log, len(run.draws.arrival)
    attempts: dict[int, int] = {}
    children: dict[tuple[int, str], int] = defaultdict(int)
    for k in range(len(log)):
        cause, parent, customer = Cause(log.cause[k]), int(log.parent[k]), int(log.customer[k])
        demand((cause == Cause.FIRST) == (k < n), f"contact {k}: first ones first")
        demand((parent == -1) == (cause == Cause.FIRST), f"contact {k}: a parent unless first")
        attempts[customer] = attempts.get(customer, -1) + 1
        demand(log.attempt[k] == attempts[customer], f"contact {k}: attempts count through")
        if parent < 0:
            continue
        demand(parent < k and log.customer[parent] == customer, f"contact {k}: parent before it")
        if cause not in WITHIN:
            demand(run.draws.reason[customer] == log.reason[k], f"contact {k}: the reason stays")
        outcome, when = Outcome(log.outcome[parent]), log.ended[parent]
        children[parent, BESIDE.get(cause, "end")] += 1
        reason = run.scenario.reasons[centre.reason_names[log.reason[k]]]
        said, came_by = (
            centre.channel_names[log.channel[k]],
            centre.channel_names[log.channel[parent]],
        )
        if cause == Cause.RETRY:
            good = outcome in GIVEN_UP and reason.retry is not None
            when = log.freed[parent] if outcome == Outcome.UNREACHED else when
            good = good and said in (reason.retry.on, came_by if reason.retry.on == "same" else "")
        elif cause == Cause.CALL:
            good, when = (
                said == came_by and called_again(log, centre, parent),
                log.freed[parent],
            )
        elif cause == Cause.AGAIN:
            good, when = (
                outcome == Outcome.ANSWERED and log.resolved[parent] == 0,
                log.freed[parent],
            )
            good = good and said in (reason.again.on, came_by if reason.again.on == "same" else "")
        elif cause == Cause.CLOSED:
            good = outcome == Outcome.CLOSED and said in (came_by, *reason.closed.at(came_by).to)
        elif cause == Cause.OTHERWISE:
            good = outcome == Outcome.SELF_SERVED and log.resolved[parent] == 0
            good = good and said == run.scenario.channels[came_by].otherwise
        elif cause in WITHIN:
            good = log.resolved[parent] == -1 or cause == Cause.CONFERENCE
            good = good and outcome == Outcome.ANSWERED and is_led(log, centre, parent, k)
            when = log.arrived[k]
        elif cause == Cause.EXIT:
            ways = [way.to for way in run.scenario.channels[came_by].exits]
            good = outcome == Outcome.FLOWED_OUT and said in ways and log.arrived[k] == when
        else:
            channel = run.scenario.channels[came_by]
            good = channel.overdue is not None and said == channel.overdue.on
            age = run.draws.age[parent] if parent < len(run.draws.age) else 0.0
            when = log.arrived[parent] + max(to_grid(channel.due or 0) - age, 0.0)
            good = good and log.arrived[k] == when and not log.ended[parent] < when
        demand(good, f"contact {k}: its parent gives no cause for {cause.name}")
        demand(log.arrived[k] >= when, f"contact {k}: not before its cause")
    demand(max(children.values(), default=0) <= 1, "one contact out of one cause")


def is_led(log: ContactLog, centre: Centre, parent: int, k: int) -> bool:
    """Whether a transfer leads from a contact, of the pool that answered it, to another."""
    names = centre.reason_names[log.reason[parent]], centre.channel_names[log.channel[parent]]
    found = (centre.reason_names[log.reason[k]], centre.channel_names[log.channel[k]])
    return any(
        (one.to.reason or names[0], one.to.channel or names[1]) == found
        and log.arrived[k] <= log.talked[parent]
        and (one.conference is not None) == (log.cause[k] == Cause.CONFERENCE)
        and (one.warm or one.conference or log.arrived[k] == log.talked[parent])
        for name, one in centre.transfers.items()
        if (name in centre.scenario.transfers) == (log.cause[k] != Cause.HAND_OVER)
        and one.passes_on(centre.pool_names[log.pool[parent]])
        and is_some(one.share.at(*names))
    )


def called_again(log: ContactLog, centre: Centre, k: int) -> bool:
    """Whether the customer may be called once more, who did not pick up."""
    channel = centre.channels[log.channel[k]]
    calls = channel.outbound or channel.callback
    return log.outcome[k] == Outcome.UNREACHED and calls is not None and calls.attempts > 1


def limits(run: Run, centre: Centre) -> None:
    """Retries, agains and moves within their limits (rule 8)."""
    log = run.log
    n = len(run.draws.arrival)
    for cause, most in (
        ([Cause.RETRY], [r.retry.attempts if r.retry else 0 for r in centre.reasons]),
        ([Cause.AGAIN], [r.again.attempts if r.again else 0 for r in centre.reasons]),
        (MOVES, [MOST_MOVES for _ in centre.reasons]),
    ):
        count = np.bincount(log.customer[np.isin(log.cause, cause)], minlength=n)
        demand((count <= np.array(most)[run.draws.reason]).all(), f"at most so many {cause}")


def grid(run: Run, centre: Centre) -> None:
    """All times are multiples of 2^-20 s."""
    del centre
    times = [run.log.arrived, run.log.ended, run.log.talked, run.log.freed]
    times += [run.duty.on, run.duty.off, run.duty.left]
    for column in times:
        ticks = column[~np.isnan(column)] / TICK
        demand((ticks == np.floor(ticks)).all(), "times are on the grid")


def capacity(run: Run, centre: Centre) -> None:
    """No agent's shares in hand exceed his capacity (rule 6)."""
    log = run.log
    steps: dict[int, list[tuple[float, int, int]]] = defaultdict(list)
    pool_of = agent_pools(run)
    for k, agent, began, until in pieces(run):
        pool = pool_of[agent]
        unit = centre.unit(pool, int(log.channel[k]))
        # At one instant an agent first finishes, then takes.
        if until > began:
            steps[agent] += [(began, 1, unit), (until, 0, -unit)]
            steps[agent] += [(nan, 0, centre.capacity[pool])]
    for agent, found in steps.items():
        room = next(unit for when, _, unit in found if isnan(when))
        load = 0
        for _, _, unit in sorted(step for step in found if not isnan(step[0])):
            load += unit
            demand(0 <= load <= room, f"agent {agent} has {load} of {room} shares in hand")


def duty(run: Run, centre: Centre) -> None:
    """Agents answer on duty, or behind a closed door that drains; spells do not overlap (9)."""
    log = run.log
    spells: dict[int, list[tuple[float, float, float]]] = defaultdict(list)
    for (agent, on, off, left), came in zip(run.spells(), run.duty.came.tolist(), strict=True):
        demand(on < off <= left, f"agent {agent} leaves after his duty began and ended")
        demand(on <= came <= left, f"agent {agent} comes before he leaves")
        demand(not spells[agent] or spells[agent][-1][2] <= came, f"agent {agent} is there twice")
        spells[agent].append((came, off, left))
    pool_of = agent_pools(run)
    for k, agent, when, until in pieces(run):
        mine = [spell for spell in spells[agent] if spell[0] <= when <= spell[2]]
        demand(bool(mine), f"contact {k}: its agent is not there")
        offered = centre.pools[pool_of[agent]].offers is not None  # begun on duty, accepted later
        leg = log.cause[k] in WITHIN  # the witness looks at these
        if not offered and not leg and not any(on <= when < off for on, off, _ in mine):
            channel = centre.channels[log.channel[k]]
            line = centre.lines[int(log.reason[k]), int(log.channel[k])]
            demand(
                channel.live and channel.at_close == "drain" and line.door is not None,
                f"contact {k}: taken off duty, and its channel does not drain",
            )
            shut = [high for _, high in centre.doors[line.door or 0]]
            closed = any(log.arrived[k] < high <= when for high in shut)
            demand(closed, f"contact {k}: taken off duty, and its door has not closed")
        last = [spell for spell in spells[agent] if spell[0] <= until][-1]
        demand(
            until <= last[2] or until > centre.horizon,
            f"contact {k}: its agent left before it was finished",
        )


def pieces(run: Run) -> list[tuple[int, int, float, float]]:
    """Contact, agent, from, to of all that was in hand: what was put down, and how it went on."""
    log, found = run.log, []
    begun = {int(k): float(log.ended[k]) for k in np.flatnonzero(np.isin(log.outcome, TAKEN))}
    some = log.put_down
    for k, agent, began, until, resumed in zip(
        *(getattr(some, name).tolist() for name in vars(some)), strict=True
    ):
        found.append((k, agent, began, until))
        demand(began <= until and not resumed < until, f"contact {k}: put down after it was begun")
        if k in begun:
            begun[k] = resumed
    return found + [(k, int(log.agent[k]), at, float(log.freed[k])) for k, at in begun.items()]


def agent_pools(run: Run) -> list[int]:
    """The pool of each agent."""
    first = prepare(run.scenario).roster.first_agent
    return np.repeat(np.arange(len(first) - 1), np.diff(first)).tolist()


def patience(run: Run, centre: Centre) -> None:
    """Nobody waits longer than his patience, and nobody gives up before (rule 7)."""
    log, draws = run.log, run.draws
    leg = np.isin(log.cause, WITHIN)  # the witness looks at these
    lines = (centre.lines[k] for k in zip(log.reason.tolist(), log.channel.tolist(), strict=True))
    at = np.array(
        [
            centre.begins(draws, Purpose.PATIENCE, line, now)
            for line, now in zip(lines, log.arrived.tolist(), strict=True)
        ],
        dtype=np.int64,
    )
    at[leg] = -1
    limit = np.full(len(log), inf)
    for reason, attempt in np.unique(np.stack([log.reason, log.attempt]), axis=1).T.tolist():
        rows = np.flatnonzero((log.reason == reason) & (log.attempt == attempt) & (at >= 0))
        place = at[rows] - draws.begins[reason] + draws.row[log.customer[rows]]
        limit[rows] = values(draws, reason, attempt)[place]
    limit[log.callback == 1] = inf  # the witness looks at who is called back
    gave_up = np.isin(log.outcome, [Outcome.ABANDONED, Outcome.EXPIRED])
    told = np.array([channel.announcement is not None for channel in centre.channels])[log.channel]
    limit[told] = inf  # the witness looks at these
    demand(
        (log.ended == log.arrived + limit)[gave_up & ~told & ~leg & (log.callback == 0)].all(),
        "gives up when patience ends",
    )
    wait = np.where(np.isnan(log.ended), centre.horizon, log.ended) - log.arrived
    demand((wait <= limit)[log.outcome != Outcome.UNFINISHED].all(), "nobody waits beyond patience")


def first_come_first_served(run: Run, centre: Centre) -> None:
    """Nobody of a line is answered while one who came before him in it goes on waiting (5)."""
    log = run.log
    at_once = [Outcome.BALKED, Outcome.BLOCKED, Outcome.SELF_SERVED, Outcome.NO_LINE]
    after_waiting = ~np.isin(log.outcome, at_once) & ~np.isin(log.cause, WITHIN)
    after_waiting &= (log.outcome != Outcome.FLOWED_OUT) | (log.ended > log.arrived)
    for reason, channel in centre.lines:
        mine = np.flatnonzero((log.reason == reason) & (log.channel == channel) & after_waiting)
        keys = [
            centre.key(run.draws, reason, channel, int(log.cause[k]), float(log.arrived[k]), int(k))
            for k in mine
        ]
        if keys != log.arrived[mine].tolist():
            continue  # places of their own: the witness looks at these
        mine = mine[np.lexsort((mine, log.arrived[mine]))]
        ended = np.where(np.isnan(log.ended[mine]), inf, log.ended[mine])
        for k, began in zip(log.put_down.contact, log.put_down.began, strict=True):
            ended[mine == k] = np.minimum(ended[mine == k], began)
        if any(centre.pools[p].offers for p, *_ in centre.lines[reason, channel].steps):
            continue  # those on offer are answered as agents respond
        answered = np.where(np.isin(log.outcome[mine], TAKEN), ended, inf)
        arrived = log.arrived[mine]
        coming = (log.outcome[mine] == Outcome.UNFINISHED) & (arrived > centre.horizon)
        if not len(mine):
            continue
        later = np.minimum.accumulate(np.append(answered, inf)[::-1])[::-1][1:]
        good = (ended <= later) | coming | (later == inf)
        demand(good.all(), f"first come first served on {centre.channel_names[channel]}")


def little(run: Run, witness: Witness) -> None:
    """L = lambda W on the path: the integral of the number waiting is the sum of the waits."""
    log = run.log
    ended = np.where(np.isnan(log.ended), witness.clock, log.ended)
    some = log.put_down
    for k, began in zip(some.contact, some.began, strict=True):
        ended[k] = min(ended[k], began)
    waits = np.maximum(ended - log.arrived, 0.0)
    resumed = np.where(np.isnan(some.resumed), witness.clock, some.resumed)
    waited = waits.sum() + (resumed - some.until).sum()
    demand(waited == witness.waited, f"waits {waited}, seen {witness.waited}")
    held = sum(min(until, witness.clock) - began for _, _, began, until in pieces(run))
    demand(held == witness.held, f"in hand {held}, seen {witness.held}")
