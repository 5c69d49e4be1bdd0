"""Stretches of time of people, as columns, and what is left of them when others are taken out."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from sim.tables import Floats, Ints


@dataclass(frozen=True)
class Pieces:
    """Stretches [on, off] of agents, seconds; those of one agent do not overlap.

    day: on which the shift began that the piece is part of: presence is drawn by day.
    rest: seconds that the breaks before the piece last together, however late they begin; 0 if
        there are none, or if they end as planned.
    """

    agent: Ints
    on: Floats
    off: Floats
    day: Ints
    rest: Floats

    @classmethod
    def of(cls, agent: Ints, on: Floats, off: Floats, day: Ints) -> Pieces:
        """Pieces that no break precedes."""
        return cls(agent, on, off, day, np.zeros(len(agent)))

    def __len__(self) -> int:
        return len(self.agent)

    def at(self, which: np.ndarray) -> Pieces:
        """Some of them."""
        return Pieces(*(getattr(self, field.name)[which] for field in fields(self)))

    def in_order(self) -> Pieces:
        """By agent, then time."""
        return self.at(np.lexsort((self.on, self.agent)))

    def joined(self) -> Pieces:
        """Pieces of the same agent that meet made one; they are in order."""
        if len(self) == 0:
            return self
        begins = np.ones(len(self), dtype=bool)
        begins[1:] = (self.agent[1:] != self.agent[:-1]) | (self.on[1:] > self.off[:-1])
        off = self.off[np.append(begins[1:], True)]
        return Pieces(self.agent[begins], self.on[begins], off, self.day[begins], self.rest[begins])

    def without(self, holes: Pieces) -> Pieces:
        """What is left outside the holes, in order. A hole's rest is that of the piece after it.

        Holes may overlap. Breaks that meet are taken one after the other: their rests add up.
        """
        if len(self) == 0 or len(holes) == 0:
            return self.in_order()
        pieces, number = self.in_order(), len(self)
        agent = np.concatenate([pieces.agent, pieces.agent, holes.agent, holes.agent])
        time = np.concatenate([pieces.on, pieces.off, holes.on, holes.off])
        kinds = np.repeat(np.arange(4), [number, number, len(holes), len(holes)])
        rest = np.concatenate([pieces.rest, np.zeros(number + len(holes)), holes.rest])
        order = np.lexsort((time, agent))
        agent, time, kind, rest = agent[order], time[order], kinds[order], rest[order]
        begun = np.cumsum(kind == 0)
        inside = begun - np.cumsum(kind == 1)
        holed = np.cumsum(kind == 2) - np.cumsum(kind == 3)
        # what is said at one instant counts for the stretch that begins there
        same = (agent[1:] == agent[:-1]) & (time[1:] == time[:-1])
        first = np.flatnonzero(np.append(True, ~same))
        last = np.append(first[1:], len(time)) - 1
        on_duty, free = inside[last] > 0, holed[last] == 0
        begins = on_duty & free
        # the end of a shift parts the breaks before it from those after it
        after_break = np.append(pieces.rest > 0, False)
        after_break[:-1] &= np.append(False, pieces.agent[1:] == pieces.agent[:-1])
        parts = begins | (~on_duty & free & ~after_break[begun[last]])
        total = np.cumsum(np.add.reduceat(rest, first))[parts]
        rest = np.diff(total, prepend=0.0)[begins[parts]]
        kept = np.flatnonzero(begins)
        on, off = time[first[kept]], time[first[np.minimum(kept + 1, len(first) - 1)]]
        piece = begun[last[kept]] - 1
        return Pieces(agent[first[kept]], on, off, pieces.day[piece], rest)


def together(*pieces: Pieces) -> Pieces:
    """All of them, one after the other."""
    return Pieces(
        *(np.concatenate([getattr(one, field.name) for one in pieces]) for field in fields(Pieces))
    )


NONE = Pieces.of(np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0), np.zeros(0, dtype=np.int64))
