"""The bank's January, where the log lies beside the checkout: against what others have printed."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from known_centre import half_hours

from sim.data import Choices, Data, read_data
from sim.data.fitting.logs import fit_contacts
from sim.data.fitting.reports import fit_intervals
from sim.data.fitting.result import Fit

LOG = Path(__file__).parents[3] / "shared" / "data" / "anonbank_1999_01.txt"


pytestmark = pytest.mark.skipif(
    not LOG.exists(), reason="the log of January 1999 lies beside the checkout"
)


@cache
def january() -> Data:
    return read_data(LOG)


@cache
def fitted() -> Fit:
    assert january().contacts is not None
    return fit_contacts(january().contacts, Choices(), None)


def test_january_is_read_by_its_header_and_fitted() -> None:
    data = january()
    assert data.contacts is not None
    assert data.left_out["outcome: PHANTOM"] == 240
    handle = data.contacts["talk"].dropna()
    handle = handle[(handle > 0) & (handle <= 3600)]
    # services up to an hour: mean 187.3 s, sd 224.7 (README of the log; 26,328 services, of which
    # a few hundred have no server)
    assert handle.mean() == pytest.approx(187.3, rel=0.02)
    assert handle.std() == pytest.approx(224.7, rel=0.05)
    found = fitted()
    assert found.days.left_out["days with few or no contacts"] == ("1999-01-11", "1999-01-12")
    banking = next(queue for queue in found.queues if queue.name == "PS")
    # a plain Poisson day is wrong (README: variance 83,500 of weekdays with a mean of 1,424)
    assert banking.arrivals.busyness.low > 0.05
    assert banking.handle is not None
    assert banking.handle.family.name in ("lognormal", "mixture with a short spike")
    assert found.scenario.reasons.keys() == {queue.name for queue in found.queues}


def test_service_times_are_lognormal_with_the_parameters_of_others() -> None:
    # README of the log: services of 10 s and more, up to an hour, have logarithms of mean 4.833 and
    # standard deviation 0.921; Brown et al. (2005) find the lognormal for the whole year
    talk = january().contacts["talk"].dropna()
    logs = np.log(talk[(talk >= 10) & (talk <= 3600)])
    assert logs.mean() == pytest.approx(4.833, abs=0.02)
    assert logs.std() == pytest.approx(0.921, abs=0.02)


def test_volume_of_the_month_falls_and_is_said() -> None:
    # 1,999 calls on the first Sunday of the month, 1,182 on the last
    notes = " ".join(fitted().notes)
    assert "PS: volume falls by" in notes
    assert "NW: volume falls by" in notes


def test_contacts_and_half_hour_report_agree_within_their_intervals() -> None:
    # one queue of which the fit finds neither retries nor repeat contacts: the report's offered
    # contacts are the same customers. Bounds of two fits of one record must overlap
    mine = next(queue for queue in fitted().queues if queue.name == "NW")
    assert mine.retry is None
    contacts = january().contacts
    table = contacts[contacts["queue"] == "NW"].reset_index(drop=True)
    other = fit_intervals(half_hours(table), Choices(), None).queues[0]
    for one, two in (
        (mine.arrivals.per_week, other.arrivals.per_week),
        (mine.arrivals.busyness, other.arrivals.busyness),
        (mine.handle.mean, other.handle.mean),
    ):
        assert one.low <= two.value <= one.high
        assert two.low <= one.value <= two.high
