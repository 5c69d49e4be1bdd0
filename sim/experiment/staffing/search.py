"""From the Erlang start to a better plan, by simulation on the same customers.

1. *Scale*: the Erlang staffing of the demand times several factors; Erlang knows neither retries
   nor chats held at once, nor that quiet hours may pay for busy ones.
2. *Improve*: one head more, one head less, in slots some hours apart, all in one run, shows slot by
   slot what an agent does there; a solver picks the changes that together promise most; the plan
   that comes out is simulated, and kept if it is better. What an agent does near it is told from
   what was measured, and measured again where nothing better follows from that.
3. *Polish*: single changes, exchanges and drops of duties, most promising first, until none helps.
   Of many duties a single one matters less than where the verification ends: there only a margin,
   which has none, is polished. With few possible plans all of them are tried instead of 2 and 3.

All plans meet the same customers, so that the search optimises one fixed sample. Plans are compared
in few replications; how a plan stands to its targets is put right by many replications of one plan
and some of how others differ from it (a control variate). A target counts as reached when it is
surely so in the mean, at the scenario's confidence. Whatever is found is judged elsewhere, on
customers the search has not seen.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from sim.experiment.runner import Runner
from sim.experiment.staffing.beside import beside
from sim.experiment.staffing.effects import Effects, groups_of, measured
from sim.experiment.staffing.erlang import Start
from sim.experiment.staffing.goal import ResolvedGoal, StaffGoal, Target
from sim.experiment.staffing.judge import COST, HOURS_ON_DUTY, MARGIN, Judge, Reading
from sim.experiment.staffing.moves import FEW_DUTIES, FEW_KINDS, moves
from sim.experiment.staffing.shape import Shape
from sim.experiment.staffing.solver import cover, get_ready, improve
from sim.scenario import Scenario
from sim.tables import Floats, Ints

CUSTOMERS = 75_000
"""Simulated in the replications in which plans are compared: fewer customers, more replications."""

FEWEST, MOST_COMPARED = 8, 30
"""Replications in which plans are compared: on the same customers few tell them apart."""

SETTLING = 5
"""So often at most the level of a plan shows that another one is better."""

LEVEL, BESIDE = 10, 4
"""Times as many replications say how a plan stands to its targets, and how another one differs from
it."""

EVALUATIONS = 80
"""Plans that are simulated at most."""

FACTORS = (0.5, 0.7, 0.85, 1.0, 1.2, 1.5)
MORE_FACTORS = (2.0, 3.0, 4.5)
"""Tried where none of the others reaches the targets."""

HALVINGS = 3
"""So often the step beside the best factor is halved."""

TRIES, FEW_TRIES = 6, 2
"""Plans that the solver makes of effects, where they were measured and where they are told from
those of a plan nearby, until one is better."""

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
    sure: [T] half the interval of that plan's mean.
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
        self.groups = groups_of(shape)
        self.compared = _replications(self.erlang)
        self.judge = Judge.of(shape.scenario, resolved.targets, aim_of(shape, goal), goal)
        self.seen: dict[bytes, Plan] = {}
        self.scaled: dict[float, Ints] = {}
        self.evaluations = 0
        self.levels: dict[bytes, Level] = {}
        self.known = np.zeros((0, len(self.targets)))
        self.level: Level | None = None
        self.grain = 0.0

    def run(self) -> Found:
        """Search."""
        start = self._at(1.0)
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
            if self.goal.maximise or len(self.shape.duties) <= FEW_DUTIES:
                best = self._polish(best, effects)
            best = self._settled(best)
        if effects is None and self.targets:
            effects = self._effects(best.counts, 1)
        worth = np.zeros(len(self.shape.duties))
        return Found(
            best.counts,
            start,
            self._reached(best),
            self.evaluations,
            self.compared,
            self.seed,
            exhaustive,
            worth if effects is None else effects.promised(self.shape.covers),
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
        readings = self._played(scenarios, range(self.compared))
        self.evaluations += len(readings)
        self.told(max(EVALUATIONS - self.evaluations, 0) * self.compared)
        return readings

    def _played(self, scenarios: Sequence[Scenario], numbers: range) -> list[Reading]:
        """What these replications come to."""
        first = numbers.start
        samples = [self.judge.sample(self.runner, one, self.seed, first) for one in scenarios]
        self.runner.extend(samples, len(numbers), meanwhile=get_ready)
        return [self.judge.read(one) for one in samples]

    def _set_level(self, counts: Ints) -> None:
        """Learn how far above 0 slack has to be near a plan, from more replications of it.

        The first such plan has many. Others have fewer, which tell how they differ from it.
        """
        if not self.targets or counts.tobytes() in self.levels:
            return
        [plan] = self._evaluate([counts])
        few, first = plan.reading.slack, not len(self.known)
        numbers = range(self.compared, (LEVEL if first else BESIDE) * self.compared)
        [more] = self._played([self.shape.staffed(counts)], numbers)
        slack = np.concatenate([few, more.slack])
        if first:
            self.known = slack
        gaps = slack - self.known[: len(slack)]
        told = [beside(*both, self.confidence) for both in zip(self.known.T, gaps.T, strict=True)]
        n = len(self.known)
        fewer = math.sqrt(n / (self.judged_in or n))
        self.level = Level(
            shift=few.mean(axis=0) - np.array([one.value for one in told]),
            sure=fewer * np.array([one.value - one.low for one in told]),
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
            self._set_level(best.counts)
            better = self._best()
            if better is best:
                break
            best = better
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
        [plan, *_] = self._evaluate([start, *known, *map(self._at, FACTORS)])
        paid = float(self.shape.hours @ start) or 1.0
        self.grain = 0.1 * float(self.shape.hours.min()) / paid
        self.grain *= max(abs(plan.reading.mean_loss), 1e-9)
        self._set_level(self._best().counts)
        if not any(map(self._reached, self.seen.values())):
            self._evaluate(map(self._at, MORE_FACTORS))
        if not any(map(self._reached, self.seen.values())) and self.goal.at_most is not None:
            slots = np.full(len(self.shape.slots), self.goal.at_most)
            self._evaluate([cover(self.shape, slots, self.goal.at_most)])
        for _ in range(HALVINGS):
            self._evaluate(map(self._at, self._between(self._best())))
        return self._best()

    def _between(self, best: Plan) -> list[float]:
        """Factors halfway from that of the best plan to those tried beside it.

        A larger one is no better where targets are reached at the least cost.
        """
        factors = sorted(self.scaled)
        here = [at for at, one in enumerate(factors) if np.array_equal(self._at(one), best.counts)]
        low, high = (here[0], here[-1]) if here else (0, len(factors))
        beside = [(low - 1, low)] if low else []
        if self.goal.maximise and high + 1 < len(factors):
            beside.append((high, high + 1))
        return [(factors[a] + factors[b]) / 2 for a, b in beside]

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

    def _improve(self, best: Plan) -> tuple[Plan, Effects]:
        reach = max(1, round(0.08 * float(self.shape.heads(best.counts).max(initial=1))))
        near = effects = self._effects(best.counts, reach)
        measured = best
        while self._room(2 * len(self.groups) + TRIES):
            better = self._step(best, effects, reach, TRIES if best is measured else FEW_TRIES)
            if better is not best:
                change = self.shape.heads(better.counts) - self.shape.heads(best.counts)
                best, effects = better, effects.after(change)
                continue
            if best is measured and reach == 1:
                break
            if best is not measured:
                best = self._settled(best)
                if best is measured:  # and more is known of how others stand to the targets
                    effects = near
                    continue
            reach = max(reach // 2, 1)
            near = effects = self._effects(best.counts, reach)
            measured = best
        return self._settled(best), effects

    def _step(self, best: Plan, effects: Effects, reach: int, tries: int) -> Plan:
        """The plan that the solver makes of the effects, if the simulation finds it better."""
        missing = self._need(best) - best.reading.mean_slack
        moves = float(len(self.shape.slots) * 2 * reach)
        one_head = effects.drop.mean(axis=0) if self.targets else np.zeros(0)
        for attempt in range(tries):
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
            change = self.shape.heads(counts) - self.shape.heads(best.counts)
            changed = np.abs(change).sum()
            if not changed or (self._reached(best) and effects.loss_of(change) > 0.0):
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

    def _effects(self, counts: Ints, reach: int) -> Effects:
        """What heads more and less do in each slot, read from runs with every n-th slot changed."""
        heads = self.shape.heads(counts)
        most = self.goal.at_most if self.goal.at_most is not None else np.inf
        up = np.minimum(heads + reach, most).astype(np.int64)
        down = np.maximum(heads - reach, np.minimum(heads, self.goal.at_least))
        plans = [np.where(group, changed, heads) for group in self.groups for changed in (up, down)]
        seen = self.seen.get(counts.tobytes()) if self.shape.single else None
        if seen is None:
            plans.insert(0, heads)
        rest = self._simulate([self.shape.with_heads(plan) for plan in plans])
        base = rest.pop(0) if seen is None else seen.reading
        by = np.array([up - heads, heads - down])
        return measured(self.shape.slots, self.targets, self.groups, by, base, rest)

    # --- 3: polish ----------------------------------------------------------------------------

    def _polish(self, best: Plan, effects: Effects) -> Plan:
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

    def _neighbours(self, best: Plan, effects: Effects) -> list[Ints]:
        """Plans around one, the most promising first; those simulated before are left out."""
        plans = []
        for move in moves(effects.promised(self.shape.covers)):
            counts = best.counts.copy()
            for duty, by in move.items():
                counts[duty] += by
            if self._allowed(counts) and counts.tobytes() not in self.seen:
                plans.append(counts)
        return plans


def aim_of(shape: Shape, goal: StaffGoal) -> str:
    """What is to be little, or (a margin) much: hours where those of some pool cost nothing."""
    if goal.maximise:
        return MARGIN
    paid = all(shape.scenario.pools[name].contract.per_hour > 0 for name in shape.fixed)
    return COST if paid else HOURS_ON_DUTY


def _replications(erlang: Start) -> int:
    """Fewer where a replication has more customers."""
    return int(min(max(CUSTOMERS / max(erlang.customers, 1.0), FEWEST), MOST_COMPARED))


def _batches(plans: list[Ints]) -> Iterable[list[Ints]]:
    for first in range(0, len(plans), BATCH):
        yield plans[first : first + BATCH]
