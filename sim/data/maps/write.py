"""A map as the text of a file to be edited."""

from __future__ import annotations

from collections.abc import Mapping

from sim.data.maps import Map
from sim.data.words import ROLES
from sim.scenario.write import flow_text


def map_text(chosen: Map, evidence: Mapping[str, str] | None = None) -> str:
    """The map, a line a role, with the evidence and the roles that are still free as comments."""
    why = evidence or {}
    lines = []
    for field, said in chosen.plain().items():
        if field == "header" or getattr(chosen, field) == Map.model_fields[field].default:
            continue
        if isinstance(said, dict):
            lines.append(f"{field}:")
            lines += [
                _line(f"  {flow_text(name)}", one, why.get(name)) for name, one in said.items()
            ]
        else:
            lines.append(_line(field, said, why.get(field)))
    lines.append("  # also known, if a column holds it:")
    roles = ROLES[chosen.rows].items()
    lines += [f"  # {role}: {one.meaning}" for role, one in roles if role not in chosen.columns]
    return "\n".join(lines) + "\n"


def _line(name: str, said: object, why: str | None) -> str:
    return f"{name}: {flow_text(said)}" + (f"  # {why}" if why else "")
