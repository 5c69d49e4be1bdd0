"""What a run says of the centre, whoever simulated it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from sim.tables import Codes, Floats, Ints, Outcome


class Log(Protocol):
    """What most sides return, one row a customer."""

    @property
    def outcome(self) -> Codes: ...
    @property
    def arrived(self) -> Floats: ...
    @property
    def ended(self) -> Floats: ...
    @property
    def agent(self) -> Ints: ...
    @property
    def freed(self) -> Floats: ...


@dataclass(frozen=True)
class Facts:
    """Of one replication."""

    answered: int
    abandoned: int
    mean_wait: float

    @classmethod
    def of(cls, log: Log) -> Facts:
        """The facts of a log."""
        return cls(
            answered=int((log.outcome == Outcome.ANSWERED).sum()),
            abandoned=int((log.outcome == Outcome.ABANDONED).sum()),
            mean_wait=float((log.ended - log.arrived).mean()),
        )

    def near(self, other: Facts) -> bool:
        """Whether the order of simultaneous events may make the difference.

        On the hour several agents come and go at one instant, and every side has them in an order
        of its own. One answer in a thousand and 3 % of the mean wait are more than that changed in
        any replication looked at, at 2,000, 20,000 and 100,000 contacts (0.06 % and 2.2 %).
        """
        a, b = self, other
        contacts = b.answered + b.abandoned
        return (
            a.answered + a.abandoned == contacts
            and abs(a.answered - b.answered) <= 0.001 * contacts
            and abs(a.mean_wait - b.mean_wait) <= 0.03 * b.mean_wait
        )
