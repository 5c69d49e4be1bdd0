"""Stationary probabilities of a continuous-time Markov chain given by its moves."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csc_array
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import splu

State = TypeVar("State", bound=Hashable)

_MOST_STATES = 300_000
_JUMPS = 300


class Move(NamedTuple, Generic[State]):
    """From a state to `target` at `rate`; `event` names what happens, for `Stationary.flow`.

    A move to the state itself changes no probability but counts as a flow (a blocked arrival).
    """

    target: State
    rate: float
    event: Hashable


@dataclass(frozen=True)
class Stationary(Generic[State]):
    """Long-run probability of each state, and how often each event happens per unit of time."""

    probability: Mapping[State, float]
    flows: Mapping[Hashable, float]

    def mean(self, f: Callable[[State], float]) -> float:
        """Long-run mean of `f` over time."""
        return sum(p * f(state) for state, p in self.probability.items())

    def flow(self, event: Hashable) -> float:
        """Events of this name per unit of time; 0 for one that never happens."""
        return self.flows.get(event, 0.0)


def stationary(start: State, moves: Callable[[State], Iterable[Move[State]]]) -> Stationary[State]:
    """Solve the balance equations of all states that can be reached from `start`.

    Moves of rate 0 are ignored. Raises ValueError if a rate is negative, more than 300,000 states
    can be reached, or not every state can be reached from every other. Two parts of the
    chain that pass into each other with probabilities below some 1e-300 are not weighed rightly.
    """
    outgoing = _explore(start, moves)
    number = {state: i for i, state in enumerate(outgoing)}
    source = np.repeat(np.arange(len(number)), [len(out) for out in outgoing.values()])
    target = np.array([number[move.target] for out in outgoing.values() for move in out], dtype=int)
    rate = np.array([move.rate for out in outgoing.values() for move in out])
    other = source != target
    probability = _solve(len(number), source[other], target[other], rate[other]).tolist()
    flows: dict[Hashable, float] = defaultdict(float)
    for p, out in zip(probability, outgoing.values(), strict=True):
        for move in out:
            flows[move.event] += p * move.rate
    return Stationary(dict(zip(number, probability, strict=True)), dict(flows))


def _explore(
    start: State, moves: Callable[[State], Iterable[Move[State]]]
) -> dict[State, list[Move[State]]]:
    """The moves of positive rate out of every state that can be reached."""
    outgoing: dict[State, list[Move[State]]] = {}
    seen, ahead = {start}, [start]
    while ahead:
        state = ahead.pop()
        outgoing[state] = [_checked(state, move) for move in moves(state) if move.rate != 0]
        new = {move.target for move in outgoing[state]} - seen
        seen |= new
        ahead.extend(new)
        if len(seen) > _MOST_STATES:
            raise ValueError(f"more than {_MOST_STATES} states can be reached from {start}")
    return outgoing


def _checked(state: State, move: Move[State]) -> Move[State]:
    if not 0 < move.rate < np.inf:
        raise ValueError(f"rate from {state} to {move.target} must not be {move.rate}")
    return move


def _solve(
    size: int, source: NDArray[np.int_], target: NDArray[np.int_], rate: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The probabilities that balance: relative to a likely state, then scaled to sum to one.

    Without that state the system is diagonally dominant by columns, so elimination needs no
    pivoting (Stewart, Introduction to the Numerical Solution of Markov Chains, 1994).
    """
    flow = coo_array((rate, (target, source)), shape=(size, size))
    parts, _ = connected_components(flow, connection="strong")
    if parts > 1:
        raise ValueError("not every state can be reached from every other")
    leave = np.bincount(source, weights=rate, minlength=size)
    diagonal = coo_array((leave, (np.arange(size), np.arange(size))), shape=(size, size))
    balance = csc_array(diagonal - flow)
    relative = np.ones(size)
    if size > 1:
        likely = _likely_state(balance, float(leave.max()))
        rest = np.delete(np.arange(size), likely)
        inflow = -balance[:, [likely]].toarray().ravel()
        factors = splu(
            csc_array(balance[rest][:, rest]),
            permc_spec="MMD_AT_PLUS_A",
            diag_pivot_thresh=0.0,
            options={"SymmetricMode": True},
        )
        relative[rest] = factors.solve(inflow[rest])
    probability: NDArray[np.float64] = relative / relative.sum()
    return probability


def _likely_state(balance: csc_array, fastest: float) -> int:
    """The likeliest state some time after all states were equally likely."""
    guess = np.ones(balance.shape[0])
    for _ in range(_JUMPS):
        guess -= (balance @ guess) / fastest
    return int(guess.argmax())
