"""Keep the documentation in step with the code.

    python docs/generate.py            rewrite what is generated
    python docs/generate.py --check    say which pages are out of date, and change nothing
    python docs/generate.py --picture  also make demo.svg anew (half a minute)

Generated are: the columns `form` and `default` of every table in language.md that follows a line
`<!-- fields: Class -->`; everything in measures.md below its marker; in every page the output of
blocks ```console (commands `$ sim ...`) and of a ```text block right after a ```python block. All
the rest is written by hand. Blocks of a page are played in order in one empty folder; a name after
the language (```yaml shop.yaml) is the file that the block is saved as there. A line `...` in an
output stands for lines left out.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import sim
from sim.experiment import study_file
from sim.experiment.staffing import goal
from sim.measures import CATALOGUE, COMPONENTS
from sim.measures.catalogue import Estimator, Measure
from sim.measures.components import COUNTED_BY, HISTOGRAMS, SPLITS, Base
from sim.report import report
from sim.report.terminal import as_svg
from sim.scenario import (
    ai_agent,
    distribution_fields,
    events,
    fields,
    levers,
    model,
    people,
    queues,
    template,
    times,
    transfers,
    values,
)
from sim.scenario.by import ByChannel, ByReason
from sim.scenario.part import Part

DOCS = Path(__file__).resolve().parent
PAGES = ("tutorial.md", "howto.md", "language.md", "measures.md", "architecture.md")
START = "my-centre.yaml"  # what `sim new` writes; there at the beginning of every page


def main() -> int:
    """Rewrite the pages, or check them."""
    check = "--check" in sys.argv[1:]
    if "--picture" in sys.argv[1:]:
        picture()
    stale = []
    for page in PAGES:
        file = DOCS / page
        text = file.read_text(encoding="utf-8")
        fresh = updated(page, text)
        if fresh != text:
            stale.append(page)
            if not check:
                file.write_text(fresh, encoding="utf-8")
    for page in stale:
        print(f"docs/{page}: {'out of date' if check else 'rewritten'}")
    return int(check and bool(stale))


def picture() -> None:
    """What `make demo` shows, as the picture that the README shows."""
    result = sim.run(sim.load(DOCS.parent / "scenarios/shop/base.yaml"))
    (DOCS / "demo.svg").write_text(as_svg(report(result)), encoding="utf-8")


def updated(page: str, text: str) -> str:
    """The page as it should be."""
    if page == "language.md":
        text = with_tables(text)
    if page == "measures.md":
        text = with_measures(text)
    with tempfile.TemporaryDirectory() as folder:
        return with_outputs(text, Path(folder))


# --- language.md: what the code says of a field -----------------------------------------------

MARK = re.compile(r"<!-- fields: (\w+) -->\n((?:\|.*\n)+)")
HEAD = "| field | form | default | meaning |\n| --- | --- | --- | --- |\n"

FORMS = {
    values.Text: "text",
    values.Name: "name",
    values.Flag: "`true` or `false`",
    values.Date: "date",
    values.Heads: "number, 0 to 100,000",
    values.Duration: "duration",
    values.Threshold: "duration",
    values.Share: "share",
    transfers.TalkShare: "share of the talk",
    values.Confidence: "share",
    values.Coefficient: "ratio",
    values.Ratio: "ratio",
    values.Speed: "ratio",
    values.AnySpeed: "ratio",
    values.Amount: "amount",
    values.Volume: "volume",
    times.TimesOfWeek: "times",
    distribution_fields.DurationDist: "time to draw",
    distribution_fields.TimedDist: "time to draw, by time",
    values.TimedShare: "share, by time",
    values.TimedAmount: "amount, by time",
    distribution_fields.TimedAmountDist: "amount to draw, by time",
    values.TimedSpeed: "ratio, by time",
    values.TimedWhole: "whole number, -1,000,000 to 1,000,000, by time",
    distribution_fields.WindowDist: "time to draw, or `patience`",
    distribution_fields.AmountDist: "amount to draw",
    values.AfterWait: "points",
    values.Ramp: "points",
    values.ByQueue: "points",
    people.PersonName: "name",
    events.When: "times, or a moment",
    levers.Lever: "`50 %`, `2 more` or `1 fewer`",
    values.Counted: "CSV file",
    values.Moments: "CSV file",
    values.Recorded: "column of it",
    values.RecordedNames: "column of it",
    study_file.File: "file",
    study_file.OptionName: "name",
    study_file.DottedPath: "path",
    study_file.Changes: "changes",
    study_file.Deciding: "measure",
    study_file.Estimated: "measure",
    study_file.SizeOf: "size",
    study_file.Years: "amount",
    study_file.Values: "values to try",
    goal.Targets: "targets",
    goal.Blocks: "duration, or `lines`",
}

FURTHER = (fields.Refers, fields.Must)
"""Annotations that do not change how a value is written."""

LANGUAGE = (model, people, events, queues, transfers, ai_agent, study_file, goal)
"""The modules whose parts are described."""


def with_tables(text: str) -> str:
    """The page with the columns that the code decides."""
    return MARK.sub(lambda found: _table(found[1], found[2]), text)


def _table(name: str, rows: str) -> str:
    part: type[Part] = next(vars(one)[name] for one in LANGUAGE if name in vars(one))
    meanings = {}
    for row in rows.splitlines()[2:]:
        cells = [cell.strip() for cell in row.strip().strip("|").split("|", 3)]
        meanings[cells[0].strip("`")] = cells[3]
    hints = get_type_hints(part, include_extras=True)
    known = list(part.model_fields)
    if set(known) != set(meanings):
        lacks, extra = set(known) - set(meanings), set(meanings) - set(known)
        raise ValueError(f"language.md, {name}: not described {lacks}, no such field {extra}")
    lines = [
        f"| `{field}` | {form(hints[field])} | {default(part, field, hints[field])} "
        f"| {meanings[field]} |\n"
        for field in known
    ]
    return f"<!-- fields: {name} -->\n{HEAD}{''.join(lines)}"


def form(hint: Any) -> str:  # noqa: PLR0911, PLR0912 - one line for each
    """How a field's value is written."""
    marks = getattr(hint, "__metadata__", ())
    if any(isinstance(mark, FURTHER) for mark in marks):  # what more is asked of it
        said = [mark for mark in marks if not isinstance(mark, FURTHER)]
        return form(Annotated[(get_args(hint)[0], *said)] if said else get_args(hint)[0])
    for known, words in FORMS.items():
        if hint == known:
            return words
    origin, args = get_origin(hint), get_args(hint)
    for mark in marks:
        if isinstance(mark, values.CountOf):
            return f"whole number, {mark.low:,} to {mark.high:,}"
        if isinstance(mark, values.OneOf):
            return " or ".join(f"`{word}`" for word in mark.said or get_args(args[0]))
    if origin is Annotated:
        return form(args[0])
    if origin is ByReason:
        return f"{form(args[0])}, by reason and channel"
    if origin is ByChannel:
        return f"{form(args[0])}, by channel"
    if origin is dict:
        return f"{form(args[0])} → {form(args[1])}"
    if origin is list:
        return f"list: {form(args[0])}"
    if isinstance(hint, type) and issubclass(hint, Part):
        words = re.sub(r"(?<!^)(?=[A-Z])", " ", hint.__name__).capitalize()
        return f"[{words}](#{words.lower().replace(' ', '-')})"
    inner = [one for one in args if one is not type(None)]
    if len(inner) == 1:
        return form(inner[0])
    raise TypeError(f"no words for {hint!r}: add them to FORMS")


