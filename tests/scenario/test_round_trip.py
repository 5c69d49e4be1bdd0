"""Round trip is a law: whatever is accepted can be written out and read again, and says the same.

Values are drawn from the ends of what numbers can be, where a mean made of a median, or a number
read from a file, may leave what a person may write.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.scenario import Scenario, ScenarioError, loads, to_yaml

numbers = st.one_of(
    st.sampled_from([0, 1e-300, 5e-324, 1e-9, 1e-3, 0.1, 1, 7, 20, 999, 1e3, 1e6, 1e12, 1e300]),
    st.floats(min_value=0, allow_nan=False, allow_infinity=False),
)
spans = st.one_of(
    numbers.flatmap(
        lambda n: st.sampled_from([f"{n!r} {unit}" for unit in ("ms", "s", "min", "h", "d")])
    ),
    st.sampled_from(["36600 d", "36599 d", "1 h 30 min", "0 s"]),
)


def families(value: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    def of(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return st.fixed_dictionaries(fields)

    single = st.one_of(
        value,
        of(exponential=value),
        of(uniform=st.lists(value, min_size=2, max_size=2)),
        of(triangular=st.lists(value, min_size=3, max_size=3)),
        of(pert=st.lists(value, min_size=3, max_size=3)),
        of(exponential=value, plus=value),
        of(gamma=of(mean=value, sd=value), plus=value),
        of(empirical=st.lists(value, min_size=1, max_size=30)),
        of(lognormal=of(mean=value, cv=numbers)),
        of(lognormal=of(median=value, cv=numbers)),
        of(gamma=of(mean=value, cv=numbers)),
        of(gamma=of(mean=value, shape=numbers)),
        of(gamma=of(scale=value, shape=numbers)),
        of(weibull=of(mean=value, cv=numbers)),
        of(weibull=of(mean=value, shape=numbers)),
        of(weibull=of(scale=value, shape=numbers)),
        of(erlang=of(mean=value, k=st.integers(0, 1001))),
        of(scipy=of(name=st.just("burr12"), c=numbers, d=numbers, scale=value, loc=value)),
    )
    share = st.floats(0, 1).map(lambda p: round(p, 4))
    mixed = st.tuples(share, single, single).map(
        lambda three: {"mixture": [[three[0], three[1]], [1 - three[0], three[2]]]}
    )
    return st.one_of(single, mixed)


def again(said: dict[str, Any]) -> Scenario | None:
    """The scenario, if it is accepted; it must be the same when written and read again."""
    from sim.scenario.write import flow_text

    try:
        found = loads(flow_text(said))
    except ScenarioError:
        return None
    assert loads(to_yaml(found)) == found
    return found


def centre(**more: Any) -> dict[str, Any]:
    return {
        "reasons": {"a": {"volume": "1 per day", "handle": "1 s", **more.pop("reason", {})}},
        "pools": {"team": {"agents": 1, **more.pop("pool", {})}},
        **more,
    }


@settings(max_examples=120, deadline=None, derandomize=True)
@given(handle=families(spans), patience=families(spans), basket=families(numbers))
def test_distributions(handle: Any, patience: Any, basket: Any) -> None:
    for reason in (
        {"handle": handle},
        {"patience": patience},
        {"buying": {"unaided": "1 %", "basket": basket}},
    ):
        again(centre(reason=reason))


@settings(max_examples=80, deadline=None, derandomize=True)
@given(ratio=st.one_of(numbers, numbers.map(lambda n: f"{n!r} %")), amount=numbers)
def test_ratios_and_amounts(ratio: Any, amount: float) -> None:
    again(centre(busyness=ratio))
    again(centre(pool={"speed": ratio, "pace": {"phone": [ratio]}}))
    again(centre(pool={"contract": {"per_hour": amount, "overtime": ratio}}))


@pytest.mark.parametrize(
    "said", ["1.0e+3 s", "0.1 ms", "1e-7 d", "36600 d", "1 min 1e-9 s", "4.9e-324 s"]
)
def test_durations_at_the_ends(said: str) -> None:
    assert again(centre(reason={"handle": said})) is not None
