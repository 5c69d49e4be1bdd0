"""M/M/n+M between two changes of staff, and across a change: probabilities in time.

The state is (s, q): s customers in service, q waiting. When staff falls below s, free agents leave
first and the agents too many finish their call before they leave: nobody is taken from the queue
until s < n again. Probabilities advance by uniformisation (Jensen 1953; Grassmann 1977, Transient
solutions in Markovian queueing systems, Computers & OR 4).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, diags_array
from scipy.sparse.linalg import spsolve
from scipy.stats import poisson

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

UNLIKELY = 1e-14
"""Probability of what is left out: jumps beyond the last one counted, states beyond the last."""


@dataclass(frozen=True)
class Space:
    """The states while `agents` are on duty: (s, 0) for s < agents, then each (s, q), s <= `top`.

    Numbered so that an arrival adds 1; the end of a call, or a customer who gives up, takes 1 off;
    but the end of an overtime call, s > agents, takes off `stride`. At most `most` wait.
    """

    agents: int
    top: int
    most: int

    @property
    def stride(self) -> int:
        """Number of states for each s that has a queue."""
        return self.most + 1

    @property
    def size(self) -> int:
        """Number of states."""
        return self.agents + (self.top - self.agents + 1) * self.stride

    def served(self) -> Counts:
        """s of each state."""
        rows = np.repeat(np.arange(self.agents, self.top + 1), self.stride)
        return np.concatenate((np.arange(self.agents), rows))

    def waiting(self) -> Counts:
        """q of each state."""
        rows = np.tile(np.arange(self.stride), self.top - self.agents + 1)
        return np.concatenate((np.zeros(self.agents, dtype=np.int64), rows))

    def number(self, s: Counts, q: Counts) -> Counts:
        """The number of each state (s, q); q is 0 wherever s < agents."""
        return np.where(s < self.agents, s, self.agents + (s - self.agents) * self.stride + q)


class Chain:
    """What happens within a space, and what it means for those who wait.

    `rate`: calls an agent ends per unit of time. `theta`: rate of giving up of one who waits.
    `balk`: share of those who would wait that leave at once.
    """

    def __init__(self, space: Space, rate: float, theta: float, balk: float) -> None:
        s, self.waiting = space.served(), space.waiting()
        overtime = s > space.agents
        self.space, self._theta = space, theta
        self.busy = np.minimum(s, space.agents)
        self.all_busy = s >= space.agents
        self.full = self.all_busy & (self.waiting == space.most)
        self.balks = np.where(self.all_busy & ~self.full, balk, 0.0)
        self.joins = np.where(self.full, 0.0, 1.0 - self.balks)
        self._down = np.where(overtime, 0.0, s * rate) + self.waiting * theta
        self._over = np.where(overtime, s * rate, 0.0)

    def forward(self, now: Floats, arrivals: Floats, time: float) -> tuple[Floats, Floats]:
        """State probabilities after `time`, and their integral over it.

        `now` has a row for each state and a column for each of the rates `arrivals`.
        """
        stride = self.space.stride
        up = self.joins[:, None] * arrivals
        leave = (self._down + self._over)[:, None] + up
        fastest = float(leave.max()) or 1.0
        up, stay = up / fastest, 1.0 - leave / fastest
        down, over = self._down[:, None] / fastest, self._over[:, None] / fastest
        end, integral = np.zeros_like(now), np.zeros_like(now)
        for exactly, more in _jumps(fastest * time):
            end += exactly * now
            integral += (more / fastest) * now
            then = stay * now
            then[1:] += (up * now)[:-1]
            then[:-1] += (down * now)[1:]
            if over.any():
                then[:-stride] += (over * now)[stride:]
            now = then
        return end, integral

    def backward(self, value: Floats, time: float) -> Floats:
        """Chances of a tagged customer with q ahead, `time` before they are `value`.

        Columns: answered, given up. States with a free agent stand for 'has been answered'.
        """
        stride = self.space.stride
        down, over, gone = (
            np.where(self.all_busy, rates, 0.0)[:, None]
            for rates in (self._down, self._over, self._theta)
        )
        fastest = float((down + over + gone).max()) or 1.0
        stay = 1.0 - (down + over + gone) / fastest
        down, over, gone = down / fastest, over / fastest, gone * np.array([0.0, 1.0]) / fastest
        before = np.zeros_like(value)
        for exactly, _ in _jumps(fastest * time):
            before += exactly * value
            then = stay * value + gone
            then[1:] += down[1:] * value[:-1]
            then[stride:] += over[stride:] * value[:-stride]
            value = then
        return before

    def wait_to_come(self) -> Floats:
        """Expected sum of all waits from each state on, if nobody arrives any more."""
        leave = self._down + self._over
        leave[0] = 1.0
        stride = self.space.stride
        moves = diags_array([leave, -self._down[1:]], offsets=[0, -1])
        overtime = diags_array(self._over[stride:], offsets=-stride, shape=moves.shape)
        return np.asarray(spsolve(csc_array(moves - overtime), self.waiting.astype(float)))


def change_staff(space: Space, state: Floats, agents: int) -> tuple[Space, Floats]:
    """The space of the new staff, and the state probabilities just after the change."""
    s, q = space.served(), space.waiting()
    taken = np.minimum(q, np.maximum(agents - s, 0))
    s, q = s + taken, q - taken
    top = max(agents, int(s[state.max(axis=1) > UNLIKELY].max()))
    after = Space(agents, top, space.most)
    kept = s <= top
    changed = np.zeros((after.size, state.shape[1]))
    np.add.at(changed, after.number(s[kept], q[kept]), state[kept])
    return after, changed


def chances_at_end(space: Space) -> Floats:
    """What a tagged customer's chances (answered, given up) have become when time is up."""
    return np.stack((space.served() < space.agents, np.zeros(space.size)), axis=1).astype(float)


def chances_before_change(before: Space, after: Space, value: Floats) -> Floats:
    """A tagged customer's chances just before staff changes, from `value` just after it."""
    s, ahead = before.served(), before.waiting()
    gap = np.maximum(after.agents - s, 0)
    answered = (s < before.agents) | (gap > ahead)
    after_number = after.number(np.where(answered, after.top, s + gap), np.maximum(ahead - gap, 0))
    return np.where(answered[:, None], np.array([1.0, 0.0]), value[after_number])


def _jumps(mean: float) -> Iterator[tuple[float, float]]:
    """P(N = k) and P(N > k) of a Poisson number N, for k from 0 to where N > k is unlikely."""
    k = np.arange(int(poisson.isf(UNLIKELY, mean)) + 2)
    return zip(poisson.pmf(k, mean).tolist(), poisson.sf(k, mean).tolist(), strict=True)
