"""A report as one HTML file that needs nothing from elsewhere: no network, no other file."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from math import isnan
from typing import Any

from jinja2 import Environment, StrictUndefined

from sim.measures import CATALOGUE
from sim.report import words
from sim.report.blocks import Cell, Dataset, Picture, Report, Text
from sim.report.pictures import as_json, compact, drawn, shown_data
from sim.report.vega import vega_script

TEMPLATES = files("sim.report") / "templates"


def to_html(report: Report) -> str:
    """The page. All texts of the report stand in it as text, whatever they hold."""
    charts = report.charts()
    names: dict[int, str] = {}  # of the data, by identity: what pictures share is there once
    datasets: dict[str, Dataset] = {}
    for chart in charts:
        for data in chart.picture.data.values():
            datasets[names.setdefault(id(data), f"d{len(names)}")] = data
    views = {chart.name: _view(chart.picture, names) for chart in charts}
    page: str = _template().render(
        report=report,
        names={block.name for block in report.blocks() if not isinstance(block, Text)}
        | {chart.name for chart in charts},
        definitions=[CATALOGUE[name] for name in report.measures() if name in CATALOGUE],
        picture=next((one for one in charts if one.name == report.picture), None),
        data=as_json({"views": views, **compact(datasets)}),
        vega=vega_script(),
        style=_file("report.css"),
        script=_file("report.js"),
    )
    return page


def _view(picture: Picture, names: dict[int, str]) -> dict[str, Any]:
    """What the page's script needs of a picture."""
    return {
        "vega": picture.vega,
        "data": {local: names[id(data)] for local, data in picture.data.items()},
        "filters": picture.filters,
        "table": shown_data(picture.vega),
        "columns": picture.columns,
    }


@cache
def _file(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


@cache
def _template() -> Any:
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda said: words.shown(said) if type(said) is str else said,
    )
    environment.filters["together"] = _together
    environment.globals["drawn"] = drawn
    environment.filters["kind"] = lambda block: type(block).__name__
    environment.globals["sort_key"] = _sort_key
    return environment.from_string(_file("report.html"))


def _together(text: str) -> str:
    """Numbers are not torn from their units at the end of a line."""
    return re.sub(r"(?<=\d) (?=(%|h|s|min|[A-Z]{3})(\b|\W|$))", "\u00a0", text)


def _sort_key(cell: Cell) -> str:
    """What the page's script sorts a cell by; nothing for a cell without a value."""
    if cell.sort is None or (isinstance(cell.sort, float) and isnan(cell.sort)):
        return ""
    return f"{cell.sort:.10g}" if isinstance(cell.sort, float) else str(cell.sort)
