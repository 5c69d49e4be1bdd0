"""An AI agent that talks with customers first, and hands over to people what it cannot do."""

from __future__ import annotations

from sim.scenario.by import ByReason
from sim.scenario.by_time import NumberByTime, each_of
from sim.scenario.distribution_fields import DurationDist
from sim.scenario.faults import Wrong
from sim.scenario.part import Part
from sim.scenario.transfers import Destination
from sim.scenario.values import Duration, Ratio, Share, TimedShare


class AiAgent(Part):
    """What becomes of the conversations of a pool whose agents are conversations of an AI agent.

    It resolves the easiest matters: which they are is the customer's, not chance. Of the others
    some are resolved only in its own eyes, some leave without a word, the rest is handed over.
    """

    # Of customers: the easiest; and those who do so at once.
    resolves: ByReason[TimedShare] = ByReason[float | NumberByTime].of(0.0)
    asks_for_person: ByReason[TimedShare] = ByReason[float | NumberByTime].of(0.0)
    asked_after: Duration = 20.0  # until they have said so
    wrong: Share = 0.0  # of those not resolved: told something wrong, counted as resolved by it
    leaves: Share = 0.0  # of those not resolved: gone without a word
    talk: DurationDist  # of a conversation, however it ends
    hands_over_to: Destination | None = None
    handle_after: Ratio = 1.0  # of people's usual handle time, after a hand-over

    def inconsistencies(self, wrong: Wrong) -> None:
        if self.wrong + self.leaves > 1 + 1e-9:
            message = f"and `leaves` add up to {100 * (self.wrong + self.leaves):.6g} %"
            wrong.add(message + ", more than all whom it does not help", "wrong")
        some_ask = any(any(each_of(one)) for one in self.asks_for_person.leaves())
        if self.hands_over_to is None and (some_ask or self.wrong + self.leaves < 1 - 1e-9):
            wrong.add(
                "is missing; say who takes the others, as in `hands_over_to: team`", "hands_over_to"
            )
