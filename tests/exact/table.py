"""The cases: scenario file, oracle, what is compared, and the difference that would be found.

Times are in seconds, as the measures have them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from operator import attrgetter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from oracles import (
    CustomerClass,
    Network,
    Period,
    Pool,
    Step,
    chat_pool,
    day,
    mg1,
    mg1_priority,
    mmc_priority,
    network,
    retrial,
)
from oracles.chain import Move, Stationary, stationary
from oracles.quantile import wait_quantile
from scipy import stats

from exact.judge import Case, Oracle, Published
from sim.tables import DAY, Cause, ContactLog
from sim.theory import SteadyState, erlang_a, erlang_b, erlang_c, erlang_g, mixture

MINUTE, HOUR = 60.0, 3600.0
PUBLISHED = {
    case["id"]: case
    for case in json.loads(Path(__file__).with_name("published.json").read_text())["cases"]
}

Reads = Mapping[str, Callable[..., Oracle]]


# --- steady state of one pool -----------------------------------------------------------------

STEADY: Reads = {
    "blocking": attrgetter("p_block"),
    "no_wait": attrgetter("p_nowait"),
    "abandonment": attrgetter("p_abandon"),
    "asa": attrgetter("asa"),
    "wait": attrgetter("mean_wait"),
    "time_to_abandon": attrgetter("mean_wait_abandoned"),
    "queue_length": attrgetter("mean_queue"),
    "occupancy": attrgetter("occupancy"),
}


def steady(names: str) -> Reads:
    """Some of the measures of a steady state."""
    return {name: STEADY[name] for name in names.split()}


def levels(kind: str, **threshold: float) -> Reads:
    """Service levels (`sl_answered`, `sl_offered`, ...) of channels, each with its threshold."""
    return {
        f"{kind} channel {channel}": partial(_level, kind, seconds)
        for channel, seconds in threshold.items()
    }


def level(kinds: str, seconds: float) -> Reads:
    """Service levels, or the abandoned, within one threshold."""
    return {kind: partial(_level, kind, seconds) for kind in kinds.split()}


def quantiles(*percents: int) -> Reads:
    """Quantiles of the wait of the answered."""
    return {f"asa_p{p}": partial(_asa_quantile, p / 100) for p in percents}


def _level(kind: str, seconds: float, queue: SteadyState) -> float:
    return float(getattr(queue, kind)(seconds))


def _asa_quantile(p: float, queue: SteadyState) -> float:
    return wait_quantile(queue, p)


THRESHOLDS = {"phone": 2 * MINUTE, "video": 5 * MINUTE, "counter": 12 * MINUTE}
SHORTER = {"phone": 30.0, "video": 2 * MINUTE, "counter": 4 * MINUTE}
A_MEASURES = {
    **steady("no_wait abandonment asa wait time_to_abandon queue_length occupancy"),
    **levels("sl_offered", **SHORTER),
    **levels("abandoned_within", **SHORTER),
    **quantiles(90),
}
G_MEASURES = {
    **steady("no_wait abandonment asa time_to_abandon queue_length occupancy"),
    **level("sl_offered sl_exclude_short sl_credit_short abandoned_within", 4 * MINUTE),
}
ONE_AGENT = {"asa": lambda wait: wait, "queue_length": lambda wait: wait * 3 / HOUR}


def _of_ten(patience: Any) -> SteadyState:
    """M/M/10+G: 30 an hour of 20 minutes."""
    return erlang_g(30 / HOUR, 20 * MINUTE, 10, patience)


def _after_three_minutes(x: Any) -> Any:
    return (x < 3 * MINUTE).astype(float)


CALL_20 = {"call": 20 * MINUTE}


def _balking(k: int) -> float:
    """The share that does not join k who wait: from 10 % to all of them at ten."""
    return min(0.1 + 0.09 * k, 1.0)


def _discouraged() -> Stationary[int]:
    """M/M/4 in which who would have to wait balks by the number waiting: contacts in the centre."""
    arrival, service = 18 / HOUR, 1 / (20 * MINUTE)

    def moves(here: int) -> Iterator[Move[int]]:
        leaves = 0.0 if here < 4 else _balking(here - 4)
        yield Move(here + 1, arrival * (1 - leaves), "joins")
        yield Move(here, arrival * leaves, "balks")
        yield Move(max(here - 1, 0), min(here, 4) * service * (here > 0), "done")

    return stationary(0, moves)


def _overflow() -> SimpleNamespace:
    """Eight agents' work for six, and what they leave for four."""
    six, ten = (erlang_b(24 / HOUR, 20 * MINUTE, n).p_block for n in (6, 10))
    return SimpleNamespace(
        goes_over=six, lost=ten / six, six=8 * (1 - six) / 6, four=8 * (six - ten) / 4
    )


def _blend() -> Stationary[int]:
    """Agents busy and calls waiting: eight agents at least, for the list replaces who goes."""

    def moves(here: int) -> Iterator[Move[int]]:
        if here < 200:
            yield Move(here + 1, 12 / HOUR, "comes")
        done = min(here, 10) / (20 * MINUTE)
        yield Move(max(here - 1, 8), done, "done" if here > 8 else "from the list")

    return stationary(8, moves)


