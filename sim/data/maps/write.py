"""A map as the text of a file to be edited."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sim.data.maps import CONTACT_ROLES, INTERVAL_ROLES, Map, Source

if TYPE_CHECKING:
    from collections.abc import Mapping


def map_text(chosen: Map, evidence: Mapping[str, str] | None = None) -> str:
    """The map, a line a role, with the evidence and the roles that are still free as comments."""
    evidence = evidence or {}
    roles = CONTACT_ROLES if chosen.rows == "contacts" else INTERVAL_ROLES
    lines = [f"map: {_quoted(chosen.map)}"]
    if chosen.checked:
        lines.append(f"checked: {_quoted(chosen.checked)}")
    lines.append(f"rows: {chosen.rows}")
    fields = ("sheet", "encoding", "decimal", "dates", "zone", "times", "hold", "queue", "channel")
    for field in fields:
        value = getattr(chosen, field)
        if value:
            lines.append(f"{field}: {_quoted(value)}" + _comment(evidence.get(field)))
    if chosen.start is not None:
        lines.append(f"start: {chosen.start}" + _comment(evidence.get("start")))
    for field in ("length", "threshold"):
        value = getattr(chosen, field)
        if value is not None:
            lines.append(f"{field}: {value:g} s")
    if chosen.unreadable != "refuse":
        lines.append(f"unreadable: {chosen.unreadable}")
    if chosen.leave_out:
        lines.append(f"leave_out: {_list(chosen.leave_out)}")
    for field in ("pools", "keep", "drop"):
        rows = getattr(chosen, field)
        if rows:
            lines.append(f"{field}:")
            lines += [f"  {_quoted(name)}: {_list(values)}" for name, values in rows.items()]
    lines.append("columns:")
    for role, source in chosen.columns.items():
        lines.append(f"  {role}: {_source(source)}" + _comment(evidence.get(role)))
    lines.append("  # also known, if a column holds it:")
    lines += [f"  # {role}: {said}" for role, said in roles.items() if role not in chosen.columns]
    return "\n".join(lines) + "\n"


def _comment(said: str | None) -> str:
    return f"  # {said}" if said else ""


def _source(source: Source) -> str:
    fields: dict[str, str] = {}
    if source.column:
        fields["column"] = _list(source.column)
    if source.date:
        fields["date"] = _quoted(source.date)
    if source.time:
        fields["time"] = _list(source.time)
    if source.unit:
        fields["unit"] = source.unit
    if source.none:
        fields["none"] = _list(source.none)
    if source.label != "start":
        fields["label"] = source.label
    if source.values:
        pairs = ", ".join(f"{_quoted(a)}: {_quoted(b)}" for a, b in source.values.items())
        fields["values"] = "{" + pairs + "}"
    if list(fields) == ["column"]:
        return fields["column"]
    return "{" + ", ".join(f"{name}: {said}" for name, said in fields.items()) + "}"


def _list(values: tuple[str, ...]) -> str:
    if len(values) == 1:
        return _quoted(values[0])
    return "[" + ", ".join(map(_quoted, values)) + "]"


def _quoted(text: str) -> str:
    """As YAML; JSON's quotes are YAML's too."""
    plain = text.replace(" ", "").replace("_", "").replace("/", "")
    safe = plain.isalnum() and not plain.isdigit() and text == text.strip()
    return (
        text
        if safe and text.lower() not in ("true", "false", "null")
        else json.dumps(text, ensure_ascii=False)
    )
