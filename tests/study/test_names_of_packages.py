"""Names that analysts import from the packages themselves, each when it is asked for."""

from __future__ import annotations

import subprocess
import sys
from types import ModuleType

import pytest

import sim.experiment
import sim.stats
import sim.theory


@pytest.mark.parametrize("package", [sim, sim.experiment, sim.stats, sim.theory])
def test_every_name_is_there(package: ModuleType) -> None:
    names = dir(package)
    assert len(names) >= 7
    for name in names:
        assert getattr(package, name) is not None
    with pytest.raises(AttributeError, match="nothing_like_it"):
        _ = package.nothing_like_it


def test_factors_are_given_as_on_the_command_line() -> None:
    [factor] = sim.experiment.factors_given(["pools.team.presence=80 %, 90 %"])
    assert (factor.path, factor.values) == ("pools.team.presence", ("80 %", "90 %"))


def test_the_packages_alone_import_nothing() -> None:
    code = "import sys, sim.experiment, sim.stats, sim.theory; print('numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False"]
