"""What is said of a field, or of one under another name, leads to a field that is there."""

import re
from collections.abc import Iterator

from sim.data.maps import Map
from sim.experiment.staffing.goal import Shifts
from sim.experiment.study_file import StudyFile
from sim.scenario.called import CALLED, NEEDED
from sim.scenario.model import Reason, Scenario
from sim.scenario.part import Part

ROOTS = (Scenario, StudyFile, Shifts, Map)  # with all that they import


def _parts(of: type[Part]) -> Iterator[type[Part]]:
    for one in of.__subclasses__():
        yield one
        yield from _parts(one)


PARTS = {one.__name__: one for one in _parts(Part)}
FIELDS = {field for part in PARTS.values() for field in part.model_fields}
MISREAD = {"routing", "channels", "lines", "profiles", "roster", "exits", "breaks", "pace"}
"""Fields that are there, and are told how they are written."""


def test_every_name_is_looked_up_in_a_part_that_lacks_it_or_needs_it():
    for part, name in CALLED:
        there = name in PARTS[part].model_fields
        assert there if name in NEEDED[part] else not there or name in MISREAD, (part, name)
        assert re.fullmatch(r"[a-z_]+", name), name  # as names are compared


def test_every_field_that_has_to_be_said_is_told_how():
    for name, part in PARTS.items():
        for field, one in part.model_fields.items():
            if one.is_required() and part.__module__ == "sim.scenario.model":
                assert field in NEEDED.get(name, ()) or (name, field) in FILLED_IN, (name, field)


FILLED_IN = {("ClosedDoor", "lost"), ("Channel", "live")}
"""Fields without a default that follow from others."""


def test_every_hint_names_a_field_that_exists():
    for hint in CALLED.values():
        named = re.findall(r"`(\w+)[:`]", hint)
        assert set(named) - {"arrived"} <= FIELDS, hint  # that one stands in `columns`


def test_a_field_is_found_however_its_name_is_written():
    assert Reason.hint("Wrap-up time") == "; write `wrap: 30 s`"
    assert Reason.hint("no such thing") == ""
