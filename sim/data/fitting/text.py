"""The fitted scenario as a person would have written it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any, NamedTuple

import numpy as np

from sim.data.counting import counted
from sim.data.fitting.days import days_text, iso, span_text
from sim.data.fitting.found import DEFERRED, Found, Queue
from sim.data.fitting.inferred import Doubt
from sim.data.fitting.likelihood import Interval
from sim.data.fitting.transfers import Transfer, whole
from sim.scenario.write import flow_text


def scenario_text(fit: Found) -> str:
    """The file; what was assumed is marked so."""
    many, pools = len(fit.pools.names) > 1, enumerate(fit.pools.names)
    monday = int(fit.days.date[-1]) + 1
    monday += (4 - monday) % 7  # 1970-01-05 was a Monday
    file = {
        "calendar": {"start": iso(monday), "days": 7, "holidays": fit.choices.holidays},
        "busyness": _said(f"{100 * fit.common:.3g} %", "of days, shared by all queues")
        if fit.common
        else None,
        "profiles": _said(
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
        "reasons": {queue.name: _reason(fit, queue) for queue in fit.queues},
        "channels": {channel: _channel(fit, channel) for channel in fit.hours},
        "pools": {pool: _pool(fit, place, pool) for place, pool in pools},
        "routing": [
            f"{{reason: {flow_text(list(queues))}, to: [{flow_text(pool)}]}}"
            for pool, queues in zip(fit.pools.names, fit.pools.answers, strict=True)
        ]
        if many
        else None,
        "transfers": _transfers(fit) if fit.transfers else None,
        "run": None if fit.threshold is None else {"service_level": duration(fit.threshold)},
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


def _said(value: Any, *why: str) -> _Said:
    return _Said(value, "; ".join(filter(None, why)))


def _written(fields: Mapping[str, Any], depth: int = 0) -> Iterator[str]:
    """The lines of some fields; None is not said, but for why it is not."""
    indent = "  " * depth
    for name, said in fields.items():
        value, why = said if isinstance(said, _Said) else (said, "")
        comment = f"  # {why}" if why else ""
        key = flow_text(name)
        if isinstance(value, dict | list):
            yield f"{indent}{key}:{comment}"
            if isinstance(value, dict):
                yield from _written(value, depth + 1)
            else:
                yield from (f"{indent}  - {one}" for one in value)
        elif value is not None:
            yield f"{indent}{key}: {value}{comment}"
        elif why:
            yield f"{indent}# {name}: {why}"


def _reason(fit: Found, queue: Queue) -> dict[str, Any]:
    key = f"reasons.{queue.name}"
    week, busy, rank = queue.arrivals.per_week, queue.arrivals.busyness, queue.rank
    own = own_busyness(fit, busy.value)
    patience, handle, wrap = queue.patience, queue.handle, queue.wrap
    found: dict[str, Any] = {
        "volume": _said(volume_text(week.value), _volume_comment(week)),
        "profile": flow_text(queue.name) if queue.arrivals.blocks else None,
        "priority": rank and _said(rank.priority, f"taken {rank.why}"),
    }
    if own > 0:
        around = f"[{100 * busy.low:.3g}, {100 * busy.high:.3g}] %"
        found["busyness"] = _said(f"{100 * own:.3g} %", f"of days, in all {around}, {busy.n} days")
    if len({one.channel for one in fit.queues}) > 1:
        found["channels"] = f"{{{flow_text(queue.channel)}: 100 %}}"
    if patience is not None and patience.times is not None:
        span = _span_comment(patience.times.mean, "who gave up")
        found["patience"] = _said(
            patience.times.text(duration), span, _mark(fit, f"{key}.patience")
        )
    elif f"{key}.patience" in fit.assumed:
        found["patience"] = _said(None, f"assumed ({fit.assumed[f'{key}.patience']})")
    if patience is not None and patience.balk.value > 0:
        of = "who would have had to wait"
        found["balk"] = _said(share_text(patience.balk.value), _share_comment(patience.balk, of))
    found["handle"] = _said("{exponential: 5 min}", "assumed: the data have no talk times")
    if handle is not None:
        span = _span_comment(handle.mean, "contacts") + hold_text(queue)
        found["handle"] = _said(handle.text(duration), span, _mark(fit, f"{key}.handle"))
    if wrap is not None:
        found["wrap"] = _said(wrap.text(duration), _span_comment(wrap.mean, "contacts"))
    if queue.retry is not None:
        share, after = queue.retry.share, queue.retry.after
        mark = _mark(fit, f"{key}.retry")
        found["retry"] = {
            "chance": _said(share_text(share.value), _share_comment(share, "who gave up"), mark),
            "after": _exponential(after, _span_comment(after, "retries") if after.n else "assumed"),
        }
    elif f"{key}.retry" in fit.assumed:
        why = fit.assumed[f"{key}.retry"].split(":")[0]
        found["retry"] = _said(None, f"assumed none ({why})")
    if queue.again is not None:
        resolved, after = share_text(1 - queue.again.share.value), queue.again.after
        found["resolved"] = _said(resolved, "the others came again within 7 days")
        found["again"] = {"after": _exponential(after, _span_comment(after, "repeat contacts"))}
    return found


def _exponential(mean: Interval, *why: str) -> _Said:
    return _said(f"{{exponential: {duration(mean.value)}}}", *why)


def hold_text(queue: Queue) -> str:
    """What part of the handle times is hold, where a log tells it apart."""
    return "" if not queue.hold > 0 else f"; {100 * queue.hold:.2g} % of it on hold"


def _channel(fit: Found, channel: str) -> dict[str, Any]:
    if channel in DEFERRED:
        return {"due": _said("24 h", "assumed")}
    hours = [f"{days_text(days)} {span_text(low, high)}" for days, low, high in fit.hours[channel]]
    return {"hours": hours, "at_close": "drain" if fit.drains else None}


def _pool(fit: Found, place: int, pool: str) -> dict[str, Any]:
    agents = {
        times: _said(number, "[{}, {}]".format(*doubt.around(number)) if doubt else "")
        for times, number, doubt in head_counts(fit, place)
    }
    channels = {one.channel for one in fit.queues if one.name in fit.pools.answers[place]}
    return {
        "agents": _said(agents, _mark(fit, f"pools.{pool}.agents")),
        **_attendance(fit, place, pool),
        "answers": flow_text(sorted(channels)),
    }


def head_counts(fit: Found, place: int) -> Iterator[tuple[str, int, Doubt | None]]:
    """Head counts of a pool: when, how many, and how far that is known if it is inferred."""
    doubts = fit.doubts[place] if fit.doubts else ()
    for (days, low, high, number), doubt in zip_longest(fit.agents[place], doubts):
        yield f"{days_text(days)} {span_text(low, high)}", number, doubt


def _attendance(fit: Found, place: int, pool: str) -> dict[str, Any]:
    """Who comes of those rostered; nothing where no roster is known."""
    found = fit.attendance[place] if fit.attendance else None
    if found is None:
        return {}
    presence = {"mean": share_text(found.mean.value)}
    if found.together > 0:
        presence["together"] = share_text(found.together)
    if found.is_away:
        presence["by_hour"] = share_text(found.free.value)
    if found.differs:
        hours = (
            f"daily {span_text(2 * hour, 2 * hour + 2)}: {share_text(share)}"
            for hour, share in found.differs.items()
        )
        presence["by_hour"] = f"{{{', '.join(hours)}}}"
    parts = ", ".join(f"{name}: {one}" for name, one in presence.items())
    comment = _share_comment(
        found.mean, "rostered shifts" if found.free.n else "days of those rostered"
    )
    said: dict[str, Any] = {
        "presence": _said(
            presence["mean"] if found.is_mean_alone else f"{{{parts}}}",
            comment,
            _mark(fit, f"pools.{pool}.presence"),
        )
    }
    if found.is_late and found.late is not None:
        span, mark = _span_comment(found.late, "shifts"), _mark(fit, f"pools.{pool}.lateness")
        said["lateness"] = _exponential(found.late, span, mark)
    return said


def _transfers(fit: Found) -> dict[str, Any]:
    channel = {queue.name: flow_text(queue.channel) for queue in fit.queues}
    shares = {one.name: np.array([one.share.value]) for one in fit.transfers}
    found = {}
    for one, share in zip(fit.transfers, whole(shares, fit.transfers).values(), strict=True):
        other = f", channel: {channel[one.to]}" if channel[one.to] != channel[one.by] else ""
        found[one.name] = {
            "share": _said(by_text(one, float(share[0])), _share_comment(one.share, "talks")),
            "to": f"{{reason: {flow_text(one.to)}{other}}}",
            "after": f"{share_text(one.after)} of the talk" if one.after < 1 else None,
            "at_most": one.at_most if one.at_most > 1 else None,
        }
    return found


# --- numbers ----------------------------------------------------------------------------------


def own_busyness(fit: Found, total: float) -> float:
    """What is left of the day's factor when the common part is taken out."""
    return float(np.sqrt(max(total**2 - fit.common**2, 0.0)))


