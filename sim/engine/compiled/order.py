"""Rule 1: what is to come, in its order.

What is known beforehand (customers, duty, doors) is read from sorted arrays. What becomes known
on the way stands in two *tournaments*: `finishes` (kind 0, few and often) and `timers` (all other
kinds). A tournament is a binary tree whose leaves are events and whose every node is the lesser of
the two below it, so the next event stands at the root. To change a leaf, its matches are played
again up to the root: as many steps as a heap may take at worst, but steps that no processor has to
guess, and so twice as fast. A contact has its leaf as long as it needs one and takes its event away
when it comes to nothing, so what comes up is true, but for the rare kinds (`expect`).
"""

# Rules take records, of which mypy knows nothing.
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators

from __future__ import annotations

from math import inf

import numpy as np

from sim.engine.compiled.machine import rule
from sim.engine.compiled.tables import NOBODY, finishes_of, timers_of, trees_of

# An event in a tournament is a time and a code: kind, number and leaf, each in its bits. Leaves
# differ only where kind and number do, or where a contact rings again in the same instant.
NUMBER = 26
KIND = 59
FINISHES, TIMERS = range(2)


@rule
def expect_finish(centre, number, contact, time):
    """Enter when a contact in hand will be finished, or that it will be at another time."""
    tree, nodes = trees_of(centre)[FINISHES], finishes_of(centre)
    if contact.leaf < 0:
        contact.leaf = centre.hole if centre.hole >= 0 else new_leaf(tree, nodes)
        centre.hole = NOBODY
    leaf = np.int64(contact.leaf)
    set_leaf(tree, nodes, leaf, time, number << NUMBER | leaf)


@rule
def expect(centre, time, kind, number):
    """Enter an event of a rare kind. When it comes up, look whether it is still true."""
    tree, nodes = trees_of(centre)[TIMERS], timers_of(centre)
    leaf = new_leaf(tree, nodes)
    set_leaf(tree, nodes, leaf, time, kind << KIND | number << NUMBER | leaf)


@rule
def new_leaf(tree, nodes):
    """A leaf without an event. The tree is no higher than the leaves in use need."""
    half = len(nodes) >> 1
    tree.used += 1
    leaf = tree.free
    if leaf >= 0:
        tree.free = nodes[half + leaf].code
        return leaf
    leaf = tree.made
    tree.made += 1
    if leaf * tree.root >= half:
        tree.root >>= 1
    return leaf


@rule
def free_leaf(tree, nodes, code):
    """Take an event out; a free leaf knows the next one."""
    leaf = code & ((1 << NUMBER) - 1)
    set_leaf(tree, nodes, leaf, inf, tree.free)
    tree.free = leaf
    tree.used -= 1


@rule
def set_leaf(tree, nodes, leaf, time, code):
    """Put an event at a leaf and play its matches again.

    Time and code are chosen apart: the processor then needs no jump for either.
    """
    i = (len(nodes) >> 1) + leaf
    root = tree.root
    nodes[i].time, nodes[i].code = time, code
    while i != root:
        other = nodes[i ^ 1]
        rival, rival_code = other.time, other.code
        wins = (rival < time) | ((rival == time) & (rival_code < code))
        code = rival_code if wins else code
        time = rival if rival < time else time
        i >>= 1
        nodes[i].time, nodes[i].code = time, code
