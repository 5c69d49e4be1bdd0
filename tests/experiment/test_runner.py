"""The runner: the same numbers wherever and in whatever order replications are run."""

from __future__ import annotations

import multiprocessing
import os
import select
import sqlite3
import time
from pathlib import Path

import numpy as np
import pytest
from small_week import Told, as_bytes, centre, replicated

from sim.engine import ENGINES
from sim.experiment import branching, runner
from sim.experiment.executors import HelpersError
from sim.experiment.run import Replicating, run
from sim.experiment.runner import Runner
from sim.experiment.simulation import Simulation
from sim.measures import SPLITS, Basis, values
from sim.tables import ContactLog, Outcome

NUMBER = 12


@pytest.fixture(scope="module")
def expected() -> list[bytes]:
    """Each replication by itself."""
    simulation = Simulation.of(centre(), 1, "compiled")
    return [simulation.measure(number)[0].to_bytes() for number in range(NUMBER)]


@pytest.mark.parametrize("jobs", [1, 2, 3])
@pytest.mark.parametrize("engine", ["compiled", "reference"])
def test_the_numbers_do_not_depend_on_where_they_are_made(
    expected: list[bytes], engine: str, jobs: int
) -> None:
    with Runner(engine=engine, jobs=jobs) as here:
        assert replicated(here, centre(), NUMBER) == expected


@pytest.mark.parametrize("seconds", [0.0, 0.25, 1e9])
def test_nor_on_how_the_work_is_cut(
    expected: list[bytes], seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "TASK_SECONDS", seconds)
    told = Told()
    with Runner(jobs=1, on_progress=told) as here:
        assert replicated(here, centre(), NUMBER) == expected
    assert told.run == NUMBER
    if seconds == 0.0:
        assert told.calls == [(k + 1, NUMBER) for k in range(NUMBER)]
    if seconds == 1e9:
        assert len(told.calls) < NUMBER


