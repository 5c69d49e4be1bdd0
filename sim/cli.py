"""The command line: arguments to calls, faults to one clear message and exit code 2.

The commands that run replications are made of what `sim.options` tells of them. Nothing heavy is
imported before a command needs it.
"""

from __future__ import annotations

import gc
import inspect
import logging
import os
import re
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar, get_type_hints

import typer
from typer.core import TyperCommand, TyperGroup

from sim.answering import (
    answered,
    checked_file,
    fail,
    faults,
    kept,
    loaded,
    option_of,
    say,
    show_found,
    told_to_end,
    write_new,
    write_page,
)
from sim.api import options_of
from sim.options import COMMANDS, OPTIONS

F = TypeVar("F", bound=Callable[..., Any])

TO_END = (signal.SIGINT, signal.SIGTERM)

GRACE = 5.0
"""Seconds to end in after being told to."""

SELDOM = 200_000
"""Objects made between two of Python's searches for garbage: about all that a small run makes. What
a command imports, reads and estimates is no garbage until it ends."""

HELP = {"help_option_names": ["-h", "--help"], "max_content_width": 160}
"""How help is asked for, and how wide it may be: as the terminal, within reason."""


@contextmanager
def _shown() -> Iterator[None]:
    """What a message repeats of the command line is shown, never obeyed (see `printable`)."""
    try:
        yield
    except Exception as error:
        if isinstance(message := getattr(error, "message", None), str):
            from sim.scenario.faults import printable

            error.message = "\n".join(map(printable, message.split("\n")))  # type: ignore[attr-defined]
        raise


class Call(TyperCommand):
    """A command; its usage says FILE and FILE..., which newer versions of Typer put into braces."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """What is given, in order."""
        pieces = super().collect_usage_pieces(ctx)
        return [re.sub(r"^\{(.*?)(\.\.\.)?\}", r"\1", piece) for piece in pieces]


class Commands(TyperGroup):
    """The list of commands, with all of their help."""

    def make_context(self, *args: Any, **kwargs: Any) -> Any:
        """Read what stands before the command."""
        with _shown():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: Any) -> Any:
        """Run a command."""
        try:
            with _shown():
                return super().invoke(ctx)
        except KeyboardInterrupt:  # here: what calls this would end without a word
            _end_interrupted()

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the commands in the order in which they are used."""
        found = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        lines = [
            (name, (one.help or "").partition("\n")[0])
            for name, one in found
            if one is not None and not one.hidden
        ]
        with formatter.section("Commands"):
            formatter.write_dl(lines)