def _menu_and_talk() -> Stationary[tuple[int, int]]:
    """Customers in the menu, and waiting or talking; twelve lines for both."""

    def moves(here: tuple[int, int]) -> Iterator[Move[tuple[int, int]]]:
        menu, beyond = here
        if menu + beyond < 12:
            yield Move((menu + 1, beyond), 30 / HOUR, "comes")
        else:
            yield Move(here, 30 / HOUR, "no line")
        yield Move((max(menu - 1, 0), beyond), 0.3 * menu / (5 * MINUTE), "helped")
        yield Move((max(menu - 1, 0), beyond + 1), 0.7 * menu / (5 * MINUTE), "goes on")
        talks = min(beyond, 4)
        yield Move((menu, max(beyond - 1, 0)), talks / (10 * MINUTE), "done")

    return stationary((0, 0), moves)


SINGLE = [
    Case(
        "erlang_b",
        oracle=lambda: erlang_b(24 / HOUR, 20 * MINUTE, 10),
        measures=steady("blocking occupancy"),
        customers={"call": 24 * 24},
        talk=CALL_20,
        limits={"blocking": 0.05},
    ),
    Case(
        "callbacks",
        oracle=lambda: erlang_c(24 / HOUR, 20 * MINUTE, 10),
        measures={
            "flow_out_rate": lambda queue: 1 - queue.p_nowait,
            "callback_wait": lambda queue: queue.asa / (1 - queue.p_nowait),
            "asa": lambda _: 0.0,
            "queue_length": lambda _: 0.0,
            **steady("occupancy"),
        },
        customers={"call": 24 * 24},
        talk=CALL_20,
        # A tenth of the wait is what a third of an agent does to it: 1 / (10.3 m - l) is 545 s.
        replications=330,
        limit=0.1,
    ),
    Case(
        "overflow_loss",
        oracle=_overflow,
        measures={
            "flow_out_rate channel first": attrgetter("goes_over"),
            "blocking channel second": attrgetter("lost"),
            "occupancy pool six": attrgetter("six"),
            "occupancy pool four": attrgetter("four"),
        },
        customers={"call": 24 * 24},
        talk=CALL_20,
        limit=0.05,
    ),
    Case(
        "erlang_b_lognormal",
        oracle=lambda: erlang_b(24 / HOUR, 20 * MINUTE, 10),
        measures=steady("blocking occupancy"),
        customers={"call": 24 * 24},
        talk=CALL_20,
        limit=0.05,
        limits={"blocking": 0.08},
    ),
    Case(
        "erlang_b_two_reasons",
        oracle=lambda: erlang_b(8, 1, 10),
        measures={
            **steady("blocking occupancy"),
            "blocking reason short": attrgetter("p_block"),
            "blocking reason long": attrgetter("p_block"),
        },
        customers={"short": 12 * 24, "long": 6 * 24},
        talk={"short": 10 * MINUTE, "long": HOUR},
        limit=0.05,
        limits={"blocking reason short": 0.08, "blocking reason long": 0.08},
    ),
    Case(
        "when_free",
        oracle=lambda: erlang_b(24 / HOUR, 20 * MINUTE, 10),
        measures={"closed_share": attrgetter("p_block"), **steady("occupancy")},
        customers={"call": 24 * 24},
        talk=CALL_20,
        limits={"closed_share": 0.05},
    ),
    Case(
        "erlang_c",
        oracle=lambda: erlang_c(3 / HOUR, 20 * MINUTE, 2),
        measures={
            **steady("no_wait asa queue_length occupancy"),
            **levels("sl_offered", **THRESHOLDS),
            **quantiles(80, 90, 95),
        },
        customers={"call": 3 * 24},
        talk=CALL_20,
        replications=80,
        limit=0.1,
        limits={"asa_p80": 0.15, "asa_p90": 0.12, "asa_p95": 0.12},
    ),
    Case(
        "herzog_erlang_c",
        # published.json: 26.56 s in his time; his tolerance is 0.01 s
        oracle=lambda: PUBLISHED["P24"]["oracle"][0] * 10,
        measures={"asa": float},
        customers={"call": 21 * 24},
        talk={"call": 30 * MINUTE},
        replications=80,
        limits={"asa": 0.25},
    ),
    Case(
        "herzog_erlang_a",
        oracle=lambda: PUBLISHED["P24"]["oracle"][1] * 10,
        measures={"wait": float},
        customers={"call": 21 * 24},
        talk={"call": 30 * MINUTE},
        limits={"wait": 0.12},
    ),
    Case(
        "erlang_a",
        oracle=lambda: erlang_a(30 / HOUR, 20 * MINUTE, 10, 10 * MINUTE),
        measures=A_MEASURES,
        customers={"call": 30 * 24},
        talk=CALL_20,
        limit=0.1,
        limits={"abandoned_within channel phone": 0.15, "abandoned_within channel counter": 0.2},
    ),
    Case(
        "purchase_window",
        oracle=lambda: erlang_a(30 / HOUR, 20 * MINUTE, 10, 10 * MINUTE),
        measures=steady("abandonment asa time_to_abandon"),
        customers={"call": 30 * 24},
        talk=CALL_20,
        limit=0.08,
    ),
    Case(
        "mmck",
        oracle=lambda: erlang_a(12 / HOUR, 20 * MINUTE, 4, math.inf, 6),
        measures={
            **steady("blocking no_wait asa queue_length occupancy"),
            **level("sl_offered", 10 * MINUTE),
        },
        customers={"call": 12 * 24},
        talk=CALL_20,
        limit=0.08,
    ),
    Case(
        "exit_after",
        oracle=lambda: _of_ten(lambda x: (x < 5 * MINUTE).astype(float)),
        measures={
            "flow_out_rate channel phone": attrgetter("p_abandon"),
            "asa channel phone": attrgetter("asa"),
            "queue_length channel phone": attrgetter("mean_queue"),
        },
        customers={"call": 30 * 24},
        talk={},
        replications=90,
        limit=0.08,
    ),
    *(
        Case(
            name,
            oracle=_discouraged,
            measures={
                "balked / contacts": lambda chain: chain.flow("balks") / (18 / HOUR),
                "queue_length": lambda chain: chain.mean(lambda here: max(here - 4, 0)),
                "occupancy": lambda chain: chain.mean(lambda here: min(here, 4)) / 4,
            },
            customers={"call": 18 * 24},
            talk=CALL_20,
            limit=0.08,
            limits={"occupancy": 0.15},
        )
        for name in ("balk_by_queue", "balk_by_wait")
    ),
    Case(
        "announced",
        oracle=lambda: erlang_a(30 / HOUR, 20 * MINUTE, 10, 10 * MINUTE),
        measures=steady("no_wait abandonment asa time_to_abandon queue_length occupancy"),
        customers={"call": 30 * 24},
        talk=CALL_20,
        limit=0.1,
    ),
    Case(
        "blend",
        oracle=_blend,
        measures={
            "dials": lambda chain: chain.flow("from the list") * 4 * DAY,
            "queue_length channel phone": lambda chain: chain.mean(lambda here: max(here - 10, 0)),
            "asa reason call": lambda chain: (
                chain.mean(lambda here: max(here - 10, 0)) / (12 / HOUR)
            ),
            "occupancy": lambda chain: chain.mean(lambda here: min(here, 10)) / 10,
        },
        customers={"call": 12 * 24},
        talk=CALL_20,
        replications=240,
        limit=0.05,
        # A tenth: one agent more or less makes 24 or 51 s of the 34 s of waiting.
        limits={"queue_length channel phone": 0.1, "asa reason call": 0.1},
    ),
    Case(
        "lines",
        oracle=lambda: erlang_a(12 / HOUR, 20 * MINUTE, 4, math.inf, 6),
        measures={
            "no_line / contacts": attrgetter("p_block"),
            **steady("no_wait asa queue_length occupancy"),
        },
        customers={"call": 12 * 24},
        talk=CALL_20,
        limit=0.08,
    ),
    Case(
        "lines_menu",
        oracle=_menu_and_talk,
        measures={
            "no_line channel menu": lambda chain: chain.flow("no line") * 6 * DAY,
            "queue_length": lambda chain: chain.mean(lambda here: max(here[1] - 4, 0)),
            "occupancy": lambda chain: chain.mean(lambda here: min(here[1], 4)) / 4,
        },
        customers={"call": 30 * 24},
        talk={},
        limit=0.08,
        limits={"no_line channel menu": 0.15},
    ),
    Case(
        "mm1",
        oracle=lambda: erlang_c(3 / HOUR, 10 * MINUTE, 1),
        measures={
            **steady("no_wait asa queue_length occupancy"),
            **level("sl_offered", 10 * MINUTE),
        },
        customers={"call": 3 * 24},
        talk={"call": 10 * MINUTE},
        limit=0.05,
        limits={"asa": 0.08, "queue_length": 0.08},
    ),
    Case(
        "md1",
        oracle=lambda: mg1(3 / HOUR, 10 * MINUTE, 0),
        measures=ONE_AGENT,
        customers={"call": 3 * 24},
        talk={"call": 10 * MINUTE},
        limit=0.08,
    ),
    Case(
        "mg1",
        oracle=lambda: mg1(3 / HOUR, 10 * MINUTE, 1.3),
        measures=ONE_AGENT,
        customers={"call": 3 * 24},
        talk={"call": 10 * MINUTE},
        limit=0.08,
    ),
    Case(
        "talk_and_wrap",
        # standard deviations 6 and 2 minutes
        oracle=lambda: mg1(3 / HOUR, 10 * MINUTE, math.sqrt(40) / 10),
        measures={
            **ONE_AGENT,
            "aht": lambda _: 10 * MINUTE,
            "wrap": lambda _: 4 * MINUTE,
            "occupancy": lambda _: 0.5,
            # the customer's time: wait and talk
            "wait_of_answered + talk_time / answered": lambda wait: wait + 6 * MINUTE,
        },
        customers={"call": 3 * 24},
        talk={"call": 6 * MINUTE},
        limit=0.05,
        limits={"asa": 0.08, "queue_length": 0.08},
    ),
    Case(
        "patience_mixture",
        oracle=lambda: _of_ten(
            mixture([(0.3, stats.expon(scale=120)), (0.7, stats.expon(scale=1800))])
        ),
        measures=G_MEASURES,
        customers={"call": 30 * 24},
        talk=CALL_20,
        limit=0.08,
        limits={"abandoned_within": 0.15},
    ),
    Case(
        "patience_weibull",
        oracle=lambda: _of_ten(stats.weibull_min(2.5, scale=12 * MINUTE)),
        measures=G_MEASURES,
        customers={"call": 30 * 24},
        talk=CALL_20,
        limit=0.05,
        limits={"abandonment": 0.08, "occupancy": 0.08, "abandoned_within": 0.12},
    ),
    Case(
        "balking",
        oracle=lambda: _of_ten(mixture([(0.75, stats.gamma(4, scale=1.5 * MINUTE))])),
        measures={
            **G_MEASURES,
            "balked / answered + abandoned": lambda queue: 0.25 * queue.p_wait,
            "wait_of_abandoned / abandoned - balked": lambda queue: (
                queue.mean_wait_abandoned
                * queue.p_abandon
                / (queue.p_abandon - 0.25 * queue.p_wait)
            ),
        },
        customers={"call": 30 * 24},
        talk=CALL_20,
        replications=90,
        limit=0.08,
        limits={"abandoned_within": 0.12},
    ),
    Case(
        "overflow_after",
        oracle=lambda: _of_ten(_after_three_minutes),
        measures={
            "no_wait": attrgetter("p_nowait"),
            # answered all, those too whom the reserve takes; this is the wait of all
            "asa": attrgetter("mean_wait"),
            "asa pool team": attrgetter("asa"),
            "asa pool reserve": lambda _: 3 * MINUTE,
            "answered pool reserve": lambda queue: queue.p_abandon * 30 * 24 * 5,
            "queue_length": attrgetter("mean_queue"),
            "occupancy pool team": attrgetter("occupancy"),
            "sl_offered": lambda queue: queue.sl_offered(MINUTE),
        },
        customers={"call": 30 * 24},
        talk=CALL_20,
        limit=0.05,
        limits={"asa pool team": 0.08},
    ),
    Case(
        "email",
        oracle=lambda: erlang_c(3 / HOUR, 20 * MINUTE, 2),
        measures={
            **steady("no_wait asa queue_length occupancy"),
            **level("sl_offered", 30 * MINUTE),
        },
        customers={"mail": 3 * 24},
        talk={"mail": 20 * MINUTE},
        limit=0.12,
        limits={"sl_offered": 0.2},
    ),
]


