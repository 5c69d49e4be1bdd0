"""What to write for a field that is missing, misread, called otherwise, or looked for elsewhere.

It stands in `called.txt`, a line for one or several names.
"""

from __future__ import annotations

import re
from importlib.resources import files

CALLED: dict[tuple[str, str], str] = {}
"""Part, and a field of it or what people call one -> what to write."""

NEEDED: dict[str, list[str]] = {}
"""Part -> the fields with a star, which are needed."""

_part = ""
for _line in (files("sim.scenario") / "called.txt").read_text(encoding="utf-8").splitlines():
    if not _line.startswith(" "):
        _part = _line
        continue
    _names, _, _hint = _line.strip().partition(": ")
    NEEDED.setdefault(_part, []).extend(re.findall(r"\*(\w+)", _names))
    CALLED |= {(_part, _name): _hint for _name in re.findall(r"\w+", _names)}
