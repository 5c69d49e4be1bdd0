"""What one head more or less does in each slot, told from few runs.

Slots some hours apart are changed in one run: what happens in the hours after each is its own.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.experiment.staffing.goal import Target
from sim.experiment.staffing.judge import HOURS, Reading
from sim.experiment.staffing.shape import Shape, Slot
from sim.measures.components import TOTAL
from sim.tables import Floats, Ints

APART, MOST_GROUPS = 3 * 3600, 6
"""Seconds between slots whose heads are changed in one run: what a head does fades sooner. And the
runs that may take, for a pool."""

Group = npt.NDArray[np.bool_]
"""[S] slots of one pool."""


@dataclass(frozen=True)
class Effects:
    """What one head more or less does to a plan. S slots, T targets; per replication.

    loss_up, loss_down: [S] what the loss grows by one head more, falls by one less.
    gain, drop: [S, T] what the slacks grow by one head more, fall by one less.
    """

    loss_up: Floats
    loss_down: Floats
    gain: Floats
    drop: Floats

    def after(self, change: Ints) -> Effects:
        """Near a plan with other heads, as far as it can be told.

        Each head brings less than the one before, by the same part; its cost grows by the same
        amount.

        Args:
            change: [S] heads more.
        """
        more = change[:, None]
        part = np.clip(self.gain / np.maximum(self.drop, 1e-12), 0.5, 1.0)

        def worth(head: Ints) -> Floats:
            return np.where(head > 0, self.gain * part ** (head - 1), self.drop * part**head)

        grown = change * (self.loss_up - self.loss_down)
        return Effects(self.loss_up + grown, self.loss_down + grown, worth(more + 1), worth(more))

    def loss_of(self, change: Ints) -> float:
        """What the loss grows by; change: [S] heads more."""
        return float(np.where(change > 0, self.loss_up, self.loss_down) @ change)

    def promised(self, covers: Floats) -> Floats:
        """[D] how much one head more in a duty brings for what it costs; more is better.

        Args:
            covers: [S, D] as of a shape.
        """
        cost = self.loss_up @ covers
        if not self.gain.shape[1]:
            return np.asarray(-cost)
        worth = self.gain + self.drop
        parts = worth / np.maximum(np.abs(worth).sum(axis=0), 1e-12)
        return np.asarray(parts.sum(axis=1) @ covers / np.maximum(cost, 1e-9))


def groups_of(shape: Shape) -> list[Group]:
    """Slots of one pool that lie `APART`, or every sixth."""
    shortest = min(slot.end - slot.start for slot in shape.slots)
    each = min(max(1, math.ceil(APART / shortest)), MOST_GROUPS)
    found = []
    for pool in shape.fixed:
        own = [place for place, slot in enumerate(shape.slots) if slot.pool == pool]
        for first in range(min(each, len(own))):
            found.append(np.isin(np.arange(len(shape.slots)), own[first::each]))
    return found


def measured(
    slots: Sequence[Slot],
    targets: Sequence[Target],
    groups: Sequence[Group],
    by: Ints,
    base: Reading,
    changed: Sequence[Reading],
) -> Effects:
    """The effects in a plan, of what it came to and others did with a group changed.

    Args:
        by: [2, S] so many heads more, and less, there were where slots were changed.
        base: of the plan. changed: of each group with more, and with less.
    """
    loss, slack = np.zeros((2, len(slots))), np.zeros((2, len(slots), len(targets)))
    for (group, way), reading in zip(itertools.product(groups, (0, 1)), changed, strict=True):
        per_head = np.where(group & (by[way] > 0), 1.0 / np.maximum(by[way], 1), 0.0)
        sign = 1 - 2 * way
        one, more = _by_slot(slots, targets, group, base, reading)
        loss[way] += sign * one * per_head
        slack[way] += sign * more * per_head[:, None]
    return _diminishing(loss, slack, by > 0)


def _by_slot(
    slots: Sequence[Slot], targets: Sequence[Target], group: Group, base: Reading, changed: Reading
) -> tuple[Floats, Floats]:
    """[S], [S, T] what the changes in a group of slots did, each in the hours after it."""
    S, n = len(group), max(int(group.sum()), 1)
    region = _regions(slots, group)
    loss = np.bincount(region, changed.hour_loss - base.hour_loss, S).astype(np.float64)
    loss += np.where(group, (changed.mean_loss - base.mean_loss - loss.sum()) / n, 0.0)
    slack = np.zeros((S, len(targets)))
    total = changed.mean_slack - base.mean_slack
    for t, target in enumerate(targets):
        rise = changed.hour_slack[:, t] - base.hour_slack[:, t]
        here = np.bincount(region, rise, S).astype(np.float64)
        if target.by != TOTAL:  # only the sum is known: shared out as all channels have it
            share = np.where(group, np.maximum(here * np.sign(total[t]), 0.0) + 1e-9, 0.0)
            here = np.asarray(total[t] * share / share.sum())
        slack[:, t] = here
    return loss, slack


def _regions(slots: Sequence[Slot], group: Group) -> Ints:
    """[168] the slot of a group to which each hour of the week belongs.

    It is the last one before the hour on that day, else the next one to come.
    """
    hours, places = np.arange(HOURS), np.flatnonzero(group)
    own = [slots[place] for place in places.tolist()]
    begins = np.array([slot.day * 24 + slot.start // 3600 for slot in own])
    last = np.searchsorted(begins, hours, side="right") - 1
    today = (last >= 0) & (begins[last] // 24 == hours // 24)
    return np.asarray(places[np.where(today, last, (last + 1) % len(places))])


def _diminishing(loss: Floats, slack: Floats, possible: Group) -> Effects:
    """Effects of which one head more never brings more than one less takes: noise evened out.

    Args:
        loss, slack: [2, S], [2, S, T] by one head more, and by one less.
        possible: [2, S] which of the two there is; the other one is taken to be the same.
    """
    loss = np.where(possible, loss, loss[::-1])
    slack = np.where(possible[:, :, None], slack, slack[::-1])
    wrong = loss[0] < loss[1]
    loss = np.where(wrong, loss.mean(axis=0), loss)
    slack = np.maximum(slack, 0.0)
    slack = np.where(slack[0] > slack[1], slack.mean(axis=0), slack)
    return Effects(loss[0], loss[1], slack[0], slack[1])
