"""Random scenarios in the words of the file, valid by construction."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

CHANNELS = ("phone", "chat", "email", "bot")
REASONS = ("sales", "help", "2nd line")
POOLS = ("team", "experts", "volunteers")  # volunteers schedule themselves
DAYS = [f"2026-01-{day:02d}" for day in range(5, 12)]  # of the usual calendar

# --- values -----------------------------------------------------------------------------------

shares = st.integers(0, 100).map(lambda percent: f"{percent} %") | st.floats(0, 1)
positive_seconds = st.floats(0.001, 1e6).map(lambda seconds: f"{seconds!r} s")
pauses = st.integers(1, 60).map(lambda n: f"{n} min")  # a second or more
durations = st.integers(1, 500).map(lambda n: f"{n} min") | positive_seconds | st.just("1 h 30 min")
amounts = st.floats(0, 1e6) | st.integers(0, 1000)
ratios = st.floats(0.01, 10)
coefficients = st.floats(0.01, 5)
days = st.sampled_from(
    ["mon-fri", "sat-sun", "daily", "holiday", "mon,wed", "fri-mon", "sun,holiday"]
)
hours = st.sampled_from(["", " 09:00-18:00", " 22:00-02:00", " 18:00-24:00"])
times = st.builds("{}{}".format, days, hours)


def splits(names: list[str]) -> st.SearchStrategy[dict[str, str]]:
    """Shares of the names that add up to 100 %."""
    cuts = st.lists(st.integers(0, 100), min_size=len(names) - 1, max_size=len(names) - 1)

    def split(cuts: list[int]) -> dict[str, str]:
        edges = [0, *sorted(cuts), 100]
        return {name: f"{edges[i + 1] - edges[i]} %" for i, name in enumerate(names)}

    return cuts.map(split)


def distributions(scale: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    shapes = st.builds(dict, mean=scale, cv=coefficients)
    plain = st.one_of(
        scale,
        scale.map(lambda mean: {"exponential": mean}),
        shapes.map(lambda said: {"lognormal": said}),
        shapes.map(lambda said: {"gamma": said}),
        st.builds(
            lambda mean, shape: {"weibull": {"mean": mean, "shape": shape}},
            scale,
            ratios.filter(lambda r: r > 0.2),
        ),
        st.builds(lambda mean, k: {"erlang": {"mean": mean, "k": k}}, scale, st.integers(1, 9)),
        st.lists(scale, min_size=1, max_size=4).map(lambda values: {"empirical": values}),
    )
    pairs = st.tuples(st.integers(0, 100), plain, plain)
    mixed = pairs.map(lambda p: {"mixture": [[f"{p[0]} %", p[1]], [f"{100 - p[0]} %", p[2]]]})
    return plain | mixed


delays = distributions(durations)
baskets = distributions(st.floats(0.01, 1e4))


def by_channel(values: st.SearchStrategy[Any], channels: list[str]) -> st.SearchStrategy[Any]:
    keys = st.sampled_from(channels)
    many = st.dictionaries(keys, values, min_size=1)
    return values | st.builds(lambda said, rest: {**said, "other": rest}, many, values)


def by(values: st.SearchStrategy[Any], channels: list[str], reasons: list[str]):
    one = by_channel(values, channels)
    many = st.dictionaries(st.sampled_from(reasons), one, min_size=1)
    return one | st.builds(lambda said, rest: {**said, "other": rest}, many, values)


def by_time(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    many = st.dictionaries(times, values, min_size=1, max_size=3)
    return values | st.builds(lambda said, rest: {**said, "other": rest}, many, values)


def curves() -> st.SearchStrategy[Any]:
    """Waits that grow, each with the share that is left."""
    waits = st.lists(st.integers(0, 9000), min_size=1, max_size=4, unique=True).map(sorted)
    return waits.flatmap(
        lambda found: st.tuples(*(st.tuples(st.just(f"{wait} s"), shares) for wait in found))
    ).map(lambda points: [list(point) for point in points])


def some(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


# --- parts ------------------------------------------------------------------------------------


def doors(channels: list[str]) -> st.SearchStrategy[Any]:
    return st.builds(
        lambda split, after: {**split, "after": after},
        splits(["lost", "returns", *channels]).filter(lambda s: s[channels[0]] != "100 %"),
        durations,
    )


def reasons_of(channels: list[str], names: list[str]) -> st.SearchStrategy[Any]:
    usual = channels[0]
    fixed = {
        "volume": st.sampled_from(["900 per week", "12 per hour", "0.5 per day"]),
        "channels": splits(channels),
        "handle": by_channel(delays, channels),
    }
    optional = {
        "profile": st.just("busy"),
        "busyness": coefficients,
        "patience": by_channel(delays | st.just("never"), channels),
        "balk": by_channel(shares, channels),
        "wrap": by_channel(delays, channels),
        "resolved": by_channel(shares, channels),
        "again": st.builds(lambda after: {"after": after, "on": usual}, delays),
        "retry": st.builds(
            lambda chance, after, attempts: {
                "chance": chance,
                "after": after,
                "attempts": attempts,
            },
            by_channel(shares, channels),
            delays,
            st.integers(1, 9),
        ),
        "buying": some(
            unaided=shares,
            window=delays | st.just("patience"),
            lapse=st.sampled_from(["leave", "stay"]),
            basket=baskets,
        ),
        "closed": st.just({"returns": "30 %"})
        | st.just({usual: {"lost": 1}, "other": {"lost": 1}}),
        "priority": st.integers(-9, 9),
    }
    return st.fixed_dictionaries(
        dict.fromkeys(names, st.fixed_dictionaries(fixed, optional=optional))
    )


def pools_of(channels: list[str], reasons: list[str], names: list[str]) -> st.SearchStrategy[Any]:
    answered = [name for name in channels if name != "bot"]
    optional = {
        "speed": by(ratios, answered, reasons),
        "priority": by(st.integers(-9, 9), answered, reasons),
        "satisfaction": by(by_time(shares), answered, reasons),
        "sells": some(conversion=by(by_time(shares), answered, reasons), basket=baskets)
        | st.fixed_dictionaries(
            {"conversion": by(by_time(shares), answered, reasons), "after_wait": curves()},
            optional={"revenue_per_contact": by(by_time(amounts), answered, reasons)},
        ),
        "offers": some(accept=shares, response=delays, timeout=durations, pause=pauses),
        "contract": contracts,
        "answers": st.just(answered) | st.just(dict.fromkeys(answered, 3)),
    }
    return st.fixed_dictionaries(
        {name: members(optional) if name == "volunteers" else scheduled(optional) for name in names}
    ).flatmap(with_satisfaction_after_wait)


contracts = st.fixed_dictionaries(
    {"per_hour": amounts},
    optional={
        "per_contact": amounts,
        "per_minute": amounts,
        "per_sale": amounts,
        "per_week": amounts,
        "overtime": ratios,
        "revenue_share": shares,
        "premium": st.dictionaries(times, ratios, max_size=2),
        "minimum_shift": durations,
        "minimum_per_week": amounts,
    },
)


def scheduled(optional: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    agents = st.integers(0, 50) | st.dictionaries(times, st.integers(0, 50), min_size=1, max_size=3)
    breaks = st.just([{"between": "mon-fri 12:00-14:00", "length": "30 min"}])
    more = {"presence": shares, "breaks": breaks, **optional}
    return st.fixed_dictionaries({"agents": agents}, optional=more)


def members(optional: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    chances = st.integers(0, 99).map(lambda percent: f"{percent} %") | st.floats(0, 0.99)
    fixed = {
        "members": st.integers(0, 50),
        "sessions": st.dictionaries(times, chances, min_size=1, max_size=3),
        "session": delays | st.just("never"),
    }
    return st.fixed_dictionaries(fixed, optional=optional)


def with_satisfaction_after_wait(pools: dict[str, Any]) -> st.SearchStrategy[Any]:
    """A wait can lower the satisfaction of those pools only that state one."""
    stating = [name for name, pool in pools.items() if "satisfaction" in pool]
    if not stating:
        return st.just(pools)
    return st.dictionaries(st.sampled_from(stating), curves()).map(
        lambda said: {
            name: {**pool, "satisfaction_after_wait": said[name]} if name in said else pool
            for name, pool in pools.items()
        }
    )


callbacks = some(
    when_wait_over=durations,
    accept=shares,
    reach=shares,
    ring=durations,
    cost_per_contact=amounts,
)
CHANNEL_FIELDS = {
    "phone": some(
        queue_limit=st.integers(0, 99),
        at_close=st.sampled_from(["dismiss", "drain"]),
        callback=callbacks,
    ),
    "chat": some(offer=st.sampled_from(["always", "when_free"]), hours=times, callback=callbacks),
    "email": st.fixed_dictionaries(
        {"due": durations},
        optional={
            "expires": delays,
            "overdue": st.builds(dict, chance=shares, on=st.just("phone")),
        },
    ),
    "bot": st.fixed_dictionaries(
        {"unlimited": st.just(True), "resolved": shares, "otherwise": st.just("phone")},
        optional={"cost_per_contact": amounts},
    ),
}


def special_days(reasons: list[str]) -> st.SearchStrategy[Any]:
    """Factors of a few days, for all or by reason, `other` or not."""
    one = by_channel(ratios, reasons) | st.dictionaries(
        st.sampled_from(reasons), ratios, min_size=1
    )
    return st.dictionaries(st.sampled_from(DAYS), one, max_size=3)


@st.composite
def scenarios(draw: Any) -> dict[str, Any]:
    """A whole valid scenario as plain values."""
    channels = ["phone", *draw(st.lists(st.sampled_from(CHANNELS[1:]), unique=True))]
    reasons = draw(st.lists(st.sampled_from(REASONS), unique=True, min_size=1))
    pools = draw(st.lists(st.sampled_from(POOLS), unique=True, min_size=1))
    said = {
        "name": draw(st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"]), max_size=20)),
        "calendar": draw(some(special_days=special_days(reasons))),
        "busyness": draw(coefficients),
        "linked": draw(st.booleans()),
        "reasons": draw(reasons_of(channels, reasons)),
        "channels": {name: draw(CHANNEL_FIELDS[name]) for name in channels},
        "pools": draw(pools_of(channels, reasons, pools)),
        "profiles": {"busy": draw(st.dictionaries(times, ratios, min_size=1, max_size=3))},
        "routing": [{"to": [{"pool": name, "after": draw(durations)} for name in pools]}],
        "run": draw(some(seed=st.integers(0, 2**63 - 1), confidence=st.floats(0.01, 0.99))),
    }
    return {key: said[key] for key in said if key != "routing" or draw(st.booleans())}
