"""The fitted scenario as a person would have written it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from sim.data.counting import counted
from sim.data.fitting import said
from sim.data.fitting.days import days_text, iso, span_text
from sim.data.fitting.found import DEFERRED, Found, Queue
from sim.data.fitting.inputs import head_counts, inputs_of, own_busyness
from sim.data.fitting.roster import Attendance
from sim.data.fitting.transfers import Transfer
from sim.scenario.write import flow_text

NO_TALK = "assumed: the data have no talk times"


def scenario_text(fit: Found) -> str:
    """The file; what was assumed is marked so."""
    many, pools = len(fit.pools.names) > 1, enumerate(fit.pools.names)
    monday = int(fit.days.date[-1]) + 1
    monday += (4 - monday) % 7  # 1970-01-05 was a Monday
    numbers = {
        one.path: _Said(one.text, "; ".join(filter(None, (one.why, fit.mark(one.path)))))
        for one in inputs_of(fit)
    }
    file = {
        "calendar": {"start": iso(monday), "days": 7, "holidays": fit.choices.holidays},
        "busyness": _Said(said.percent(fit.common), "of days, shared by all queues")
        if fit.common
        else None,
        "profiles": _Said(
            {
                queue.name: {
                    f"{days_text(days)} {span_text(low, high)}": f"{rate:.4g}"
                    for days, low, high, rate in queue.arrivals.blocks
                }
                for queue in fit.queues
                if queue.arrivals.blocks  # else all of its contacts are passed on from others
            },
            "customers an hour",
        ),
        "reasons": {queue.name: _reason(fit, queue, numbers) for queue in fit.queues},
        "channels": {channel: _channel(fit, channel) for channel in fit.hours},
        "pools": {pool: _pool(fit, place, pool, numbers) for place, pool in pools},
        "routing": [
            f"{{reason: {flow_text(list(queues))}, to: [{flow_text(pool)}]}}"
            for pool, queues in zip(fit.pools.names, fit.pools.answers, strict=True)
        ]
        if many
        else None,
        "transfers": {one.name: _transfer(fit, one, numbers) for one in fit.transfers} or None,
        "run": None if fit.threshold is None else {"service_level": said.duration(fit.threshold)},
    }
    return "\n".join([*_about(fit), *_written(file)]) + "\n"


def _about(fit: Found) -> list[str]:
    """What stands above it, for whoever reads it."""
    dates = fit.days.date
    return [
        f"# Fitted to {fit.source} of {counted(len(dates), 'day')}, {iso(dates[0])} to "
        f"{iso(dates[-1])}.",
        "# Behind each number its 95 % interval and what it rests on; what the data do not say is",
        "# marked `assumed`.",
        *(
            f"# Left out: {what} ({', '.join(gone[:5])}{' ...' if len(gone) > 5 else ''})"
            for what, gone in fit.days.left_out.items()
        ),
        *(f"# Note: {note}" for note in fit.notes),
    ]


class _Said(NamedTuple):
    """A value, and what it rests on."""

    value: Any
    why: str


def _written(fields: Mapping[str, Any], depth: int = 0) -> Iterator[str]:
    """The lines of some fields; None is not said, but for why it is not."""
    indent = "  " * depth
    for name, one in fields.items():
        value, why = one if isinstance(one, _Said) else (one, "")
        comment = f"  # {why}" if why else ""
        key = flow_text(name)
        if isinstance(value, dict | list):
            yield f"{indent}{key}:{comment}"
            if isinstance(value, dict):
                yield from _written(value, depth + 1)
            else:
                yield from (f"{indent}  - {each}" for each in value)
        elif value is not None:
            yield f"{indent}{key}: {value}{comment}"
        elif why:
            yield f"{indent}# {name}: {why}"


def _reason(fit: Found, queue: Queue, numbers: Mapping[str, _Said]) -> dict[str, Any]:
    key, rank, busy = f"reasons.{queue.name}", queue.rank, queue.arrivals.busyness
    own, several = own_busyness(fit, busy.value) > 0, len({one.channel for one in fit.queues}) > 1
    around = f"of days, in all [{100 * busy.low:.3g}, {100 * busy.high:.3g}] %, {busy.n} days"

    def number(field: str, why: str = "") -> _Said | None:
        one = numbers.get(f"{key}.{field}")
        return one and _Said(one.value, why or one.why)

    def none(field: str, why: str) -> _Said | None:
        assumed = fit.assumed.get(f"{key}.{field}")
        return _Said(None, why.format(assumed, assumed.partition(":")[0])) if assumed else None

    retry = {"chance": number("retry.chance"), "after": number("retry.after")}
    return {
        "volume": number("volume"),
        "profile": flow_text(queue.name) if queue.arrivals.blocks else None,
        "priority": rank and _Said(rank.priority, f"taken {rank.why}"),
        "busyness": number("busyness", around) if own else None,
        "channels": f"{{{flow_text(queue.channel)}: 100 %}}" if several else None,
        "patience": number("patience") or none("patience", "assumed ({0})"),
        "balk": number("balk"),
        "handle": number("handle") or _Said(said.exponential(300), NO_TALK),
        "wrap": number("wrap"),
        "retry": retry if queue.retry else none("retry", "assumed none ({1})"),
        "resolved": number("resolved", "the others came again within 7 days"),
        "again": queue.again and {"after": number("again.after")},
    }


def _channel(fit: Found, channel: str) -> dict[str, Any]:
    if channel in DEFERRED:
        return {"due": _Said("24 h", "assumed")}
    hours = [f"{days_text(days)} {span_text(low, high)}" for days, low, high in fit.hours[channel]]
    return {"hours": hours, "at_close": "drain" if fit.drains else None}


def _pool(fit: Found, place: int, pool: str, numbers: Mapping[str, _Said]) -> dict[str, Any]:
    agents = {
        times: _Said(number, "[{}, {}]".format(*doubt.around(number)) if doubt else "")
        for times, number, doubt in head_counts(fit, place)
    }
    channels = {one.channel for one in fit.queues if one.name in fit.pools.answers[place]}
    late = fit.attendance[place] if fit.attendance else None
    return {
        "agents": _Said(agents, fit.mark(f"pools.{pool}.agents")),
        "presence": late and _presence(late, pool, numbers),
        "lateness": numbers[f"pools.{pool}.lateness"] if late and late.is_late else None,
        "answers": flow_text(sorted(channels)),
    }


def _presence(found: Attendance, pool: str, numbers: Mapping[str, _Said]) -> _Said:
    """Who comes of those rostered."""
    key = f"pools.{pool}.presence"
    if found.is_mean_alone:
        return numbers[key]
    mean, why = numbers[f"{key}.mean"]
    parts = {"mean": mean}
    if found.together > 0:
        parts["together"] = said.share(found.together)
    if found.is_away:
        parts["by_hour"] = said.share(found.free.value)
    if found.differs:
        hours = (
            f"daily {span_text(2 * hour, 2 * hour + 2)}: {said.share(share)}"
            for hour, share in found.differs.items()
        )
        parts["by_hour"] = f"{{{', '.join(hours)}}}"
    return _Said(f"{{{', '.join(f'{name}: {one}' for name, one in parts.items())}}}", why)


def _transfer(fit: Found, one: Transfer, numbers: Mapping[str, _Said]) -> dict[str, Any]:
    channel = {queue.name: flow_text(queue.channel) for queue in fit.queues}
    other = f", channel: {channel[one.to]}" if channel[one.to] != channel[one.by] else ""
    return {
        "share": numbers[f"transfers.{one.name}.share"],
        "to": f"{{reason: {flow_text(one.to)}{other}}}",
        "after": f"{said.percent(one.after)} of the talk" if one.after < 1 else None,
        "at_most": one.at_most if one.at_most > 1 else None,
    }