app = typer.Typer(
    name="sim",
    cls=Commands,
    help="Contact-centre simulator: who should answer our customers, when, and is it worth it?",
    no_args_is_help=True,
    invoke_without_command=True,
    context_settings=HELP,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def offered(name: str = "") -> Callable[[F], F]:
    """A function as a command; `options.txt` tells its arguments and options."""

    def add(function: F) -> F:
        command, plain = name or function.__name__, inspect.signature(function)
        told = {one: _told(command, one, hint) for one, hint in get_type_hints(function).items()}
        taken = [one.replace(annotation=told[one.name]) for one in plain.parameters.values()]
        function.__annotations__ = told
        function.__signature__ = plain.replace(parameters=taken)  # type: ignore[attr-defined]
        return app.command(command, cls=Call)(function)

    return add


def _told(command: str, name: str, hint: Any) -> Any:
    """The type of an argument or option, with its words as Typer reads them."""
    one = OPTIONS.get(f"{command}.{name}") or OPTIONS.get(name)
    if one is None:
        return hint
    words: dict[str, Any] = {"metavar": one.metavar or None, "help": one.help}
    if one.flags == "argument":
        return Annotated[hint, typer.Argument(**words)]
    if command not in COMMANDS:  # theirs are checked where those of functions are
        words |= dict(zip(("min", "max"), one.limits, strict=True))
    flags = one.flags.split() or [f"--{name.replace('_', '-')}"]
    complete = COMPLETED.get(one.allowed)
    return Annotated[hint, typer.Option(*flags, **words, autocompletion=complete)]


def _engines(incomplete: str) -> list[str]:
    from sim.engine import ENGINES

    return [one for one in ENGINES if one.startswith(incomplete)]


def _measures(incomplete: str) -> list[str]:
    from sim.experiment.study import RANKING

    return [one for one in RANKING if one.startswith(incomplete)]


COMPLETED = {"engines": _engines, "measures": _measures}
"""What the shell completes a value from."""


def main() -> None:
    """The command `sim`."""
    gc.set_threshold(SELDOM)
    _prepare_streams()
    warnings.showwarning = _note
    # being told to end ends like an interrupt: nothing half written, no helper left behind
    for one in TO_END:
        signal.signal(one, _end)
    _end_at_last()
    try:
        try:
            app()
        finally:
            gc.freeze()  # the search when Python ends would go through all of it for nothing
            sys.stdout.flush()  # here, not when Python ends: nobody could tell of a fault then
    except KeyboardInterrupt:
        _end_interrupted()
    except BrokenPipeError:
        # the reader has gone (`sim show FILE | head`): nothing is left to say
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except OSError as error:  # of what is shown: all else is told by the commands
        with suppress(OSError):
            say(f"the answer cannot be shown: {error.strerror or error}", aside=True)
        for stream in (sys.stdout, sys.stderr):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        sys.exit(2)


def _note(message: Warning | str, *_: object, **__: object) -> None:
    say(f"note: {message}", aside=True)


def _end(*_: object) -> None:
    told_to_end.set()
    raise KeyboardInterrupt


def _end_at_last() -> None:
    """Who is told to end amid a replication of minutes, which cannot be broken off, ends without
    it: nobody writes anything then."""
    if os.name != "posix":  # elsewhere nothing tells a thread of signals
        return
    told, tell = os.pipe()
    os.set_blocking(tell, False)
    signal.set_wakeup_fd(tell, warn_on_full_buffer=False)

    def wait() -> None:
        while os.read(told, 1)[0] not in TO_END:
            pass
        time.sleep(GRACE)
        _tell_interrupted()
        os._exit(130)

    threading.Thread(target=wait, daemon=True).start()


def _end_interrupted() -> NoReturn:
    _tell_interrupted()
    # Python remembers that an interrupt went through text that was executed (scipy does that while
    # it is imported), and would end by the signal after all: to execute anything clears its memory
    exec("")
    sys.exit(130)


@cache
def _tell_interrupted() -> None:
    """Say once that what was finished is not lost."""
    told = "interrupted"
    if kept and kept[0].exists():
        told += f"; finished replications are kept in {kept[0]}: call it again to go on"
    say(told, aside=True)


def _prepare_streams() -> None:
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by the caller: nobody listens
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
        # a console that cannot show a character gets a substitute, not a crash; both streams
        # are written line by line, so that a pipe gets them in the order of a terminal
        getattr(sys, name).reconfigure(errors="replace", line_buffering=True)
    log = logging.getLogger("sim")  # that the engine is compiled first, or cannot be
    log.addHandler(logging.StreamHandler(sys.stderr))
    log.setLevel(logging.INFO)


@app.callback()
def _options(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if version:
        from sim import __version__

        print(f"sim {__version__}")
        raise typer.Exit


# --- commands ---------------------------------------------------------------------------------


def _made(name: str) -> Callable[..., None]:
    """The function of a command that runs replications, with the signature that Typer reads."""

    def work(**given: Any) -> None:
        with faults():
            answered(name, given)

    many = OPTIONS[f"{name}.files"].metavar.endswith("...")
    taken: dict[str, tuple[Any, Any]] = {
        "files": (list[Path] if many else Path, inspect.Parameter.empty)
    }
    for option, kind in options_of(name).items():
        if OPTIONS[option].flags != "Python":  # what can be given several times is a list of texts
            taken[option] = (list[str] if kind in (Mapping, Sequence) else kind) | None, None
    taken |= {"json": (bool, False), "out": (Path, Path("results")), "report": (bool, False)}
    if name == "run":
        taken["log"] = bool, False
    work.__doc__ = COMMANDS[name].help
    work.__annotations__ = {one: hint for one, (hint, _) in taken.items()}
    work.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter(one, inspect.Parameter.KEYWORD_ONLY, default=default)
            for one, (_, default) in taken.items()
        ]
    )
    return work


