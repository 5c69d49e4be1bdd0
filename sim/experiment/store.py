"""Finished replications on disk: none is run twice, and what was interrupted goes on.

One SQLite file: it survives being killed at any moment, and several processes may use it at once.
It may be deleted at any time. What other code has made cannot be used and goes when the file is
opened; of a file over `LIMIT` the older half goes.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from importlib import resources
from importlib.metadata import version
from importlib.resources.abc import Traversable
from pathlib import Path
from sqlite3 import SQLITE_BUSY, SQLITE_FULL, SQLITE_LOCKED
from typing import Any, NamedTuple

from sim.draws import Alike
from sim.measures import Tally
from sim.scenario import Scenario

STORE = "store.sqlite"
"""Name of the file in the folder of results."""

LIMIT = 2 * 10**9
"""Bytes: some 100,000 weeks of the web shop."""

_MAKING_NUMBERS = (
    *("tables.py", "garbage.py", "spans.py", "kept.py", "experiment/simulation.py"),
    *("scenario", "draws", "engine", "measures", "stats", "theory"),
)
"""The parts of the package on which the numbers of a replication depend."""

_LIBRARIES_MAKING_NUMBERS = ("numpy", "scipy", "holidays")

_OURS = int.from_bytes(b"sim1")
"""SQLite's application id of a store."""

MONEY = (
    *("per_hour", "premium", "overtime", "per_contact", "per_minute", "per_sale"),
    *("per_resolution", "revenue_share", "per_week", "once", "minimum_per_week", "minimum_shift"),
)
"""What contracts ask. Which hours are paid, which draws know, is not among it."""

_PATIENCE = 10.0
"""Seconds to wait while another process writes, which takes it a fraction of one."""


class StoreError(ValueError):
    """The file of the store cannot be used."""


class StoreBusyError(StoreError):
    """Another program holds the file of the store for itself."""


class Keys(NamedTuple):
    """What the replications of a scenario depend on.

    key: for their numbers; played: for what happens in them, however that is measured; alike: for
    parts of what is drawn.
    """

    key: str
    played: str
    alike: Alike


def keys_of(
    scenario: Scenario, seed: int, wanted: Collection[str] | None, splits: tuple[str, ...]
) -> Keys:
    """All hashes of a scenario.

    Which components are `wanted`, and in which `splits`, belongs to its numbers, for others are not
    there. Name, number of replications and confidence do not matter, nor does the engine: both give
    the same numbers. The code does.
    """
    plain = scenario.plain()
    plain.pop("name", None)
    plain.pop("uncertain", None)  # a run keeps to the values that the scenario says
    run = plain.pop("run", {})
    for part in ("replications", "seed", "confidence"):
        run.pop(part, None)
    said = {"scenario": plain, "seed": seed}
    held = None if wanted is None else [sorted(wanted), splits]
    key = _hash({**said, "run": run, "wanted": held})
    _leave_out_what_is_measured(plain)
    return Keys(key, _hash(said), Alike.of(plain))


def _hash(said: object) -> str:
    text = json.dumps(said, ensure_ascii=True, separators=(",", ":"), sort_keys=False)
    return hashlib.sha256(f"{code_hash()}{text}".encode()).hexdigest()


def _leave_out_what_is_measured(plain: dict[str, Any]) -> None:
    """Take what neither draws nor engines look at out of a scenario."""
    for name in ("gross_margin", "currency"):
        plain.pop(name, None)
    for channel in plain.get("channels", {}).values():
        for name in ("cost_per_contact", "cost_per_waiting_minute"):
            channel.pop(name, None)
    for pool in plain["pools"].values():
        for name in ("sells", "satisfaction"):
            pool.pop(name, None)
        for name in MONEY:
            pool.get("contract", {}).pop(name, None)
    for reason in plain["reasons"].values():
        if isinstance(buying := reason.get("buying"), dict):
            for name in ("unaided", "basket"):
                buying.pop(name, None)


