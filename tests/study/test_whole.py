"""Problems in whole numbers: what costs least, and nothing said where the answer goes."""

from __future__ import annotations

import ctypes
import os
from typing import Any

import numpy as np
import pytest
import scipy.optimize

from sim.experiment.staffing.whole import Problem


@pytest.mark.skipif(os.name != "posix", reason="the system's library is called by its name there")
def test_what_the_solver_prints_goes_nowhere(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """HiGHS prints as C programs do: into a buffer that is written later."""
    usual = scipy.optimize.milp

    def chatty(*args: Any, **options: Any) -> Any:
        ctypes.CDLL(None).printf(b"tmpSolver.run();\n")
        os.write(1, b"directly\n")
        return usual(*args, **options)

    monkeypatch.setattr(scipy.optimize, "milp", chatty)
    print("before")
    problem = Problem()
    problem.add("these", np.array([1.0]), whole=True)
    problem.add("those", np.array([1.5]), whole=True)
    problem.limit(3.0, these=np.array([[2.0]]), those=np.array([[1.0]]))
    assert problem.least() == {"these": [2.0], "those": [0.0]}
    print("after")
    ctypes.CDLL(None).fflush(None)
    assert capfd.readouterr().out == "before\nafter\n"


def test_groups_that_a_limit_does_not_name_have_no_part_in_it() -> None:
    """At most 2 of the cheap ones, each of the others at most 1.5: of 6 the rest is a dear one."""
    problem = Problem()
    problem.add("cheap", np.array([1.0, 1.0]), whole=True)
    problem.add("part", np.array([2.0, 2.0]), np.array([1.5, 1.5]))
    problem.add("dear", np.array([5.0]))
    problem.limit(6.0, cheap=np.ones((1, 2)), part=np.ones((1, 2)), dear=np.ones((1, 1)))
    problem.limit(0.0, 2.0, cheap=np.ones((1, 2)))
    found = problem.least()
    assert found is not None
    assert found["cheap"].sum() == pytest.approx(2.0)
    assert found["part"].tolist() == pytest.approx([1.5, 1.5])
    assert found["dear"].tolist() == pytest.approx([1.0])


def test_what_cannot_be_has_no_answer() -> None:
    problem = Problem()
    problem.add("these", np.array([1.0]), 1.0, whole=True)
    problem.limit(2.0, these=np.ones((1, 1)))
    assert problem.least() is None