# --- several classes --------------------------------------------------------------------------


def _each(names: str, oracles: Callable[[], list[float]]) -> dict[str, Any]:
    """Mean waits of reasons by priority."""
    return {
        "oracle": oracles,
        "measures": {
            f"asa reason {name}": partial(_nth, i) for i, name in enumerate(names.split())
        },
    }


def _nth(i: int, values: list[float]) -> float:
    return values[i]


def design(classes: str, pools: str) -> Reads:
    """What is compared of a network: of each class on its own channel, and of each pool."""
    measures: dict[str, Callable[..., Oracle]] = {}
    fields = {
        "abandonment": "p_abandon",
        "wait": "mean_wait",
        "queue_length": "mean_queue",
    }
    for k, name in enumerate(classes.split()):
        for measure, field in fields.items():
            measures[f"{measure} reason {name}"] = partial(_of_class, k, field)
    for p, name in enumerate(pools.split()):
        measures[f"occupancy pool {name}"] = partial(_of_pool, p)
    return measures


def _of_class(k: int, field: str, found: Network) -> float:
    return float(getattr(found.classes[k], field))


def _of_pool(p: int, found: Network) -> float:
    return found.occupancy[p]


def _class(per_hour: float, patience: float, room: int, *route: Step) -> CustomerClass:
    """Rate per hour, mean patience in minutes."""
    return CustomerClass(
        arrival_rate=per_hour / HOUR,
        route=route,
        waiting_room=room,
        mean_patience=patience * MINUTE,
    )


