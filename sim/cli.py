"""The command line: arguments to calls, faults to one clear message and exit code 2.

Nothing heavy is imported before a command needs it.
"""

from __future__ import annotations

import os
import signal
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from sim.experiment import Result, Runner, Study, StudyResult
    from sim.scenario import Fault, Scenario

app = typer.Typer(
    name="sim",
    help="Contact-centre simulator: who should answer our customers, when, and is it worth it?",
    no_args_is_help=True,
    invoke_without_command=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

ScenarioFile = Annotated[Path, typer.Argument(metavar="FILE", help="A scenario file (YAML).")]
Days = Annotated[int | None, typer.Option(help="Count so many days instead.")]
Seed = Annotated[int | None, typer.Option(help="Random seed.")]
Replications = Annotated[
    int | None, typer.Option("--replications", "-n", min=1, help="Number of replications.")
]
EngineName = Annotated[
    str | None, typer.Option(help="compiled (the default) or reference; same numbers.")
]
Jobs = Annotated[int | None, typer.Option(min=1, help="Replications at once; default all cores.")]
Cluster = Annotated[
    str | None, typer.Option(help="Dask scheduler to use instead, such as tcp://host:8786.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead.")]
AsReport = Annotated[
    bool, typer.Option("--report", help="Also write a report to look at (HTML), and its pictures.")
]
DataFiles = Annotated[
    list[Path], typer.Argument(metavar="FILES", help="CSV, TSV, Excel, OpenDocument or Parquet.")
]
MapFile = Annotated[
    Path | None, typer.Option("--map", metavar="MAP", help="Which column is what (YAML).")
]
Zone = Annotated[str | None, typer.Option(help="Time zone of the centre, such as Europe/Berlin.")]
Out = Annotated[Path, typer.Option(help="Folder for the results.")]


def main() -> None:
    """The command `sim`."""
    _prepare_streams()
    warnings.showwarning = _note
    # being told to end ends like an interrupt: nothing half written, no helper left behind
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, _end)
    try:
        try:
            app()
        finally:
            sys.stdout.flush()  # here, not when Python ends: nobody could tell of a fault then
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:
        # the reader has gone (`sim show FILE | head`): nothing is left to say
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)


def _note(message: Warning | str, *_: object, **__: object) -> None:
    _say(f"note: {message}", aside=True)


def _end(*_: object) -> None:
    told_to_end.set()
    raise KeyboardInterrupt


told_to_end = Event()
"""Set once an interrupt has come: one that is raised inside foreign code may be lost on the way."""


def _prepare_streams() -> None:
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by the caller: nobody listens
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
        # a console that cannot show a character gets a substitute, not a crash; both streams
        # are written line by line, so that a pipe gets them in the order of a terminal
        getattr(sys, name).reconfigure(errors="replace", line_buffering=True)


@app.callback()
def _options(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if version:
        from sim import __version__

        print(f"sim {__version__}")
        raise typer.Exit


# --- commands ---------------------------------------------------------------------------------


@app.command()
def live(
    target: Annotated[
        Path, typer.Argument(metavar="FILE|FOLDER", help="A scenario, a study, or a folder.")
    ] = Path(),
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Port; default 8765, or any free one.")
    ] = None,
    browser: Annotated[bool, typer.Option(help="Open the page in the browser.")] = True,
    jobs: Jobs = None,
) -> None:
    """Try a scenario by hand on a page: move a slider, see what happens and how sure it is."""
    from sim.live.server import serve

    with faults():
        _announce_compiling("compiled")
        serve(target, host=host, port=port, browser=browser, jobs=jobs)


