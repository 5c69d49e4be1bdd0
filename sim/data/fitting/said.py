"""Numbers of a fitted scenario in words: as its language has them, and in its comments."""

from __future__ import annotations

import numpy as np

from sim.data.fitting.likelihood import Interval


def volume(per_week: float) -> str:
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


def percent(value: float) -> str:
    """A share, or a coefficient of variation."""
    return f"{100 * value:.3g} %"


def share(value: float) -> str:
    """A share, which lies between 0 and 1."""
    return percent(min(max(value, 0.0), 1.0))


def exponential(mean: float) -> str:
    """A duration of chance, in seconds."""
    return f"{{exponential: {duration(mean)}}}"


def resting_on(one: Interval, unit: str, of: str) -> str:
    """The interval of a number, and what it rests on.

    Args:
        one: the number.
        unit: `s`, `share`, or empty for a volume.
        of: what was counted.
    """
    if unit == "share":
        return f"[{100 * one.low:.3g}, {100 * one.high:.3g}] %, of {one.n:,} {of}"
    if unit == "s":
        ends = f"mean {_clock(one.value)} [{_clock(one.low)}, {_clock(one.high)}]"
    else:
        ends = f"[{_whole(one.low)}, {_whole(one.high)}]"
    return f"{ends}, {one.n:,} {of}"


def _clock(seconds: float) -> str:
    if not np.isfinite(seconds):
        return "?"
    if seconds < 90:
        return f"{seconds:.3g} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, past = divmod(minutes, 60)
    return f"{hours}:{past:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def _whole(value: float) -> str:
    return f"{value:,.0f}" if np.isfinite(value) else "?"