def _pool(agents: int, **means: float) -> Pool:
    """Mean handle times in minutes: c0, c1, ... of each class it answers."""
    return Pool(
        agents=agents, mean_service={int(k[1:]): mean * MINUTE for k, mean in means.items()}
    )


def _v(keep_free: int) -> Network:
    return network(
        [_class(6, 10, 8, Step(0)), _class(12, 30, 16, Step(0, keep_free))],
        [_pool(6, c0=20, c1=20)],
    )


def _n() -> Network:
    return network(
        [_class(6, 20, 10, Step(1)), _class(9, 20, 10, Step(0), Step(1))],
        [_pool(3, c1=20), _pool(3, c0=20, c1=25)],
    )


def _w() -> Network:
    return network(
        [
            _class(6, 20, 6, Step(0)),
            _class(6, 10, 6, Step(0), Step(1)),
            _class(4, 30, 6, Step(1)),
        ],
        [_pool(3, c0=20, c1=20), _pool(2, c1=20, c2=20)],
    )


def _x() -> Network:
    return network(
        [_class(8, 20, 8, Step(0), Step(1, 1)), _class(7, 20, 8, Step(1), Step(0, 1))],
        [_pool(3, c0=20, c1=25), _pool(3, c1=20, c0=25)],
    )


SEVERAL = [
    Case(
        "priority_mmc",
        **_each("gold silver bronze", lambda: mmc_priority([1.2 / HOUR] * 3, 20 * MINUTE, 2)),
        customers=dict.fromkeys(("gold", "silver", "bronze"), 1.2 * 24),
        talk=dict.fromkeys(("gold", "silver", "bronze"), 20 * MINUTE),
        limit=0.08,
        limits={"asa reason silver": 0.1, "asa reason bronze": 0.15},
    ),
    Case(
        "priority_mg1",
        **_each(
            "urgent usual",
            lambda: mg1_priority([3 / HOUR, 1.375 / HOUR], [300.0, 720.0], [0, 0.8]),
        ),
        customers={"urgent": 72, "usual": 33},
        talk={"urgent": 5 * MINUTE, "usual": 12 * MINUTE},
        limit=0.08,
        limits={"asa reason usual": 0.1},
    ),
    Case(
        "interrupted_mg1",
        **_each(
            "call mail",
            lambda: [
                mg1(3 / HOUR, 300.0, 0),
                mg1_priority([3 / HOUR, 1.375 / HOUR], [300.0, 720.0], [0, 0.8])[1],
            ],
        ),
        customers={"call": 72, "mail": 33},
        talk={"call": 5 * MINUTE, "mail": 12 * MINUTE},
        limit=0.08,
        limits={"asa reason mail": 0.1},
    ),
    Case(
        "calls_before_email",
        **_each("call mail", lambda: mmc_priority([2 / HOUR, 1 / HOUR], 20 * MINUTE, 2)),
        customers={"call": 48, "mail": 24},
        talk={"call": 20 * MINUTE, "mail": 20 * MINUTE},
        limit=0.1,
        limits={"asa reason mail": 0.2},
    ),
    Case(
        "design_v",
        oracle=partial(_v, 0),
        measures=design("gold usual", "team"),
        customers={"gold": 6 * 24, "usual": 12 * 24},
        talk={"gold": 20 * MINUTE, "usual": 20 * MINUTE},
        limit=0.08,
    ),
    Case(
        "reservation",
        oracle=partial(_v, 2),
        measures=design("gold usual", "team"),
        customers={"gold": 6 * 24, "usual": 12 * 24},
        talk={"gold": 20 * MINUTE, "usual": 20 * MINUTE},
        limit=0.2,
        limits={"abandonment reason gold": 0.25},
    ),
    Case(
        "design_n",
        oracle=_n,
        measures=design("own flexible", "first second"),
        customers={"own": 6 * 24, "flexible": 9 * 24},
        talk={"own": 20 * MINUTE},
        limit=0.1,
    ),
    Case(
        "design_w",
        oracle=_w,
        measures=design("left middle right", "west east"),
        customers={"left": 6 * 24, "middle": 6 * 24, "right": 4 * 24},
        talk=dict.fromkeys(("left", "middle", "right"), 20 * MINUTE),
        limit=0.08,
    ),
    Case(
        "design_x",
        oracle=_x,
        measures=design("blue red", "blues reds"),
        customers={"blue": 8 * 24, "red": 7 * 24},
        talk={},
        limit=0.08,
    ),
]