@app.command()
def run(
    file: ScenarioFile,
    replications: Annotated[
        int | None, typer.Option("--replications", "-n", help="Independent replications.")
    ] = None,
    seed: Seed = None,
    engine: EngineName = None,
    days: Days = None,
    jobs: Jobs = None,
    cluster: Cluster = None,
    json: AsJson = False,
    out: Out = Path("results"),
    log: Annotated[bool, typer.Option("--log", help="Also keep every contact (Parquet).")] = False,
    report: Annotated[
        bool, typer.Option("--report", help="Also write a report to look at (HTML).")
    ] = False,
) -> None:
    """Run a scenario and show the results, with intervals."""
    from sim import api
    from sim.engine import ENGINES
    from sim.experiment import STORE, ResultFolder
    from sim.experiment.border import engine_of
    from sim.experiment.run import run_folder_name
    from sim.report.terminal import as_svg

    with faults():
        scenario = _load(
            file, {"calendar.days": days, "run.replications": replications, "run.seed": seed}
        )
        engine = engine_of(ENGINES[0] if engine is None else engine)
        target = out / run_folder_name(file.stem, scenario)
        if cluster is None:
            _announce_compiling(engine)
        with ResultFolder(target) as folder, _progress(f"Running {file.name}") as on_progress:
            result = api.run(
                scenario,
                engine=engine,
                jobs=jobs,
                cluster=cluster,
                store=out / STORE,
                on_replication=partial(folder.add_log, scenario) if log else None,
                on_progress=on_progress,
            )
            result.write(folder.path)
            (folder.path / "summary.svg").write_text(as_svg(result), encoding="utf-8")
            if report:
                _write_report(result, folder.path)
        _print_result(result, json, target)
        if report and not json:
            _say(f"Report: {target / 'report.html'}")


@app.command("report")
def report_of(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="What a command has written.")],
) -> None:
    """Write the report of a finished run or study, to look at in a browser, and its pictures."""
    with faults():
        _say(f"Report: {_write_report_of(folder)}")


@app.command()
def compare(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="A study file, or several scenario files."),
    ],
    against: Annotated[str | None, typer.Option(help="The reference option instead.")] = None,
    decide: Annotated[str | None, typer.Option(help="The measure that decides instead.")] = None,
    replications: Replications = None,
    seed: Seed = None,
    engine: EngineName = None,
    jobs: Jobs = None,
    cluster: Cluster = None,
    json: AsJson = False,
    out: Out = Path("results"),
    report: AsReport = False,
) -> None:
    """Compare options on the same customers: which is best, by how much, how sure."""
    from sim import experiment

    with faults():
        study = _study(files, {"run.seed": seed}, against, decide)
        study = study.asking(replications=replications)
        with _study_runner(out, engine, jobs, cluster, f"Comparing {files[0].name}") as work:
            result = experiment.compare(study, work.runner, work.tell_left)
        _finish_study(files[0].stem, result, json, out, report)


@app.command()
def sweep(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A scenario or study file.")],
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="PATH=VALUES",
            help="One or two inputs to sweep: pools.team.members=10,20,40 or =0..40 step 10.",
        ),
    ] = None,
    decide: Annotated[str | None, typer.Option(help="The measure that decides instead.")] = None,
    replications: Replications = None,
    seed: Seed = None,
    engine: EngineName = None,
    jobs: Jobs = None,
    cluster: Cluster = None,
    json: AsJson = False,
    out: Out = Path("results"),
    report: AsReport = False,
) -> None:
    """Sweep one or two inputs: what each step brings, the best value, the break-even."""
    from sim import experiment

    with faults():
        study = _swept(file, settings or [], {"run.seed": seed}, decide)
        study = study.asking(replications=replications)
        with _study_runner(out, engine, jobs, cluster, f"Sweeping {file.name}") as work:
            result = experiment.sweep(study, work.runner, work.tell_left)
        _finish_study(f"{file.stem}-sweep", result, json, out, report)


