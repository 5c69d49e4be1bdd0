"""What reaches a study from outside is checked here, whichever study it is.

Command line, files and Python come through the same checks and get the same messages.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from numbers import Integral
from pathlib import Path
from typing import Any

from sim.engine import ENGINES
from sim.options import OPTIONS
from sim.scenario import Scenario
from sim.scenario.faults import meant, shown


class SimWarning(UserWarning):
    """Something is missing that the work can do without; it goes on."""


def whole(name: str, number: object, least: int, most: int | None = None) -> int:
    """A whole number within limits.

    Raises:
        TypeError: if it is no whole number.
        ValueError: if it is too small or too large.
    """
    if not isinstance(number, Integral) or isinstance(number, bool):
        raise TypeError(f"{name}: {shown(number)} is not a whole number")
    found = int(number)
    if found < least or (most is not None and found > most):
        allowed = f"{least:,} or more" if most is None else f"{least:,} to {most:,}"
        raise ValueError(f"{name}: {found:,} is out of range; allowed: {allowed}")
    return found


def checked_options(
    command: str, known: Mapping[str, Any], said: Mapping[str, object]
) -> dict[str, Any]:
    """The options of a command that were given, each checked; None is as if nothing was.

    known: their types.

    Raises:
        TypeError: for a name that is no option of it, or a value of another kind.
        ValueError: for a number out of range, or an engine that is not there.
    """
    for name in said:
        if name not in known:
            raise TypeError(f"{name}: `{command}` has no such option{meant(name, known)}")
    return {
        name: _option(name, value, known[name]) for name, value in said.items() if value is not None
    }


def _option(name: str, value: object, kind: Any) -> Any:
    if name == "engine":
        return engine_of(value)
    if kind is int:
        return number_of(name, value)
    if kind is Mapping:
        lengths = name == "shifts" and isinstance(value, list | tuple)
        return {"lengths": list_of(name, value)} if lengths else mapping_of(name, value)
    if kind is Sequence:
        return [value] if isinstance(value, str) else list_of(name, value)  # one name, not letters
    if kind is Path:
        return Path(value) if isinstance(value, str) else value
    if kind is str and not isinstance(value, str):
        raise TypeError(f"{name}: {shown(value)} is not a text")
    return value


def number_of(option: str, number: object) -> int:
    """A number within the limits of an option of that name; errors as of `whole`."""
    least, most = OPTIONS[option].limits
    return whole(option, number, least or 0, most)


def confidence_of(share: object) -> float:
    """A confidence level.

    Raises:
        TypeError, ValueError: unless it is a number between 0 and 1, neither of them.
    """
    if not isinstance(share, int | float) or isinstance(share, bool):
        raise TypeError(f"confidence: {shown(share)} is not a number, as 0.95")
    if not 0 < share < 1:
        raise ValueError(f"confidence: {share} is not between 0 and 1")
    return float(share)


def engine_of(name: object) -> str:
    """The name of an engine.

    Raises:
        ValueError: if there is no such engine.
    """
    if name not in ENGINES:
        raise ValueError(f"engine: there is no {shown(name)}{meant(str(name), ENGINES)}")
    return str(name)


def scenario_of(said: object, where: str = "scenario") -> Scenario:
    """A scenario that has been loaded.

    Raises:
        TypeError: if it is something else, such as the name of a file.
    """
    if not isinstance(said, Scenario):
        raise TypeError(f"{where}: {shown(said)} is no scenario; load it first: {_loading(said)}")
    return said


def by_name(said: object) -> Mapping[str, Any]:
    """Scenarios by name, which are still to be looked at.

    Raises:
        TypeError: if they are something else, such as the names of files.
    """
    if not isinstance(said, Mapping):
        raise TypeError(
            f"{shown(said)} is neither a study nor scenarios by name; load it first, "
            'sim.load_study("study.yaml"), or name scenarios: {"today": sim.load("today.yaml")}'
        )
    for name in said:
        if not isinstance(name, str):
            raise TypeError(f"options: {shown(name)} is not a name")
    return said


def list_of(field: str, said: object) -> list[Any]:
    """The entries of a list.

    Raises:
        TypeError: if it is none.
    """
    if isinstance(said, str | bytes | Mapping) or not isinstance(said, Iterable):
        raise TypeError(f"{field}: {shown(said)} is not a list")
    return list(said)


def mapping_of(field: str, said: object) -> dict[str, Any]:
    """A mapping from names.

    Raises:
        TypeError: if it is something else.
    """
    if not isinstance(said, Mapping):
        raise TypeError(f"{field}: {shown(said)} is not a mapping of names to values")
    return {str(name): value for name, value in said.items()}


def _loading(said: object) -> str:
    return f"sim.load({said!r})" if isinstance(said, str) else 'sim.load("scenario.yaml")'
