"""How much slower each contact gets when an agent holds several at once."""

from __future__ import annotations

from math import perm


def shared_pace(share: float, most: int) -> list[float]:
    """Speed of each contact with 1, 2, ..., `most` in hand, relative to one alone.

    A contact needs the agent for a while, then the customer reads and writes, and so on in turn;
    the agent serves one at a time, in the order of messages. That is the machine repair model
    (M/M/1 with a finite source): with n in hand and r = share / (1 - share), none of them needs
    the agent for the part 1 / sum over k of n! / (n - k)! r^k of the time.
    Only the mean of the customers' times matters, not their distribution.

    Args:
        share: of a contact alone, in which it needs the agent; 0 to 1.
        most: contacts, 1 or more.
    """
    if share == 0.0:
        return [1.0] * most
    speeds = []
    for held in range(1, most + 1):
        weights = [perm(held, k) * share**k * (1.0 - share) ** (held - k) for k in range(held + 1)]
        busy = 1.0 - weights[0] / sum(weights)
        speeds.append(busy / (held * share))
    return speeds
