"""What the commands have in common: from files and options to an answer that is written and shown.

Faults that a user can mend become one message and exit code 2. Nothing heavy is imported before it
is needed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cache, partial
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any, NoReturn

import typer

from sim.api import options_of
from sim.options import COMMANDS, OPTIONS, pairs_of

if TYPE_CHECKING:
    from rich.progress import Progress

    from sim.experiment.reported import Reported
    from sim.experiment.result import StudyResult
    from sim.experiment.runner import Runner
    from sim.report.blocks import Report
    from sim.scenario import Fault, Scenario

told_to_end = Event()
"""Set once an interrupt has come: one that is raised inside foreign code may be lost on the way."""

kept: list[Path] = []
"""The store of the present command, once there is one."""


def _heed_interrupt() -> None:
    if told_to_end.is_set():
        raise KeyboardInterrupt


@contextmanager
def faults() -> Iterator[None]:
    """Turn what a user can mend into one message and exit code 2."""
    from sim.scenario import ScenarioError

    try:
        yield
    except (ScenarioError, ValueError) as error:
        fail(str(error))
    except BrokenPipeError:
        raise  # nobody reads any more; see main
    except MemoryError:
        fail("not enough memory: fewer days, customers or attempts")
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        fail(f"{where}{error.strerror or error}")


def say(text: str, *, aside: bool = False) -> None:
    """Print lines; what stands in them is shown, never obeyed (see `printable`)."""
    from sim.scenario.faults import printable

    for line in text.split("\n"):
        print(printable(line), file=sys.stderr if aside else sys.stdout)


def write_new(file: Path, text: str) -> None:
    """A file that is written whole or not at all, and never over one that is there."""
    try:
        target = file.open("x", encoding="utf-8")
    except FileExistsError:
        raise ValueError(f"{file}: already exists; give another name") from None
    try:
        with target:
            target.write(text)
    except OSError as error:
        file.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(file)) from None


def fail(message: str) -> NoReturn:
    say(message, aside=True)
    raise typer.Exit(2)


def loaded(file: Path, given: Mapping[str, int | None] | None = None) -> Scenario:
    """The scenario, with what the command line gives instead of what the file says."""
    from sim.scenario import load

    said = {path: value for path, value in (given or {}).items() if value is not None}
    return load(file, overrides=said)


def answered(name: str, given: dict[str, Any]) -> None:
    """Do what a command was asked for: read, run, write, show."""
    from sim.experiment.border import checked_options
    from sim.experiment.files import ResultFolder
    from sim.experiment.kinds import answer
    from sim.experiment.run import run_folder_name

    command, files, out = COMMANDS[name], given.pop("files"), given.pop("out")
    files = files if isinstance(files, list) else [files]
    json, report, log = (given.pop(one, False) for one in ("json", "report", "log"))
    for key, value in given.items():
        if OPTIONS[key].is_pair and value is not None:
            given[key] = pairs_of(OPTIONS[key], value)
    said = checked_options(name, options_of(name), given)
    _check_out(out)
    asked = _asked(name, files, said)
    folder = None
    with ExitStack() as work:
        runner, tell_left = work.enter_context(
            _runner(out, said, f"{command.doing} {files[0].name}")
        )
        if log:  # its folder is there before the first replication, for the contacts
            how = asked.run.seed, asked.run.replications
            folder = ResultFolder(out / run_folder_name(files[0].stem, asked, *how))
            said["on_replication"] = partial(work.enter_context(folder).add_log, asked)
        result = answer(name, asked, said, runner, tell_left)
        if folder is None:
            folder = ResultFolder(out / result.folder_name(files[0].stem + command.suffix))
            work.enter_context(folder)
        document = _written(result, folder.path, json=json, report=report)
    _show(result, document, folder.target, json=json, report=report)


def _check_out(out: Path) -> None:
    for path in (out, *out.parents):
        if path.exists():
            if not path.is_dir():
                raise ValueError(f"{path}: is a file; --out names the folder for the results")
            return


@contextmanager
def _runner(
    out: Path, said: Mapping[str, Any], about: str
) -> Iterator[tuple[Runner, Callable[[int], None]]]:
    """A runner that keeps what is finished beside the results, and shows how far it has come.

    Beside it, who is told how many replications are left.
    """
    from sim.experiment.kinds import runner_of
    from sim.experiment.store import STORE

    store = out / STORE
    with _bar() as bar:
        task = bar.add_task(about, total=None)

        def tell_left(replications: int) -> None:
            bar.update(task, description=f"{about}: about {replications:,} replications to go")

        def on_progress(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)
            _heed_interrupt()

        kept.append(store)
        with runner_of({**said, "store": store, "on_progress": on_progress}) as runner:
            yield runner, tell_left


INSTEAD = {"days": "calendar.days", "replications": "run.replications", "seed": "run.seed"}
"""Options of a run, and what in the file each stands for."""


def _asked(command: str, files: list[Path], said: dict[str, Any]) -> Any:
    """The scenario to run, or the study of a study file, or of scenario files."""
    if command == "run":
        return loaded(files[0], {path: said.pop(name, None) for name, path in INSTEAD.items()})
    from sim.experiment.study import Study
    from sim.experiment.study_file import load_study
    from sim.scenario.reading import is_study

    if len(files) > 1:
        for file in filter(is_study, files):
            raise ValueError(
                f"{file}: is a study; compare one study at a time, without other files"
            )
        return Study.of_files(files)
    [file] = files
    if is_study(file):
        study = load_study(file)
    elif command == "compare":
        raise ValueError(
            f"{file}: is one scenario; name a study file, or several scenarios to compare"
        )
    else:
        study = Study.of_files([file])
    # what is wrong with values that are given is not wrong in the file
    return study.told_by("--set") if "values" in said else study


def _written(
    result: StudyResult, folder: Path, *, json: bool, report: bool
) -> Callable[[], Report]:
    """Write a result, and meanwhile what there is to look at; its report, which is made once."""
    from sim.report.terminal import as_svg

    document = cache(result.report)

    def look() -> None:
        _heed_interrupt()
        if result.kind == "run":
            (folder / "summary.svg").write_text(as_svg(document()), encoding="utf-8")
        if report:
            from sim.report.files import write_report

            write_report(document(), folder)
        elif not json:
            document()

    result.write(folder, look)
    return document


def _show(
    result: StudyResult, document: Callable[[], Report], target: Path, *, json: bool, report: bool
) -> None:
    """Show a result, and say where it is."""
    if json:
        from json import dumps

        print(dumps(result.as_json(), ensure_ascii=False, allow_nan=False))
        return
    from sim.report.terminal import show

    show(document())
    say(f"Results in {target}")
    if report:
        say(f"Report: {target / 'report.html'}")


def show_found(found: Reported) -> None:
    """Show what was found in own data."""
    from sim.report.terminal import show

    show(found.report())


def write_page(found: Reported, beside: Path) -> None:
    """Write the page about own data: `calls.data.html` of `calls.csv`."""
    page = beside.with_name(f"{beside.stem}.{found.kind}.html")
    say(f"Report: {found.to_html(page)}")


def checked_file(file: Path) -> tuple[str, list[Fault]]:
    """What is good in a file, and notes on it; ScenarioError with all its faults."""
    from sim.scenario.reading import Recipe, is_study

    if is_study(file):
        from sim.experiment.study_file import load_study
        from sim.experiment.unknowns import doubtful

        study = load_study(file)
        notes = sorted({*study.notes(), *doubtful(study)})
        return f"good, options: {', '.join(study.options)}", notes
    recipe = Recipe.read(file)
    scenario = recipe.scenario()
    return "good", recipe.notes(scenario)


def option_of(file: Path, name: str | None) -> Scenario:
    """The scenario of one option of a study."""
    from sim.experiment.study_file import load_study
    from sim.scenario.faults import meant

    options = load_study(file).options
    if name is None:
        raise ValueError(f"{file}: say which option, with --option: {', '.join(options)}")
    if name not in options:
        raise ValueError(f"{file}: no option has the name `{name}`{meant(name, options)}")
    return options[name].scenario


def _bar() -> Progress:
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    console.quiet = not console.is_terminal  # older versions end a bar that is off with a line
    return Progress(console=console, transient=True, disable=not console.is_terminal)
