"""What the page can ask: each request is a function of the desk and of one JSON object."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sim.engine import ENGINES, needs_compiling
from sim.experiment.result import load_result
from sim.experiment.runner import Runner
from sim.experiment.study import Study
from sim.live.desk import Desk, RefusedError, text_of
from sim.live.knobs import knobs, pinned
from sim.report import Reported, report
from sim.scenario import Scenario

MOST_VARIANTS = 12
LONGEST_NAME = 60
MOST_CHANGES = 200

Answer = Callable[[Desk, dict[str, Any]], Awaitable[Any]]


async def _folder(desk: Desk, asked: dict[str, Any]) -> Any:  # noqa: ARG001
    return await asyncio.to_thread(desk.folder.entries)


async def _open(desk: Desk, asked: dict[str, Any]) -> Any:
    opened, option = await asyncio.to_thread(desk.option, asked)
    scenario = option.scenario
    said = option.recipe.said(option.given, source=option.source)
    return {
        "file": opened.file,
        "question": opened.question,
        "options": list(opened.options),
        "option": option.name,
        "name": scenario.name,
        "replications": scenario.run.replications,
        "confidence": scenario.run.confidence,
        "seed": scenario.run.seed,
        "days": scenario.calendar.days,
        "currency": scenario.currency,
        "knobs": [
            one.plain() for one in knobs(said, list(filter(option.concerns, opened.factors)))
        ],
    }


async def _pin(desk: Desk, asked: dict[str, Any]) -> Any:
    _, option = await asyncio.to_thread(desk.option, asked)
    return pinned(option.recipe.said(option.given), text_of(asked, "path")).plain()


async def _play(desk: Desk, asked: dict[str, Any]) -> Any:
    session = desk.session(text_of(asked, "session"))
    _, option = await asyncio.to_thread(desk.option, asked)
    pair = await asyncio.to_thread(desk.pair, option, _changes(asked))
    number = desk.play(session, pair)
    compiling = await asyncio.to_thread(lambda: needs_compiling(ENGINES[0], rare=pair.base.rare))
    return {"number": number, "compiling": compiling}


async def _yaml(desk: Desk, asked: dict[str, Any]) -> Any:
    opened, option = await asyncio.to_thread(desk.option, asked)
    return {
        "text": await asyncio.to_thread(
            desk.folder.text, opened, option, _name(asked), _changes(asked)
        )
    }


async def _save(desk: Desk, asked: dict[str, Any]) -> Any:
    opened, option = await asyncio.to_thread(desk.option, asked)
    file = await asyncio.to_thread(desk.folder.save, opened, option, _name(asked), _changes(asked))
    return {"file": file}


async def _compare(desk: Desk, asked: dict[str, Any]) -> Any:
    """The report of the base and all named variants, compared on the same customers."""
    _, option = await asyncio.to_thread(desk.option, asked)
    variants = asked.get("variants")
    if not isinstance(variants, dict) or not 1 <= len(variants) <= MOST_VARIANTS:
        raise RefusedError(f"name 1 to {MOST_VARIANTS} variants first")
    scenarios = {"baseline": option.scenario}
    for name, changes in variants.items():
        said = {"name": name, "changes": changes}
        scenarios[_name(said)] = await asyncio.to_thread(
            desk.folder.variant, option, _changes(said)
        )
    if len(scenarios) != len(variants) + 1:
        raise RefusedError("`baseline` is the name of what the variants are compared with")
    return await _side_by_side(desk, scenarios, f"{option.scenario.name}: what-ifs")


async def _files(desk: Desk, asked: dict[str, Any]) -> Any:
    """The report of scenario files and of what was run, compared on the same customers."""
    files = asked.get("files")
    if not isinstance(files, list) or not 2 <= len(files) <= MOST_VARIANTS:
        raise RefusedError(f"tick 2 to {MOST_VARIANTS} scenarios or runs")
    names = [text_of({"file": file}, "file") for file in files]
    scenarios = {name: await asyncio.to_thread(desk.folder.scenario, name) for name in names}
    return await _side_by_side(desk, scenarios, "")


async def _side_by_side(desk: Desk, scenarios: dict[str, Scenario], question: str) -> Any:
    async with desk.comparing:
        page = await asyncio.to_thread(_compared, desk, scenarios, question)
    return _ticket(desk, page)


def _compared(desk: Desk, scenarios: dict[str, Scenario], question: str) -> str:
    """The report of a comparison with the first one, in as many replications as that asks for."""
    from sim.experiment.compare import compare

    def going_on(*_: int) -> None:
        if desk.closed:
            raise RefusedError("the server stops")

    study = Study.of(scenarios, question=question)
    study = study.asking(replications=study.reference.scenario.run.replications)
    with Runner(jobs=desk.jobs, on_progress=going_on) as runner:
        return _page_of(compare(study, runner))


async def _result(desk: Desk, asked: dict[str, Any]) -> Any:
    folder = desk.folder.result(text_of(asked, "file"))
    page = await asyncio.to_thread(lambda: _page_of(load_result(folder)))
    return _ticket(desk, page)


def _page_of(result: Reported) -> str:
    from sim.report.html import to_html

    return to_html(report(result))


async def _delete(desk: Desk, asked: dict[str, Any]) -> Any:
    await asyncio.to_thread(desk.folder.delete, text_of(asked, "file"))
    return {}


def _ticket(desk: Desk, page: str) -> dict[str, str]:
    """A page under a name that nobody can guess, for this server's life or until ten others."""
    ticket = secrets.token_urlsafe(24)
    desk.tickets[ticket] = page
    while len(desk.tickets) > 10:
        desk.tickets.popitem(last=False)
    return {"page": f"/result/{ticket}"}


ANSWERS: dict[str, Answer] = {
    "folder": _folder,
    "open": _open,
    "pin": _pin,
    "play": _play,
    "yaml": _yaml,
    "save": _save,
    "compare": _compare,
    "files": _files,
    "result": _result,
    "delete": _delete,
}


def _name(asked: Mapping[str, Any]) -> str:
    name = text_of(asked, "name").strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise RefusedError(f"a name has 1 to {LONGEST_NAME} characters")
    return name


def _changes(asked: Mapping[str, Any]) -> dict[str, object]:
    changes = asked.get("changes", {})
    if not isinstance(changes, dict) or len(changes) > MOST_CHANGES:
        raise RefusedError(f"`changes` are at most {MOST_CHANGES} values by path")
    if not all(isinstance(value, str) and len(value) <= 10_000 for value in changes.values()):
        raise RefusedError("a change is a text, as the scenario language writes it")
    return dict(changes)
