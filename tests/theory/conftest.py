"""Printed and independently computed results that several tests compare with."""

import json
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def published() -> dict[str, Any]:
    """Cases by their number, as in published.json; each names its source."""
    text = Path(__file__).with_name("published.json").read_text(encoding="utf-8")
    cases: dict[str, Any] = json.loads(text)
    return cases
