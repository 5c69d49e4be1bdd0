"""The few distribution functions the intervals need; scipy is imported at the first call."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from sim.stats.estimate import FloatArray, check_level


def normal_quantile(confidence: float) -> float:
    """z with P(|Z| <= z) = confidence for a standard normal Z."""
    from scipy.special import ndtri

    check_level(confidence, "confidence")
    return float(ndtri(0.5 + confidence / 2.0))


def student_quantile(confidence: float, freedom: ArrayLike) -> FloatArray:
    """t with P(|T| <= t) = confidence for Student's T; nan where `freedom` is below 1."""
    check_level(confidence, "confidence")
    df = np.asarray(freedom, dtype=np.float64)
    if not (df >= 1.0).any():
        return np.full(df.shape, np.nan)  # scipy's import would take longer than one replication
    from scipy.special import stdtrit

    upper = stdtrit(np.where(df >= 1.0, df, 1.0), 0.5 + confidence / 2.0)
    return np.asarray(np.where(df >= 1.0, upper, np.nan))


def clopper_pearson(
    successes: FloatArray, trials: FloatArray, confidence: float
) -> tuple[FloatArray, FloatArray]:
    """Exact bounds of a binomial probability (Clopper & Pearson 1934), by quantiles of the beta.

    Fractional counts are allowed (an effective sample size). (nan, nan) where `trials` is 0 or
    nan.
    """
    from scipy.special import betaincinv

    check_level(confidence, "confidence")
    tail = (1.0 - confidence) / 2.0
    failures = trials - successes
    known = trials > 0.0
    low = betaincinv(np.where(successes > 0.0, successes, 1.0), failures + 1.0, tail)
    high = betaincinv(successes + 1.0, np.where(failures > 0.0, failures, 1.0), 1.0 - tail)
    low = np.where(successes > 0.0, low, 0.0)
    high = np.where(failures > 0.0, high, 1.0)
    return np.where(known, low, np.nan), np.where(known, high, np.nan)
