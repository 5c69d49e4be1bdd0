"""Staffings whose certainty is not what is tested."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest


@contextmanager
def rough_staffing() -> Iterator[None]:
    """Plans of small centres are compared in many replications; here in few, for time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sim.experiment.staffing.search.MOST_COMPARED", 12)
        yield
