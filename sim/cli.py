"""The command line: arguments to calls, faults to one clear message and exit code 2.

Nothing heavy is imported before a command needs it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from sim.api import Result
    from sim.scenario import Scenario
    from sim.tables import ContactLog

app = typer.Typer(
    name="sim",
    help="Contact-centre simulator: who should answer our customers, when, and is it worth it?",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

ScenarioFile = Annotated[Path, typer.Argument(metavar="FILE", help="A scenario file (YAML).")]
Days = Annotated[int | None, typer.Option(min=1, help="Count so many days instead.")]
Seed = Annotated[int | None, typer.Option(min=0, help="Seed of all chance instead.")]
Engine = Annotated[str, typer.Option(help="The engine to run on.")]


def main() -> None:
    """The command `sim`."""
    for stream in (sys.stdout, sys.stderr):
        # a console that cannot show a character gets a substitute, not a crash
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        app()
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:
        # the reader has gone (`sim show FILE | head`): nothing is left to say
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)


# --- commands ---------------------------------------------------------------------------------


@app.command()
def run(
    file: ScenarioFile,
    replications: Annotated[
        int | None, typer.Option("--replications", "-n", min=1, help="Independent replications.")
    ] = None,
    seed: Seed = None,
    engine: Engine = "reference",
    days: Days = None,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Processes; default as many as it is worth.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead.")] = False,
    out: Annotated[Path, typer.Option(help="Folder for the results.")] = Path("results"),
    log: Annotated[bool, typer.Option("--log", help="Also keep every contact (Parquet).")] = False,
) -> None:
    """Run a scenario and show what comes of it, with intervals."""
    from sim import api
    from sim.experiment import ResultFolder, folder_name
    from sim.report.terminal import as_svg

    with faults():
        scenario = _load(file, days)
        n = scenario.run.replications if replications is None else replications
        s = scenario.run.seed if seed is None else seed
        target = out / folder_name(file.stem, scenario, s, n)
        with ResultFolder(target) as folder, _progress(n, f"Running {file.name}") as advance:

            def finished(k: int, contacts: ContactLog) -> None:
                if log:
                    folder.add_log(scenario, k, contacts)
                advance()

            result = api.run(
                scenario, replications=n, seed=s, engine=engine, jobs=jobs, on_replication=finished
            )
            folder.write(result)
            (folder.path / "summary.svg").write_text(as_svg(result), encoding="utf-8")
        _print_result(result, json, target)


@app.command()
def check(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Scenario files.")],
) -> None:
    """Check scenario files and report all their faults at once."""
    from sim.scenario import ScenarioError, load

    faulty = False
    for file in files:
        try:
            load(file)
        except ScenarioError as error:
            faulty = True
            print(error, file=sys.stderr)
        else:
            print(f"{file}: good")
    if faulty:
        raise typer.Exit(2)


@app.command()
def show(file: ScenarioFile) -> None:
    """Print a scenario fully resolved: bases merged, defaults filled in, files read."""
    from sim.scenario import to_yaml

    with faults():
        print(to_yaml(_load(file)), end="")


@app.command()
def new(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write.")],
) -> None:
    """Write a small scenario to start from."""
    from sim.scenario import template

    with faults():
        # "x": never over something that is there
        with file.open("x", encoding="utf-8") as target:
            target.write(template())
        print(f"{file}: written; run it with: sim run {file}")


@app.command()
def schema() -> None:
    """Print the JSON Schema of the scenario language, for editors."""
    import json

    from sim.scenario import schema as scenario_schema

    print(json.dumps(scenario_schema(), indent=2, ensure_ascii=False))


@app.command()
def trace(
    file: ScenarioFile,
    customer: Annotated[int, typer.Option(min=0, help="Number of the customer, from 0.")],
    replication: Annotated[int, typer.Option(min=0, help="Which replication.")] = 0,
    seed: Seed = None,
    days: Days = None,
) -> None:
    """Tell one customer's story, event by event."""
    from sim import api

    with faults():
        scenario = _load(file, days)
        print(api.trace(scenario, customer, replication=replication, seed=seed))


# --- helpers of the commands ------------------------------------------------------------------


@contextmanager
def faults() -> Iterator[None]:
    """Turn what a user can mend into one message and exit code 2."""
    from sim.scenario import ScenarioError

    try:
        yield
    except (ScenarioError, ValueError) as error:
        _fail(str(error))
    except BrokenPipeError:
        raise  # nobody reads any more; see main
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        _fail(f"{where}{error.strerror or error}")


def _fail(message: str) -> NoReturn:
    print(message, file=sys.stderr)
    raise typer.Exit(2)


def _load(file: Path, days: int | None = None) -> Scenario:
    from sim.scenario import load

    return load(file, overrides={} if days is None else {"calendar.days": days})


@contextmanager
def _progress(total: int, what: str) -> Iterator[Callable[[], None]]:
    """A bar on the terminal for work that takes a while; nothing in a pipe."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=total)
        yield lambda: bar.advance(task)


def _print_result(result: Result, json: bool, target: Path) -> None:
    if json:
        from json import dumps

        print(dumps(result.as_json(), ensure_ascii=False, allow_nan=False))
        return
    from sim.report.terminal import show_result

    show_result(result)
    print(f"Results in {target}")
