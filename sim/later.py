"""Names of a package that are imported when they are first asked for, not with the package.

`sim --help` must not wait for numpy, nor a run for what staffing needs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module


def imported_later(package: str, homes: Mapping[str, str]) -> Callable[[str], object]:
    """The `__getattr__` of a package.

    Args:
        package: its name.
        homes: module of the package -> the names in it that are offered, with blanks between them.
    """
    home_of = {name: home for home, names in homes.items() for name in names.split()}

    def found(name: str) -> object:
        if name not in home_of:
            raise AttributeError(f"module '{package}' has no attribute '{name}'")
        return getattr(import_module(f"{package}.{home_of[name]}"), name)

    return found