@app.command()
def staff(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A scenario or study file.")],
    targets: Annotated[
        list[str] | None,
        typer.Option(
            "--target",
            metavar="NAME=VALUE",
            help="What to reach: service_level=80%, phone.asa=30s, evening.abandonment=5%.",
        ),
    ] = None,
    maximise: Annotated[
        str | None,
        typer.Option(metavar="margin", help="Maximise the margin instead of minimising cost."),
    ] = None,
    pools: Annotated[
        list[str] | None, typer.Option("--pool", help="Pools to staff; default all scheduled.")
    ] = None,
    hours: Annotated[
        str | None, typer.Option(help="When: 'mon-fri 08:00-20:00'; default as pools are there.")
    ] = None,
    blocks: Annotated[
        str | None, typer.Option(help="Length of blocks, default 1h; or lines: as the file has it.")
    ] = None,
    shifts: Annotated[
        list[str] | None, typer.Option("--shift", help="Plan shifts of these lengths: 8h.")
    ] = None,
    at_least: Annotated[int | None, typer.Option(help="People in a block; default 1.")] = None,
    at_most: Annotated[int | None, typer.Option(help="People in a block.")] = None,
    replications: Replications = None,
    seed: Seed = None,
    engine: EngineName = None,
    jobs: Jobs = None,
    cluster: Cluster = None,
    json: AsJson = False,
    out: Out = Path("results"),
    report: AsReport = False,
) -> None:
    """Find how many people, and when: reach targets at the least cost, or maximise the margin."""
    from sim import experiment

    with faults():
        study = _staffed(
            file,
            targets or [],
            {
                "maximise": maximise,
                "pools": pools,
                "hours": hours,
                "blocks": blocks,
                "shifts": {"lengths": shifts} if shifts else None,
                "at_least": at_least,
                "at_most": at_most,
            },
            {"run.seed": seed},
        )
        study = study.asking(replications=replications)
        with _study_runner(out, engine, jobs, cluster, f"Staffing {file.name}") as work:
            result = experiment.staff(study, work.runner, work.tell_left)
        _finish_study(f"{file.stem}-staff", result, json, out, report)


@app.command()
def check(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Scenario or study files.")
    ],
) -> None:
    """Check scenario and study files: all faults at once, and notes on what may not be meant."""
    from sim.scenario import ScenarioError

    faulty = False
    for file in files:
        try:
            good, notes = _checked(file)
        except ScenarioError as error:
            faulty = True
            _say(str(error), aside=True)
        else:
            _say(f"{file}: {good}")
            for note in notes:
                _say(f"note: {note}", aside=True)
    if faulty:
        raise typer.Exit(2)


@app.command()
def show(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A scenario or study file.")],
    option: Annotated[str | None, typer.Option(help="Of a study: the option to print.")] = None,
) -> None:
    """Print a scenario fully resolved: bases merged, defaults filled in, files read."""
    from sim.scenario import to_yaml
    from sim.scenario.reading import is_study

    with faults():
        if is_study(file):
            print(to_yaml(_option(file, option)), end="")
        elif option is not None:
            raise ValueError(f"{file}: is no study, so it has no options; leave out --option")
        else:
            print(to_yaml(_load(file)), end="")


@app.command()
def new(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write.")],
) -> None:
    """Write a small scenario to start from."""
    from sim.scenario import template

    with faults():
        try:
            # "x": never over something that is there
            with file.open("x", encoding="utf-8") as target:
                target.write(template())
        except FileExistsError:
            raise ValueError(f"{file}: already exists; give another name") from None
        _say(f"{file}: written; run it with: sim run {file}")


@app.command()
def schema(
    study: Annotated[bool, typer.Option("--study", help="Of study files instead.")] = False,
) -> None:
    """Print the JSON Schema of scenario files, for editors."""
    import json

    from sim import scenario

    if study:
        from sim.experiment import study_file

        made = study_file.schema()
    else:
        made = scenario.schema()
    print(json.dumps(made, indent=2, ensure_ascii=False))


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
        scenario = _load(file, {"calendar.days": days, "run.seed": seed})
        print(api.trace(scenario, customer, replication=replication))


@app.command("data")
def look_at_data(
    files: DataFiles,
    map_file: MapFile = None,
    zone: Zone = None,
) -> None:
    """Look at an export of contacts or intervals: how it is read, and what is odd about it.

    With --map FILE, where there is no such file yet, the map of its columns is written there to be
    edited; a file that is there says which column is what.
    """
    with faults():
        from sim.data import read_data
        from sim.data.look import look
        from sim.data.maps.write import map_text

        given = map_file if map_file is not None and map_file.exists() else None
        data = read_data(files, given, zone=zone)
        print(look(data).text(), end="")
        if map_file is not None and given is None:
            map_file.write_text(map_text(data.map, data.evidence), encoding="utf-8")
            _say(f"\nmap written: {map_file}")


