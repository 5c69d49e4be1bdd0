"""A back-test in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.data.testing.backtest import Backtest
    from sim.data.testing.scores import Score

POINTS = {"abandonment", "service level", "occupancy"}
UNITS = {"ASA": "s", "offered": "contacts", "answered": "contacts"}


def verdict(found: Backtest) -> str:
    """The result in one sentence, or two where something is surely off."""
    one = found.get("offered")
    share, low, high = one.inside[0.8]
    said = (
        f"Of {one.n:,} half hours {100 * share:.0f} % lay inside the 80 % band of offered contacts "
        f"({100 * low:.0f} to {100 * high:.0f} %)"
    )
    try:
        level = found.get("service level")
        share, low, high = level.inside[0.8]
        said += f", and {100 * share:.0f} % inside that of the service level"
        said += f" ({100 * low:.0f} to {100 * high:.0f} %)"
    except KeyError:
        pass
    return f"{said}; {_off(found)}."


def _off(found: Backtest) -> str:
    """What is surely wrong most."""
    for measure, (when, by, _) in found.worst.items():
        return f"{measure} is {_size(measure, by)} {when}"
    for measure in ("service level", "abandonment", "offered"):
        for one in found.scores:
            if one.measure == measure and one.level == "day":
                value, low, high = one.bias
                if low > 0 or high < 0:
                    return f"{measure} is {_size(measure, value)} on average by day"
    return "no measure is surely too high or too low"


def _size(measure: str, by: float) -> str:
    word = "too high" if by > 0 else "too low"
    return f"{_amount(measure, abs(by))} {word}"


def _amount(measure: str, value: float) -> str:
    if measure in POINTS:
        return f"{100 * value:.1f} points"
    return f"{value:.3g} {UNITS[measure]}"


def backtest_text(found: Backtest) -> str:
    """The verdict, the table of scores, the rivals, and what each assumption is worth."""
    lines = [found.verdict, ""]
    lines.append(
        f"{len(found.weeks)} weeks from {found.weeks[0]} on, each simulated {found.replications} "
        "times with what was known before it and the staff that was there"
    )
    lines += ["", *_table(found.scores)]
    lines += ["", "The same with the contacts that came (judges waiting and giving up alone)"]
    lines += _table(found.served)
    if found.rivals:
        lines += ["", "Mean absolute error by half hour"]
        names = list(found.rivals["simulation"])
        lines.append("  " + f"{'':<14}" + "".join(f"{name:>18}" for name in names))
        for model, errors in found.rivals.items():
            cells = "".join(f"{_amount(name, errors[name]):>18}" for name in names)
            lines.append(f"  {model:<14}{cells}")
    lines += ["", "What each assumption is worth (share inside the 80 % band: half hour, day)"]
    for name, scores in {"as fitted": found.scores, **found.ablations}.items():
        cells = [
            f"{measure} {_inside(scores, measure, 'half hour')}, {_inside(scores, measure, 'day')}"
            for measure in ("offered", "service level")
        ]
        lines.append(f"  {name:<26}{'; '.join(cells)}")
    if found.notes:
        lines += ["", "Notes", *(f"  {note}" for note in found.notes)]
    return "\n".join(lines) + "\n"


def _inside(scores: tuple[Score, ...], measure: str, level: str) -> str:
    for one in scores:
        if (one.measure, one.level) == (measure, level):
            return f"{100 * one.inside[0.8][0]:.0f} %"
    return "-"


def _table(scores: tuple[Score, ...]) -> list[str]:
    lines = [
        f"  {'':<14}{'by':<10}{'n':>6}{'50 % band':>11}{'80 % band':>22}{'95 % band':>11}"
        f"{'bias':>28}{'width of 80 %':>17}"
    ]
    for one in scores:
        share, low, high = one.inside[0.8]
        value, least, most = one.bias
        scale = 100 if one.measure in POINTS else 1
        bias = f"{scale * value:+.2f} [{scale * least:.2f}, {scale * most:.2f}]"
        lines.append(
            f"  {one.measure:<14}{one.level:<10}{one.n:>6,}{100 * one.inside[0.5][0]:>9.0f} %"
            f"{100 * share:>9.0f} % ({100 * low:.0f} to {100 * high:.0f})"
            f"{100 * one.inside[0.95][0]:>9.0f} %{bias:>28}{_amount(one.measure, one.width):>17}"
        )
    return lines
