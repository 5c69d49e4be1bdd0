"""Names of a package that are imported when they are first asked for, not with the package.

`sim --help` must not wait for numpy, nor a run for what staffing needs.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib import import_module
from typing import Any


def imported_later(
    package: str, more: Mapping[str, Iterable[str]] | None = None
) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """The `__getattr__` and the `__dir__` of a package.

    The names that it offers are those that it imports for type checkers, `if TYPE_CHECKING:`: they
    stand nowhere else.

    Args:
        package: its name.
        more: module -> names in it that are offered besides.
    """

    @cache
    def homes() -> dict[str, str]:
        import ast

        spec: Any = sys.modules[package].__spec__
        lines = ast.parse(spec.loader.get_source(package)).body
        told = [one for line in lines if isinstance(line, ast.If) for one in line.body]
        found = {
            name.name: str(one.module)
            for one in told
            if isinstance(one, ast.ImportFrom)
            for name in one.names
            if name.name != "*"
        }
        return found | {name: home for home, names in (more or {}).items() for name in names}

    def named(name: str) -> object:
        if name not in homes():
            raise AttributeError(f"module '{package}' has no attribute '{name}'")
        return getattr(import_module(homes()[name]), name)

    return named, lambda: sorted(homes())
