"""Finished replications on disk: none is run twice, and what was interrupted goes on.

One SQLite file: it survives being killed at any moment, and several processes may use it at once.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from functools import cache
from importlib import resources
from importlib.metadata import version
from importlib.resources.abc import Traversable
from pathlib import Path
from types import TracebackType

from sim.measures import Tally
from sim.scenario import Scenario
from sim.scenario.write import to_plain

STORE = "store.sqlite"
"""Name of the file in the folder of results."""

_MAKING_NUMBERS = ("tables.py", "scenario", "draws", "engine", "measures")
"""The parts of the package on which the numbers of a replication depend."""

_PATIENCE = 120.0
"""Seconds to wait while another process writes."""


class StoreError(ValueError):
    """The file of the store cannot be used."""


def key_of(scenario: Scenario, seed: int) -> str:
    """What a replication's numbers depend on, besides its own number, in one hash.

    Name, number of replications and confidence do not matter, nor does the engine: both give the
    same numbers. The code does.
    """
    plain = to_plain(scenario)
    plain.pop("name", None)
    run = plain.pop("run", {})
    said = {"scenario": plain, "service_level": run.get("service_level"), "seed": seed}
    text = json.dumps(said, ensure_ascii=True, separators=(",", ":"), sort_keys=False)
    return hashlib.sha256(f"{code_hash()}{text}".encode()).hexdigest()


@cache
def code_hash() -> str:
    """A hash of the code that makes the numbers, and the version of the library that draws them."""
    digest = hashlib.sha256(version("numpy").encode())
    package = resources.files("sim")
    for part in _MAKING_NUMBERS:
        for name, text in _sources(package / part):
            digest.update(name.encode())
            digest.update(text)
    return digest.hexdigest()


def _sources(part: Traversable) -> Iterable[tuple[str, bytes]]:
    if part.is_file():
        yield part.name, part.read_bytes()
        return
    for one in sorted(part.iterdir(), key=lambda entry: entry.name):
        if one.name.endswith(".py"):
            yield one.name, one.read_bytes()


class Store(AbstractContextManager["Store"]):
    """The tallies of finished replications, by key and number.

    Args:
        path: the file; made if there is none.

    Raises:
        StoreError: if the file is no store, or cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._database = sqlite3.connect(path, timeout=_PATIENCE)
            with self._database:
                self._database.execute(
                    "CREATE TABLE IF NOT EXISTS replications (key TEXT, number INTEGER,"
                    " tally BLOB NOT NULL, PRIMARY KEY (key, number)) WITHOUT ROWID"
                )
        except sqlite3.Error as error:
            raise self._unusable(error) from None

    def read(self, key: str, numbers: range) -> dict[int, Tally]:
        """Those of the replications that are there; damaged ones are not."""
        question = (
            "SELECT number, tally FROM replications WHERE key = ? AND number >= ? AND number < ?"
        )
        try:
            rows = self._database.execute(question, (key, numbers.start, numbers.stop)).fetchall()
        except sqlite3.Error as error:
            raise self._unusable(error) from None
        found = {}
        for number, data in rows:
            try:
                found[number] = Tally.from_bytes(data)
            except ValueError:
                continue  # run again, and replaced
        return found

    def write(self, finished: Mapping[tuple[str, int], Tally]) -> None:
        """Keep finished replications, all or none; another process may have kept them before."""
        rows = [(key, number, tally.to_bytes()) for (key, number), tally in finished.items()]
        try:
            with self._database:
                self._database.executemany(
                    "INSERT OR REPLACE INTO replications VALUES (?, ?, ?)", rows
                )
        except sqlite3.Error as error:
            raise self._unusable(error) from None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._database.close()

    def _unusable(self, error: sqlite3.Error) -> StoreError:
        return StoreError(
            f"{self.path}: cannot be used as the store of finished replications ({error}); "
            "remove the file, or choose another folder with --out"
        )
