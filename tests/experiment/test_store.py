"""The store: what it knows again, what it keeps, what it says when it cannot be used."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import pytest
from small_week import Told, centre, replicated

import sim
from sim.experiment import store
from sim.experiment.runner import Runner, twice
from sim.experiment.simulation import Simulation
from sim.experiment.store import Store, StoreBusyError, StoreError, code_hash, keys_of
from sim.measures import SPLITS, Tally
from sim.measures.packing import pack, unpack

SCENARIO = centre()


def key_of(scenario: sim.Scenario, seed: int, wanted: Collection[str] | None = None) -> str:
    """What a replication's numbers depend on, in all splits."""
    return keys_of(scenario, seed, wanted, SPLITS).key


KEY = key_of(SCENARIO, 1)


@pytest.fixture(scope="module")
def tally() -> Tally:
    return Simulation.of(SCENARIO, 1, "compiled").measure(0)[0]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "below" / "store.sqlite"


def numbers(opened: Store, key: str = KEY) -> list[int]:
    return sorted(number for number, _ in opened.read(key, range(1000)))


# --- keys -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes", [{"name": "Other"}, {"run.replications": 7}, {"run.confidence": 0.9}]
)
def test_what_changes_no_number_changes_no_key(changes: dict[str, object]) -> None:
    assert key_of(centre(changes), 1) == KEY


@pytest.mark.parametrize(
    "changes",
    [
        {"run.service_level": "30 s"},
        {"run.short_abandon": "5 s"},
        {"run.interval": "30 min"},
        {"calendar.days": 3},
        {"pools.team.presence": 0.9000000001},
        {"pools.team.contract.per_hour": 21},
        {"reasons.calls.patience": "never"},
        {"busyness": "21 %"},
        {"calendar.windows": {"early": "mon-fri 09:00-12:00"}},
    ],
)
def test_what_changes_numbers_changes_the_key(changes: dict[str, object]) -> None:
    assert key_of(centre(changes), 1) != KEY


def test_what_is_added_up_in_part_has_a_key_of_its_own() -> None:
    keys = [key_of(SCENARIO, 1, wanted) for wanted in (None, {"duty"}, {"duty", "busy"})]
    assert len({*keys}) == 3
    assert key_of(SCENARIO, 1, frozenset({"busy", "duty"})) == keys[2]


def test_another_seed_is_another_key() -> None:
    assert len({key_of(SCENARIO, seed) for seed in range(100)}) == 100


