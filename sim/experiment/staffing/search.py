"""From the Erlang start to a better plan, by simulation on the same customers.

1. *Scale*: the Erlang staffing of the demand times several factors; Erlang knows neither retries
   nor chats held at once, nor that quiet hours may pay for busy ones.
2. *Improve*: one head more, one head less, in slots some hours apart, all in one run, shows slot by
   slot what an agent does there; a solver picks the changes that together promise most; the plan
   that comes out is simulated, and kept if it is better.
3. *Polish*: single changes, exchanges and drops of duties, most promising first, until none helps.
   With few possible plans all of them are tried instead of 2 and 3.

All plans meet the same customers, so that the search optimises one fixed sample. Plans are compared
in few replications; how a plan stands to its targets is put right by many replications of a plan
nearby (a control variate), and a target counts as reached when it is surely so in the mean, at the
scenario's confidence. Whatever is found is judged elsewhere, on customers the search has not seen.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from sim.experiment.runner import Runner
from sim.experiment.staffing.erlang import Start
from sim.experiment.staffing.goal import ResolvedGoal, StaffGoal, Target
from sim.experiment.staffing.judge import COST, HOURS, HOURS_ON_DUTY, MARGIN, Judge, Reading
from sim.experiment.staffing.moves import FEW_KINDS, moves
from sim.experiment.staffing.shape import Shape
from sim.experiment.staffing.solver import Effects, cover, improve
from sim.measures.components import TOTAL
from sim.scenario import Scenario
from sim.stats.distributions import student_quantile
from sim.tables import Floats, Ints

CUSTOMERS = 150_000
"""Simulated in the replications in which plans are compared: fewer customers, more replications."""

FEWEST, MOST_COMPARED = 10, 60
"""Replications in which plans are compared."""

SETTLING = 5
"""So often at most the level of a plan shows that another one is better."""

LEVEL = 5
"""Times as many replications say how a plan stands to its targets."""

EVALUATIONS = 80
"""Plans that are simulated at most."""

FACTORS = (0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.35, 1.5)
MORE_FACTORS = (2.0, 3.0, 4.5)
"""Tried where none of the others reaches the targets."""

APART = 3 * 3600
"""Seconds between slots whose heads are changed in one run: what a head does fades sooner."""

BATCH = 8
"""Plans simulated together."""

ALL_PLANS = 150
"""So few possible plans are all tried."""

NOTABLE = 1e-3
"""Of what is missing to a target: progress less than this part of the target is none."""

GOOD_DAYS = "good_days"
"""As a target of the search: the share of days on which all others hold."""

Told = Callable[[int], None]
"""Told how many replications are left at most."""

Key = tuple[float, float, float]


@dataclass(frozen=True)
class Plan:
    """A plan that was simulated."""

    counts: Ints
    reading: Reading


@dataclass(frozen=True)
class Level:
    """How far above 0 slack has to be in few replications, as many of one plan tell.

    shift: [T] by how much the first few were luckier than all.
    sure: [T] half the interval of the mean, of that plan in as many as it will be judged in.
    spread: [T] standard deviation of its slack in the few: others are surer, or less sure, as
        theirs is smaller or larger on the same customers.
    """

    shift: Floats
    sure: Floats
    spread: Floats

    def need(self, reading: Reading) -> Floats:
        """[T] for a plan as read in the few."""
        own = reading.slack.std(axis=0, ddof=1)
        ratio = np.where(self.spread > 0, own / np.where(self.spread > 0, self.spread, 1.0), 1.0)
        return np.asarray(self.shift + self.sure * ratio)


@dataclass(frozen=True)
class Found:
    """What a search came to.

    counts, start: [D] of the duties, the best plan and the Erlang start.
    reachable: whether any plan reached the targets.
    evaluations: plans simulated; replications: of each; seed: of their customers.
    exhaustive: whether these were all possible plans.
    worth: [D] what one head more of a duty brings to the targets for what it costs, near the plan.
    """

    counts: Ints
    start: Ints
    reachable: bool
    evaluations: int
    replications: int
    seed: int
    exhaustive: bool
    worth: Floats


class Search:
    """One search.

    Args:
        shape: what may be decided.
        goal, resolved: what is wanted.
        runner: for the simulations.
        seed: of the customers that all plans meet.
        confidence: at which a target is to be reached in the mean.
        judged_in: replications in which the plan will be judged: a target counts as reached if it
            would surely be so in as many, else the next larger plan would be wanted there.
        told: called as the search goes on.
    """

    def __init__(
        self,
        shape: Shape,
        goal: StaffGoal,
        resolved: ResolvedGoal,
        runner: Runner,
        *,
        seed: int,
        confidence: float,
        judged_in: int | None = None,
        told: Told | None = None,
    ) -> None:
        self.shape, self.goal, self.targets = shape, goal, resolved.targets
        if goal.good is not None:
            self.targets += (Target(GOOD_DAYS, goal.good, GOOD_DAYS),)
        self.runner, self.seed, self.confidence = runner, seed, confidence
        self.judged_in = judged_in
        self.told = told or (lambda *_: None)
        self.erlang = Start.of(shape, goal, resolved.targets)
        self.compared = _replications(self.erlang)
        self.judge = Judge.of(shape.scenario, resolved.targets, aim_of(shape, goal), goal)
        self.seen: dict[bytes, Plan] = {}
        self.scaled: dict[float, Ints] = {}
        self.evaluations = 0
        self.levels: dict[bytes, Level] = {}
        self.level: Level | None = None
        self.grain = 0.0

    def run(self) -> Found:
        """Search."""
        start = cover(self.shape, self.erlang.heads(), self.goal.at_most)
        self._set_level(start)
        best = self._settled(self._scaled(start))
        exhaustive, effects = False, None
        if not self._reached(best):
            best = self._nearest(best)
            if self.shape.crew is not None:  # the same people elsewhere may do
                best, effects = self._improve(best)
        elif plans := self._few():
            self._evaluate(plans)
            best, exhaustive = self._settled(self._best()), True
        else:
            best, effects = self._improve(best)
            best = self._settled(self._polish(best, effects))
        if effects is None and self.targets:
            effects = self._effects(best.counts, 1)
        return Found(
            best.counts,
            start,
            self._reached(best),
            self.evaluations,
            self.compared,
            self.seed,
            exhaustive,
            self._promised(effects),
        )

    def frontier(self) -> list[Ints]:
        """Plans of those simulated that none of fewer hours betters: in the first target, if any.

        In the margin they go on beyond the best, each better than all of more hours.
        """
        hours = self.shape.hours

        def worth(plan: Plan) -> float:
            return float(plan.reading.mean_slack[0]) if self.targets else -plan.reading.mean_loss

        def rising(way: int) -> Iterator[Ints]:
            best = -math.inf
            for plan in sorted(
                self.seen.values(), key=lambda one: (way * float(hours @ one.counts), -worth(one))
            ):
                if worth(plan) > best:
                    best = worth(plan)
                    yield plan.counts

        return [*rising(1), *(() if self.targets else rising(-1))]

    # --- simulating and judging ---------------------------------------------------------------

    def _evaluate(self, plans: Iterable[Ints]) -> list[Plan]:
        """Simulate plans, each only once."""
        plans = list(plans)
        new = {p.tobytes(): p for p in plans if p.tobytes() not in self.seen}
        for some in _batches(list(new.values())):
            readings = self._simulate([self.shape.staffed(p) for p in some])
            for counts, reading in zip(some, readings, strict=True):
                self.seen[counts.tobytes()] = Plan(counts, reading)
        return [self.seen[p.tobytes()] for p in plans]

    def _simulate(self, scenarios: Sequence[Scenario]) -> list[Reading]:
        readings = self._played(scenarios, self.compared)
        self.evaluations += len(readings)
        self.told(max(EVALUATIONS - self.evaluations, 0) * self.compared)
        return readings

    def _played(self, scenarios: Sequence[Scenario], replications: int) -> list[Reading]:
        samples = [self.judge.sample(self.runner, one, self.seed) for one in scenarios]
        self.runner.extend(samples, replications)
        return [self.judge.read(one) for one in samples]

    def _set_level(self, counts: Ints) -> None:
        """Learn from many replications of a plan how far above 0 slack has to be near it."""
        [reading] = self._played([self.shape.staffed(counts)], LEVEL * self.compared)
        n = len(reading.slack)
        if not self.grain:
            paid = float(self.shape.hours @ counts) or 1.0
            one = float(self.shape.hours.min()) / paid
            loss = float(reading.loss[: self.compared].mean())
            self.grain = 0.1 * one * max(abs(loss), 1e-9)
        if not self.targets:
            return
        error = reading.slack.std(axis=0, ddof=1) / math.sqrt(min(n, self.judged_in or n))
        few = reading.slack[: self.compared]
        self.level = Level(
            shift=np.asarray(few.mean(axis=0) - reading.mean_slack),
            sure=np.asarray(float(student_quantile(self.confidence, n - 1)) * error),
            spread=np.asarray(few.std(axis=0, ddof=1)),
        )
        self.levels[counts.tobytes()] = self.level

    def _need(self, plan: Plan) -> Floats:
        """[T] the slack at which each target is surely reached in the mean."""
        level = self.levels.get(plan.counts.tobytes(), self.level)
        return np.zeros(len(self.targets)) if level is None else level.need(plan.reading)

    def _best(self) -> Plan:
        return min(self.seen.values(), key=self._key)

    def _settled(self, best: Plan) -> Plan:
        """The best plan of those seen, after its own level has been learnt, not only one nearby."""
        for _ in range(SETTLING):
            if not self.targets or best.counts.tobytes() in self.levels:
                break
            self._set_level(best.counts)
            best = self._best()
        return best

    def _missing(self, plan: Plan) -> Floats:
        """[T] what is missing to each target, in units of the target's own value; 0 if reached."""
        if not self.targets:
            return np.zeros(0)
        reading = plan.reading
        aims = np.array([max(target.value, 0.01) for target in self.targets])
        short = (self._need(plan) - reading.mean_slack) / (np.maximum(reading.size, 1e-12) * aims)
        return np.asarray(np.where(reading.size > 0, np.maximum(short, 0.0), 0.0))

    def _reached(self, plan: Plan) -> bool:
        return not self._missing(plan).any()

    def _key(self, plan: Plan) -> Key:
        """Less is better: what is missing, then the loss, then less to spare."""
        spare = plan.reading.mean_slack - self._need(plan)
        loss = plan.reading.mean_loss / (self.grain or 1.0)
        return (
            round(float(self._missing(plan).sum()), 9),
            float(loss) if self.goal.maximise else float(round(loss)),
            -float(spare.min()) if len(spare) else 0.0,
        )

    # --- 1: scale -----------------------------------------------------------------------------

    def _at(self, factor: float) -> Ints:
        if factor not in self.scaled:
            heads = self.erlang.heads(factor)
            self.scaled[factor] = cover(self.shape, heads, self.goal.at_most)
        return self.scaled[factor]

    def _scaled(self, start: Ints) -> Plan:
        """The best of the Erlang staffings of the demand times a factor."""
        now = np.asarray(np.rint(self.shape.present), dtype=np.int64)
        known = [now] if self.shape.single and self._allowed(now) else []
        self._evaluate([start, *known, *map(self._at, FACTORS)])
        if not any(map(self._reached, self.seen.values())):
            self._evaluate(map(self._at, MORE_FACTORS))
        if not any(map(self._reached, self.seen.values())) and self.goal.at_most is not None:
            slots = np.full(len(self.shape.slots), self.goal.at_most)
            self._evaluate([cover(self.shape, slots, self.goal.at_most)])
        best = min(self.seen.values(), key=self._key)
        # halve the step around the best factor twice
        factors = sorted((*FACTORS, *MORE_FACTORS))
        for step in (0.05, 0.025):
            around = [f for f in factors if np.array_equal(self._at(f), best.counts)]
            if around:
                near = [around[0] - step, around[-1] + step]
                factors = sorted({*factors, *near})
                self._evaluate(self._at(f) for f in near)
                best = min(self.seen.values(), key=self._key)
        return best

    def _nearest(self, best: Plan) -> Plan:
        """No plan reaches the targets: the cheapest of those that come as near as any."""
        least = self._missing(best).sum() + NOTABLE
        near = [plan for plan in self.seen.values() if self._missing(plan).sum() <= least]
        return min(near, key=lambda plan: plan.reading.mean_loss)

    # --- all plans ----------------------------------------------------------------------------

    def _few(self) -> list[Ints]:
        """All possible plans, if they are few; else none."""
        least, most, duties = self.goal.at_least, self.goal.at_most, len(self.shape.duties)
        low = least if self.shape.single else 0
        if most is None and self.shape.crew is not None:
            most = self.shape.crew.people.at_most
        if most is None or (most - low + 1) ** duties > ALL_PLANS:
            return []
        plans = map(np.array, itertools.product(range(low, most + 1), repeat=duties))
        return [plan for plan in plans if self._allowed(plan)]

    def _allowed(self, counts: Ints) -> bool:
        heads = self.shape.heads(counts)
        most = self.goal.at_most
        return bool(
            (counts >= 0).all()
            and (heads >= self.goal.at_least).all()
            and (most is None or (heads <= most).all())
            and self.shape.can_work(counts)
        )

    # --- 2: improve ---------------------------------------------------------------------------

    def _improve(self, best: Plan) -> tuple[Plan, Effects | None]:
        effects = None
        reach = max(1, round(0.08 * float(self.shape.heads(best.counts).max(initial=1))))
        while self._room(2 * self._groups() + 6):
            effects = self._effects(best.counts, reach)
            better = self._step(best, effects, reach)
            if better is not best:
                best = better
                continue
            settled = self._settled(best)
            if settled is best and reach == 1:
                break
            best, reach = settled, max(reach // 2, 1)
        return self._settled(best), effects

    def _step(self, best: Plan, effects: Effects, reach: int) -> Plan:
        """The plan that the solver makes of the effects, if the simulation finds it better."""
        missing = self._need(best) - best.reading.mean_slack
        moves = float(len(self.shape.slots) * 2 * reach)
        one_head = effects.drop.mean(axis=0) if self.targets else np.zeros(0)
        for attempt in range(6):
            counts = improve(
                self.shape,
                best.counts,
                effects,
                missing,
                least=self.goal.at_least,
                most=self.goal.at_most,
                reach=reach,
                moves=moves,
            )
            changed = np.abs(self.shape.heads(counts) - self.shape.heads(best.counts)).sum()
            if not changed:
                break
            [plan] = self._evaluate([counts])
            if self._key(plan) < self._key(best):
                return plan
            if self._reached(plan):
                moves = max(1.0, float(changed // 2))
            else:  # the promise was too good: ask for more next time, and more each time
                short = np.maximum(self._need(plan) - plan.reading.mean_slack, 0.0)
                missing = missing + short + (short > 0) * 2**attempt * one_head
        return best

    def _room(self, plans: int) -> bool:
        few = len(self.shape.duties) <= FEW_KINDS  # cheap plans, and most easily seen to be bad
        return self.evaluations + plans <= EVALUATIONS * (3 if few else 1)

    def _groups(self) -> int:
        """Into how many groups the slots of a pool are put, to be changed together."""
        shortest = min(slot.end - slot.start for slot in self.shape.slots)
        return len(self.shape.fixed) * min(max(1, math.ceil(APART / shortest)), 6)

    def _effects(self, counts: Ints, reach: int) -> Effects:
        """What heads more and less do in each slot, read from runs with every n-th slot changed."""
        heads = self.shape.heads(counts)
        most = self.goal.at_most if self.goal.at_most is not None else np.inf
        up = np.minimum(heads + reach, most).astype(np.int64)
        down = np.maximum(heads - reach, np.minimum(heads, self.goal.at_least))
        groups = self._slot_groups()
        plans = [np.where(group, changed, heads) for group in groups for changed in (up, down)]
        seen = self.seen.get(counts.tobytes()) if self.shape.single else None
        if seen is None:
            plans.insert(0, heads)
        rest = self._simulate([self.shape.with_heads(plan) for plan in plans])
        base = rest.pop(0) if seen is None else seen.reading
        S, T = len(heads), len(self.targets)
        loss, slack = np.zeros((2, S)), np.zeros((2, S, T))
        for place, (group, way) in enumerate(itertools.product(groups, (0, 1))):
            change = np.abs((up if way == 0 else down) - heads)
            found_loss, found_slack = self._by_slot(base, rest[place], group)
            per_head = np.where(group & (change > 0), 1.0 / np.maximum(change, 1), 0.0)
            loss[way] += found_loss * per_head
            slack[way] += found_slack * per_head[:, None]
        loss[1], slack[1] = -loss[1], -slack[1]
        return _diminishing(loss, slack, np.array([up > heads, down < heads]))

    def _slot_groups(self) -> list[Ints]:
        """[S] masks: slots of one pool that lie `APART`."""
        each = self._groups() // len(self.shape.fixed)
        masks = []
        for pool in self.shape.fixed:
            own = [place for place, slot in enumerate(self.shape.slots) if slot.pool == pool]
            for first in range(each):
                mask = np.zeros(len(self.shape.slots), dtype=bool)
                mask[own[first::each]] = True
                masks.append(mask)
        return [mask for mask in masks if mask.any()]

    def _by_slot(self, base: Reading, changed: Reading, group: Ints) -> tuple[Floats, Floats]:
        """[S], [S, T] what the changes in a group of slots did, each in the hours after it."""
        S, n = len(group), max(int(group.sum()), 1)
        region = self._regions(group)
        loss = np.bincount(region, changed.hour_loss - base.hour_loss, S).astype(np.float64)
        loss += np.where(group, (changed.mean_loss - base.mean_loss - loss.sum()) / n, 0.0)
        slack = np.zeros((S, len(self.targets)))
        total = changed.mean_slack - base.mean_slack
        for t, target in enumerate(self.targets):
            rise = changed.hour_slack[:, t] - base.hour_slack[:, t]
            here = np.bincount(region, rise, S).astype(np.float64)
            if target.by != TOTAL:  # only the sum is known: shared out as all channels have it
                share = np.where(group, np.maximum(here * np.sign(total[t]), 0.0) + 1e-9, 0.0)
                here = np.asarray(total[t] * share / share.sum())
            slack[:, t] = here
        return loss, slack

    def _regions(self, group: Ints) -> Ints:
        """[168] the slot of a group to which each hour of the week belongs.

        It is the last one before the hour on that day, else the next one to come.
        """
        begins = [
            (slot.day * 24 + slot.start // 3600, place)
            for place, slot in enumerate(self.shape.slots)
            if group[place]
        ]
        found = np.zeros(HOURS, dtype=np.int64)
        for hour in range(HOURS):
            before = [one for one in begins if hour // 24 * 24 <= one[0] <= hour]
            after = [one for one in begins if one[0] > hour] or begins
            found[hour] = max(before)[1] if before else min(after)[1]
        return found

    # --- 3: polish ----------------------------------------------------------------------------

    def _polish(self, best: Plan, effects: Effects | None) -> Plan:
        """Single changes and exchanges, as long as one helps."""
        moved = True
        while moved:
            moved = False
            for some in _batches(self._neighbours(best, effects)):
                if not self._room(len(some)):
                    return best
                plan = min(self._evaluate(some), key=self._key)
                if self._key(plan) < self._key(best):
                    best, moved = plan, True
                    break
        return best

    def _neighbours(self, best: Plan, effects: Effects | None) -> list[Ints]:
        """Plans around one, the most promising first; those simulated before are left out."""
        plans = []
        for move in moves(self._promised(effects)):
            counts = best.counts.copy()
            for duty, by in move.items():
                counts[duty] += by
            if self._allowed(counts) and counts.tobytes() not in self.seen:
                plans.append(counts)
        return plans

    def _promised(self, effects: Effects | None) -> Floats:
        """[D] how much one head more in a duty brings for what it costs; more is better."""
        if effects is None:
            return np.zeros(len(self.shape.duties))
        if not self.targets:
            return np.asarray(-effects.loss_up @ self.shape.covers)
        worth = (effects.gain + effects.drop) / np.maximum(
            np.abs(effects.gain + effects.drop).sum(axis=0), 1e-12
        )
        cost = np.maximum(effects.loss_up @ self.shape.covers, 1e-9)
        return np.asarray((worth.sum(axis=1) @ self.shape.covers) / cost)


def aim_of(shape: Shape, goal: StaffGoal) -> str:
    """What is to be little, or (a margin) much: hours where those of some pool cost nothing."""
    if goal.maximise:
        return MARGIN
    paid = all(shape.scenario.pools[name].contract.per_hour > 0 for name in shape.fixed)
    return COST if paid else HOURS_ON_DUTY


def _replications(erlang: Start) -> int:
    """Fewer where a replication has more customers."""
    return int(min(max(CUSTOMERS / max(erlang.customers, 1.0), FEWEST), MOST_COMPARED))


def _diminishing(loss: Floats, slack: Floats, possible: Ints) -> Effects:
    """Effects of which one head more never brings more than one less takes: noise evened out.

    Args:
        loss, slack: [2, S], [2, S, T] by one head more, and by one less.
        possible: [2, S] which of the two there is; the other one is taken to be the same.
    """
    loss = np.where(possible, loss, loss[::-1])
    slack = np.where(possible[:, :, None], slack, slack[::-1])
    wrong = loss[0] < loss[1]
    loss = np.where(wrong, loss.mean(axis=0), loss)
    slack = np.maximum(slack, 0.0)
    slack = np.where(slack[0] > slack[1], slack.mean(axis=0), slack)
    return Effects(loss[0], loss[1], slack[0], slack[1])


def _batches(plans: list[Ints]) -> Iterable[list[Ints]]:
    for first in range(0, len(plans), BATCH):
        yield plans[first : first + BATCH]
