"""A pool of chat agents who each hold several contacts at once, steady state, exact."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter

from oracles.chain import Move, stationary
from sim.theory.checks import positive, whole

State = tuple[int, ...]
"""Number of agents who hold 0, 1, ..., m contacts, then the number waiting."""


@dataclass(frozen=True, kw_only=True)
class ChatPool:
    """Long-run behaviour of the pool. Times are in the unit of the inputs.

    But for `p_block` (of the arrivals), probabilities and means are of the admitted.
    """

    p_block: float
    """Share of the arrivals that find the waiting room full."""
    p_wait: float
    """Share that find every agent holding as many contacts as allowed."""
    p_abandon: float
    """Share that give up waiting."""
    mean_wait: float
    """Mean wait, answered or not."""
    mean_queue: float
    """Mean number waiting."""
    mean_handling: float
    """Mean time from answer to end: `mean_service` slowed down by the contacts beside it."""
    levels: tuple[float, ...]
    """Mean share of the agents who hold 0, 1, ..., m contacts."""

    @property
    def occupancy_any(self) -> float:
        """Share of the agents' time with at least one contact in hand."""
        return 1.0 - self.levels[0]

    @property
    def occupancy_slots(self) -> float:
        """Share of all places for contacts that are taken."""
        return sum(j * part for j, part in enumerate(self.levels)) / (len(self.levels) - 1)


def chat_pool(
    arrival_rate: float,
    mean_service: float,
    agents: int,
    pace: Sequence[float],
    *,
    mean_patience: float,
    waiting_room: int,
) -> ChatPool:
    """Agents who hold up to m = len(pace) contacts; `waiting_room` places to wait.

    With j contacts in hand each of them advances at `pace[j - 1]`; `mean_service` (exponential) is
    the time at pace 1. A contact goes to an agent who holds fewest. `mean_patience` (exponential)
    may be infinite. Any one unit of time. Raises ValueError for an impossible quantity or more than
    300,000 states.

    Source: the Markov chain of the numbers of agents at each level, cf. Luo & Zhang (2013),
    Staffing and control of instant messaging contact centers, Operations Research 61(2).
    """
    arrival = positive("arrival_rate", arrival_rate)
    mu = 1.0 / positive("mean_service", mean_service)
    theta = 1.0 / positive("mean_patience", mean_patience, infinite=True)
    whole("agents", agents, at_least=1)
    whole("waiting_room", waiting_room, at_least=0)
    ends = [j * positive("pace", speed) * mu for j, speed in enumerate([1.0, *pace])]
    most = whole("number of paces", len(pace), at_least=1)

    def moves(state: State) -> Iterator[Move[State]]:
        *levels, queue = state
        least = next(j for j, number in enumerate(levels) if number > 0)
        if least < most:
            yield Move(_shifted(state, least, least + 1), arrival, "at once")
        elif queue < waiting_room:
            yield Move((*levels, queue + 1), arrival, "joined")
        else:
            yield Move(state, arrival, "blocked")
        for j in range(1, most + 1):
            after = (*levels, queue - 1) if queue > 0 else _shifted(state, j, j - 1)
            yield Move(after, levels[j] * ends[j], "ended")
        if queue > 0:
            yield Move((*levels, queue - 1), queue * theta, "abandoned")

    solved = stationary((agents, *(0,) * most, 0), moves)
    admitted = arrival - solved.flow("blocked")
    mean_queue = solved.mean(itemgetter(-1))
    levels = tuple(solved.mean(itemgetter(j)) / agents for j in range(most + 1))
    in_hand = agents * sum(j * part for j, part in enumerate(levels))
    return ChatPool(
        p_block=solved.flow("blocked") / arrival,
        p_wait=solved.flow("joined") / admitted,
        p_abandon=solved.flow("abandoned") / admitted,
        mean_wait=mean_queue / admitted,
        mean_queue=mean_queue,
        mean_handling=in_hand / solved.flow("ended"),
        levels=levels,
    )


def _shifted(state: State, before: int, after: int) -> State:
    """One agent passes from level `before` to level `after`."""
    changed = list(state)
    changed[before] -= 1
    changed[after] += 1
    return tuple(changed)
