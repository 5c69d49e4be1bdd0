"""The catalogue is complete, consistent, and what the code computes."""

from __future__ import annotations

from math import isnan

import numpy as np
import pytest
from tiny_log import HOUR, Tiny, answered

from sim.measures import CATALOGUE, COMPONENTS, COST_PARTS, SPLITS
from sim.measures.catalogue import Estimator, terms
from sim.measures.components import HISTOGRAMS, Base
from sim.measures.tally import COLUMN

NAMES = """
contacts customers offered answered abandoned balked blocked closed expired withdrawn self_served
unfinished unreached displaced duplicates sl_offered service_level sl_answered sl_exclude_short
sl_credit_short abandonment blocking closed_share no_wait asa wait time_to_abandon
abandoned_within short_abandoned queue_length hours paid_hours shrinkage absence
overtime_hours hours_after agents occupancy occupancy_any aht
talk wrap
conversion conversion_answered sales revenue unaided_revenue incremental_revenue satisfaction cost
cost_hours cost_overtime cost_contacts cost_minutes cost_sales cost_fixed cost_channels margin
cost_per_contact revenue_per_contact contacts_per_customer resolved_first
cost_minimum retries again overdue repeated callbacks callback_wait offers offers_declined deflected
self_service_resolved unanswered answer_rate missed_buyers margin_per_hour
expected_margin
flowed_out flow_out_rate no_line busy_signals
transfers handled passed_in lost_after_transfer transfer_rate transfer_service_level
conferences conferences_missed
ai_involved containment ai_resolved ai_net cost_per_net_resolution cost_resolutions
dials right_party_rate transfer_abandonment transfer_asa transfer_hold wait_in_all
handle_time_in_all
customers_answered contacts_until_answered hang_ups cost_waiting
callbacks_reached callbacks_unreached callbacks_expired callback_rate settled_first
"""
PROMISED = NAMES.split()
"""The names that the design fixes."""

UNITS = {"contacts", "customers", "sales", "agents", "share", "s", "h", "money"}


def test_every_promised_name_is_there() -> None:
    quantiles = [
        f"{wait}_p{level}"
        for wait in ("asa", "wait", "time_to_abandon")
        for level in (50, 80, 90, 95, 99)
    ]
    assert sorted(CATALOGUE) == sorted([*PROMISED, *quantiles])


@pytest.mark.parametrize("one", CATALOGUE.values(), ids=lambda one: one.name)
def test_every_measure_is_defined(one) -> None:
    assert one.label
    assert one.definition.endswith(".")
    assert len(one.definition) > 20
    assert one.formula
    assert one.unit in UNITS
    assert one.base in Base
    assert one.counted_by
    assert one.splits[0] == "total"
    assert isnan(one.zero_by_zero)
    assert bool(one.denominator) == (one.estimator in (Estimator.RATIO, Estimator.SHARE))
    assert (one.estimator is Estimator.QUANTILE) != isnan(one.level)


def test_labels_are_distinct() -> None:
    labels = [one.label for one in CATALOGUE.values()]
    assert len(set(labels)) == len(labels)


def test_every_component_is_used_and_explained() -> None:
    used = {part.name for one in CATALOGUE.values() for part in one.components()}
    assert used == {*COMPONENTS, *HISTOGRAMS}
    assert all(part.meaning for part in COMPONENTS.values())
    assert list(COLUMN) == list(COMPONENTS)


def test_which_measures_exist_for_a_pool() -> None:
    """Nobody is offered to a pool before it answers; nobody's hours belong to a channel."""
    by = {
        split: {one.name for one in CATALOGUE.values() if split in one.splits} for split in SPLITS
    }
    assert {"answered", "aht", "occupancy", "hours", "cost", "sl_answered", "asa_p90"} <= by["pool"]
    assert not {"contacts", "abandoned", "service_level", "wait", "closed"} & by["pool"]
    assert not {"hours", "occupancy", "cost", "margin", "cost_per_contact"} & by["channel"]
    assert {"cost_contacts", "cost_channels", "revenue", "service_level"} <= by["channel"]
    assert by["source"] == {"cost", *COST_PARTS}
    assert {"contacts", "service_level", "asa", "aht", "repeated"} <= by["earlier"]
    assert not {"customers", "hours", "cost", "queue_length", "asa_p90"} & by["earlier"]
    assert by["day"] == by["hour"]
    assert by["hour"] == {name for name in CATALOGUE if "_p" not in name[-4:]}


def test_formulas_read_as_sums() -> None:
    assert terms("answered + abandoned - balked") == {
        "answered": 1.0,
        "abandoned": 1.0,
        "balked": -1.0,
    }
    assert CATALOGUE["service_level"].formula == "answered_within / (answered + abandoned)"
    assert CATALOGUE["hours"].formula == "duty / 3600"
    assert CATALOGUE["wait_p90"].formula == (
        "90 % quantile of waits_of_answered + waits_of_abandoned"
    )
    assert tuple(terms(CATALOGUE["cost"].numerator)) == COST_PARTS


def test_two_intervals_count_a_mixed_measure() -> None:
    assert len(CATALOGUE["margin"].counted_by) == 3
    assert len(CATALOGUE["agents"].counted_by) == 1


def test_a_component_without_meaning_in_a_split_is_never_added_up_there() -> None:
    tiny = Tiny([answered(9 * HOUR, 5.0, 60.0)], [(0, 0.0, 86400.0, 86400.0)])
    slices, sums = tiny.basis.slices, tiny.tally.sums
    for name, part in COMPONENTS.items():
        for by in set(SPLITS) - set(part.splits):
            assert not np.any(sums[slices.of(by), COLUMN[name]]), (name, by)


def test_which_way_is_better_is_said_of_each_measure() -> None:
    assert CATALOGUE["margin"].better == 1
    assert CATALOGUE["asa_p90"].better == -1
    assert CATALOGUE["aht"].better == 0
    assert {one.better for one in CATALOGUE.values()} == {-1, 0, 1}


def test_short_labels_fit_the_head_of_a_column() -> None:
    # No word of a heading is wider than a column of a table on the terminal.
    for one in CATALOGUE.values():
        assert max(map(len, one.short.split())) <= 14, one.name