def default(part: type[Part], field: str, hint: Any) -> str:
    """What holds where the field is left out."""
    info = part.model_fields[field]
    if info.is_required():
        return "see right" if field in part.long_form({}) else "required"
    if info.default is None:
        return "–"
    plain = fields.kind_of(hint).text(info.default)
    if plain in ([], {}, "", None) or (isinstance(info.default, Part) and isinstance(plain, dict)):
        return "–"
    return f"`{_flow(plain)}`"


def _flow(plain: Any) -> str:
    if isinstance(plain, bool):
        return str(plain).lower()
    if isinstance(plain, dict):
        if list(plain) == ["other"]:
            return _flow(plain["other"])
        return "{" + ", ".join(f"{key}: {_flow(one)}" for key, one in plain.items()) + "}"
    return str(plain)


# --- measures.md: the catalogue ---------------------------------------------------------------

BELOW = "<!-- generated below: python docs/generate.py -->\n"

HEADINGS = {
    "contacts": "Contacts and how they end",
    "service_level": "Service level",
    "abandonment": "Abandoned and turned away",
    "asa": "Waiting",
    "hours": "Agents",
    "conversion": "Buying and satisfaction",
    "cost": "Money",
    "contacts_per_customer": "Repeat contacts",
}
"""The first measure of each section."""

