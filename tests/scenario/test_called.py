"""What is said of a field under another name leads to a field that is there."""

import re

from sim.scenario import ai_agent, model, queues
from sim.scenario.called import CALLED
from sim.scenario.part import Part

PARTS = {
    name: one
    for module in (model, queues, ai_agent)
    for name, one in vars(module).items()
    if isinstance(one, type) and issubclass(one, Part)
}
FIELDS = {field for part in PARTS.values() for field in part.model_fields}
MISREAD = {"routing", "channels", "lines", "profiles", "roster", "exits", "breaks", "pace"}
"""Fields that are there, and are told how they are written."""


def test_every_name_is_looked_up_in_a_part_that_lacks_it():
    for part, name in CALLED:
        assert name in MISREAD or name not in PARTS[part].model_fields, (part, name)
        assert re.fullmatch(r"[a-z_]+", name), name  # as names are compared


def test_every_hint_names_a_field_that_exists():
    for hint in CALLED.values():
        named = re.findall(r"`(\w+)[:`]", hint)
        assert set(named) <= FIELDS, hint


def test_a_field_is_found_however_its_name_is_written():
    assert model.Reason.hint("Wrap-up time") == "; write `wrap: 30 s`"
    assert model.Reason.hint("no such thing") == ""
