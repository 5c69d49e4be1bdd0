"""What all pictures share, as Vega-Lite: their look, and the pieces that they are made of.

The kinds of picture stand in `cells` (maps of coloured cells), `values` (values with intervals, and
bars), `weeks` (panels over the hours of a week), `waits` and `flow`. What they show, and where it
comes from, is said elsewhere.

Every picture reads well without colour: by position, by brightness, by a pattern of dashes or by
its own label. Hues are those of Okabe and Ito (2008), Color Universal Design.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from sim.report.blocks import Dataset, Picture, Spec

BLUE, ORANGE, GREEN, SKY, VERMILION, PURPLE, YELLOW, GREY = HUES = (
    *("#0072b2", "#e69f00", "#009e73", "#56b4e9", "#d55e00", "#cc79a7", "#f0e442", "#8a8f98"),
)
PARTS = [BLUE, ORANGE, SKY, VERMILION, GREEN, PURPLE, YELLOW, GREY]
"""In the order in which parts of a whole take them."""

INK, SOFT, FAINT, PAPER = "#1b1f24", "#4d5661", "#c9ced6", "#f3f4f6"
FONT = "system-ui, 'Segoe UI', Helvetica, Arial, 'DejaVu Sans', sans-serif"

WIDTH = 860
"""Of a picture alone; on a page it takes the width that there is."""

LABEL = 180
"""Longest label, pixels; a longer one ends in three dots and is whole in its tooltip."""

WEEKDAYS = "['Mon','Tue','Wed','Thu','Fri','Sat','Sun']"

LOOK: dict[str, Any] = {
    "background": "white",
    "font": FONT,
    "padding": 4,
    "view": {"stroke": None},
    "axis": {
        "labelColor": INK,
        "titleColor": INK,
        "titleFontWeight": 600,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "gridColor": "#e3e6ea",
        "domainColor": FAINT,
        "tickColor": FAINT,
        "labelLimit": LABEL,
        "labelOverlap": True,
    },
    "legend": {
        "labelColor": INK,
        "titleColor": INK,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "orient": "top",
        "symbolType": "square",
        "labelLimit": LABEL,
        "titleLimit": 400,
        # one legend below the other: side by side they do not fit on a telephone; Vega knows it,
        # Vega-Lite hands it on, Altair does not know
        "layout": {"top": {"direction": "vertical", "anchor": "start"}},
    },
}


@dataclass(frozen=True)
class Shown:
    """A quantity in a picture: its field or formula, its words, and its number's format."""

    value: str
    label: str
    format: str = ",.0f"


def finished(
    chart: Any, data: Mapping[str, Dataset], filters: Sequence[str] = (), **size: Any
) -> Picture:
    """A chart with the look of all and a parameter for every filter, and the data that it names.

    Of a list of charts, one lies over the other. One more parameter, `narrow`, tells it that there
    is little room.
    """
    whole = alt.layer(*chart) if isinstance(chart, list) else chart
    spec = with_look(whole.properties(**size))
    params = [*spec.get("params", ()), {"name": "narrow", "value": False}]
    spec["params"] = [*params, *({"name": name, "value": ""} for name in filters)]
    return Picture(spec, data)


def with_look(chart: Any) -> Spec:
    """The specification of a chart, with the look of all.

    Put in here: Altair's own way copies the whole chart, which takes longer than all the rest.
    """
    spec: Spec = chart.to_dict(validate=False)
    spec["config"] = {**LOOK, "view": {**spec["config"]["view"], **LOOK["view"]}}
    return spec


# --- data -------------------------------------------------------------------------------------


def table(data: str = "data") -> Any:
    """A chart of the data that are called so."""
    return alt.Chart(alt.NamedData(data))


def distinct(data: Dataset, column: str) -> list[Any]:
    """What a column holds, each once, in order; of a column that is not there nothing."""
    return list(dict.fromkeys(data.get(column, ())))


def only(chart: Any, filters: Sequence[str]) -> Any:
    """The chart, of what is picked."""
    for name in filters:
        chart = chart.transform_filter(picked([name]))
    return chart


def picked(filters: Collection[str]) -> str:
    """Whether a row is of what is picked, as a formula."""
    return " && ".join(f"({one} == '' || datum['{one}'] == {one})" for one in filters) or "true"


def lit(filters: Collection[str], condition: str = "") -> Any:
    """What is picked stands out, the rest fades."""
    return alt.condition(condition or picked(filters), alt.value(1), alt.value(0.18))


# --- axes and legends ---------------------------------------------------------------------------


