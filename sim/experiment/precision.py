"""When a study is exact enough, and how many replications that takes."""

from __future__ import annotations

from collections.abc import Sequence

from sim.experiment.luck import Luck
from sim.experiment.runner import OnStage, Runner, Sample
from sim.experiment.study import Precision, Study
from sim.measures import values
from sim.stats.intervals import ratio_interval
from sim.stats.precision import replications_needed
from sim.tables import Floats

FIRST_STAGE = 20
"""Replications that tell how many more are needed."""

FIRST_WITH_CONTROLS = 30
"""Replications of all options before the first is dropped, where luck is known and taken out."""

MOST = 2_000
"""Replications at which a study without a limit of its own gives up."""

MOST_EVER = 10**9
"""No study asks for more: an exactness that is out of reach is told as this."""


def replications_for(
    precision: Precision, sample: Sample, confidence: float, controls: Floats | None = None
) -> int:
    """How many replications a sample probably needs for a precision; 0 if it has them.

    Nothing is needed where nothing helps: the measure is undefined, or 0 and the precision
    relative, or the sample has no interval yet. `controls` as of `estimate`.
    """
    sums = values(sample.scenario, sample.tallies, precision.measure)
    found = ratio_interval(*sums, confidence, controls)
    width = precision.half_width.of(float(found.value))
    if not width > 0.0:
        return 0
    needed = float(replications_needed(found, len(sample), absolute=width))
    return len(sample) + int(min(needed, MOST_EVER)) if needed > 0.0 else 0


def run_equally(
    study: Study,
    samples: Sequence[Sample],
    runner: Runner,
    luck: Luck,
    on_stage: OnStage | None = None,
) -> None:
    """Run all samples equally often: as often as the study says, or until each is exact enough.

    luck: what is known of it, of one of the samples.

    Raises:
        ClusterError, StoreError: as `Runner.extend`.
    """
    usual = study.reference.scenario.run.replications
    if study.precision is None:
        runner.extend(samples, study.replications or usual)
        return
    limit = study.replications or MOST
    wanted = min(max(FIRST_STAGE, usual), limit)
    while wanted > len(samples[0]):
        runner.extend(samples, wanted)
        known = luck.known(wanted)
        goal = max(
            replications_for(study.precision, one, study.confidence, known) for one in samples
        )
        # the estimate of what is needed gets better on the way: never more than twice as many
        wanted = min(goal, 2 * wanted, limit)
        if on_stage is not None and wanted > len(samples[0]):
            on_stage(sum(min(goal, limit) - len(one) for one in samples))
