"""Handle times, wrap-up and patience: the family that does best on days it was not fitted on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from sim.data.fitting.families import HANDLE, PATIENCE, SEEN, SHORTER, Family, empirical
from sim.data.fitting.likelihood import Fitted, Interval, maximise, share_by_day
from sim.tables import Floats, Ints

FEW = 30  # values below which only a mean is fitted
MANY, BADLY = 500, 0.04
"""Of so many times a family may not miss the distribution by so much: else they are taken as they
are."""

SOON = 10.5  # seconds
UNKNOWN = 30.0  # the upper end of a mean over its lower end that tells nothing of it
MOST_PARAMETERS = 9
WIDEST = 3.0  # times an interval, by the doubt about the family

SURE = 2.0
"""Log-likelihood that a family must gain on days left out to be preferred to a simpler one."""

LEVELS = np.concatenate([[0.005], np.arange(1, 100) / 100, [0.995]])
"""Of the quantiles that a page compares."""


@dataclass(frozen=True)
class Times:
    """A distribution fitted to times.

    family, fitted: what was chosen. mean, cv: with intervals.
    scores: family -> log-likelihood of a contact on days it was not fitted on, against the best.
    distance: largest distance between the distribution functions of data and family.
    observed: quantiles of the data at `LEVELS`; empty where no single time is known, or some are
        only known to be exceeded.
    """

    family: Family
    fitted: Fitted
    mean: Interval
    cv: Interval
    n: int
    scores: dict[str, float]
    distance: float
    observed: Floats = field(default_factory=lambda: np.zeros(0))

    def beyond(self, values: Floats) -> Floats:
        """Share of the fitted distribution beyond each value."""
        return self.family.survival(self.fitted.theta, values)

    def quantiles(self, levels: Floats) -> Floats:
        """Of the fitted distribution."""
        from scipy.optimize.elementwise import find_root

        def off(logs: Floats, levels: Floats) -> Floats:
            return 1 - self.beyond(np.exp(logs)) - levels

        return np.exp(find_root(off, (np.log(1e-3), np.log(1e7)), args=(levels,)).x)

    def text(self, said: Callable[[float], str], theta: Floats | None = None) -> str:
        """As the scenario language writes it."""
        return self.family.text(self.fitted.theta if theta is None else theta, said)


def fit_times(
    values: Floats, day: Ints, families: Sequence[Family] = HANDLE, event: np.ndarray | None = None
) -> Times | None:
    """The best family for times, all of which may be only known to be exceeded, or not reached.

    Whole seconds are taken as their middle: 0 s as a quarter of a second.

    Args:
        values: [contacts] seconds.
        day: [contacts] number of the day, from 0.
        families: to choose among.
        event: [contacts] what is known of each time, as in `families`; None: all were seen.
    """
    values = np.maximum(values, 0.25)
    event = np.full(len(values), SEEN) if event is None else event.astype(int)
    whole = event == SEEN
    if whole.sum() < 2:
        return None
    mean = float(values.sum() / whole.sum())
    seen = values[whole]
    cv = float(seen.std() / seen.mean()) or 0.5
    some = families if whole.sum() >= FEW else families[:1]
    fits = {one: maximise(one.loglik, one.start(mean, cv), values, event, day) for one in some}
    scores = {one: found.held_out / len(values) for one, found in fits.items()}
    best = max(scores.values())
    margin = max(0.0005, SURE / len(values))

    def rank(one: Family) -> tuple[int, float]:
        """Of those that do as well as the best, the simplest come first; then the better ones."""
        near = scores[one] >= best - margin
        return len(fits[one].theta) if near else MOST_PARAMETERS, -scores[one]

    for chosen in sorted(some, key=rank):
        fitted = fits[chosen]
        known = fitted.interval(chosen.mean, 0)
        if known.high < UNKNOWN * known.low:  # a mixture may have parts that nobody waits to see
            break
    if not whole.all():
        as_good = (one for one in some if one != chosen and scores[one] >= best - 2 * margin)
        fitted = less_sure(fitted, chosen, [one.mean(fits[one].theta) for one in as_good])
    n = int((event > 0).sum())
    if n > MANY and whole.all() and _distance(chosen, fitted.theta, seen) > BADLY:
        chosen, fitted = _as_they_are(values, day)
    return Times(
        chosen,
        fitted,
        fitted.interval(chosen.mean, n),
        fitted.interval(chosen.cv, n),
        n,
        {one.name: score - best for one, score in scores.items()},
        _distance(chosen, fitted.theta, seen) if whole.all() else np.nan,
        np.quantile(seen, LEVELS) if whole.all() else np.zeros(0),
    )


def less_sure(fitted: Fitted, chosen: Family, means: Sequence[float]) -> Fitted:
    """With the doubt about the family, which says what nobody waits to see.

    As wide as to hold the means of families that do nearly as well on days left out, with an error
    of their own.
    """
    mean = fitted.interval(chosen.mean, 0)
    error = np.log(mean.high / mean.low) / 2
    gap = max((abs(np.log(one / mean.value)) for one in means), default=0.0)
    if not (error > 0 and np.isfinite(gap)):
        return fitted
    return replace(fitted, influence=fitted.influence * min(1 + gap / error, WIDEST))


def _as_they_are(values: Floats, day: Ints) -> tuple[Family, Fitted]:
    """Times that are of no family: the mean of each hundredth of them, from the shortest on."""
    found = empirical(np.array([one.mean() for one in np.array_split(np.sort(values), 100)]))
    moves = np.bincount(day, values / values.mean() - 1) / len(values)
    return found, Fitted(np.zeros(1), moves[:, None])


def _distance(family: Family, theta: Floats, values: Floats) -> float:
    ordered = np.sort(values)
    share = 1 - family.survival(theta, ordered)
    steps = np.arange(len(ordered) + 1) / len(ordered)
    return float(np.maximum(np.abs(share - steps[1:]), np.abs(share - steps[:-1])).max())


# --- patience ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Patience:
    """How long customers wait.

    times: of those who begin to wait. balk: share that leaves at once where it would have to wait.
    curve: Kaplan-Meier: [waits], [share still there], [at risk].
    """

    times: Times | None
    balk: Interval
    curve: tuple[Floats, Floats, Floats]
    longest_censored: bool


def fit_patience(
    wait: Floats,
    gave_up: np.ndarray,
    day: Ints,
    exponential: bool = False,
    silent: np.ndarray | None = None,
) -> Patience | None:
    """Patience from waits that ended in an answer (censored) or in giving up.

    Args:
        wait: [contacts] seconds.
        gave_up: [contacts] whether the wait ended so; every other end censors.
        day: [contacts] number of the day, from 0.
        exponential: fit no other family.
        silent: [contacts] whether the customer had left unnoticed before the wait ended: patience
            is shorter than it, left-censored. They are not in the curve.
    """
    silent = np.zeros(len(wait), bool) if silent is None else silent
    at_once = gave_up & (wait < 0.5)
    waited = wait >= 0.5
    if gave_up.sum() < 5:
        return None
    # who gives up within half a second by patience alone, as often as in the ten seconds after it
    soon = np.minimum(wait[waited], SOON)
    rate = (gave_up & waited & (wait < SOON)).sum() / max(float((soon - 0.5).sum()), 1e-9)
    balk = share_by_day(at_once - 0.5 * rate * (at_once | waited), at_once | waited, day)
    families = PATIENCE[:1] if exponential else PATIENCE
    if balk.low < 0.003:  # too few to tell apart from short waits
        waited = waited | at_once
        balk = Interval(0.0, 0.0, balk.high, balk.n)
    times = None
    if (gave_up & waited).sum() >= 5:
        event = np.where(silent, SHORTER, gave_up)[waited]
        times = fit_times(wait[waited], day[waited], families, event)
    curve = kaplan_meier(wait[waited & ~silent], gave_up[waited & ~silent])
    longest = bool(waited.any() and not gave_up[waited][np.argmax(wait[waited])])
    return Patience(times, balk, curve, longest)


def kaplan_meier(wait: Floats, event: np.ndarray) -> tuple[Floats, Floats, Floats]:
    """Waits at which somebody gave up, the share still there after each, and who was at risk."""
    import scipy.stats

    if not event.any():
        return np.zeros(0), np.zeros(0), np.zeros(0)
    data = scipy.stats.CensoredData.right_censored(wait, ~event)
    found = scipy.stats.ecdf(data).sf
    risk = len(wait) - np.searchsorted(np.sort(wait), found.quantiles)
    left = np.isin(found.quantiles, wait[event])
    return found.quantiles[left], found.probabilities[left], risk[left].astype(float)
