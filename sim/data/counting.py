"""Numbers of things in words."""

from __future__ import annotations


def counted(number: float, one: str, several: str = "") -> str:
    """`1 day`, `1,240 days`; `several` where it is not the word with an s."""
    return f"{number:,.0f} {one if number == 1 else several or f'{one}s'}"
