"""Where things go: a diagram of streams from what is left to what is right, in Vega.

Vega-Lite has no such picture. The streams are stacked anew on both sides whenever something is
picked.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sim.report.blocks import Dataset, Picture
from sim.report.charts import FAINT, FONT, GREY, INK, LABEL, WIDTH, picked, tips

NODE = 14  # width of a node, pixels
GAP = 0.025  # between nodes, as a share of the whole


def flow(
    data: Dataset,
    sources: Sequence[str],
    targets: Sequence[tuple[str, str]],
    filters: Sequence[str],
) -> Picture:
    """Streams of contacts from their channel to how they end, as thick as there are many.

    Args:
        data: columns `channel`, `end`, `all_of_them`, and the filters.
        sources: all channels, from the top.
        targets: all ends, from the top, each with its colour.
        filters: columns by which to narrow it.
    """
    streams = [
        {"type": "filter", "expr": picked(filters)},
        _sums(["channel", "end"], all_of_them="size"),
        {"type": "filter", "expr": "datum.size > 0"},
        {"type": "joinaggregate", "fields": ["size"], "ops": ["sum"], "as": ["all"]},
        _formula("from_place", "indexof(sources, datum['channel'])"),
        _formula("to_place", "indexof(targets, datum['end'])"),
        _formula("share", "datum.size / datum.all"),
    ]
    told = tips(
        *(("channel", "channel"), ("end", "ends")),
        *(("size", "contacts", ",.1f"), ("share", "of all", ".1%")),
    )
    ribbons = [
        *(_lookup("left", "channel"), _lookup("right", "end")),
        *(*_stack("left", "to_place", "channel"), *_stack("right", "from_place", "end")),
    ]
    domain, range_ = {"signal": "targets"}, [colour for _, colour in targets]
    spec = {
        "$schema": "https://vega.github.io/schema/vega/v6.json",
        "width": WIDTH - 30,
        "height": 340,
        "padding": 4,
        "background": "white",
        "autosize": {"type": "pad", "contains": "content"},
        "config": {"text": {"font": FONT, "fontSize": 12, "fill": INK}},
        "signals": [
            *({"name": name, "value": ""} for name in filters),
            {"name": "sources", "value": list(sources)},
            {"name": "targets", "value": [name for name, _ in targets]},
            {"name": "side", "update": f"min({LABEL}, width * 0.3)"},
        ],
        "data": [
            {"name": "ends"},
            {"name": "streams_flow", "source": "ends", "transform": streams},
            _side("left", "channel", "from_place"),
            _side("right", "end", "to_place"),
            {"name": "ribbons", "source": "streams_flow", "transform": ribbons},
        ],
        "scales": [
            {"name": "y", "type": "linear", "range": [0, {"signal": "height"}], "domain": [0, 1]},
            {"name": "color", "type": "ordinal", "domain": domain, "range": range_},
        ],
        "marks": [_ribbons(), *_nodes("left", "channel"), *_nodes("right", "end")],
        "usermeta": {"tooltip": [one.to_dict() for one in told]},
    }
    return Picture(spec, {"ends": data})


def _formula(name: str, expression: str) -> dict[str, Any]:
    return {"type": "formula", "as": name, "expr": expression}


def _sums(groups: Sequence[str], **fields: str) -> dict[str, Any]:
    """The sums of fields, and what they are called."""
    return {
        "type": "aggregate",
        "groupby": list(groups),
        "fields": list(fields),
        "ops": ["sum"] * len(fields),
        "as": list(fields.values()),
    }


def _side(name: str, key: str, place: str) -> dict[str, Any]:
    """The nodes of one side: from `start` to `end`, as shares of the height."""
    room = f"(1 - {GAP} * (datum.count - 1))"
    above = {
        "type": "window",
        "sort": {"field": place},
        "ops": ["row_number", "sum"],
        "fields": [None, "share"],
        "as": ["row", "past"],
    }
    transform = [
        _sums([key, place], share="share", size="size"),
        above,
        {"type": "joinaggregate", "ops": ["count"], "as": ["count"]},
        _formula("y0", f"(datum.past - datum.share) * {room} + {GAP} * (datum.row - 1)"),
        _formula("y1", f"datum.y0 + datum.share * {room}"),
    ]
    return {"name": name, "source": "streams_flow", "transform": transform}


def _lookup(side: str, key: str) -> dict[str, Any]:
    names = {"values": ["y0", "count"], "as": [f"{side}_start", f"{side}_count"]}
    return {"type": "lookup", "from": side, "key": key, "fields": [key], **names}


def _stack(side: str, sort: str, within: str) -> list[dict[str, Any]]:
    """Where the streams of each node of one side begin and end."""
    scale = f"(1 - {GAP} * (datum.{side}_count - 1))"
    past = {"ops": ["sum"], "fields": ["share"], "as": [f"{side}_past"]}
    start = f"datum.{side}_start + (datum.{side}_past - datum.share) * {scale}"
    return [
        {"type": "window", "groupby": [within], "sort": {"field": sort}, **past},
        _formula(f"{side}_0", start),
        _formula(f"{side}_1", f"datum.{side}_0 + datum.share * {scale}"),
    ]


def _said(*names: tuple[str, str]) -> dict[str, str]:
    """What stands beside the pointer: names by their words, then how many contacts."""
    fields = [f"'{said}': datum['{field}']" for said, field in names]
    fields += ["'contacts': format(datum.size, ',.0f')", "'of all': format(datum.share, '.1%')"]
    return {"signal": f"{{{', '.join(fields)}}}"}


def _ribbons() -> dict[str, Any]:
    """A stream: from the left node's side to the right one's, bent at half way."""
    left, right = f"(side + {NODE})", f"(width - side - {NODE})"
    middle = f"(({left} + {right}) / 2)"

    def at(x: str, field: str) -> str:
        return f"{x} + ',' + scale('y', datum.{field})"

    path = (
        f"'M' + {at(left, 'left_0')} + 'C' + {at(middle, 'left_0')} + ' ' + "
        f"{at(middle, 'right_0')} + ' ' + {at(right, 'right_0')} + 'L' + {at(right, 'right_1')} + "
        f"'C' + {at(middle, 'right_1')} + ' ' + {at(middle, 'left_1')} + ' ' + "
        f"{at(left, 'left_1')} + 'Z'"
    )
    drawn = {
        "path": {"signal": path},
        "fill": {"scale": "color", "field": "end"},
        "fillOpacity": {"value": 0.45},
        "tooltip": _said(("from", "channel"), ("to", "end")),
    }
    return _mark("path", "ribbons", {"update": drawn, "hover": {"fillOpacity": {"value": 0.8}}})


def _mark(kind: str, data: str, encode: dict[str, Any]) -> dict[str, Any]:
    # the picture as a whole is described where it stands
    return {"type": kind, "aria": False, "from": {"data": data}, "encode": encode}


def _nodes(data: str, key: str) -> list[dict[str, Any]]:
    left = data == "left"
    tooltip = _said(("what", key))
    node = {
        "x": {"signal": "side" if left else f"width - side - {NODE}"},
        "width": {"value": NODE},
        "y": {"scale": "y", "field": "y0"},
        "y2": {"scale": "y", "field": "y1"},
        "fill": {"value": GREY} if left else {"scale": "color", "field": key},
        "stroke": {"value": FAINT},
        "tooltip": tooltip,
    }
    words = {
        "x": {"signal": "side - 8" if left else "width - side + 8"},
        "y": {"signal": "scale('y', (datum.y0 + datum.y1) / 2)"},
        "align": {"value": "right" if left else "left"},
        "baseline": {"value": "middle"},
        "limit": {"signal": "side - 8"},
        "tooltip": tooltip,
    }
    size = "format(datum.size, ',.0f') + '  ' + format(datum.share, '.0%')"
    name = {"text": {"signal": f"datum['{key}']"}, **_values(dy=-7, fontSize=12, fillOpacity=1.0)}
    many = {"text": {"signal": size}, **_values(dy=7, fontSize=11, fillOpacity=0.75)}
    return [
        _mark("rect", data, {"update": node}),
        *(_mark("text", data, {"update": {**words, **one}}) for one in (name, many)),
    ]


def _values(**of: float) -> dict[str, Any]:
    return {name: {"value": value} for name, value in of.items()}