def marks_of(shown: Shown, small: str = ",.4~f", large: str = "~s") -> dict[str, Any]:
    """How the numbers along an axis or a legend are written: thousands as `12k`, halves not `500m`.

    Args:
        shown: what they are; small, large: formats of what is below 1,000, and of what is not.
    """
    if is_share(shown):
        return {"format": ".3~%"}
    said = [f"format(datum.value, '{form}')" for form in (small, large)]
    return {"labelExpr": f"abs(datum.value) < 1000 ? {said[0]} : {said[1]}"}


def is_share(shown: Shown) -> bool:
    """Whether it is told in per cent."""
    return shown.format.endswith("%")


def quantity(axis: Any, field: str, shown: Shown, *, zero: bool = False, **scale: Any) -> Any:
    """Numbers along `alt.X` or `alt.Y`."""
    return axis(
        f"{field}:Q",
        title=shown.label,
        axis=numbers_along(shown),
        scale=alt.Scale(zero=zero, nice=True, **scale),
    )


def numbers_along(shown: Shown) -> alt.Axis:
    """Six marks, or about so many."""
    return alt.Axis(tickCount=6, **marks_of(shown))


def room(most: int = LABEL) -> alt.ExprRef:
    """Of a label: less where there is little."""
    return alt.ExprRef(f"narrow ? 100 : {most}")


def names_down(field: str = "line", most: int = LABEL, **more: Any) -> alt.Y:
    """Names from above, in the order of the data, shorter where there is little room."""
    axis = alt.Axis(ticks=False, domain=False, labelLimit=room(most))
    return alt.Y(f"{field}:N", **{"sort": None, "title": None, "axis": axis, **more})


def names_across(field: str, names: int, **more: Any) -> alt.X:
    """So many names above a map, each as long as its column is wide."""
    limit = alt.ExprRef(f"width / {names}")
    axis = alt.Axis(orient="top", labelAngle=0, domain=False, ticks=False, labelLimit=limit)
    return alt.X(f"{field}:N", **{"sort": None, "title": None, "axis": axis, **more})


def tips(*said: tuple[str, ...]) -> list[alt.Tooltip]:
    """What stands beside the pointer: field and title of texts; with a format, of numbers."""
    return [
        alt.Tooltip(f"{field}:Q", title=title, format=form[0])
        if form
        else alt.Tooltip(f"{field}:N", title=title)
        for field, title, *form in said
    ]


def gradient(shown: Shown, scale: alt.Scale, field: str = "value") -> alt.Color:
    """The darker the more, with a legend."""
    legend = alt.Legend(
        title=shown.label,
        gradientLength=180,
        gradientThickness=10,
        **marks_of(shown, ",.3~r", ".3~s"),
    )
    return alt.Color(f"{field}:Q", scale=scale, legend=legend)


def two_sided(bound: float = 0.0, *, less_is_better: bool = False) -> alt.Scale:
    """Colours to both sides of zero: blue is better, orange is worse, the darker the more.

    Args:
        bound: largest size; 0 if it is not known, then each side has its own.
        less_is_better: blue lies below zero.
    """
    known = (
        {"domain": [-bound, bound], "type": "sqrt"}
        if bound
        else {"domain": alt.DomainUnionWith(unionWith=[-1, 1]), "domainMid": 0}
    )
    return alt.Scale(scheme="blueorange", reverse=not less_is_better, **known)


SHAPES, FILLS = ("diamond", "square", "circle"), (BLUE, SKY, "white")
"""Of what stands first, second and third; shape and brightness say the same."""


def signs(
    field: str,
    names: Sequence[str],
    shapes: Sequence[str] = SHAPES,
    fills: Sequence[str] = FILLS,
    **legend: Any,
) -> dict[str, Any]:
    """Shape and filling of points by name."""

    def scale(signs: Sequence[str]) -> alt.Scale:
        return alt.Scale(domain=list(names), range=list(signs[: len(names)]))

    said = alt.Legend(symbolSize=120, columns=alt.ExprRef("narrow ? 1 : 3"), **legend)
    return {
        "fill": alt.Fill(f"{field}:N", title=None, scale=scale(fills), legend=said),
        "shape": alt.Shape(f"{field}:N", scale=scale(shapes)),
    }


# --- marks ------------------------------------------------------------------------------------


def points(base: Any, **encoded: Any) -> Any:
    """Points that bear signs."""
    return base.mark_point(filled=True, size=130, stroke=INK, strokeWidth=1.5, opacity=1).encode(
        **encoded
    )


def zero(axis: str = "x") -> Any:
    """A line where nothing differs."""
    chart = alt.Chart(alt.InlineData(values=[{}]))
    return chart.mark_rule(color=INK, aria=False).encode(**{axis: alt.datum(0)})
