"""Faults of a scenario file, and how they are told to a planner.

`Wrong` is raised where a value is read, knowing only the value; its position is added by whoever
knows the file. `Fault` is the finished thing, `ScenarioError` all of them at once.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

Path = tuple[str | int, ...]  # keys and list positions (from 0) that lead to a value

MOST_TOLD = 200  # faults of one scenario; so many have few causes
MOST_SIGNS = 80_000  # of all of them: a screen is read, not a book
LONGEST_TOLD = 2_000  # characters of one message
SHOWN = 60  # characters of a person's own text that a message repeats


@dataclass(frozen=True, order=True)
class Fault:
    """One fault: where it was said, which part of the scenario it concerns, what is wrong."""

    file: str
    line: int  # from 1; 0: no particular line
    path: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        parts = (place, self.path, self.message)
        return ": ".join(shortened(printable(part)) for part in parts if part)


_IN_ORDER = attrgetter("file", "line", "path", "message")


class ScenarioError(Exception):
    """Everything that is wrong with a scenario."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: list[Fault] = sorted(set(faults), key=_IN_ORDER)
        told: list[str] = []
        for fault in self.faults[:MOST_TOLD]:
            if sum(map(len, told)) > MOST_SIGNS:
                break
            told.append(str(fault))
        if more := len(self.faults) - len(told):
            told.append(f"and {more:,} more")
        super().__init__("\n".join(told))


class Wrong(ValueError):  # noqa: N818 - raised as "this is wrong", never the final error
    """What is wrong with a value: messages with the path from the value inwards."""

    def __init__(self, message: str = "", path: Path = ()) -> None:
        super().__init__(message)
        self.faults: list[tuple[Path, str]] = [(path, message)] if message else []

    def __str__(self) -> str:
        told = (": ".join(filter(None, (written(at), said))) for at, said in self.faults)
        return printable("; ".join(told))

    def add(self, message: str, *path: str | int) -> None:
        """Note one more fault."""
        self.faults.append((path, message))

    def reading(
        self, read: Callable[..., Any], value: object, *path: str | int, **more: object
    ) -> Any:
        """What `read` makes of a value, or None after noting what is wrong with it."""
        try:
            return read(value, **more)
        except Wrong as inner:
            self.inside(inner, *path)
            return None

    def inside(self, other: Wrong, *path: str | int) -> None:
        """Take over the faults of a value that stands at `path` inside this one."""
        self.faults += [((*path, *inner), message) for inner, message in other.faults]

    def raise_if_any(self) -> None:
        """Raise, unless nothing was found wrong."""
        if self.faults:
            raise self


def written(path: Path) -> str:
    """A path as a person writes it: `routing.1.to.2`, list items counted from 1."""
    return ".".join(str(step + 1) if isinstance(step, int) else step for step in path)


def shown(value: object) -> str:
    """A value as a message repeats it."""
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    text = str(value)
    return printable(f"`{text}`" if len(text) <= SHOWN else f"`{text[:SHOWN]}...`")


def shortened(text: str) -> str:
    """The text, or its two ends if it is longer than anybody reads."""
    half = LONGEST_TOLD // 2
    return text if len(text) <= LONGEST_TOLD else f"{text[:half]} ... {text[-half:]}"


def printable(text: str) -> str:
    """The text with signs that a terminal would obey, or not show, written out: `\\x1b`.

    These are control characters (ESC, and those that begin with none), what turns the direction of
    writing, invisible ones and halves of characters. What a person wrote is shown, never obeyed.
    """
    if text.isprintable():
        return text
    return "".join(
        one if one.isprintable() else one.encode("unicode_escape").decode() for one in text
    )


@dataclass
class _Guesses:
    """How many more pairs of names are compared, and how often what is allowed is listed."""

    left: int = field(default=20_000)  # a fraction of a second
    lists: int = field(default=50)  # nobody reads more


_GUESSES: ContextVar[_Guesses | None] = ContextVar("guesses", default=None)
LONGEST_GUESSED = 100  # characters of a name that may be another's misspelt


@contextmanager
def few_guesses() -> Iterator[None]:
    """So many wrong names that nobody reads all suggestions are not compared for minutes."""
    before = _GUESSES.get()
    _GUESSES.set(before or _Guesses())
    try:
        yield
    finally:
        _GUESSES.set(before)


def nearest_name(name: str, allowed: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The name that was probably meant, if one is near enough."""
    known = [one for one in allowed if len(one) <= LONGEST_GUESSED]
    guesses = _GUESSES.get()
    if guesses is not None:
        guesses.left -= len(known)
    if len(name) > LONGEST_GUESSED or (guesses is not None and guesses.left < 0):
        return None
    folded = {one.casefold(): one for one in known}
    near = difflib.get_close_matches(name.casefold(), folded, n=1, cutoff=cutoff)
    return folded[near[0]] if near else None


def meant(name: str, allowed: Iterable[str]) -> str:
    """`; did you mean ...? allowed: ...` for a name that is none of those allowed."""
    names = list(allowed)
    if not names:
        return "; there are none"
    guesses = _GUESSES.get()
    if guesses is not None:
        guesses.lists -= 1
        if guesses.lists < 0:
            return ""
    near = nearest_name(name, names)
    guess = f"; did you mean `{near}`?" if near else ";"
    listed = ", ".join(names[:40]) + (", ..." if len(names) > 40 else "")
    return f"{guess} allowed: {listed}"
