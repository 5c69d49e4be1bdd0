"""Calls of the command line, each a process of its own that need not import everything anew.

A process that has imported what commands import is forked for every call: the start of Python and
of the libraries, which takes longer than most of what is tested here, is paid once. It has the
compiled engine too: calls with the start of a process of their own say whether they load it.
"""

from __future__ import annotations

import json
import os
import runpy
import subprocess
import sys
import traceback
from contextlib import nullcontext
from importlib import import_module
from pathlib import Path

from rough import rough_staffing

IMPORTED = (
    *("sim.cli", "sim.api", "sim.experiment.run", "sim.experiment.compare", "sim.experiment.sweep"),
    *("sim.experiment.staff", "sim.report.html", "sim.report.terminal", "sim.data.fitting.fit"),
    *("sim.data.look", "sim.data.testing.backtest", "pandas", "pyarrow.parquet", "scipy.stats"),
    *("sim.report.run", "sim.report.charts", "jsonschema", "rich.progress", "sqlite3"),
)


class Warm:
    """The process that is forked; use as a context manager."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "COLUMNS": "80"},
        )

    def __enter__(self) -> Warm:
        return self

    def __exit__(self, *_: object) -> None:
        # told, not left with a closed pipe: another process of the tests may hold its other end
        self._process.communicate("\n")

    def call(
        self,
        arguments: list[str],
        folder: Path,
        told: Path,
        *,
        together: bool = False,
        rough: bool = False,
    ) -> tuple[int, str, str]:
        """Exit code, standard output, standard error of `sim` with these arguments.

        Args:
            arguments: of the command line.
            folder: where it is called.
            told: a folder for what it prints, not that one.
            together: both streams as one, as on a terminal.
            rough: plans of staffings are compared in few replications.
        """
        streams = [told / "stdout", told / ("stdout" if together else "stderr")]
        for stream in streams:
            stream.write_text("")
        asked = {
            "arguments": arguments,
            "folder": str(folder),
            "streams": [*map(str, streams)],
            "rough": rough,
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(asked), file=self._process.stdin, flush=True)
        code = int(self._process.stdout.readline())
        out, err = (stream.read_text(encoding="utf-8") for stream in streams)
        return code, out, err


def _command(arguments: list[str], folder: str, streams: list[str], *, rough: bool) -> int:
    """In the fork: be `python -m sim`."""
    os.chdir(folder)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for number, stream in enumerate(streams, 1):
        os.dup2(os.open(stream, os.O_WRONLY | os.O_APPEND), number)
    sys.argv = ["sim", *arguments]
    try:
        with rough_staffing() if rough else nullcontext():
            runpy.run_module("sim", run_name="__main__", alter_sys=True)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def _serve() -> None:
    for name in IMPORTED:
        import_module(name)
    import_module("sim.engine").load()
    answers = os.fdopen(os.dup(1), "w")
    while (line := sys.stdin.readline()).strip():
        child = os.fork()
        if child == 0:
            code = 1
            try:
                code = _command(**json.loads(line))
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(code)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), file=answers, flush=True)


if __name__ == "__main__":
    _serve()
