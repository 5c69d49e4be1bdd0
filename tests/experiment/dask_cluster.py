"""A Dask cluster as a user starts it: a scheduler and workers, each a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

PATIENCE = 120.0
"""Seconds until something that should come about is taken not to."""


class DaskCluster:
    """A scheduler on a free port; use as a context manager."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._processes, self._workers = ExitStack(), ExitStack()

    def __enter__(self) -> DaskCluster:
        told = self.folder / "scheduler.json"
        self.scheduler = self._start(
            *("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"),
            *("--no-dashboard", "--scheduler-file", str(told)),
            until=self._processes,
        )
        self.address = _address(told)
        return self

    def worker(self, **environment: str) -> subprocess.Popen[bytes]:
        """Start one more worker with one thread."""
        told = self.folder / f"worker-{time.monotonic_ns()}"
        return self._start(
            *("distributed.cli.dask_worker", self.address, "--nthreads", "1", "--nworkers", "1"),
            *("--no-nanny", "--no-dashboard", "--local-directory", str(told)),
            until=self._workers,
            **environment,
        )

    def workers(self, number: int, **environment: str) -> list[subprocess.Popen[bytes]]:
        """The first workers; all are there when this returns."""
        from distributed import Client

        started = [self.worker(**environment) for _ in range(number)]
        with Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(number, timeout=PATIENCE)
        return started

    def dismiss(self) -> None:
        """End the workers; the scheduler has none any more when this returns."""
        from distributed import Client

        self._workers.close()
        deadline = time.monotonic() + PATIENCE
        with Client(self.address, set_as_default=False) as client:
            while client.scheduler_info()["workers"]:
                assert time.monotonic() < deadline
                time.sleep(0.05)

    def _start(
        self, module: str, *arguments: str, until: ExitStack, **environment: str
    ) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=self.folder,
            env={**os.environ, **environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until.callback(process.wait)
        until.callback(process.kill)
        return process

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._workers.close()
        self._processes.close()


def _address(told: Path) -> str:
    """What the scheduler writes into a file as soon as it listens."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if told.exists():
            try:
                return str(json.loads(told.read_text())["address"])
            except ValueError:
                pass  # being written
        time.sleep(0.05)
    raise TimeoutError("the scheduler did not start")
