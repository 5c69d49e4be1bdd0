"""Names that analysts import from the packages themselves, each when it is asked for."""

from __future__ import annotations

import subprocess
import sys

import pytest

import sim.experiment
import sim.stats


@pytest.mark.parametrize(
    ("package", "names"),
    [
        (sim.experiment, [*sim.experiment._HOMES]),
        (sim.stats, " ".join(sim.stats._HOMES.values()).split()),
    ],
)
def test_every_name_is_there(package: object, names: list[str]) -> None:
    assert len(names) > 10
    for name in names:
        assert getattr(package, name) is not None
    with pytest.raises(AttributeError, match="nothing_like_it"):
        _ = package.nothing_like_it  # type: ignore[attr-defined]


def test_factors_are_given_as_on_the_command_line() -> None:
    [factor] = sim.experiment.factors_given(["pools.team.presence=80 %, 90 %"])
    assert (factor.path, factor.values) == ("pools.team.presence", ("80 %", "90 %"))


def test_the_packages_alone_import_nothing() -> None:
    code = "import sys, sim.experiment, sim.stats; print('numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False"]