@app.command("fit")
def fit_scenario(
    files: DataFiles,
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="FILE", help="The scenario to write.")
    ] = Path("fitted.yaml"),
    map_file: MapFile = None,
    zone: Zone = None,
    holidays: Annotated[
        str | None, typer.Option(help="Country (FR) or part of it (DE-BY): its public holidays.")
    ] = None,
    threshold: Annotated[
        float | None, typer.Option(help="Seconds of the service level.", min=0)
    ] = None,
) -> None:
    """Fit a scenario to an export, every number with its interval and how many contacts it has.

    Next to it, FILE.inputs.parquet: joint draws of all that is not known exactly.
    """
    with faults():
        from sim.data import Choices, fit, read_data
        from sim.data.fitting.files import write_fit

        data = read_data(files, map_file, zone=zone)
        found = fit(data, Choices(threshold=threshold, holidays=holidays))
        for path in write_fit(found, out):
            print(f"written: {path}")
        for note in (*found.notes, *(f"{at}: {why}" for at, why in found.assumed.items())):
            print(f"  {note}")


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
    except MemoryError:
        _fail("not enough memory: fewer days, customers or attempts")
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        _fail(f"{where}{error.strerror or error}")


def _say(text: str, *, aside: bool = False) -> None:
    """Print lines; what stands in them is shown, never obeyed (see `printable`)."""
    from sim.scenario.faults import printable

    for line in text.split("\n"):
        print(printable(line), file=sys.stderr if aside else sys.stdout)


def _fail(message: str) -> NoReturn:
    _say(message, aside=True)
    raise typer.Exit(2)


def _load(file: Path, given: Mapping[str, int | None] | None = None) -> Scenario:
    """The scenario, with what the command line gives instead of what the file says."""
    from sim.scenario import load

    said = {path: value for path, value in (given or {}).items() if value is not None}
    return load(file, overrides=said)


@dataclass(frozen=True)
class _StudyWork:
    """The runner of a study, and who is told how much is left of it."""

    runner: Runner
    tell_left: Callable[[int], None]


@contextmanager
def _study_runner(
    out: Path, engine: str | None, jobs: int | None, cluster: str | None, what: str
) -> Iterator[_StudyWork]:
    """A runner that keeps what is finished under `out`, and shows how far it has come."""
    from sim.engine import ENGINES
    from sim.experiment import STORE, Runner
    from sim.experiment.border import engine_of

    engine = engine_of(ENGINES[0] if engine is None else engine)
    if cluster is None:
        _announce_compiling(engine)
    with _bar() as bar:
        task = bar.add_task(what, total=None)

        def tell_left(replications: int) -> None:
            bar.update(task, description=f"{what}: about {replications:,} replications to go")

        with Runner(
            engine=engine,
            jobs=jobs,
            cluster=cluster,
            store=out / STORE,
            on_progress=_advancing(bar, task),
        ) as runner:
            yield _StudyWork(runner, tell_left)


def _study(
    files: list[Path], given: Mapping[str, int | None], against: str | None, decide: str | None
) -> Study:
    """The study of a study file, or of several scenario files."""
    from sim.experiment import Study, load_study
    from sim.scenario.reading import is_study

    said = {path: value for path, value in given.items() if value is not None}
    if len(files) > 1:
        for file in filter(is_study, files):
            raise ValueError(
                f"{file}: is a study; compare one study at a time, without other files"
            )
        return Study.of_files(files, overrides=said, against=against, decide=decide)
    if not is_study(files[0]):
        raise ValueError(
            f"{files[0]}: is one scenario; name a study file, or several scenarios to compare"
        )
    study = load_study(files[0], overrides=said).asking(against=against, decide=decide)
    if len(study.options) < 2:
        for asked, command in ((study.staff, "staff"), (study.sweep, "sweep")):
            if asked:
                raise ValueError(f"{files[0]}: has one option only; answer it with: sim {command}")
    return study


def _swept(
    file: Path, settings: list[str], given: Mapping[str, int | None], decide: str | None
) -> Study:
    """The study of a file, with the values that the command line gives instead."""
    from sim.experiment import Study, factors_given, load_study
    from sim.scenario.reading import is_study

    said = {path: value for path, value in given.items() if value is not None}
    if is_study(file):
        study = load_study(file, overrides=said).asking(decide=decide)
    else:
        study = Study.of_files([file], overrides=said, decide=decide)
        study = replace(study, question=study.reference.scenario.name or file.stem)
    if settings:
        options = {name: replace(one, source="--set") for name, one in study.options.items()}
        study = replace(study, options=options, sweep=factors_given(settings))
    if not study.sweep:
        raise ValueError(
            f"{file}: does not say what to sweep; give values, as in "
            "--set pools.team.members=10,20,40"
        )
    return study