def volume_text(per_week: float) -> str:
    """A volume, rounded to four figures."""
    return f"{float(f'{max(per_week, 0.0):.4g}'):g} per week".replace("e+0", "e")


def duration(seconds: float) -> str:
    """A duration, rounded to about half a per cent."""
    if seconds >= 600:
        minutes, rest = divmod(round(seconds), 60)
        if minutes >= 600:
            return f"{seconds / 3600:.3g} h"
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    return f"{seconds:.3g} s" if seconds < 1000 else f"{seconds:.0f} s"


def share_text(share: float) -> str:
    """A share in per cent."""
    return f"{100 * share:.3g} %"


def by_text(transfer: Transfer, share: float) -> str:
    """The share of a transfer, of the talks of its reason."""
    return f"{{{flow_text(transfer.by)}: {share_text(share)}}}"


def _clock(seconds: float) -> str:
    if not np.isfinite(seconds):
        return "?"
    if seconds < 90:
        return f"{seconds:.3g} s"
    minutes, rest = divmod(round(seconds), 60)
    return (
        f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}"
        if minutes >= 60
        else f"{minutes}:{rest:02d}"
    )


def _volume_comment(week: Interval) -> str:
    if not week.n:
        return "all contacts are passed on from other queues"
    return f"[{_number(week.low)}, {_number(week.high)}], {week.n:,} customers"


def _number(value: float) -> str:
    return f"{value:,.0f}" if np.isfinite(value) else "?"


def _span_comment(mean: Interval, what: str) -> str:
    return f"mean {_clock(mean.value)} [{_clock(mean.low)}, {_clock(mean.high)}], {mean.n:,} {what}"


def _share_comment(share: Interval, what: str) -> str:
    return f"[{100 * share.low:.3g}, {100 * share.high:.3g}] %, of {share.n:,} {what}"


def _mark(fit: Found, key: str) -> str:
    return f"assumed: {fit.assumed[key]}" if key in fit.assumed else ""