ESTIMATED = {
    Estimator.TOTAL: "mean of totals",
    Estimator.RATIO: "ratio of sums",
    Estimator.SHARE: "share",
    Estimator.QUANTILE: "quantile",
}


def with_measures(text: str) -> str:
    """The page with every measure and every component."""
    head, mark, _ = text.partition(BELOW)
    if not mark:
        raise ValueError(f"measures.md lacks its marker: {BELOW}")
    lines = [head + mark]
    unused = dict(HEADINGS)
    done: set[str] = set()
    for measure in CATALOGUE.values():
        if measure.name in unused:
            lines.append(f"\n## {unused.pop(measure.name)}\n")
        if measure.name not in done:
            family = _family(measure)
            done |= {one.name for one in family}
            lines.append(_entry(family))
    if unused:
        raise ValueError(f"HEADINGS of measures that do not exist: {', '.join(unused)}")
    return "".join([*lines, *_components()])


def _family(measure: Measure) -> list[Measure]:
    """Quantiles of the same waits are told together."""
    if measure.estimator is not Estimator.QUANTILE:
        return [measure]
    stem = measure.name.rpartition("_p")[0]
    return [one for one in CATALOGUE.values() if one.name.rpartition("_p")[0] == stem]


def _entry(family: list[Measure]) -> str:
    measure = family[0]
    names = ", ".join(f"`{one.name}`" for one in family)
    if measure.estimator is Estimator.QUANTILE:
        label, definition = measure.label.rpartition(" p")[0], ""
        levels = ", ".join(f"{100 * one.level:g} %" for one in family)
        whose = measure.definition.split(" % of ", 1)[1]
        definition = f"The wait that {levels} of {whose}"
        formula = f"quantile of {measure.numerator}"
    else:
        label, definition, formula = measure.label, measure.definition, measure.formula
    unit = {"money": "money", "s": "seconds", "h": "hours"}.get(measure.unit, measure.unit)
    counts = " and ".join(str(base) for base in Base if COUNTED_BY[base] in measure.counted_by)
    return (
        f"\n### {names} · {label}\n\n{definition}\n\n"
        f"`{formula}` · unit: {unit} · estimated: {ESTIMATED[measure.estimator]} · "
        f"counts by {counts} · {_splits(measure.splits)}\n"
    )


def _splits(splits: tuple[str, ...]) -> str:
    missing = [one for one in SPLITS if one not in splits]
    if not missing:
        return "every split"
    if len(missing) < len(splits):
        return f"every split but {', '.join(missing)}"
    return "total" + "".join(f", {one}" for one in splits if one != "total")


def _components() -> list[str]:
    rows = [
        f"| `{one.name}` | {one.meaning} | {one.base} | {_splits(one.splits)} |\n"
        for one in (*COMPONENTS.values(), *HISTOGRAMS.values())
    ]
    head = "| component | what is added up | counts by | splits |\n| --- | --- | --- | --- |\n"
    words = "\n## Components\n\nThe sums of one run of which the formulas are made.\n\n"
    return [words, head, *rows]


# --- every page: blocks that are run ----------------------------------------------------------

