"""Replications on a Dask cluster: the same numbers, whatever happens to it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from dask_cluster import PATIENCE, DaskCluster
from distributed import Client
from small_week import Told, centre, replicated

import sim
from sim.experiment import executors, runner
from sim.experiment.executors import HelpersError
from sim.experiment.runner import Runner

NUMBER = 40


@pytest.fixture(scope="module")
def expected() -> list[bytes]:
    """As this process makes them."""
    with Runner(jobs=1) as here:
        return replicated(here, centre(), NUMBER)


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaskCluster]:
    """A scheduler for all tests but the one that ends it."""
    with DaskCluster(tmp_path_factory.mktemp("cluster")) as cluster:
        yield cluster


@pytest.fixture
def cluster(started: DaskCluster) -> Iterator[DaskCluster]:
    """A scheduler without workers."""
    yield started
    started.dismiss()


@pytest.fixture(autouse=True)
def small_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A replication a task: much goes to and fro."""
    monkeypatch.setattr(runner, "TASK_SECONDS", 0.0)


def test_two_workers_give_the_same_numbers_as_this_process(
    expected: list[bytes], cluster: DaskCluster, tmp_path: Path
) -> None:
    cluster.workers(2)
    told = Told()
    for run in (NUMBER, 0):  # at first everything, then what the store holds
        told.calls = []
        with Runner(
            cluster=cluster.address, store=tmp_path / "store.sqlite", on_progress=told
        ) as there:
            assert replicated(there, centre(), NUMBER) == expected
        assert told.run == run


def test_large_tasks_give_them_too(
    expected: list[bytes], cluster: DaskCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "TASK_SECONDS", 60.0)
    cluster.workers(1)
    with Runner(cluster=cluster.address, engine="reference") as there:
        assert replicated(there, centre(), NUMBER) == expected


def test_a_worker_killed_half_way_costs_nothing(
    expected: list[bytes], cluster: DaskCluster
) -> None:
    first, _ = cluster.workers(2)

    def kill_one(done: int, _: int) -> None:
        if done == NUMBER // 2:
            first.kill()
            first.wait()

    with Runner(cluster=cluster.address, on_progress=kill_one) as there:
        assert replicated(there, centre(), NUMBER) == expected
    assert first.poll() is not None


def test_all_workers_lost_and_one_that_takes_over(
    expected: list[bytes], cluster: DaskCluster
) -> None:
    (only,) = cluster.workers(1)

    def replace(done: int, _: int) -> None:
        if done == NUMBER // 2:
            only.kill()
            only.wait()
            cluster.worker()

    with Runner(cluster=cluster.address, on_progress=replace) as there:
        assert replicated(there, centre(), NUMBER) == expected


def test_a_worker_that_joins_later_is_used(expected: list[bytes], cluster: DaskCluster) -> None:
    cluster.workers(1)
    with Client(cluster.address, set_as_default=False) as client:

        def join(done: int, _: int) -> None:
            if done == 5:
                cluster.worker()
                client.wait_for_workers(2, timeout=PATIENCE)

        with Runner(cluster=cluster.address, on_progress=join) as there:
            assert replicated(there, centre(), NUMBER) == expected
        asked = client.run(_prepared)
    assert len(asked) == 2
    assert all(prepared == 1 for prepared in asked.values())


def _prepared() -> int:
    """Asked on a worker: how many scenarios it has made ready."""
    from sim.experiment import runner

    return runner.simulation.cache_info().misses


_prepared.__module__ = "__main__"  # its code is sent: workers do not have this file


