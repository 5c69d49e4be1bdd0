"""The bank's January, where the log lies beside the checkout: against what others have printed."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.data import fit, read_data

LOG = Path(__file__).parents[3] / "shared" / "data" / "anonbank_1999_01.txt"


@pytest.mark.skipif(not LOG.exists(), reason="the log of January 1999 lies beside the checkout")
def test_january_is_read_by_its_header_and_fitted() -> None:
    data = read_data(LOG)
    assert data.contacts is not None
    assert data.left_out["outcome: PHANTOM"] == 240
    handle = data.contacts["talk"].dropna()
    handle = handle[(handle > 0) & (handle <= 3600)]
    # services up to an hour: mean 187.3 s, sd 224.7 (README of the log; 26,328 services, of which
    # a few hundred have no server)
    assert handle.mean() == pytest.approx(187.3, rel=0.02)
    assert handle.std() == pytest.approx(224.7, rel=0.05)
    found = fit(data)
    assert found.days.left_out["days with few or no contacts"] == ("1999-01-11", "1999-01-12")
    banking = next(queue for queue in found.queues if queue.name == "PS")
    # a plain Poisson day is wrong (README: variance 83,500 of weekdays with a mean of 1,424)
    assert banking.arrivals.busyness.low > 0.05
    assert banking.handle is not None
    assert banking.handle.family.name in ("lognormal", "mixture with a short spike")
    assert found.scenario.reasons.keys() == {queue.name for queue in found.queues}