for _name in COMMANDS:
    offered(_name)(_made(_name))


@offered()
def live(
    target: Path = Path(),
    host: str = "127.0.0.1",
    port: int | None = None,
    browser: bool = True,
    jobs: int | None = None,
) -> None:
    """Try a scenario by hand on a page: move a slider, see what happens and how sure it is."""
    from sim.live.server import serve

    with faults():
        serve(target, host=host, port=port, browser=browser, jobs=jobs)


@offered("report")
def report_of(folder: Path) -> None:
    """Write the report of a finished run or study, to look at in a browser, and its charts."""
    with faults():
        from sim.experiment.result import load_result
        from sim.report.files import write_report

        say(f"Report: {write_report(load_result(folder).report(), folder)}")


@offered()
def check(files: list[Path]) -> None:
    """Check scenario and study files: all faults at once, and notes on what may not be meant."""
    from sim.scenario import ScenarioError
    from sim.scenario.faults import MOST_TOLD

    faulty = False
    for file in files:
        try:
            good, notes = checked_file(file)
        except ScenarioError as error:
            faulty = True
            say(str(error), aside=True)
        else:
            say(f"{file}: {good}")
            for note in notes[:MOST_TOLD]:
                say(f"note: {note}", aside=True)
            if more := len(notes[MOST_TOLD:]):
                say(f"and {more:,} more notes", aside=True)
    if faulty:
        raise typer.Exit(2)


@offered()
def show(file: Path, option: str | None = None) -> None:
    """Print a scenario fully resolved: bases merged, defaults filled in, files read."""
    from sim.scenario import to_yaml
    from sim.scenario.reading import is_study

    with faults():
        if is_study(file):
            print(to_yaml(option_of(file, option)), end="")
        elif option is not None:
            raise ValueError(f"{file}: is no study, so it has no options; leave out --option")
        else:
            print(to_yaml(loaded(file)), end="")


@offered()
def new(file: Path) -> None:
    """Write a small scenario to start from, and what an editor needs to check it."""
    from sim.folders import whole
    from sim.scenario import schema_text, template

    with faults():
        with whole(file.with_name(SCHEMA_FILE)) as part:
            part.write_text(schema_text(), encoding="utf-8")
            write_new(file, f"{MODELINE}{SCHEMA_FILE}\n{template()}")
        say(f"{file}: written; run it with: sim run {file}")


MODELINE = "# yaml-language-server: $schema="
SCHEMA_FILE = "sim.schema.json"
"""What editors check a scenario with; it stands beside the scenario."""


@offered()
def schema(study: bool = False) -> None:
    """Print the JSON Schema of scenario files, for editors."""
    from sim import scenario

    if study:
        from sim.experiment import study_file

        print(scenario.schema_text(study_file.schema()), end="")
    else:
        print(scenario.schema_text(), end="")


@offered()
def trace(
    file: Path,
    customer: int,
    replication: int = 0,
    seed: int | None = None,
    days: int | None = None,
) -> None:
    """Tell one customer's story, event by event."""
    from sim import api

    with faults():
        scenario = loaded(file, {"calendar.days": days, "run.seed": seed})
        print(api.trace(scenario, customer, replication=replication))


