"""Samples of a distribution: the i-th value depends on the stream and i, never on how many.

A family of distributions is one kind of *standard variate* (`Distribution.variates`), which each
member gives its own scale and shape (`fill`): a customer who is slow when the mean is 3 minutes is
as slow, in proportion, when it is 5.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from sim.draws.streams import Stream
from sim.scenario.distributions import Distribution, Mixture, Plus, Variates
from sim.tables import Floats


def sample(dist: Distribution, stream: Stream, n: int) -> Floats:
    """The first `n` values of `dist` from `stream`."""
    if isinstance(dist, Mixture):
        return _mixture(dist, stream, n)
    if isinstance(dist, Plus) and isinstance(dist.rest, Mixture):
        return _mixture(dist.rest, stream, n) + dist.least
    values = np.empty(n)
    if (kind := dist.variates()) is not None:
        standard(kind, stream(), values)
    dist.fill(values, values)
    return values


def standard(kind: Variates, generator: np.random.Generator, out: Floats) -> None:
    """Fill `out` with standard variates."""
    name, parameter = kind
    method: Callable[..., Any] = getattr(generator, name)
    if parameter:
        method(parameter, out=out)
    else:
        method(out=out)


def _mixture(dist: Mixture, stream: Stream, n: int) -> Floats:
    borders = np.cumsum([weight for weight, _ in dist.parts])[:-1]
    which = np.searchsorted(borders, stream("part").random(n), side="right")
    values = np.empty(n)
    for i, (_, part) in enumerate(dist.parts):
        chosen = which == i
        values[chosen] = sample(part, partial(stream, "part", i), n)[chosen]
    return values
