"""The fitted scenario as a person would have written it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import zip_longest

import numpy as np

from sim.data.counting import counted
from sim.data.fitting.days import days_text, iso, span_text
from sim.data.fitting.found import DEFERRED, Found, Queue
from sim.data.fitting.inferred import Doubt
from sim.data.fitting.likelihood import Interval
from sim.data.fitting.transfers import Transfer, whole


def scenario_text(fit: Found) -> str:
    """The file; what was assumed is marked so."""
    dates = fit.days.date
    lines = [
        f"# Fitted to {fit.source} of {counted(len(dates), 'day')}, {iso(dates[0])} to "
        f"{iso(dates[-1])}.",
        "# Behind each number its 95 % interval and what it rests on; what the data do not say is",
        "# marked `assumed`.",
    ]
    for what, gone in fit.days.left_out.items():
        lines.append(f"# Left out: {what} ({', '.join(gone[:5])}{' ...' if len(gone) > 5 else ''})")
    lines += [f"# Note: {note}" for note in fit.notes]
    monday = int(fit.days.date[-1]) + 1
    monday += (4 - monday) % 7  # 1970-01-05 was a Monday
    lines += ["calendar:", f"  start: {iso(monday)}", "  days: 7"]
    if fit.choices.holidays:
        lines.append(f"  holidays: {fit.choices.holidays}")
    if fit.common:
        lines.append(f"busyness: {100 * fit.common:.3g} %  # of days, shared by all queues")
    lines.append("profiles:  # customers an hour")
    for queue in fit.queues:
        if not queue.arrivals.blocks:
            continue  # all of its contacts are passed on from others
        lines.append(f"  {name_text(queue.name)}:")
        lines += [
            f"    {days_text(days)} {span_text(low, high)}: {rate:.4g}"
            for days, low, high, rate in queue.arrivals.blocks
        ]
    lines.append("reasons:")
    for queue in fit.queues:
        lines += _reason(fit, queue)
    lines += _channels(fit)
    lines.append("pools:")
    for place, pool in enumerate(fit.pools.names):
        lines += _pool(fit, place, pool)
    if len(fit.pools.names) > 1:
        lines.append("routing:")
        for pool, queues in zip(fit.pools.names, fit.pools.answers, strict=True):
            names = ", ".join(name_text(one) for one in queues)
            lines.append(f"  - {{reason: [{names}], to: [{name_text(pool)}]}}")
    if fit.transfers:
        lines.append("transfers:")
        shares = {one.name: np.array([one.share.value]) for one in fit.transfers}
        for one, share in zip(fit.transfers, whole(shares, fit.transfers).values(), strict=True):
            lines += _transfer(fit, one, float(share[0]))
    if fit.threshold is not None:
        lines += ["run:", f"  service_level: {duration(fit.threshold)}"]
    return "\n".join(lines) + "\n"


def _reason(fit: Found, queue: Queue) -> list[str]:
    key = f"reasons.{queue.name}"
    arrivals, week = queue.arrivals, queue.arrivals.per_week
    lines = [
        f"  {name_text(queue.name)}:",
        f"    volume: {volume_text(week.value)}  # {_volume_comment(week)}",
    ]
    lines += [f"    profile: {name_text(queue.name)}"] if arrivals.blocks else []
    rank = queue.rank
    lines += [f"    priority: {rank.priority}  # taken {rank.why}"] if rank is not None else []
    own = own_busyness(fit, arrivals.busyness.value)
    if own > 0:
        low, high = (100 * one for one in (arrivals.busyness.low, arrivals.busyness.high))
        lines.append(
            f"    busyness: {100 * own:.3g} %  # of days, in all [{low:.3g}, {high:.3g}] %, "
            f"{arrivals.busyness.n} days"
        )
    if len({one.channel for one in fit.queues}) > 1:
        lines.append(f"    channels: {{{name_text(queue.channel)}: 100 %}}")
    if queue.patience is not None and queue.patience.times is not None:
        times = queue.patience.times
        lines.append(
            f"    patience: {times.text(duration)}{_span_comment(times.mean, 'who gave up')}"
            + _mark(fit, f"{key}.patience")
        )
    elif f"{key}.patience" in fit.assumed:
        lines.append(f"    # patience: assumed ({fit.assumed[f'{key}.patience']})")
    if queue.patience is not None and queue.patience.balk.value > 0:
        lines.append(
            f"    balk: {share_text(queue.patience.balk.value)}"
            f"{_share_comment(queue.patience.balk, 'who would have had to wait')}"
        )
    if queue.handle is not None:
        lines.append(
            f"    handle: {queue.handle.text(duration)}"
            f"{_span_comment(queue.handle.mean, 'contacts')}{hold_text(queue)}"
            + _mark(fit, f"{key}.handle")
        )
    else:
        lines.append("    handle: {exponential: 5 min}  # assumed: the data have no talk times")
    if queue.wrap is not None:
        lines.append(
            f"    wrap: {queue.wrap.text(duration)}{_span_comment(queue.wrap.mean, 'contacts')}"
        )
    if queue.retry is not None:
        lines += [
            "    retry:",
            f"      chance: {share_text(queue.retry.share.value)}"
            f"{_share_comment(queue.retry.share, 'who gave up')}{_mark(fit, f'{key}.retry')}",
            f"      after: {{exponential: {duration(queue.retry.after.value)}}}"
            + (
                _span_comment(queue.retry.after, "retries")
                if queue.retry.after.n
                else "  # assumed"
            ),
        ]
    elif f"{key}.retry" in fit.assumed:
        lines.append(f"    # retry: assumed none ({fit.assumed[f'{key}.retry'].split(':')[0]})")
    if queue.again is not None:
        resolved = 1 - queue.again.share.value
        lines += [
            f"    resolved: {share_text(resolved)}  # the others came again within 7 days",
            "    again:",
            f"      after: {{exponential: {duration(queue.again.after.value)}}}"
            f"{_span_comment(queue.again.after, 'repeat contacts')}",
        ]
    return lines


def hold_text(queue: Queue) -> str:
    """What part of the handle times is hold, where a log tells it apart."""
    return "" if not queue.hold > 0 else f"; {100 * queue.hold:.2g} % of it on hold"


def _channels(fit: Found) -> list[str]:
    lines = ["channels:"]
    for channel, spans in fit.hours.items():
        lines.append(f"  {name_text(channel)}:")
        if channel in DEFERRED:
            lines.append("    due: 24 h  # assumed")
            continue
        lines.append("    hours:")
        lines += [f"      - {days_text(days)} {span_text(low, high)}" for days, low, high in spans]
        if fit.drains:
            lines.append("    at_close: drain")
    return lines


def _pool(fit: Found, place: int, pool: str) -> list[str]:
    key = f"pools.{pool}.agents"
    mark = f"  # assumed: {fit.assumed[key]}" if key in fit.assumed else ""
    lines = [f"  {name_text(pool)}:", f"    agents:{mark}"]
    lines += [
        f"      {times}: {number}" + ("  # [{}, {}]".format(*doubt.around(number)) if doubt else "")
        for times, number, doubt in head_counts(fit, place)
    ]
    lines += _attendance(fit, place, pool)
    channels = {one.channel for one in fit.queues if one.name in fit.pools.answers[place]}
    lines.append(f"    answers: [{', '.join(name_text(one) for one in sorted(channels))}]")
    return lines


def head_counts(fit: Found, place: int) -> Iterator[tuple[str, int, Doubt | None]]:
    """Head counts of a pool: when, how many, and how far that is known if it is inferred."""
    doubts = fit.doubts[place] if fit.doubts else ()
    for (days, low, high, number), doubt in zip_longest(fit.agents[place], doubts):
        yield f"{days_text(days)} {span_text(low, high)}", number, doubt


def _attendance(fit: Found, place: int, pool: str) -> list[str]:
    """Who comes of those rostered; nothing where no roster is known."""
    found = fit.attendance[place] if fit.attendance else None
    if found is None:
        return []
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
    said = presence["mean"] if found.is_mean_alone else f"{{{parts}}}"
    key = f"pools.{pool}"
    of = "rostered shifts" if found.free.n else "days of those rostered"
    comment = _share_comment(found.mean, of) + _mark(fit, f"{key}.presence")
    lines = [f"    presence: {said}{comment}"]
    if found.is_late and found.late is not None:
        lines.append(
            f"    lateness: {{exponential: {duration(found.late.value)}}}"
            f"{_span_comment(found.late, 'shifts')}{_mark(fit, f'{key}.lateness')}"
        )
    return lines


def _transfer(fit: Found, one: Transfer, share: float) -> list[str]:
    channel = {queue.name: queue.channel for queue in fit.queues}
    to = f"reason: {name_text(one.to)}"
    if channel[one.to] != channel[one.by]:
        to += f", channel: {name_text(channel[one.to])}"
    lines = [
        f"  {name_text(one.name)}:",
        f"    share: {by_text(one, share)}{_share_comment(one.share, 'talks')}",
        f"    to: {{{to}}}",
    ]
    if one.after < 1:
        lines.append(f"    after: {share_text(one.after)} of the talk")
    if one.at_most > 1:
        lines.append(f"    at_most: {one.at_most}")
    return lines


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
    return f"{{{name_text(transfer.by)}: {share_text(share)}}}"


def name_text(name: str) -> str:
    """A name as YAML: in quotes where it could be taken for something else."""
    plain = name.replace(" ", "").replace("_", "").replace("-", "")
    safe = plain.isalpha() and plain.isascii() and name.lower() not in ("true", "false", "null")
    return name if safe else json.dumps(name, ensure_ascii=False)


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
    return (
        f"  # mean {_clock(mean.value)} [{_clock(mean.low)}, {_clock(mean.high)}], "
        f"{mean.n:,} {what}"
    )


def _share_comment(share: Interval, what: str) -> str:
    return f"  # [{100 * share.low:.3g}, {100 * share.high:.3g}] %, of {share.n:,} {what}"


def _mark(fit: Found, key: str) -> str:
    return f"; assumed: {fit.assumed[key]}" if key in fit.assumed else ""