# --- chat, retrials, nobody waits -------------------------------------------------------------


def _no_queue(log: ContactLog, days: int) -> dict[str, float]:
    """Numbers in hand every six hours of the counted days."""
    times = np.arange(0, days * DAY, DAY / 4)
    begun = np.searchsorted(np.sort(log.ended), times, side="right")
    over = np.searchsorted(np.sort(log.freed), times, side="right")
    found = (begun - over).astype(float)
    return {"in hand": found.mean(), "pairs in hand": (found * (found - 1)).mean()}


def _counts_of_days(log: ContactLog, days: int) -> dict[str, float]:
    """Mean square deviation of the customers of a day from 10."""
    found = {}
    for reason, name in enumerate(("wild", "calm")):
        mine = (log.cause == Cause.FIRST) & (log.reason == reason)
        counts = np.bincount((log.arrived[mine] // DAY).astype(int), minlength=days)
        found[f"variance of a day, {name}"] = float(((counts - 10.0) ** 2).mean())
    return found


OTHERS = [
    Case(
        "chat",
        oracle=lambda: chat_pool(
            34 / HOUR,
            15 * MINUTE,
            4,
            [1, 0.85, 0.7],
            mean_patience=10 * MINUTE,
            waiting_room=3,
        ),
        measures={
            "blocking": attrgetter("p_block"),
            "no_wait": lambda pool: 1 - pool.p_wait,
            "abandonment": attrgetter("p_abandon"),
            "wait": attrgetter("mean_wait"),
            "queue_length": attrgetter("mean_queue"),
            "aht": attrgetter("mean_handling"),
            "occupancy": attrgetter("occupancy_slots"),
            "occupancy_any": attrgetter("occupancy_any"),
        },
        customers={"question": 34 * 24},
        talk={},
        limit=0.08,
        limits={"blocking": 0.15, "occupancy_any": 0.2},
    ),
    Case(
        "retrial_loss",
        oracle=lambda: retrial(12 / HOUR, 20 * MINUTE, 4, 30 * MINUTE, persistence=0.5),
        measures={
            "blocking": attrgetter("p_block"),
            "contacts_per_customer": attrgetter("attempts_per_customer"),
            "answered / customers": attrgetter("p_answered"),
            "occupancy": attrgetter("occupancy"),
        },
        customers={"call": 12 * 24},
        talk=CALL_20,
    ),
    Case(
        "retrial_patience",
        oracle=lambda: retrial(
            12 / HOUR,
            20 * MINUTE,
            4,
            30 * MINUTE,
            persistence=0.5,
            mean_patience=10 * MINUTE,
            waiting_room=3,
        ),
        measures={
            "blocking": attrgetter("p_block"),
            "abandoned / contacts": attrgetter("p_abandon"),
            "contacts_per_customer": attrgetter("attempts_per_customer"),
            "answered / customers": attrgetter("p_answered"),
            "queue_length": attrgetter("mean_queue"),
            "occupancy": attrgetter("occupancy"),
        },
        customers={"call": 12 * 24},
        talk=CALL_20,
        limit=0.05,
        limits={"blocking": 0.15},
    ),
    Case(
        "many_agents",
        oracle=lambda: 20.0,
        measures={
            "no_wait": lambda _: 1.0,
            "occupancy": lambda load: load / 200,
            "in hand": float,
            "pairs in hand": lambda load: load**2,  # of a Poisson number
        },
        customers={"call": 20 * 24},
        talk={"call": HOUR},
        probe=_no_queue,
        limit=0.05,
        limits={"pairs in hand": 0.1},
    ),
    Case(
        "busyness",
        oracle=lambda: 10.0,
        measures={
            "variance of a day, wild": lambda mean: mean + (0.4 * mean) ** 2,
            "variance of a day, calm": float,
            "agents": lambda _: 20 * 0.8,
        },
        customers={"wild": 10, "calm": 10},
        talk={"wild": MINUTE, "calm": MINUTE},
        probe=_counts_of_days,
        limit=0.05,
        limits={"variance of a day, wild": 0.15, "variance of a day, calm": 0.12},
    ),
    Case(
        "closed_door",
        oracle=lambda: 14 / 24,  # share that finds the door closed
        measures={
            "closed / customers": float,
            "displaced / closed": lambda _: 0.5,
            "answered channel letter": lambda shut: 12 * 240 * shut * 0.2,
            "answered channel phone": lambda shut: 12 * 240 * (1 - shut + shut * 0.3),
            "contacts_per_customer": lambda shut: 1 + shut * 0.5,
            "no_wait channel phone": lambda _: 1.0,
        },
        customers={"call": 240},
        talk={"call": MINUTE},
        limits={"answered channel letter": 0.08},
    ),
    Case(
        "second_contacts",
        oracle=lambda: 0.3,
        measures={
            "contacts_per_customer": lambda again: 1 + 0.4 * sum(again**k for k in range(4)),
            "self_served / customers": lambda _: 1.0,
            "contacts channel phone": lambda again: (
                12 * 240 * 0.4 * sum(again**k for k in range(4))
            ),
        },
        customers={"parcel": 240},
        talk={"parcel": 5 * MINUTE},
        limits={"contacts channel phone": 0.05},
    ),
]


# --- days that are not stationary -------------------------------------------------------------

SSJ_RATES = (100, 150, 150, 180, 200, 150, 150, 150, 120, 100, 80, 70, 60)
SSJ_AGENTS = (4, 6, 8, 8, 8, 7, 8, 8, 6, 6, 4, 4, 4)


def _ssj(cv: float) -> Any:
    periods = [
        Period(HOUR, rate / HOUR, agents)
        for rate, agents in zip(SSJ_RATES, SSJ_AGENTS, strict=True)
    ]
    return day(periods, 100, within=20, mean_patience=1000, balk=0.1, busyness_cv=cv)


def _mmc(**more: float) -> Any:
    return day([Period(8 * HOUR, 4.2 / MINUTE, 12)], 2 * MINUTE, within=20, **more)


def _rising() -> Any:
    hours = [Period(3 * HOUR, rate / HOUR, n) for rate, n in ((20, 3), (36, 6), (60, 9))]
    return day(hours, 10 * MINUTE, within=60, mean_patience=5 * MINUTE, waiting_room=12)


def _printed(case: str, field: str, runs: int, confidence: float, scale: float = 1.0) -> Any:
    """A printed interval as an oracle with an error of its own."""
    low, high = PUBLISHED[case][field]
    middle, half = scale * (low + high) / 2, scale * (high - low) / 2
    return lambda _: Published(middle, half, runs, confidence)


WAITS = "wait_of_answered + wait_of_abandoned"
SHORT = "answered_within + abandoned_within"
DAY_MEASURES: Reads = {
    "abandonment": lambda found: found.abandoned / (found.abandoned + found.answered),
    "wait": attrgetter("mean_wait"),
    "sl_answered": attrgetter("sl_answered"),
    "occupancy": attrgetter("occupancy"),
}
DAYS = [
    # Who leaves when the head count drops: in the oracle (and in SSJ) idle agents first; here the
    # agents are individuals, those of the highest numbers leave, busy or not. The busy ones finish
    # off duty, so that time on duty is less busy (0.17 %) and the wait 0.4 % shorter.
    Case(
        "ssj_call_center",
        oracle=partial(_ssj, 0.05),
        measures={
            **DAY_MEASURES,
            SHORT + " / customers": lambda found: (
                (found.answered_within + found.abandoned_within) / found.arrivals
            ),
            WAITS: _printed("P12", "mean_wait_sum_over_1660", 10_000, 0.90, 1660),
            SHORT: _printed("P12", "good_lt20s_over_1660_incl_abandoned", 10_000, 0.90, 1660),
            "abandoned": _printed("P12", "lost_over_1660", 10_000, 0.90, 1660),
        },
        customers={"call": 1660},
        talk={"call": 100},
        replications=250,
        slacks={"occupancy": 0.003, "wait": 0.005, "busy / duty": 0.003, WAITS: 0.005},
        spread=1660 + (0.05 * 1660) ** 2,
        limit=0.15,
        limits={"variance of customers": 0.7},
    ),
    Case(
        "ssj_busy",
        oracle=partial(_ssj, 0.31622776601683794),
        measures={
            **DAY_MEASURES,
            WAITS: _printed("P13", "mean_wait_sum_over_1660", 1000, 0.90, 1660),
            SHORT: _printed("P13", "good", 1000, 0.90, 1660),
            "abandoned": _printed("P13", "lost", 1000, 0.90, 1660),
        },
        customers={"call": 1660},
        talk={"call": 100},
        replications=500,
        slacks={"occupancy": 0.003, "wait": 0.005, "busy / duty": 0.003, WAITS: 0.005},
        spread=1660 + (0.31622776601683794 * 1660) ** 2,
        limit=0.5,
        limits={"variance of customers": 0.6, "wait_of_answered + wait_of_abandoned": 0.7},
    ),
    Case(
        "cc_mmc",
        oracle=_mmc,
        measures={
            "asa": attrgetter("mean_wait"),
            "sl_answered": attrgetter("sl_answered"),
            "answered_within": attrgetter("answered_within"),
            "occupancy": attrgetter("occupancy"),
            "sl_offered": _printed("P14", "sl", 1000, 0.95),
            "wait": _printed("P14", "speed_of_answer_min", 1000, 0.95, 60),
            "busy / duty": _printed("P14", "occupancy", 1000, 0.95),
        },
        customers={"call": 2016},
        talk={"call": 120},
        replications=150,
        limit=0.2,
        limits={"asa": 0.25, "wait": 0.25},
    ),
    Case(
        "cc_mmc_abandon",
        oracle=partial(_mmc, mean_patience=MINUTE),
        measures={
            **DAY_MEASURES,
            "answered_within": attrgetter("answered_within"),
            "sl_exclude_short": attrgetter("sl_exclude_short"),
            "abandoned": _printed("P15", "abandoned", 1000, 0.95),
            "asa": _printed("P15", "asa_min", 1000, 0.95, 60),
            "answered_within / answered": _printed("P15", "sl_served", 1000, 0.95),
            "busy / duty": _printed("P15", "occupancy", 1000, 0.95),
        },
        customers={"call": 2016},
        talk={"call": 120},
        replications=120,
        limit=0.15,
        limits={"sl_answered": 0.2, "sl_exclude_short": 0.2},
    ),
    Case(
        "cc_mmc_blocked",
        oracle=partial(_mmc, waiting_room=5),
        measures={
            "blocking": lambda found: found.blocked / found.arrivals,
            "asa": attrgetter("mean_wait"),
            "sl_answered": attrgetter("sl_answered"),
            "answered_within": attrgetter("answered_within"),
            "occupancy": attrgetter("occupancy"),
            "blocked": _printed("P16", "blocked", 1000, 0.95),
            "wait": _printed("P16", "asa_min", 1000, 0.95, 60),
            "answered_within / answered": _printed("P16", "sl_served", 1000, 0.95),
            "answered_within / contacts": _printed("P16", "sl_with_blocked", 1000, 0.95),
            "busy / duty": _printed("P16", "occupancy", 1000, 0.95),
        },
        customers={"call": 2016},
        talk={"call": 120},
        replications=150,
        limit=0.12,
        limits={"blocking": 0.25, "blocked": 0.3},
    ),
    Case(
        "rising_day",
        oracle=_rising,
        measures={
            **DAY_MEASURES,
            "sl_offered": attrgetter("sl_offered"),
            "sl_exclude_short": attrgetter("sl_exclude_short"),
        },
        customers={"call": 348},
        talk={"call": 10 * MINUTE},
        replications=700,
        limits={"wait": 0.05, "sl_answered": 0.05},
    ),
]


# --- Whitt's tables ---------------------------------------------------------------------------

UNIT = 2 * HOUR  # the mean handle time, in which Whitt's times are printed

# column of the table -> measure
WHITT = {
    "p_nowait": "no_wait",
    "p_abandon": "abandonment",
    "mean_queue": "queue_length",
    "EW_served": "asa",
    "EW_abandoned": "time_to_abandon",
    "P_W_le_01_served": "sl_answered channel phone",
    "P_W_le_01_ab": "abandoned_within channel phone",
    "P_W_le_02_served": "sl_answered channel video",
    "P_W_le_02_ab": "abandoned_within channel video",
    "P_W_le_04_served": "sl_answered channel phone",
}


def _whitt(case: str, unit: float) -> Reads:
    """The printed columns of a table."""
    reads: dict[str, Callable[..., Oracle]] = {}
    for column, what in WHITT.items():
        printed = PUBLISHED[case].get(column)
        if printed is not None:
            scale = unit if column.startswith("EW") else 1.0
            reads[what] = partial(_constant, Published(printed[0] * scale, printed[1] * scale))
    return reads


def _constant(value: Oracle, _: object) -> Oracle:
    return value


WHITT_TIMES = {"phone": 0.1 * UNIT, "video": 0.2 * UNIT}
EXACT_WHITT = {
    **steady("no_wait abandonment asa time_to_abandon queue_length occupancy"),
    **levels("sl_answered", **WHITT_TIMES),
    "abandoned_within channel phone": partial(_level, "abandoned_within", 0.1 * UNIT),
}


def lognormal(mean: float, scv: float) -> Any:
    """By mean and squared coefficient of variation."""
    spread = math.log(1 + scv)
    return stats.lognorm(math.sqrt(spread), scale=mean * math.exp(-spread / 2))


# general patience, exponential service: exact (tests/theory compares the formula with the table)
PATIENCE = {
    "p01": stats.expon(scale=UNIT),
    "p02": stats.gamma(2, scale=UNIT / 2),
    "p03": lognormal(UNIT, 1),
    "p04": lognormal(4 * UNIT, 4),
}


def _whitt_exact(case: str) -> Case:
    return Case(
        f"whitt_{case}",
        oracle=lambda: erlang_g(102 / UNIT, UNIT, 100, PATIENCE[case], 200),
        measures=EXACT_WHITT,
        customers={"call": 102 * 12},
        talk={"call": UNIT},
        limit=0.15,
        limits={
            "no_wait": 0.25,
            "occupancy": 0.3,
            "sl_answered channel phone": 0.2,
            "sl_answered channel video": 0.5,
            "abandoned_within channel phone": 0.4,
        },
    )


def _whitt_printed(case: str, unit: float = UNIT, replications: int = 60) -> Case:
    return Case(
        f"whitt_{case}",
        oracle=lambda: None,
        measures=_whitt(case.upper(), unit),
        customers={"call": 102 * DAY / unit},
        talk={"call": unit},
        replications=replications,
        limit=0.2,
        limits={
            # in P07 nearly everybody waits
            "no_wait": 0.8 if case == "p07" else 0.25,
            "abandonment": 0.25,
            "sl_answered channel phone": 0.6 if case == "p07" else 0.2,
            "sl_answered channel video": 0.3,
        },
    )


TABLES = [
    *map(_whitt_exact, PATIENCE),
    Case(
        "whitt_p05",
        oracle=lambda: erlang_g(102 / HOUR, HOUR, 100, lognormal(4 * HOUR, 0.25), 300),
        # nearly everybody waits: `no_wait` and 1 - occupancy are too small to compare
        measures=steady("abandonment asa time_to_abandon queue_length"),
        customers={"call": 102 * 24},
        talk={"call": HOUR},
        replications=36,
        limit=0.2,
        limits={"abandonment": 0.5},
    ),
    *(_whitt_printed(case) for case in ("p06", "p07", "p08", "p09", "p11")),
    _whitt_printed("p10", HOUR / 2, 40),
]

CASES = [*SINGLE, *SEVERAL, *OTHERS, *DAYS, *TABLES]

FALSE_ALARM = 1e-6
"""The probability that a right engine fails any test of the suite (over choices of the seed)."""
COMPARISONS = sum(case.comparisons for case in CASES)
LEVEL = FALSE_ALARM / COMPARISONS
"""The level of each comparison (Bonferroni)."""
