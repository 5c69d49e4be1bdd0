"""In CI nothing is skipped: a part that is missing there is a failure of the set-up."""

from __future__ import annotations

import os
from collections.abc import Generator
from typing import Any

import pytest

NOTHING_MAY_BE_MISSING = os.environ.get("CI") == "true"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skip into a failure."""
    return _no_skip((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a module that skips itself."""
    return _no_skip((yield))


def _no_skip(report: Any) -> Any:
    if NOTHING_MAY_BE_MISSING and report.outcome == "skipped" and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI, where nothing may be missing: {report.longrepr}"
    return report
