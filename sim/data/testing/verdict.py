"""A back-test in one sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sim.data.testing.scores import Score, score_of

Scores = Sequence[Score]
Worst = Mapping[str, tuple[str, float, float]]

POINTS = {"abandonment", "service level", "occupancy"}
TOLD = ("offered", "service level", "abandonment")
"""Measures of which the verdict speaks."""

MATTERS = 0.02
"""A band that holds 78 of 100 instead of 80 is good enough."""

WIDENED = 1.5
"""Intervals of 95 % so much wider are ones of 99.7 %: six are looked at, one in 50 may alarm."""

UNITS = {"ASA": "s", "offered": "contacts", "answered": "contacts"}


def verdict(scores: Scores, served: Scores, worst: Worst) -> str:
    """The result in one sentence, or two where something is surely off.

    Args:
        scores, served, worst: of `Backtest`.
    """
    one = score_of(scores, "offered")
    share, low, high = one.inside[0.8]
    said = (
        f"Of {one.n:,} half hours {100 * share:.0f} % lay inside the 80 % band of offered contacts "
        f"({100 * low:.0f} to {100 * high:.0f} %)"
    )
    try:
        level = score_of(scores, "service level")
        share, low, high = level.inside[0.8]
        said += f", and {100 * share:.0f} % inside that of the service level"
        said += f" ({100 * low:.0f} to {100 * high:.0f} %)"
    except KeyError:
        pass
    return f"{said}; {_off(scores, served, worst)}."


def _off(scores: Scores, served: Scores, worst: Worst) -> str:
    """What is surely wrong: bands that do not hold, and where the middle is off most."""
    said = [*_narrow(scores), *_biased(scores, served, worst)]
    return "; ".join(said[:3]) or "no measure is surely too high or too low"


def _narrow(scores: Scores) -> Iterator[str]:
    """Measures whose 80 % band surely holds less than it should."""
    for level in ("half hour", "day"):
        missed = [
            one.measure
            for one in scores
            if one.level == level and one.measure in TOLD and one.inside[0.8][2] < 0.8 - MATTERS
        ]
        if missed:
            yield f"the bands of {' and '.join(missed)} by {level} are too narrow"
            return


def _biased(scores: Scores, served: Scores, worst: Worst) -> Iterator[str]:
    """Where the middle of the simulated values is surely off: with the forecast, and without it."""
    for measure, (when, by, _) in worst.items():
        yield f"{measure} is {_size(measure, by)} {when}"
        break
    for some, given in ((scores, ""), (served, ", even with the contacts that came")):
        for measure in TOLD:
            for one in some:
                if (one.measure, one.level) == (measure, "day") and _surely(*one.bias):
                    yield f"{measure} is {_size(measure, one.bias[0])} on average by day{given}"


def _surely(value: float, low: float, high: float) -> bool:
    """Whether a bias is no chance: several are looked at, so their 95 % intervals are widened."""
    return abs(value) > WIDENED * (high - low) / 2


def _size(measure: str, by: float) -> str:
    word = "too high" if by > 0 else "too low"
    return f"{amount(measure, abs(by))} {word}"


def amount(measure: str, value: float) -> str:
    """A value of a measure with its unit; shares in points."""
    if measure in POINTS:
        return f"{100 * value:.1f} points"
    return f"{value:.3g} {UNITS[measure]}"
