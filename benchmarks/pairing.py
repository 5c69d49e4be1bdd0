"""What common random numbers save: `python -m benchmarks.pairing [--write] [--replications N]`.

Options to cover evenings and weekends of the web shop (`benchmarks/evenings/evening-weekend.yaml`)
are run on the same customers, and once more each with a seed of its own. A ratio says how many
times as large the variance of a difference is with independent seeds, so how many times as many
replications the same interval would take.

Where two options serve the same hours, what chance does to one it does to the other. Where one
serves hours in which the other is closed, the sales won there are in one option only: their chance
is part of the difference, and no way of drawing takes it out. Knowing the chances does: the
expected margin counts a customer's chance to buy x the mean basket instead of the one sale that
happened or not. What is left then is how much busier one week is than another.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from itertools import combinations
from pathlib import Path

import numpy as np

from benchmarks.bench import machine
from sim.experiment.runner import Runner, Sample
from sim.experiment.study_file import load_study
from sim.measures import CATALOGUE, values
from sim.tables import Floats

STUDY = Path(__file__).parent / "evenings" / "evening-weekend.yaml"
RESULTS = Path(__file__).with_name("PAIRING.md")
MEASURES = (
    *("margin", "expected_margin", "incremental_revenue", "cost", "contacts", "answered"),
    *("conversion", "service_level", "abandonment", "satisfaction"),
)
TARGET = 10.0

Samples = Mapping[str, Sample]


def run(replications: int) -> tuple[Samples, Samples]:
    """Each option on the same customers, and each with a seed of its own."""
    study = load_study(STUDY)
    with Runner(splits=["total"]) as runner:
        same, own = (
            {
                name: runner.sample(option.scenario, study.seed + k * number)
                for number, (name, option) in enumerate(study.options.items(), start=1)
            }
            for k in (0, 1000)
        )
        runner.extend([*same.values(), *own.values()], replications)
    return same, own


def variance(one: Sample, other: Sample, measure: str) -> float:
    """Of the difference of two options in one replication."""
    return float(np.nanvar(_values(one, measure) - _values(other, measure), ddof=1))


def _values(sample: Sample, measure: str) -> Floats:
    num, den = values(sample.scenario, sample.tallies, measure)
    return np.asarray(num / np.where(den > 0, den, np.nan))


def ratio(same: Samples, own: Samples, a: str, b: str, measure: str, with_own: str = "") -> float:
    """Variance with own seeds (of another measure, if given) over that on the same customers."""
    paired = variance(same[a], same[b], measure)
    alone = variance(own[a], own[b], with_own or measure)
    return alone / paired if paired > 0 else np.inf


def against_the_first(same: Samples, own: Samples) -> list[str]:
    """A table of measures by option, against the first option."""
    first, *others = same
    rows = [["", *others], ["---", *["---:"] * len(others)]]
    for measure in MEASURES:
        ratios = [ratio(same, own, name, first, measure) for name in others]
        rows.append([CATALOGUE[measure].label, *(f"{one:,.1f}" for one in ratios)])
    return _table(rows)


def of_all_pairs(same: Samples, own: Samples) -> list[str]:
    """A table of pairs of options: margins with own seeds against what pairing makes of them."""
    head = ["", "margin", "expected margin", "margin alone / expected margin paired"]
    rows = [head, ["---", "---:", "---:", "---:"]]
    both = []
    for a, b in combinations(same, 2):
        plain = ratio(same, own, a, b, "margin")
        expected = ratio(same, own, a, b, "expected_margin")
        both.append(ratio(same, own, a, b, "expected_margin", with_own="margin"))
        rows.append([f"{b} - {a}", *(f"{one:,.1f}" for one in (plain, expected, both[-1]))])
    reached = sum(one >= TARGET for one in both)
    verdict = (
        f"- target {TARGET:g} times, for the margin of coverage options: reached by {reached} of "
        f"{len(both)} pairs when the luck of single sales is averaged out as well"
    )
    return [*_table(rows), "", verdict]


def _table(rows: list[list[str]]) -> list[str]:
    return ["| " + " | ".join(row) + " |" for row in rows]


def report(replications: int) -> list[str]:
    """Run everything; the lines of the report."""
    same, own = run(replications)
    reference = next(iter(same))
    return [
        f"## Every option against `{reference}`",
        "",
        *against_the_first(same, own),
        "",
        "## Every pair",
        "",
        *of_all_pairs(same, own),
    ]


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pairing", description=__doc__)
    parser.add_argument("--replications", type=int, default=400)
    parser.add_argument("--write", action="store_true", help=f"also write {RESULTS.name}")
    args = parser.parse_args()
    error = np.sqrt(4 / (args.replications - 1))  # of the log of a ratio of two variances
    lines = ["# Common random numbers", ""]
    lines += ["Written by `python -m benchmarks.pairing --write`; do not edit.", "", *machine()]
    lines += [
        f"- {args.replications} replications: a ratio is known to about {error:.0%} (one standard "
        "error)",
        "",
    ]
    for paragraph in str(__doc__).split("\n\n")[1:]:
        lines += [" ".join(paragraph.split()), ""]
    lines += report(args.replications)
    print("\n".join(lines))
    if args.write:
        RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
