"""What is known of the luck of a study's replications: its control variates."""

from __future__ import annotations

import numpy as np

from sim.draws import Setting, prepare
from sim.experiment.paired import each
from sim.experiment.runner import Sample
from sim.experiment.study import Study
from sim.measures import measure_of, sums_at
from sim.measures.controls import controls_of, expects_any
from sim.stats.control import controlled, places
from sim.tables import Floats


class Luck:
    """The customers that came in each replication, less how many were expected.

    They are those of the reference option, for all options: a quantity of known mean can be a
    control of anything that was run with the same luck, and so that differences are controlled as
    the options are, all have the same ones.

    Args:
        study: whether control variates are used.
        reference: the replications of its reference option; they may grow.
        setting: of its scenario, where it has been worked out already.
    """

    def __init__(self, study: Study, reference: Sample, setting: Setting | None = None) -> None:
        self._study, self.reference, self._setting = study, reference, setting
        self._on = study.control_variates and expects_any(reference.scenario)
        self._all = np.zeros((0, 0))

    def also(self, sample: Sample) -> Luck:
        """What is known of the luck of other replications of the reference."""
        return Luck(self._study, sample, self._setting)

    def controls(self) -> bool:
        """Whether there are any."""
        return self._on

    def known(self, replications: int) -> Floats | None:
        """[replication, control] those used with so many replications; None without any.

        replications: how many there are; the reference has at least as many.
        """
        chosen = self.used(replications)
        return self.of(chosen)[:replications] if chosen else None

    def used(self, replications: int) -> list[int]:
        """Which controls are used with so many replications."""
        return places(self._every(), replications) if self._on else []

    def of(self, chosen: list[int]) -> Floats:
        """[replication, control] some controls, of all replications there are."""
        return np.asarray(self._every()[:, chosen])

    def taken_out(self, measure: str, sample: Sample) -> Floats:
        """[replication] numbers whose mean is a measure, with the luck taken out that is known."""
        plain = each(sums_at(sample.scenario, sample.tallies, measure), measure)
        ratio = not measure_of(measure).is_total
        return controlled(plain, self.known(len(sample)), jackknife=ratio)[0]

    def _every(self) -> Floats:
        if len(self._all) != len(self.reference):
            self._setting = self._setting or prepare(self.reference.scenario)
            self._all = controls_of(self._setting, self.reference.tallies)
        return self._all