@cache
def code_hash() -> str:
    """A hash of the code that makes the numbers, and of the libraries' versions that do."""
    digest = hashlib.sha256()
    for library in _LIBRARIES_MAKING_NUMBERS:
        digest.update(f"{library} {version(library)}\n".encode())
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
        if one.is_dir():
            yield from _sources(one)
        elif one.name.endswith((".py", ".txt")):
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
        self._connect()

    def _connect(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._database = sqlite3.connect(self.path, timeout=_PATIENCE, isolation_level=None)
        except sqlite3.Error as error:
            raise self._unusable(error) from None
        try:
            with self._using():
                self._prepare()
                self._file = self._identity()
        except StoreError:
            self._database.close()
            raise

    def _identity(self) -> tuple[int, int, bool] | None:
        """Which file stands under the name, and whether anything is in it; None for no file."""
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino, found.st_size > 0

    def _there(self) -> None:
        """Begin anew if the file was taken away, emptied or replaced while it was in use."""
        if self._file is None or self._identity() != self._file:
            self._database.close()
            self._file = None
            self._connect()

    def _prepare(self) -> None:
        """Make the table in a new file; take out what cannot be used, or is too much."""
        ask = self._database.execute
        if not self.path.stat().st_size:
            ask("PRAGMA synchronous = OFF")  # the disk is waited for with what is kept first
            ask("PRAGMA auto_vacuum = FULL")  # what is deleted makes the file smaller
        with self._transaction():
            tables = [name for (name,) in ask("SELECT name FROM sqlite_master")]
            if tables and ask("PRAGMA application_id").fetchone() != (_OURS,):
                raise sqlite3.DatabaseError(f"it is another program's, with {tables[0]}")
            code = int(code_hash()[:7], 16)
            if ask("PRAGMA user_version").fetchone() != (code,):
                ask("DROP TABLE IF EXISTS replications")
                ask(
                    "CREATE TABLE replications (place INTEGER PRIMARY KEY, key TEXT NOT NULL,"
                    " number INTEGER NOT NULL, tally BLOB NOT NULL, UNIQUE (key, number))"
                )
                ask(f"PRAGMA application_id = {_OURS}")
                ask(f"PRAGMA user_version = {code}")
            elif self.path.stat().st_size > LIMIT:
                ask(
                    "DELETE FROM replications WHERE place <="
                    " (SELECT (min(place) + max(place)) / 2 FROM replications)"
                )
        ask("PRAGMA synchronous = FULL")

    def read(self, key: str, numbers: range) -> Iterator[tuple[int, Tally]]:
        """Those of the replications that are there, with their numbers; damaged ones are not."""
        self._there()
        question = (
            "SELECT number, tally FROM replications WHERE key = ? AND number >= ? AND number < ?"
        )
        with self._using():
            rows = self._database.execute(question, (key, numbers.start, numbers.stop)).fetchall()
        for number, data in rows:
            try:
                tally = Tally.from_bytes(bytes(data))
            except (TypeError, ValueError):
                continue  # run again, and replaced
            yield number, tally

    def write(self, finished: Mapping[tuple[str, int], Tally]) -> None:
        """Keep finished replications, all or none; another process may have kept them before."""
        self._there()
        rows = [(key, number, tally.to_bytes()) for (key, number), tally in finished.items()]
        with self._using(), self._transaction():
            self._database.executemany(
                "INSERT OR REPLACE INTO replications (key, number, tally) VALUES (?, ?, ?)", rows
            )

    @contextmanager
    def _using(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise self._unusable(error) from None

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """All or nothing; others wait from the beginning, so that nobody has to give way later."""
        self._database.execute("BEGIN IMMEDIATE")
        with self._database:
            yield

    def __exit__(self, *_: object) -> None:
        self._database.close()

    def _unusable(self, error: sqlite3.Error) -> StoreError:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == SQLITE_FULL:
            return StoreError(
                f"{self.path}: finished replications cannot be kept ({error}); make room, or "
                "choose another folder with --out"
            )
        if code in (SQLITE_BUSY, SQLITE_LOCKED):
            return StoreBusyError(
                f"{self.path}: another program is using it ({error}); try again when that has "
                "finished, or choose another folder with --out"
            )
        return StoreError(
            f"{self.path}: cannot be used as the store of finished replications ({error}); "
            "remove the file, or choose another folder with --out"
        )
