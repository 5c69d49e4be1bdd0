"""What becomes of customers who wait, against what they can bear, as Vega-Lite."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt

from sim.report.blocks import Dataset, Picture
from sim.report.charts import INK, SKY, VERMILION, WIDTH, finished, only, table, tips


def waits(
    data: Dataset,
    borne: Dataset,
    moments: Dataset,
    *,
    longest: float,
    filters: Sequence[str],
    channel: str,
) -> Picture:
    """What has become of customers after a wait, against what they can bear.

    Args:
        data: columns `ending` (answered or abandoned), `upto` seconds, `contacts`, and the filters.
        borne: columns `seconds`, `left` (a share) and `what`: who would still be there.
        moments: columns `seconds` and `what`: to be marked.
        longest: end of the axis, seconds; a long one tells hours.
        filters: of the data; channel: the one of it that is shown.
    """
    size, unit = (3600.0, "hours") if longest > 3 * 3600 else (1.0, "seconds")
    across = alt.X(
        "at:Q",
        title=f"{unit} since joining",
        scale=alt.Scale(domain=[0, longest / size], nice=False, clamp=True),
        axis=alt.Axis(grid=False),
    )
    sofar = (
        only(table("waits"), filters)
        .transform_filter(alt.FieldEqualPredicate(field="channel", equal=channel))
        .transform_aggregate(contacts="sum(contacts)", groupby=["upto", "ending"])
        .transform_impute("contacts", key="upto", value=0, groupby=["ending"])
        .transform_joinaggregate(all="sum(contacts)")
        .transform_window(sofar="sum(contacts)", sort=[alt.SortField("upto")], groupby=["ending"])
        .transform_calculate(
            share="datum.sofar / datum.all",
            at=f"datum.upto / {size}",
            became="datum.ending == 'answered' ? 'answered' : 'abandoned'",
        )
        .transform_filter(f"datum.upto <= {longest}")
    )
    areas = sofar.mark_area(opacity=0.85, stroke="white").encode(
        across,
        alt.Y(
            "share:Q",
            stack="zero",
            title="of those who joined",
            scale=alt.Scale(domain=[0, 1]),
            axis=alt.Axis(format=".0%"),
        ),
        alt.Color(
            "became:N",
            title="by then",
            scale=alt.Scale(domain=["answered", "abandoned"], range=[SKY, VERMILION]),
        ),
        order=alt.Order("became:N"),
        tooltip=tips(("at", unit, ",.4~f"), ("became", "by then"), ("share", "share", ".1%")),
    )
    lines = (
        table("borne")
        .transform_calculate(at=f"datum.seconds / {size}")
        .mark_line(color=INK, strokeWidth=2, interpolate="monotone")
        .encode(
            across,
            alt.Y("left:Q"),
            alt.StrokeDash(
                "what:N",
                sort=None,
                scale=alt.Scale(range=[[6, 3], [2, 2]]),
                legend=alt.Legend(
                    title="if nobody answered",
                    symbolType="stroke",
                    symbolSize=500,
                    columns=1,
                    labelLimit=300,
                ),
            ),
            tooltip=tips(("what", "of all"), ("at", unit, ",.4~f"), ("left", "share", ".1%")),
        )
    )
    marks = table("moments").transform_calculate(at=f"datum.seconds / {size}")
    rule = marks.mark_rule(color=INK, strokeWidth=1).encode(across)
    words = marks.mark_text(align="left", dx=5, dy=-6, color=INK, fontSize=11).encode(
        across, y=alt.value(0), text="what:N"
    )
    layers = alt.layer(areas, lines, rule, words).resolve_scale(strokeDash="independent")
    known = {"waits": data, "borne": borne, "moments": moments}
    return finished(layers, known, filters, width=WIDTH - 70, height=300)