FENCE = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass
class Block:
    """One fenced block: its language, the words after it, its text and where that stands."""

    language: str
    words: list[str]
    text: str
    start: int
    end: int

    @property
    def file(self) -> str | None:
        """The file it is saved as."""
        return self.words[0] if self.words else None


def blocks_of(text: str) -> list[Block]:
    """The fenced blocks of a page."""
    return [
        Block(found[1], found[2].split(), found[3], found.start(3), found.end(3))
        for found in FENCE.finditer(text)
    ]


def with_outputs(text: str, folder: Path) -> str:
    """The page with the outputs that its commands and snippets really have."""
    (folder / START).write_text(template(), encoding="utf-8")
    pieces, done = [], 0
    shown: str | None = None
    space: dict[str, Any] = {}
    for block in blocks_of(text):
        fresh = block.text
        if block.file:
            (folder / block.file).write_text(block.text, encoding="utf-8")
        if block.language == "console":
            fresh = console(block.text, folder)
        if block.language == "text" and shown is not None:
            fresh = _cut_like(block.text.splitlines(), shown.splitlines())
        shown = played(block.text, folder, space) if block.language == "python" else None
        pieces += [text[done : block.start], fresh]
        done = block.end
    return "".join([*pieces, text[done:]])


def console(text: str, folder: Path) -> str:
    """The block with the output of its commands as it is now."""
    parts = re.split(r"^(\$ .*)\n", text, flags=re.MULTILINE)
    fresh = []
    for command, shown in zip(parts[1::2], parts[2::2], strict=True):
        told = _command(shlex.split(command[2:], comments=True), folder)
        fresh += [command + "\n", _cut_like(shown.splitlines(), told.splitlines())]
    return "".join(fresh)


def _command(words: list[str], folder: Path) -> str:
    if words[0] != "sim":
        raise ValueError(f"only `sim` is run here, not `{words[0]}`")
    told = printed(words[1:], folder)
    # the code of a result's folder changes with every new field of the language
    return re.sub(r"-[0-9a-f]{8}(?=-seed|$)", "-…", told, flags=re.MULTILINE)


def printed(arguments: list[str], folder: Path) -> str:
    """What `sim` prints on a terminal, called in this folder."""
    done = subprocess.run(
        [sys.executable, "-m", "sim", *arguments],
        cwd=folder,
        env={**os.environ, "COLUMNS": "80", "PYTHONIOENCODING": "utf-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return done.stdout


def played(code: str, folder: Path, space: dict[str, Any]) -> str:
    """What a snippet prints."""
    here, path = Path.cwd(), os.environ["PATH"]
    out = io.StringIO()
    os.chdir(folder)
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), path])
    try:
        with contextlib.redirect_stdout(out):
            exec(compile(code, "<snippet>", "exec"), space)
    finally:
        os.chdir(here)
        os.environ["PATH"] = path
    return out.getvalue()


def _cut_like(shown: list[str], told: list[str]) -> str:
    """The output, cut where the page cuts it.

    A run of shown lines is found again by its first line: by all its words, else by those that it
    begins with. It keeps its number of lines.
    """
    told = [line.rstrip() for line in told]
    if "..." not in shown:
        return "".join(f"{line}\n" for line in told)
    fresh: list[str] = []
    at, cut = 0, False
    runs = "\n".join(shown).split("...")
    for number, run in enumerate(runs):
        lines = run.strip("\n").splitlines()
        if number:
            fresh.append("...")
            cut = True
        if not lines:
            continue
        if cut:
            left = range(at, len(told))
            found = [i for i in left if told[i].split() == lines[0].split()]
            found = found or [i for i in left if _words(told[i]) == _words(lines[0])]
            if not found:
                raise ValueError(f"no line of the output begins like: {lines[0]}")
            at = found[0]
        fresh += told[at : at + len(lines)]
        at += len(lines)
    return "".join(f"{line}\n" for line in fresh)


def _words(line: str) -> str:
    return re.split(r"\s{2,}|[\d±–]", line.strip(), maxsplit=1)[0].strip()


if __name__ == "__main__":
    sys.exit(main())