def test_a_lost_scheduler_is_told_and_what_was_finished_is_kept(
    expected: list[bytes], tmp_path: Path
) -> None:
    store = tmp_path / "store.sqlite"
    with DaskCluster(tmp_path) as cluster:
        cluster.workers(1)

        def kill(done: int, _: int) -> None:
            if done == NUMBER // 2:
                cluster.scheduler.kill()

        with (
            Runner(cluster=cluster.address, store=store, on_progress=kill) as there,
            pytest.raises(HelpersError, match=f"{cluster.address} did not do its work"),
        ):
            replicated(there, centre(), NUMBER)
    told = Told()
    with Runner(jobs=1, store=store, on_progress=told) as here:
        assert replicated(here, centre(), NUMBER) == expected
    assert 0 < told.run <= NUMBER // 2


@pytest.fixture
def other_version(tmp_path: Path) -> str:
    """A folder with another version of sim."""
    package = tmp_path / "other" / "sim"
    here = Path(sim.__file__).parent
    shutil.copytree(here, package, ignore=shutil.ignore_patterns("__pycache__"))
    (package / "engine" / "run.py").write_text(
        (here / "engine" / "run.py").read_text(encoding="utf-8") + "# improved\n", encoding="utf-8"
    )
    return str(package.parent)


def test_a_worker_with_another_version_is_refused(cluster: DaskCluster, other_version: str) -> None:
    cluster.workers(1, PYTHONPATH=other_version)
    with (
        Runner(cluster=cluster.address) as there,
        pytest.raises(HelpersError, match="runs another version of sim"),
    ):
        replicated(there, centre(), NUMBER)


def test_a_worker_without_sim_is_told(cluster: DaskCluster, tmp_path: Path) -> None:
    package = tmp_path / "other" / "sim"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise ImportError('there is no sim here')")
    cluster.workers(1, PYTHONPATH=str(package.parent))
    with (
        Runner(cluster=cluster.address) as there,
        pytest.raises(HelpersError, match=r"cannot run sim .*there is no sim here"),
    ):
        replicated(there, centre(), NUMBER)


def test_a_worker_with_another_version_may_join_but_not_work(
    cluster: DaskCluster, other_version: str
) -> None:
    (only,) = cluster.workers(1)

    def replace(done: int, _: int) -> None:
        if done == NUMBER // 2:
            only.kill()
            only.wait()
            cluster.worker(PYTHONPATH=other_version)

    with (
        Runner(cluster=cluster.address, on_progress=replace) as there,
        pytest.raises(HelpersError, match="runs another version of sim"),
    ):
        replicated(there, centre(), NUMBER)


def test_a_cluster_that_has_lost_all_workers_is_told(
    cluster: DaskCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(executors, "SECONDS_WITHOUT_WORKERS", 1)
    monkeypatch.setattr(runner, "LOOK_EVERY", 0.5)
    (only,) = cluster.workers(1)

    def kill(done: int, _: int) -> None:
        if done == NUMBER // 2:
            only.kill()

    with (
        Runner(cluster=cluster.address, on_progress=kill) as there,
        pytest.raises(HelpersError, match="has lost all its workers"),
    ):
        replicated(there, centre(), NUMBER)


def test_a_cluster_without_workers_is_told(cluster: DaskCluster) -> None:
    with (
        Runner(cluster=cluster.address) as there,
        pytest.raises(
            HelpersError, match=f"no workers: start one with: dask worker {cluster.address}"
        ),
    ):
        replicated(there, centre(), 1)


@pytest.mark.parametrize(
    "address", ["tcp://127.0.0.1:1", "nonsense", "http://127.0.0.1:80", "tcp://nowhere.invalid:1"]
)
def test_an_address_where_nobody_answers(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executors, "SECONDS_TO_CONNECT", 1)
    with (
        Runner(cluster=address) as there,
        pytest.raises(HelpersError, match=f"no Dask scheduler answers at {address}"),
    ):
        replicated(there, centre(), 1)


def test_without_dask_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with (
        Runner(cluster="tcp://127.0.0.1:8786") as there,
        pytest.raises(HelpersError, match=r"pip install .contact-center-sim\[cluster\]"),
    ):
        replicated(there, centre(), 1)
