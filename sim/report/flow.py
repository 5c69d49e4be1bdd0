"""Where things go: a diagram of streams from what is left to what is right, in Vega.

Vega-Lite has no such picture. The streams are stacked anew on both sides whenever something is
picked.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sim.report.blocks import Spec
from sim.report.charts import FAINT, FONT, GREY, INK, LABEL, WIDTH

NODE = 14  # width of a node, pixels
GAP = 0.025  # between nodes, as a share of the whole


def flow(
    data: str,
    *,
    source: str,
    target: str,
    value: str,
    sources: Sequence[str],
    targets: Sequence[str],
    colours: Sequence[str],
    filters: Sequence[str],
    height: int = 340,
) -> Spec:
    """Streams from the names in `source` to those in `target`, as thick as the sum of `value`.

    Args:
        data: the name of the data.
        source, target, value: its columns.
        sources, targets: all their names, from the top.
        colours: one for each target.
        filters: columns by which to narrow it.
    """
    picked = " && ".join(f"({f} === '' || datum['{f}'] === {f})" for f in filters) or "true"
    streams: list[dict[str, Any]] = [
        {"type": "filter", "expr": picked},
        {
            "type": "aggregate",
            "groupby": [source, target],
            "fields": [value],
            "ops": ["sum"],
            "as": ["size"],
        },
        {"type": "filter", "expr": "datum.size > 0"},
        {"type": "joinaggregate", "fields": ["size"], "ops": ["sum"], "as": ["all"]},
        {"type": "formula", "as": "from_place", "expr": f"indexof(sources, datum['{source}'])"},
        {"type": "formula", "as": "to_place", "expr": f"indexof(targets, datum['{target}'])"},
        {"type": "formula", "as": "share", "expr": "datum.size / datum.all"},
    ]
    return {
        "$schema": "https://vega.github.io/schema/vega/v6.json",
        "width": WIDTH - 30,
        "height": height,
        "padding": 4,
        "background": "white",
        "autosize": {"type": "pad", "contains": "content"},
        "config": {"text": {"font": FONT, "fontSize": 12, "fill": INK}},
        "signals": [
            *({"name": name, "value": ""} for name in filters),
            {"name": "sources", "value": list(sources)},
            {"name": "targets", "value": list(targets)},
            {"name": "side", "update": f"min({LABEL}, width * 0.3)"},
        ],
        "data": [
            {"name": data},
            {"name": "streams_flow", "source": data, "transform": streams},
            _side("left", source, "from_place"),
            _side("right", target, "to_place"),
            {
                "name": "ribbons",
                "source": "streams_flow",
                "transform": [
                    _lookup("left", source),
                    _lookup("right", target),
                    *_stack("left", "to_place", source),
                    *_stack("right", "from_place", target),
                ],
            },
        ],
        "scales": [
            {"name": "y", "type": "linear", "range": [0, {"signal": "height"}], "domain": [0, 1]},
            {
                "name": "color",
                "type": "ordinal",
                "domain": {"signal": "targets"},
                "range": list(colours),
            },
        ],
        "marks": [
            _ribbons(source, target),
            *_nodes("left", source, left=True),
            *_nodes("right", target, left=False),
        ],
    }


def _side(name: str, key: str, place: str) -> dict[str, Any]:
    """The nodes of one side: from `start` to `end`, as shares of the height."""
    return {
        "name": name,
        "source": "streams_flow",
        "transform": [
            {
                "type": "aggregate",
                "groupby": [key, place],
                "fields": ["share", "size"],
                "ops": ["sum", "sum"],
                "as": ["share", "size"],
            },
            {
                "type": "window",
                "sort": {"field": place},
                "ops": ["row_number", "sum"],
                "fields": [None, "share"],
                "as": ["row", "past"],
            },
            {"type": "joinaggregate", "ops": ["count"], "as": ["count"]},
            {
                "type": "formula",
                "as": "y0",
                "expr": f"(datum.past - datum.share) * (1 - {GAP} * (datum.count - 1)) "
                f"+ {GAP} * (datum.row - 1)",
            },
            {
                "type": "formula",
                "as": "y1",
                "expr": f"datum.y0 + datum.share * (1 - {GAP} * (datum.count - 1))",
            },
        ],
    }


def _lookup(side: str, key: str) -> dict[str, Any]:
    return {
        "type": "lookup",
        "from": side,
        "key": key,
        "fields": [key],
        "values": ["y0", "count"],
        "as": [f"{side}_start", f"{side}_count"],
    }


def _stack(side: str, sort: str, within: str) -> list[dict[str, Any]]:
    """Where the streams of each node of one side begin and end."""
    scale = f"(1 - {GAP} * (datum.{side}_count - 1))"
    return [
        {
            "type": "window",
            "groupby": [within],
            "sort": {"field": sort},
            "ops": ["sum"],
            "fields": ["share"],
            "as": [f"{side}_past"],
        },
        {
            "type": "formula",
            "as": f"{side}_0",
            "expr": f"datum.{side}_start + (datum.{side}_past - datum.share) * {scale}",
        },
        {
            "type": "formula",
            "as": f"{side}_1",
            "expr": f"datum.{side}_0 + datum.share * {scale}",
        },
    ]


def _ribbons(source: str, target: str) -> dict[str, Any]:
    """A stream: from the left node's side to the right one's, bent at half way."""
    left, right = f"(side + {NODE})", f"(width - side - {NODE})"
    middle = f"(({left} + {right}) / 2)"

    def at(field: str) -> str:
        return f"scale('y', datum.{field})"

    path = (
        f"'M' + {left} + ',' + {at('left_0')}"
        f" + 'C' + {middle} + ',' + {at('left_0')} + ' ' + {middle} + ',' + {at('right_0')}"
        f" + ' ' + {right} + ',' + {at('right_0')} + 'L' + {right} + ',' + {at('right_1')}"
        f" + 'C' + {middle} + ',' + {at('right_1')} + ' ' + {middle} + ',' + {at('left_1')}"
        f" + ' ' + {left} + ',' + {at('left_1')} + 'Z'"
    )
    return {
        "type": "path",
        "aria": False,  # the picture as a whole is described where it stands
        "from": {"data": "ribbons"},
        "encode": {
            "update": {
                "path": {"signal": path},
                "fill": {"scale": "color", "field": target},
                "fillOpacity": {"value": 0.45},
                "tooltip": {
                    "signal": f"{{'from': datum['{source}'], 'to': datum['{target}'], "
                    "'contacts': format(datum.size, ',.0f'), "
                    "'of all': format(datum.share, '.1%')}"
                },
            },
            "hover": {"fillOpacity": {"value": 0.8}},
        },
    }


def _nodes(data: str, key: str, *, left: bool) -> list[dict[str, Any]]:
    x = "side" if left else f"width - side - {NODE}"
    fill = {"value": GREY} if left else {"scale": "color", "field": key}
    tooltip = {
        "signal": f"{{'what': datum['{key}'], 'contacts': format(datum.size, ',.0f'), "
        "'of all': format(datum.share, '.1%')}"
    }
    words = f"datum['{key}']"
    middle = {"signal": "scale('y', (datum.y0 + datum.y1) / 2)"}
    beside = "side - 8" if left else "width - side + 8"
    align = "right" if left else "left"
    return [
        {
            "type": "rect",
            "aria": False,
            "from": {"data": data},
            "encode": {
                "update": {
                    "x": {"signal": x},
                    "width": {"value": NODE},
                    "y": {"scale": "y", "field": "y0"},
                    "y2": {"scale": "y", "field": "y1"},
                    "fill": fill,
                    "stroke": {"value": FAINT},
                    "tooltip": tooltip,
                }
            },
        },
        *(
            {
                "type": "text",
                "aria": False,
                "from": {"data": data},
                "encode": {
                    "update": {
                        "x": {"signal": beside},
                        "y": middle,
                        "dy": {"value": dy},
                        "align": {"value": align},
                        "baseline": {"value": "middle"},
                        "text": {"signal": text},
                        "limit": {"signal": "side - 8"},
                        "fontSize": {"value": size},
                        "fillOpacity": {"value": faint},
                        "tooltip": tooltip,
                    }
                },
            }
            for dy, text, size, faint in (
                (-7, words, 12, 1.0),
                (7, "format(datum.size, ',.0f') + '  ' + format(datum.share, '.0%')", 11, 0.75),
            )
        ),
    ]
