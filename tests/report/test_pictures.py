"""Pictures: the same, whatever was drawn before them."""

from __future__ import annotations

import re

from sim.report.cells import week_map
from sim.report.charts import Shown
from sim.report.html import drawn
from sim.report.pictures import as_svg, with_data


def test_a_picture_does_not_depend_on_those_before_it() -> None:
    data = {"hour": [0, 30, 60], "value": [1.0, 2.0, 3.0]}
    picture = week_map(data, Shown("value", "contacts"), top="datum.value")
    assert drawn(picture) == drawn(picture)
    svg = as_svg(with_data(picture.vega, picture.data))
    (gradient,) = re.findall(r'id="(gradient[^"]*)"', svg)
    assert gradient == "gradient_0"
    assert f"url(#{gradient})" in svg
