"""Print the lowest version of each library that the project allows, as constraints for pip."""

import re
import tomllib
from pathlib import Path

PROJECT = Path(__file__).parents[1] / "pyproject.toml"


def main() -> None:
    """A line for each library with a lower bound."""
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
    for wanted in (*project["dependencies"], *project["optional-dependencies"]["cluster"]):
        if found := re.match(r"([\w.-]+)\s*>=\s*([\w.]+)", wanted):
            print(f"{found[1]}=={found[2]}")


if __name__ == "__main__":
    main()
