"""The solver of problems in whole numbers says nothing where the answer goes."""

from __future__ import annotations

import ctypes
import os
from typing import Any

import numpy as np
import pytest
import scipy.optimize

from sim.experiment.staffing.whole import solved

PROBLEM = (
    np.array([1.0, 1.5]),
    np.ones(2, np.int64),
    scipy.optimize.Bounds(0),
    [scipy.optimize.LinearConstraint(np.array([[2.0, 1.0]]), 3.0, np.inf)],
)


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
    assert solved(*PROBLEM).x.tolist() == [2.0, 0.0]
    print("after")
    ctypes.CDLL(None).fflush(None)
    assert capfd.readouterr().out == "before\nafter\n"