def _staffed(
    file: Path, targets: list[str], said: dict[str, object], given: Mapping[str, int | None]
) -> Study:
    """The study of a file, with the goal that the command line gives instead."""
    from sim.experiment import StaffGoal, Study, load_study
    from sim.scenario.reading import is_study

    over = {path: value for path, value in given.items() if value is not None}
    study = load_study(file, overrides=over) if is_study(file) else None
    if study is None:
        study = replace(Study.of_files([file], overrides=over), question="")
    if targets or any(value is not None for value in said.values()):
        split = [target.partition("=") for target in targets]
        wrong = [name for name, equals, value in split if not equals or not value]
        if wrong:
            raise ValueError(f"--target {wrong[0]}: write a name and a value: service_level=80%")
        goal = StaffGoal.of({name.strip(): value for name, _, value in split}, **said)
        study = replace(study, staff=goal)
    if study.staff is None:
        raise ValueError(
            f"{file}: does not say what to reach; give a target, as in "
            "--target service_level=80%, or --maximise margin"
        )
    return study


def _finish_study(
    name: str,
    result: StudyResult,
    json: bool,
    out: Path,
    report: bool,
) -> None:
    """Write a study's result and show it."""
    from sim.experiment import ResultFolder
    from sim.report import shown
    from sim.report.terminal import show

    target = out / result.folder_name(name)
    with ResultFolder(target) as folder:
        result.write(folder.path)
        if report:
            page = _write_report_of(folder.path)
    if json:
        from json import dumps

        print(dumps(result.as_json(), ensure_ascii=False, allow_nan=False))
        return
    show(shown(result))
    _say(f"Results in {target}")
    if report:
        _say(f"Report: {target / page.name}")


def _checked(file: Path) -> tuple[str, list[Fault]]:
    """What is good in a file, and notes on it; ScenarioError with all its faults."""
    from sim.scenario.reading import Recipe, is_study

    if is_study(file):
        from sim.experiment import load_study

        study = load_study(file)
        return f"good, options: {', '.join(study.options)}", study.notes()
    recipe = Recipe.read(file)
    scenario = recipe.scenario()
    return "good", recipe.notes(scenario)


def _option(file: Path, name: str | None) -> Scenario:
    """The scenario of one option of a study."""
    from sim.experiment import load_study
    from sim.scenario.faults import meant

    options = load_study(file).options
    if name is None:
        raise ValueError(f"{file}: say which option, with --option: {', '.join(options)}")
    if name not in options:
        raise ValueError(f"{file}: no option has the name `{name}`{meant(name, options)}")
    return options[name].scenario


def _announce_compiling(engine: str) -> None:
    from sim.engine import needs_compiling

    if needs_compiling(engine):
        print("Compiling the engine, once on this machine: some seconds ...", file=sys.stderr)


@contextmanager
def _progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on the terminal for work that takes a while; nothing in a pipe."""
    with _bar() as bar:
        yield _advancing(bar, bar.add_task(what, total=None))


def _bar() -> Progress:
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    return Progress(console=console, transient=True, disable=not console.is_terminal)


def _advancing(bar: Progress, task: TaskID) -> Callable[[int, int], None]:
    """What is told of finished work, shown; and where an interrupt comes through."""

    def on_progress(done: int, total: int) -> None:
        bar.update(task, completed=done, total=total)
        if told_to_end.is_set():
            raise KeyboardInterrupt

    return on_progress


def _write_report_of(folder: Path) -> Path:
    """Write the report of the result in a folder."""
    from sim.experiment import load_result
    from sim.report import report
    from sim.report.files import write_report

    return write_report(report(load_result(folder)), folder)


def _write_report(result: Result, folder: Path) -> Path:
    from sim.report.files import write_report
    from sim.report.run_report import run_report

    return write_report(run_report(result), folder)


def _print_result(result: Result, json: bool, target: Path) -> None:
    if json:
        from json import dumps

        print(dumps(result.as_json(), ensure_ascii=False, allow_nan=False))
        return
    from sim.report.terminal import show_result

    show_result(result)
    _say(f"Results in {target}")
