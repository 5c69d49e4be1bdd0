"""What the pictures of a run draw: tables of data, each of them once on the page."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite, isnan

import numpy as np

from sim.draws.survival import survival
from sim.measures import CATALOGUE, COST_PARTS, Row
from sim.measures.ends import WAITS
from sim.report.chosen import hour_of
from sim.report.numbers import brief_duration, interval, number
from sim.report.page import Dataset
from sim.report.told import Told
from sim.scenario.distributions import Distribution
from sim.tables import Floats

ENDINGS = {
    "abandoned": "abandoned",
    "blocked": "blocked (full queue)",
    "closed": "closed",
    "expired": "expired",
    "withdrawn": "withdrawn",
    "self_served": "self-service",
    "unreached": "callback not reached",
    "unfinished": "unfinished",
}
"""Endings as the diagram of streams calls them; answered contacts go to their pool."""

FILTERS = {"channel": "Channel", "pool": "Pool", "window": "Window"}


def datasets(told: Told) -> dict[str, Dataset]:
    result = told.result
    datasets: dict[str, Dataset] = {
        "ends": _ends(told),
        "hours": _hours(told),
        "midnights": {"hour": list(range(0, 169, 24))},
        "waits": {name: column.tolist() for name, column in told.ends.waits.items()},
    }
    for channel in channels_with_waits(told):
        datasets[f"borne {channel}"] = _borne(told, channel)
        datasets[f"moment {channel}"] = _moments(told, channel)
    if result.get("cost").value > 0:
        datasets["costs"] = _costs(told)
    for name in split_measures(told):
        datasets[f"splits {name}"] = _splits(told, name)
    return datasets


def _ends(told: Told) -> Dataset:
    """Contacts an hour by hour of the week, window, channel, pool and ending; reasons together."""
    ends = told.ends.contacts
    keys = ("hour", "window", "channel", "pool", "ending")
    sums: dict[tuple[object, ...], list[float]] = {}
    for *key, contacts, in_time, waited in zip(
        *(ends[name].tolist() for name in (*keys, "contacts", "in_time", "waited")), strict=True
    ):
        total = sums.setdefault(tuple(key), [0.0, 0.0, 0.0])
        times = max(told.times[int(key[0])], 1)
        for place, amount in enumerate((contacts, in_time, waited)):
            total[place] += amount / times
    columns = list(zip(*(key for key in sums), strict=True)) or [()] * len(keys)
    amounts = list(zip(*sums.values(), strict=True)) or [(), (), ()]
    ending = columns[keys.index("ending")]
    channel = columns[keys.index("channel")]
    live = told.result.scenario.channels
    return {
        **dict(zip(keys, columns, strict=True)),
        **dict(zip(("contacts", "in_time", "waited"), amounts, strict=True)),
        "all_of_them": [
            size * told.times[int(str(hour))]
            for size, hour in zip(amounts[0], columns[0], strict=True)
        ],
        "end": [
            str(pool) if one == "answered" else ENDINGS[str(one)]
            for pool, one in zip(columns[keys.index("pool")], ending, strict=True)
        ],
        "live": [int(live[str(one)].live) for one in channel],
    }


def _hours(told: Told) -> Dataset:
    """Hour of the week by hour of the week, all channels together."""
    result = told.result
    groups = result.groups("hour")
    hours = [hour_of(group) for group in groups]
    window = _window_of_hours(told)

    def per_hour(name: str) -> list[float]:
        values = (told.value(name, "hour", group) for group in groups)
        return [v / max(told.times[h], 1) for v, h in zip(values, hours, strict=True)]

    def plain(name: str) -> list[float]:
        return [told.value(name, "hour", group) for group in groups]

    return {
        "hour": hours,
        "window": [window[hour] for hour in hours],
        "agents": plain("agents"),
        "occupancy": plain("occupancy"),
        "missed_buyers": per_hour("missed_buyers"),
        "margin": per_hour("margin"),
        "agent_hours": per_hour("hours"),
    }


def _window_of_hours(told: Told) -> list[str]:
    """The window in which most contacts of each hour come."""
    ends = told.ends.contacts
    sizes: dict[tuple[int, str], float] = {}
    for hour, window, size in zip(ends["hour"], ends["window"], ends["contacts"], strict=True):
        sizes[int(hour), window] = sizes.get((int(hour), window), 0.0) + size
    best = [""] * 168
    for (hour, window), size in sizes.items():
        if not best[hour] or size > sizes[hour, best[hour]]:
            best[hour] = window
    return best


def channels_with_waits(told: Told) -> list[str]:
    channels = told.result.scenario.channels
    waited = set(told.ends.waits["channel"].tolist())
    return [name for name, one in channels.items() if name in waited and not one.unlimited]


def longest(told: Told, channel: str) -> float:
    """The end of the axis of waits: most waits and most of the patience lie before it."""
    waits = told.ends.waits
    mine = (waits["channel"] == channel) & np.isfinite(waits["upto"])
    upto, contacts = waits["upto"][mine], waits["contacts"][mine]
    order = np.argsort(upto)
    past = np.cumsum(contacts[order]) / max(contacts.sum(), 1e-12)
    most = float(upto[order][np.searchsorted(past, 0.985)]) if len(upto) else 60.0
    threshold = told.result.scenario.run.service_level.at(channel)
    wanted = max(most, 1.5 * threshold, 10.0)
    return float(WAITS[np.searchsorted(WAITS, min(wanted, WAITS[-2]))])


def _weights(told: Told, channel: str) -> dict[str, float]:
    """Share of each reason among those who waited or were answered on a channel."""
    ends = told.ends.contacts
    mine = (ends["channel"] == channel) & np.isin(ends["ending"], ["answered", "abandoned"])
    sums = {
        reason: float(ends["contacts"][mine & (ends["reason"] == reason)].sum())
        for reason in told.result.scenario.reasons
    }
    total = sum(sums.values()) or 1.0
    return {reason: size / total for reason, size in sums.items() if size}


def _borne(told: Told, channel: str) -> Dataset:
    """How many would still be there, and still ready to buy, if nobody answered."""
    seconds = np.linspace(0.0, longest(told, channel), 121)
    weights = _weights(told, channel)
    reasons = told.result.scenario.reasons
    live = told.result.scenario.channels[channel].live
    lines: dict[str, Floats] = {}
    if live and any(_gives_up(reasons[name].patience.at(channel)) for name in weights):
        lines["would still wait, unanswered"] = _mix(
            weights, lambda name: survival(reasons[name].patience.at(channel), seconds)
        )
    buyers = {name: size for name, size in weights.items() if reasons[name].buying is not None}
    if buyers:
        total = sum(buyers.values())
        shares = {name: size / total for name, size in buyers.items()}
        lines["of those ready to buy: still are"] = _mix(
            shares, lambda name: survival(_window(told, name, channel), seconds)
        )
    lines = _apart(lines)
    return {
        "seconds": [*seconds.tolist()] * len(lines),
        "left": [float(value) for line in lines.values() for value in line],
        "what": [what for what in lines for _ in seconds],
    }


def _apart(lines: dict[str, Floats]) -> dict[str, Floats]:
    """Two lines that are the same become one."""
    first, *others = [*lines.values(), np.zeros(0)]
    if len(others) == 2 and np.allclose(first, others[0]):
        return {"would still wait, and be ready to buy": first}
    return lines


def _mix(weights: dict[str, float], curve: Callable[[str], Floats]) -> Floats:
    total = sum(size * curve(name) for name, size in weights.items())
    return np.asarray(total, dtype=np.float64)


def _gives_up(patience: Distribution) -> bool:
    return bool(survival(patience, np.array([30 * 86400.0]))[0] < 1)


def _window(told: Told, reason: str, channel: str) -> Distribution:
    who = told.result.scenario.reasons[reason]
    assert who.buying is not None
    window = who.buying.window
    return who.patience.at(channel) if isinstance(window, str) else window


def _moments(told: Told, channel: str) -> Dataset:
    seconds = told.result.scenario.run.service_level.at(channel)
    words = f"{seconds:g} s" if seconds < 60 else brief_duration(seconds)
    return {"seconds": [seconds], "what": [f"threshold: {words}"]}


def _costs(told: Told) -> Dataset:
    lines, kinds, values, texts, places = [], [], [], [], []
    for source in told.result.groups("source"):
        for place, name in enumerate(COST_PARTS):
            value = told.value(name, "source", source)
            if value > 0:
                lines.append(source.partition(" ")[2])
                kinds.append(PARTS[name])
                values.append(value)
                texts.append(number(value, "money", told.currency))
                places.append(place)
    return {"line": lines, "part": kinds, "value": values, "text": texts, "place": places}


PARTS = {
    "cost_hours": "hours on duty",
    "cost_overtime": "overtime",
    "cost_contacts": "per contact",
    "cost_minutes": "per minute",
    "cost_sales": "sales",
    "cost_fixed": "fixed",
    "cost_minimum": "minimum",
    "cost_channels": "channel",
}

SPLIT_MEASURES = {
    "answer_rate": "Answer rate",
    "service_level": "Service level",
    "abandonment": "Abandonment",
    "unanswered": "Unanswered",
    "missed_buyers": "Missed buyers",
    "occupancy": "Occupancy",
    "margin": "Margin",
    "satisfaction": "Satisfaction",
}
"""Measures compared by window, channel and pool, with a short label."""


def split_measures(told: Told) -> list[str]:
    return [name for name in SPLIT_MEASURES if len(split_rows(told, name)) > 1]


def split_rows(told: Told, name: str) -> list[Row]:
    splits = CATALOGUE[name].splits
    return [
        row
        for by in ("window", "channel", "pool")
        if by in splits and (len(told.result.groups(by)) > 1 or by == "pool")
        for group in told.result.groups(by)
        if not isnan((row := told.result.get(name, by, group)).value)
    ]


def _splits(told: Told, name: str) -> Dataset:
    rows = split_rows(told, name)
    bounded = [
        (row.low, row.high) if isfinite(row.high - row.low) else (None, None) for row in rows
    ]
    return {
        "line": [f"{row.by} {row.group}" for row in rows],
        **{by: [row.group if row.by == by else "" for row in rows] for by in FILTERS},
        "value": [row.value for row in rows],
        "low": [low for low, _ in bounded],
        "high": [high for _, high in bounded],
        "end": [max(row.value, row.high if isfinite(row.high) else row.value) for row in rows],
        "text": [number(row.value, row.unit, told.currency) for row in rows],
        "interval": [interval(row.low, row.high, row.unit, told.currency) for row in rows],
    }
