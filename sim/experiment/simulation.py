"""A scenario made ready to be replicated, and one replication of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.draws import draw, once, prepare
from sim.draws.luck import customer_luck
from sim.engine import make_plan, simulate, sooner
from sim.experiment.memory import keep_memory
from sim.measures import SPLITS, Basis, Check, Tally, checks, make_basis, measure
from sim.scenario import Scenario
from sim.tables import ContactLog, Draws, DutyLog

if TYPE_CHECKING:
    from sim.draws import Alike, Setting
    from sim.engine import Plan


@dataclass(frozen=True)
class Simulation:
    """A scenario made ready to be replicated."""

    setting: Setting
    plan: Plan
    basis: Basis
    seed: int
    engine: str

    @classmethod
    def of(
        cls, scenario: Scenario, seed: int, engine: str, alike: Alike | None = None
    ) -> Simulation:
        """Prepare a scenario; what is `alike` in others is drawn once (`sim.draws.shared_luck`)."""
        keep_memory()
        setting = prepare(scenario, alike)
        return cls(setting, make_plan(setting), make_basis(setting), seed, engine)

    def play(self, replication: int) -> tuple[Draws, ContactLog, DutyLog]:
        """Run one replication."""
        draws = draw(self.setting, self.seed, replication)
        return draws, *simulate(self.plan, draws, sooner(self.plan, draws, self.engine))

    def measure(
        self,
        replication: int,
        wanted: Collection[str] | None = None,
        splits: Collection[str] = SPLITS,
        played: str | None = None,
        *,
        pictures: bool = False,
    ) -> tuple[Tally, ContactLog]:
        """Run one replication and add it up.

        Args:
            replication: its number.
            wanted, splits, pictures: as of `sim.measures.measure`.
            played: names all that what happens depends on, where other scenarios, which measure it
                otherwise, have that in common with this one.
        """
        if played is None:
            draws, log, duty = self.play(replication)
        else:
            draws, log, duty = once((played, replication), lambda: self.play(replication))
        luck = customer_luck(self.setting, self.seed, replication, draws.reason_size)
        told = (draws, luck, log, duty, wanted, splits)
        return measure(self.basis, *told, pictures=pictures), log

    def check(self, replication: int) -> list[Check]:
        """Run one replication and check the laws that hold on every log and tally."""
        draws, log, duty = self.play(replication)
        luck = customer_luck(self.setting, self.seed, replication, draws.reason_size)
        return checks(self.basis, draws, log, duty, measure(self.basis, draws, luck, log, duty))