@pytest.mark.parametrize("steps", [(12,), (1, 12), (3, 3, 2, 7, 12)])
def test_a_sample_grows_by_what_it_lacks(expected: list[bytes], steps: tuple[int, ...]) -> None:
    told = Told()
    with Runner(jobs=1, on_progress=told) as here:
        sample = here.sample(centre(), 1)
        for number in steps:
            before, told.calls = len(sample), []
            here.extend([sample], number)
            assert told.run == max(number - before, 0)
            assert len(sample) == max(before, number)
    assert as_bytes(sample) == expected


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_is_done_meanwhile_is_done_once_and_sees_nothing_of_the_work(
    expected: list[bytes], jobs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(branching, "SECONDS_ALONE", 0.0)
    seen = []
    with Runner(jobs=jobs) as here:
        sample = here.sample(centre(), 1)
        for _ in range(2):  # the second time there is no work left
            here.extend([sample], NUMBER, meanwhile=lambda: seen.append(len(sample)))
    assert seen == [0, NUMBER]
    assert as_bytes(sample) == expected


def test_scenarios_are_run_together_and_the_same_one_once(expected: list[bytes]) -> None:
    told = Told()
    with Runner(jobs=2, on_progress=told) as here:
        longer, other = here.sample(centre(), 1), here.sample(centre({"name": "Other"}), 1)
        more = here.sample(centre({"reasons.calls.wrap": "1 min"}), 1)
        luck = here.sample(centre(), 2)
        here.extend([longer], 5)
        told.calls = []
        # 12 - 5 would do for the first, but one of the same numbers has none yet
        here.extend([longer, other, more, luck], NUMBER)
    assert told.run == 3 * NUMBER
    assert as_bytes(longer) == as_bytes(other) == expected
    assert len({*expected, *as_bytes(more), *as_bytes(luck)}) == 3 * NUMBER


def test_only_the_splits_asked_for_are_held(expected: list[bytes], tmp_path: Path) -> None:
    simulation = Simulation.of(centre(), 1, "compiled")
    reduced = [
        simulation.measure(number)[0].only(simulation.basis.slices, ["total", "window"])
        for number in range(NUMBER)
    ]
    store = tmp_path / "store.sqlite"
    for _ in range(2):  # run, then found
        with Runner(jobs=1, store=store, splits=["total", "window"]) as here:
            sample = here.sample(centre(), 1)
            here.extend([sample], NUMBER)
        assert as_bytes(sample) == [tally.to_bytes() for tally in reduced]
    told = Told()
    with Runner(jobs=1, store=store, on_progress=told) as here:  # the store holds all of them
        sample = here.sample(centre(), 1)
        here.extend([sample], NUMBER)
    assert sample.tallies[0].splits == SPLITS
    assert as_bytes(sample) == expected
    assert told.run == 0


def test_what_is_asked_for_alone_is_kept_alone(expected: list[bytes], tmp_path: Path) -> None:
    store, told = tmp_path / "store.sqlite", Told()
    with Runner(jobs=1, store=store) as here:
        full, little = here.sample(centre(), 1), here.sample(centre(), 1, measures=["asa"])
        here.extend([full, little], NUMBER)
    assert as_bytes(full) == expected
    with Runner(jobs=1, store=store, on_progress=told) as here:
        again, other = (here.sample(centre(), 1, measures=[name]) for name in ("asa", "hours"))
        here.extend([again], NUMBER)
        assert told.run == 0  # all of it was found
        here.extend([other], NUMBER)
        assert told.run == NUMBER
    assert as_bytes(again) == as_bytes(little)
    for name, sample in (("asa", again), ("hours", other)):
        found, whole = (values(centre(), one.tallies, name) for one in (sample, full))
        assert np.array_equal(found, whole)
    assert np.isnan(values(centre(), again.tallies, "hours")[0]).all()


@pytest.mark.parametrize("jobs", [1, 3])
def test_contacts_come_in_order_and_of_all_replications(
    expected: list[bytes], jobs: int, tmp_path: Path
) -> None:
    store = tmp_path / "store.sqlite"
    with Runner(jobs=jobs, store=store) as here:
        assert replicated(here, centre(), 5) == expected[:5]
        seen = []
        sample = here.sample(centre(), 1)
        here.extend([sample], NUMBER, lambda number, log: seen.append((number, len(log))))
    assert as_bytes(sample) == expected
    simulation = Simulation.of(centre(), 1, "compiled")
    assert seen == [(number, len(simulation.play(number)[1])) for number in range(NUMBER)]


def answered_by_channel(basis: Basis, log: ContactLog) -> list[int]:
    """What a reader takes from a log, in whatever process."""
    answered = log.channel[log.outcome == Outcome.ANSWERED]
    return np.bincount(answered, minlength=len(basis.scenario.channels)).tolist()


@pytest.mark.parametrize("jobs", [1, 3])
def test_contacts_are_read_where_they_are_played(
    expected: list[bytes], jobs: int, tmp_path: Path
) -> None:
    store = tmp_path / "store.sqlite"
    with Runner(jobs=jobs, store=store) as here:
        assert replicated(here, centre(), 5) == expected[:5]
        sample, other = (here.sample(centre(), 1, read=answered_by_channel) for _ in range(2))
        here.extend([sample, other], NUMBER)
    assert as_bytes(sample) == expected
    simulation = Simulation.of(centre(), 1, "compiled")
    logs = [simulation.play(number)[1] for number in range(NUMBER)]
    read = {n: answered_by_channel(simulation.basis, log) for n, log in enumerate(logs)}
    assert sample.readings == other.readings == read


def test_what_is_finished_is_kept_when_the_work_is_broken_off(
    expected: list[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "TASK_SECONDS", 0.0)
    store = tmp_path / "store.sqlite"

    def interrupt(done: int, _: int) -> None:
        if done == 5:
            raise KeyboardInterrupt

    for jobs in (1, 2):
        with Runner(jobs=jobs, store=store, on_progress=interrupt) as here:
            sample = here.sample(centre(), jobs)
            with pytest.raises(KeyboardInterrupt):
                here.extend([sample], NUMBER)
        assert len(sample) == 0
        told = Told()
        with Runner(jobs=jobs, store=store, on_progress=told) as here:
            found = replicated(here, centre(), NUMBER, seed=jobs)
        assert told.run == NUMBER - 5
        assert (found == expected) is (jobs == 1)


def test_a_fault_of_the_scenario_is_not_the_helpers(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise ValueError("reasons.calls: too many")

    monkeypatch.setattr(runner, "simulation", refuse)
    for jobs in (1, 2):
        with (
            Runner(jobs=jobs) as here,
            pytest.raises(ValueError, match=r"^reasons\.calls: too many"),
        ):
            replicated(here, centre(), 3)


def test_a_lost_process_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(branching, "SECONDS_ALONE", 0.0)  # all in processes, from the beginning

    def kill(*_: int) -> None:
        for process in multiprocessing.active_children():
            process.kill()

    for engine in ENGINES:
        with (
            Runner(engine=engine, jobs=2, on_progress=kill) as here,
            pytest.raises(HelpersError, match="one of 2 processes did not do its work"),
        ):
            replicated(here, centre(), 1_000)


def test_processes_give_the_same_numbers(
    expected: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(branching, "SECONDS_ALONE", 0.0)
    with Runner(jobs=2) as here:
        assert replicated(here, centre(), NUMBER) == expected
        assert isinstance(here._helpers.executor, branching.Branching)
        assert here._helpers.executor.processes is not None


@pytest.mark.skipif(not branching.can_branch(), reason="processes are not branched off here")
@pytest.mark.parametrize(("least", "branched"), [(0.0, True), (1e9, False)])
def test_processes_are_branched_off_as_soon_as_much_work_is_known_to_come(
    least: float, branched: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(branching, "SECONDS_ALONE", 1e9)
    monkeypatch.setattr(branching, "SECONDS_AHEAD", least)
    with Runner(jobs=2) as here:
        replicated(here, centre(), 1)
        assert here._helpers.executor.processes is None  # nothing is known yet
        replicated(here, centre(), NUMBER)
        assert (here._helpers.executor.processes is not None) is branched


@pytest.mark.skipif(not branching.can_branch(), reason="processes are not branched off here")
def test_each_task_gets_its_own_answer() -> None:
    with branching.Branched(2) as helpers:
        asked = [helpers.submit(pow, 2, power) for power in range(200)]
        assert [one.result() for one in asked] == [2**power for power in range(200)]


@pytest.mark.skipif(not branching.can_branch(), reason="processes are not branched off here")
def test_a_process_holds_nothing_that_others_have_open() -> None:
    """The end of a pipe is seen by who reads it, though helpers live on."""
    read, write = os.pipe()
    with branching.Branched(1) as helpers:
        assert helpers.submit(os.getppid).result() == os.getpid()
        os.close(write)
        assert select.select([read], [], [], 10)[0] == [read]
        assert os.read(read, 1) == b""
        assert helpers.submit(os.getppid).result() == os.getpid()  # and it works on
    os.close(read)


@pytest.mark.skipif(not branching.can_branch(), reason="processes are not branched off here")
def test_a_task_is_as_it_was_handed_over() -> None:
    """Who hands it over goes on meanwhile: a study's scenarios note what they have worked out."""
    noted = {"one": 1}
    with branching.Branched(1) as helpers:
        helpers.submit(time.sleep, 0.3)  # the next waits until this is done
        counted = helpers.submit(len, noted)
        noted["two"] = 2
        assert counted.result() == 1


def test_half_a_store_is_filled_up(expected: list[bytes], tmp_path: Path) -> None:
    store = tmp_path / "store.sqlite"
    with Runner(jobs=1, store=store) as here:
        replicated(here, centre(), NUMBER)
    with sqlite3.connect(store) as database:
        database.execute("DELETE FROM replications WHERE number IN (0, 4, 11)")
        # a byte of the middle turned, the end missing, nothing there, something else there
        for number, damaged in [
            (1, expected[1][:60] + bytes([expected[1][60] ^ 1]) + expected[1][61:]),
            (2, expected[2][:-1]),
            (3, b""),
            (5, "text"),
        ]:
            database.execute(
                "UPDATE replications SET tally = ? WHERE number = ?", (damaged, number)
            )
    database.close()
    for left in (7, 0):
        told = Told()
        with Runner(jobs=2, store=store, on_progress=told) as here:
            assert replicated(here, centre(), NUMBER) == expected
        assert told.run == left


def test_pictures_are_counted_where_a_study_left_them_out(tmp_path: Path) -> None:
    with Runner(jobs=1) as here:
        alone = run(Replicating(centre(), 3, 1), here)
    store, told, once_more = tmp_path / "store.sqlite", Told(), Told()
    with Runner(jobs=1, store=store) as here:
        sample = here.sample(centre(), 1)
        here.extend([sample], 3)
        assert not sample.tallies.ends()
    with Runner(jobs=1, store=store, on_progress=told) as here:
        found = run(Replicating(centre(), 3, 1), here)
    assert told.run == 3
    assert found.ends is not None
    assert alone.ends is not None
    assert np.array_equal(found.ends.contacts["contacts"], alone.ends.contacts["contacts"])
    assert found.ends.contacts["contacts"].sum() > 0
    with Runner(jobs=1, store=store, on_progress=once_more) as here:  # these do for both
        here.extend([here.sample(centre(), 1), here.sample(centre(), 1, pictures=True)], 3)
    assert once_more.run == 0