def hash_of(package: Path) -> str:
    """The hash that a copy of the package gives itself, in a process of its own."""
    asked = "import sim.experiment.store as store; print(store.code_hash())"
    told = subprocess.run(
        [sys.executable, "-c", asked],
        cwd=package.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    return told.stdout.strip()


def append(file: Path, text: str) -> None:
    file.write_text(file.read_text(encoding="utf-8") + text, encoding="utf-8")


def test_other_code_is_another_key(tmp_path: Path) -> None:
    package = tmp_path / "sim"
    here = Path(sim.__file__).parent
    shutil.copytree(here, package, ignore=shutil.ignore_patterns("__pycache__"))
    assert hash_of(package) == code_hash()
    append(package / "report" / "terminal.py", "# changes no number\n")
    assert hash_of(package) == code_hash()
    append(package / "engine" / "reference" / "centre.py", "# might\n")
    changed = hash_of(package)
    assert changed != code_hash()
    append(package / "engine" / "compiled" / "waiting.py", "# might too\n")
    assert hash_of(package) not in (changed, code_hash())


def test_all_code_that_a_replication_runs_is_in_the_hash() -> None:
    # The package that the simulation stands in brings much more along: take the simulation alone.
    asked = (
        "import sim, sys, types\n"
        "alone = sys.modules['sim.experiment'] = types.ModuleType('sim.experiment')\n"
        "alone.__path__ = [sim.__path__[0] + '/experiment']\n"
        "from sim.experiment.simulation import Simulation\n"
        "Simulation.of(sim.loads(sys.stdin.read()), 1, 'compiled').measure(0)\n"
        "print(*(name for name in sys.modules if name.startswith('sim.')))"
    )
    told = subprocess.run(
        [sys.executable, "-c", asked],
        input=sim.scenario.to_yaml(SCENARIO),
        capture_output=True,
        text=True,
        check=True,
    )
    parts = {name.split(".")[1] for name in told.stdout.split()}
    hashed = {part.removesuffix(".py").split("/")[0] for part in store._MAKING_NUMBERS}
    assert "engine" in parts
    offering_names = {"options", "later"}  # imported by `sim` itself, for what it exports
    assert parts - offering_names <= hashed


# --- what is kept -----------------------------------------------------------------------------


def test_what_was_written_is_read_exactly(file: Path, tally: Tally) -> None:
    other = key_of(SCENARIO, 2)
    with Store(file) as opened:
        opened.write({(KEY, 0): tally, (KEY, 7): tally, (other, 1): tally})
    with Store(file) as opened:
        found = dict(opened.read(KEY, range(1, 8)))
        assert list(found) == [7]
        assert found[7].to_bytes() == tally.to_bytes()
        assert numbers(opened) == [0, 7]
        assert numbers(opened, other) == [1]


def test_to_open_a_store_writes_nothing_into_it(file: Path, tally: Tally) -> None:
    """The disk would be waited for."""
    with Store(file) as opened:
        opened.write({(KEY, 0): tally})
    os.utime(file, (0, 0))
    with Store(file) as opened:
        assert numbers(opened) == [0]
    assert file.stat().st_mtime == 0


def test_what_other_code_made_goes_when_the_file_is_opened(
    file: Path, tally: Tally, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store(file) as opened:
        opened.write({(KEY, number): tally for number in range(200)})
    full = file.stat().st_size
    with Store(file) as opened:
        assert len(numbers(opened)) == 200
    monkeypatch.setattr(store, "code_hash", lambda: "0123456789")
    with Store(file) as opened:
        assert numbers(opened) == []
    assert file.stat().st_size < full / 5


def test_of_too_large_a_file_the_older_half_goes(
    file: Path, tally: Tally, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store(file) as opened:
        for number in range(200):
            opened.write({(KEY, 199 - number): tally})
    full = file.stat().st_size
    monkeypatch.setattr(store, "LIMIT", full)
    with Store(file) as opened:
        assert len(numbers(opened)) == 200
    monkeypatch.setattr(store, "LIMIT", full - 1)
    with Store(file) as opened:
        assert numbers(opened) == list(range(100))
    assert file.stat().st_size < 0.6 * full


def test_an_opened_store_may_lose_its_rows_to_another_version(
    file: Path, tally: Tally, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store(file) as older:
        older.write({(KEY, 0): tally})
        monkeypatch.setattr(store, "code_hash", lambda: "0123456789")
        with Store(file):
            pass
        assert numbers(older) == []
        older.write({(KEY, 1): tally})
        assert numbers(older) == [1]


# --- what cannot be used ----------------------------------------------------------------------


def refusal(path: Path) -> str:
    with pytest.raises(StoreError) as refused:
        Store(path)
    return str(refused.value)


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "store.sqlite"
    file.write_text("my notes, " * 100)
    assert refusal(file).startswith(f"{file}: cannot be used as the store")
    assert "not a database" in refusal(file)
    assert file.read_text() == "my notes, " * 100


def test_the_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "store.sqlite"
    with sqlite3.connect(file) as database:
        database.execute("CREATE TABLE replications (precious TEXT)")
    database.close()
    before = file.read_bytes()
    assert "another program's" in refusal(file)
    assert file.read_bytes() == before


def test_a_folder_in_its_place_is_refused(tmp_path: Path) -> None:
    assert "unable to open" in refusal(tmp_path)


def test_a_full_disk_is_told_and_what_was_there_stays(file: Path, tally: Tally) -> None:
    with Store(file) as opened:
        opened.write({(KEY, 0): tally})
        (pages,) = opened._database.execute("PRAGMA page_count").fetchone()
        opened._database.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(StoreError, match="full"):
            opened.write({(KEY, number): tally for number in range(1, 100)})
        assert numbers(opened) == [0]
    with Store(file) as opened:
        assert numbers(opened) == [0]


def test_half_a_file_is_told(file: Path, tally: Tally) -> None:
    with Store(file) as opened:
        opened.write({(KEY, number): tally for number in range(100)})
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(StoreError, match="malformed"), Store(file) as opened:
        numbers(opened)


# --- taken away, emptied, in use --------------------------------------------------------------


@pytest.mark.parametrize("gone", ["deleted", "emptied", "replaced", "with its folder"])
def test_a_store_that_is_taken_away_while_in_use_begins_anew(
    tmp_path: Path, tally: Tally, gone: str
) -> None:
    file = tmp_path / "results" / "store.sqlite"
    with Store(file) as opened:
        opened.write({(KEY, 0): tally})
        if gone == "emptied":
            file.write_bytes(b"")
        else:
            file.unlink()
        if gone == "replaced":
            Store(file).__exit__(None, None, None)
        if gone == "with its folder":
            file.parent.rmdir()
        assert numbers(opened) == []
        opened.write({(KEY, 1): tally})
        assert numbers(opened) == [1]


def test_a_store_in_use_is_told_soon_and_not_advised_to_be_removed(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "_PATIENCE", 0.1)
    Store(file).__exit__(None, None, None)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    message = refusal(file)
    assert "another program is using it (database is locked)" in message
    assert "remove" not in message
    other.close()


@pytest.mark.parametrize(("error", "calls"), [(StoreError, 2), (StoreBusyError, 1)])
def test_what_fails_because_the_file_is_deleted_is_done_again(
    file: Path, error: type[StoreError], calls: int
) -> None:
    """Between looking for the file and writing to it, it may be gone; another's lock stays."""
    tried = []

    def work(opened: Store) -> None:
        tried.append(opened)
        raise error

    with Store(file) as opened, pytest.raises(error):
        twice(work, opened)
    assert tried == [opened] * calls


Parts = tuple[dict[str, Any], list[Any]]


def _raised(arrays: list[Any], place: int) -> list[Any]:
    """The same arrays, the numbers of one of them far too large."""
    return [one + 10**6 * (one is arrays[place]) for one in arrays]


FORGED: dict[str, Callable[[dict[str, Any], list[Any]], Parts]] = {
    "no arrays": lambda about, arrays: (about, arrays[:0]),
    "other slices": lambda about, arrays: ({**about, "slices": about["slices"] - 1}, arrays),
    "endless slices": lambda about, arrays: ({**about, "slices": 10**15}, arrays),
    "slices in words": lambda about, arrays: ({**about, "slices": "many"}, arrays),
    "no splits": lambda about, arrays: ({**about, "splits": []}, arrays),
    "nothing said": lambda about, arrays: (dict(list(about.items())[:0]), arrays),
    "other waits": lambda about, arrays: ({**about, "waits": ["hour"]}, arrays),
    "fewer arrays": lambda about, arrays: (about, arrays[:-1]),
    "texts": lambda about, arrays: (about, [*arrays[:2], *[one * 0 - 7 for one in arrays[2:]]]),
    "no numbers": lambda about, arrays: (about, [arrays[0], arrays[1] * 0 - 1, *arrays[2:]]),
    "bins beyond": lambda about, arrays: (about, [*arrays[:2], arrays[2] + 10**6, *arrays[3:]]),
    "ends beyond": lambda about, arrays: (about, _raised(arrays, -9)),
    "waits beyond": lambda about, arrays: (about, _raised(arrays, -5)),
    "queues beyond": lambda about, arrays: (about, _raised(arrays, -3)),
    "floats": lambda about, arrays: (about, [one.astype(float) for one in arrays]),
}


@pytest.mark.parametrize("forged", FORGED)
def test_a_forged_row_is_run_again(file: Path, tally: Tally, forged: str) -> None:
    good = tally.to_bytes()
    with Runner(jobs=1, store=file) as first:
        expected = replicated(first, centre(), 1, pictures=True)
    with sqlite3.connect(file) as database:
        about, arrays = unpack(expected[0])
        bad = pack(*FORGED[forged](about, arrays))
        database.execute("UPDATE replications SET tally = ?", (bad,))
    database.close()
    assert bad != good
    told = Told()
    with Runner(jobs=1, store=file, on_progress=told) as again:
        assert replicated(again, centre(), 1, pictures=True) == expected
    assert told.run == 1
