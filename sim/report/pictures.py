"""Pictures: from specifications to Vega, which browsers draw, and to SVG and PNG files."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from math import isfinite
from pathlib import Path
from typing import Any

from sim.report.blocks import Dataset, Picture, Report, Spec

PIXELS = 2.0
"""Of a PNG for each of the picture's own: sharp on screens and on paper."""


def write_pictures(report: Report, folder: Path) -> None:
    """Every picture of a report as SVG and PNG.

    Raises:
        OSError: if they cannot be written.
    """
    import vl_convert

    folder.mkdir(parents=True, exist_ok=True)
    for chart in report.charts():
        vega = with_data(chart.picture.vega, chart.picture.data)
        svg = as_svg(vega)
        (folder / f"{chart.name}.svg").write_text(svg, encoding="utf-8")
        png = vl_convert.svg_to_png(svg, scale=PIXELS)
        (folder / f"{chart.name}.png").write_bytes(png)


def drawn(picture: Picture) -> str:
    """A picture as the address of an image, which stands still: for a page's first look."""
    svg = as_svg(with_data(picture.vega, picture.data))
    return f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"


def as_svg(vega: Spec) -> str:
    """A picture with its data as SVG; what it is made of is numbered from 0 in each."""
    import vl_convert

    svg: str = vl_convert.vega_to_svg(vega)  # which numbers on from one picture to the next
    names = dict.fromkeys(re.findall(r'id="(gradient_|clip)(\d+)"', svg))
    new = {"".join(name): f"{name[0]}{place}" for place, name in enumerate(names)}
    return re.sub(r"\b(?:gradient_|clip)\d+\b", lambda found: new.get(found[0], found[0]), svg)


def altair_chart(report: Report, name: str) -> Any:
    """A picture of a report, with its data, as an Altair chart to look at or to go on with.

    A name that several pictures begin with, such as `waits` of several channels, is the first one's
    too.

    Raises:
        ValueError: if there is none of this name; says which there are.
    """
    import altair as alt

    charts = report.charts()
    found = [one for one in charts if one.name == name]
    found += [one for one in charts if one.name.startswith(f"{name}-")]
    if not found:
        names = ", ".join(one.name for one in charts)
        raise ValueError(f"there is no chart '{name}'; there is {names}")
    spec, data = dict(found[0].picture.spec), found[0].picture.data
    # what Vega-Lite hands on to Vega, and Altair does not know
    legend = {key: value for key, value in spec["config"]["legend"].items() if key != "layout"}
    spec["config"] = {**spec["config"], "legend": legend}
    spec["datasets"] = {**spec.get("datasets", {}), **{key: rows(of) for key, of in data.items()}}
    return alt.Chart.from_dict(spec)


def with_data(vega: Spec, datasets: Mapping[str, Dataset]) -> Spec:
    """The picture with its data in it."""
    data = [
        {**one, "values": rows(datasets[one["name"]])} if one["name"] in datasets else one
        for one in vega["data"]
    ]
    return {**vega, "data": data}


OF_EVERY_OBJECT = (
    *("constructor", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable"),
    *("toLocaleString", "toString", "valueOf", "__proto__", "__defineGetter__"),
    *("__defineSetter__", "__lookupGetter__", "__lookupSetter__"),
)
"""Names that every JavaScript object has: Vega stumbles over groups that are called so."""


def for_vega(name: str) -> str:
    """A name that Vega can group by; the page's script does the same. It looks as before."""
    return f"{name}\u200b" if name in OF_EVERY_OBJECT else name


def rows(dataset: Dataset) -> list[dict[str, Any]]:
    """A table of columns as a list of rows."""
    columns = {
        name: [for_vega(value) if isinstance(value, str) else plain(value) for value in values]
        for name, values in dataset.items()
    }
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def plain(value: Any) -> Any:
    """A value as JSON knows it: at most seven digits, nothing for what is no number."""
    if hasattr(value, "item"):
        value = value.item()
    if not isinstance(value, float):
        return value
    if not isfinite(value):
        return None
    short = float(f"{value:.7g}")
    return int(short) if short.is_integer() else short


def compact(datasets: Mapping[str, Dataset]) -> dict[str, Any]:
    """Tables of columns as small JSON: each text once, in `names`, and then by its number."""
    names: dict[str, int] = {}
    tables = {
        table: {name: list(_numbered(values, names)) for name, values in columns.items()}
        for table, columns in datasets.items()
    }
    texts = {
        table: [name for name, values in columns.items() if _is_text(values)]
        for table, columns in datasets.items()
    }
    return {"names": list(names), "texts": texts, "tables": tables}


def _is_text(values: Any) -> bool:
    return any(isinstance(value, str) for value in values)


def _numbered(values: Any, names: dict[str, int]) -> Iterator[Any]:
    for value in values:
        if isinstance(value, str):
            yield names.setdefault(value, len(names))
        else:
            yield plain(value)


def shown_data(vega: Spec) -> str:
    """The name of the data that the picture's first marks show: what its table tells."""
    return _first(vega.get("marks", []), {one["name"] for one in vega["data"]})


def _first(marks: list[Spec], known: set[str]) -> str:
    for mark in marks:
        source = mark.get("from", {})
        name = source.get("data") or source.get("facet", {}).get("data", "")
        if name in known:
            return str(name)
        if found := _first(mark.get("marks", []), known):
            return found
    return ""


def as_json(value: object) -> str:
    """JSON that can stand inside a script of a page, whatever texts are in it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text