@offered("data")
def look_at_data(
    files: list[Path],
    map_file: Path | None = None,
    zone: str | None = None,
    report: bool = False,
) -> None:
    """Look at an export of contacts or intervals: how it is read, and what is odd about it.

    With --map FILE, where there is no such file yet, the map of its columns is written there to be
    edited; a file that is there says which column is what.
    """
    with faults():
        from sim.data import read_data
        from sim.data.look import look
        from sim.data.reading import find_map

        if map_file is not None and not map_file.exists():
            # before the export is read: a map is wanted most where it cannot be read without
            write_new(map_file, find_map(files))
            say(f"Map: {map_file}")
            map_file = None
        found = look(read_data(files, map_file, zone=zone))
        show_found(found)
        if report:
            write_page(found, Path(files[0].name))


@offered("fit")
def fit_scenario(
    files: list[Path],
    out: Path = Path("fitted.yaml"),
    map_file: Path | None = None,
    zone: str | None = None,
    holidays: str | None = None,
    threshold: float | None = None,
    roster: Path | None = None,
    report: bool = False,
) -> None:
    """Fit a scenario to an export, every number with its interval and how many contacts it has.

    Next to it, FILE.inputs.parquet: joint draws of all that is not known exactly.
    """
    with faults():
        from sim.data import Choices, fit, read_data, read_roster

        if out.is_dir():
            raise ValueError(f"{out}: is a folder; --out names the scenario to write")
        if not out.parent.is_dir():
            raise ValueError(f"{out.parent}: there is no such folder; --out names the scenario")
        data = read_data(files, map_file, zone=zone)
        planned = None if roster is None else read_roster(roster)
        found = fit(data, Choices(threshold=threshold, holidays=holidays, roster=planned))
        scenario, inputs = found.write(out)
        show_found(found)
        say(f"Scenario: {scenario}\nJoint draws of its inputs: {inputs}")
        if report:
            write_page(found, out)


@offered("backtest")
def back_test(
    files: list[Path],
    map_file: Path | None = None,
    zone: str | None = None,
    weeks: int | None = None,
    replications: int = 60,
    threshold: float | None = None,
    holidays: str | None = None,
    roster: Path | None = None,
    report: bool = False,
) -> None:
    """Test a fit on weeks that it has not seen: how often the truth lay inside the band.

    Rolling origin: fit on the weeks before, simulate the next one with the staff that was there,
    compare, move on. A scenario among FILES gives its threshold of the service level and holidays.
    """
    with faults():
        from sim.data import Choices, backtest, read_data, read_roster

        given = [one for one in files if one.suffix.lower() in (".yaml", ".yml")]
        exports = [one for one in files if one not in given]
        for one in given:
            scenario = loaded(one)
            holidays = holidays or scenario.calendar.holidays
            if threshold is None:
                run = scenario.run
                threshold = min(run.thresholds(c, scenario.reasons)[0] for c in scenario.channels)
        data = read_data(exports, map_file, zone=zone)
        planned = None if roster is None else read_roster(roster)
        choices = Choices(threshold=threshold, holidays=holidays, roster=planned)

        def on_week(week: str) -> None:
            say(f"week of {week}", aside=True)

        found = backtest(data, choices, weeks=weeks, replications=replications, on_week=on_week)
        show_found(found)
        if report:
            write_page(found, given[0] if given else Path(exports[0].name))


@offered("help")
def help_(context: typer.Context, command: str | None = None) -> None:
    """Show the help of a command, or of all."""
    assert context.parent is not None
    parent = context.parent
    if command is None:
        print(parent.get_help())
        return
    assert isinstance(parent.command, Commands)
    found = parent.command.get_command(parent, command)
    if found is None:
        from sim.scenario.faults import meant

        fail(
            f"there is no command `{command}`{meant(command, parent.command.list_commands(parent))}"
        )
    print(found.get_help(type(parent)(found, info_name=command, parent=parent)))
