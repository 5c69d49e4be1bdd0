"""The server of the live page: a few requests, and a stream of answers to each open page."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import socket
import sys
import webbrowser
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from sim import experiment
from sim.engine import ENGINES, needs_compiling
from sim.experiment import Runner, Study
from sim.experiment.study import Option
from sim.live.charts import specs
from sim.live.folder import Folder, FolderError, Opened
from sim.live.guard import Guard
from sim.live.knobs import knobs, pinned
from sim.live.trial import Played, Trials, stages, view
from sim.scenario import Scenario, ScenarioError

PORT = 8765
MOST_SESSIONS = 50
MOST_VARIANTS = 12
LONGEST_NAME = 60
MOST_CHANGES = 200

RESULT_POLICY = (
    "sandbox allow-scripts allow-downloads allow-modals; default-src 'none'; "
    "script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src data:"
)
"""A report runs its own script, in an origin of its own: it cannot ask this server anything."""


class RefusedError(ValueError):
    """A request that cannot be answered; the message is for the page."""


@dataclass
class Session:
    """One open page: the answers it has not yet been sent, and what is being worked on.

    number: of the newest move; work on older ones stops.
    """

    number: int = 0
    watchers: int = 0
    waiting: dict[str, dict[str, Any]] = field(default_factory=dict)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None

    def tell(self, event: str, data: dict[str, Any]) -> None:
        """Put an answer up for the page; one not yet fetched is replaced: the newest counts."""
        self.waiting[event] = data
        self.news.set()

    async def answers(self) -> AsyncIterator[str]:
        """Server-sent events, as they come; a sign of life when nothing comes."""
        self.watchers += 1
        try:
            yield "event: hello\ndata: {}\n\n"
            while True:
                try:
                    await asyncio.wait_for(self.news.wait(), timeout=15)
                except TimeoutError:
                    yield ": still here\n\n"
                    continue
                self.news.clear()
                for event in list(self.waiting):
                    data = json.dumps(self.waiting.pop(event), separators=(",", ":"))
                    yield f"event: {event}\ndata: {data}\n\n"
        finally:
            self.watchers -= 1


class Desk:
    """What the server knows: the folder, the open pages, what has been played."""

    def __init__(self, folder: Folder, jobs: int | None = None) -> None:
        self.folder = folder
        self.trials = Trials(jobs)
        self.jobs = jobs
        self.sessions: OrderedDict[str, Session] = OrderedDict()
        self.opened: OrderedDict[str, tuple[float, Opened]] = OrderedDict()
        self.tickets: OrderedDict[str, str] = OrderedDict()
        self.comparing = asyncio.Lock()

    def session(self, name: str) -> Session:
        """The session of a page; the one longest unused makes room."""
        if name in self.sessions:
            self.sessions.move_to_end(name)
            return self.sessions[name]
        if len(self.sessions) >= MOST_SESSIONS:
            idle = next((key for key, one in self.sessions.items() if not one.watchers), None)
            if idle is None:
                raise RefusedError(f"{MOST_SESSIONS} pages are open already; close one of them")
            gone = self.sessions.pop(idle)
            gone.number += 1
        return self.sessions.setdefault(name, Session())

    def open(self, name: str) -> Opened:
        """A scenario or study, read again when its file has changed."""
        path = self.folder.inside(name)
        changed = path.stat().st_mtime if path.exists() else 0.0
        known = self.opened.get(name)
        if known is not None and known[0] == changed:
            return known[1]
        opened = self.folder.open(name)
        self.opened[name] = changed, opened
        while len(self.opened) > MOST_SESSIONS:
            self.opened.popitem(last=False)
        return opened

    def option(self, asked: Mapping[str, Any]) -> tuple[Opened, Option]:
        """The file and the option that a page works on."""
        opened = self.open(_text(asked, "file"))
        name = asked.get("option") or next(iter(opened.options))
        if name not in opened.options:
            raise RefusedError(f"{opened.file} has no option of that name any more")
        return opened, opened.options[name]

    def play(self, session: Session, base: Scenario, variant: Scenario) -> int:
        """Begin to play; what the page asked for before is given up."""
        session.number += 1
        number = session.number
        session.waiting.pop("view", None)
        session.task = asyncio.create_task(self._play(session, number, base, variant))
        return number

    async def _play(self, session: Session, number: int, base: Scenario, variant: Scenario) -> None:
        def wanted() -> bool:
            return session.number == number

        def played() -> list[Played]:
            return [self.trials.played(one) for one in (base, variant)]

        try:
            sides = await asyncio.to_thread(played)
            first, second = sides
            goal = variant.run.replications
            for n in stages(goal):
                if not await asyncio.to_thread(self.trials.extend, sides, n, wanted):
                    return
                shown = await asyncio.to_thread(view, first, second, n)
                if not wanted():
                    return
                session.tell("view", {"number": number, "goal": goal, **shown})
        except Exception as error:  # told on the page: a stream that just ends tells nothing
            session.tell(
                "failed", {"number": number, "message": f"{type(error).__name__}: {error}"}
            )


# --- requests ---------------------------------------------------------------------------------

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
        "knobs": [one.plain() for one in knobs(said, opened.factors)],
    }


async def _pin(desk: Desk, asked: dict[str, Any]) -> Any:
    _, option = await asyncio.to_thread(desk.option, asked)
    return pinned(option.recipe.said(option.given), _text(asked, "path")).plain()


async def _play(desk: Desk, asked: dict[str, Any]) -> Any:
    session = desk.session(_text(asked, "session"))
    _, option = await asyncio.to_thread(desk.option, asked)
    variant = await asyncio.to_thread(desk.folder.variant, option, _changes(asked))
    compiling = needs_compiling(ENGINES[0])
    return {"number": desk.play(session, option.scenario, variant), "compiling": compiling}


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
    async with desk.comparing:
        page = await asyncio.to_thread(_compared, scenarios, option.scenario, desk.jobs)
    return _ticket(desk, page)


def _compared(scenarios: dict[str, Scenario], base: Scenario, jobs: int | None) -> str:
    from sim.report import report
    from sim.report.html import to_html

    study = Study.of(scenarios, question=f"{base.name}: what-ifs")
    study = study.asking(replications=base.run.replications)
    with Runner(jobs=jobs) as runner:
        return to_html(report(experiment.compare(study, runner)))


async def _result(desk: Desk, asked: dict[str, Any]) -> Any:
    folder = desk.folder.result(_text(asked, "file"))

    def page() -> str:
        from sim.experiment import load_result
        from sim.report import report
        from sim.report.html import to_html

        return to_html(report(load_result(folder)))

    return _ticket(desk, await asyncio.to_thread(page))


async def _delete(desk: Desk, asked: dict[str, Any]) -> Any:
    await asyncio.to_thread(desk.folder.delete, _text(asked, "file"))
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
    "result": _result,
    "delete": _delete,
}


def _text(asked: Mapping[str, Any], name: str) -> str:
    value = asked.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= 1000:
        raise RefusedError(f"`{name}` is missing")
    return value


def _name(asked: Mapping[str, Any]) -> str:
    name = _text(asked, "name").strip()
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


# --- the application --------------------------------------------------------------------------


def application(desk: Desk, *, hosts: Sequence[str], token: str, first: str = "") -> Guard:
    """The page and its requests, behind the guard.

    Args:
        desk: what it works on.
        hosts: `name:port` under which it is known.
        token: that every request carries.
        first: the file that is opened first, relative to the folder; empty for the list.
    """
    routes = [
        Route("/", lambda _: HTMLResponse(_page(first))),
        Route("/static/{name}", _static),
        Route("/api/watch", _watching(desk)),
        Route("/api/{name}", _answering(desk), methods=["POST"]),
        Route("/result/{ticket}", _showing(desk)),
    ]

    @asynccontextmanager
    async def life(_: Starlette) -> AsyncIterator[None]:
        yield
        for session in desk.sessions.values():
            session.number += 1
        desk.trials.close()

    return Guard(Starlette(routes=routes, lifespan=life), hosts, token)


def _answering(desk: Desk) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        known = ANSWERS.get(request.path_params["name"])
        if known is None:
            return JSONResponse({"message": "there is no such request"}, 404)
        try:
            asked = await request.json()
            if not isinstance(asked, dict):
                raise RefusedError("a request is one JSON object")
            return JSONResponse(await known(desk, asked))
        except ScenarioError as error:
            faults = [
                {"path": fault.path, "message": str(fault.message), "text": str(fault)}
                for fault in error.faults
            ]
            return JSONResponse({"faults": faults}, 422)
        except (UnicodeError, json.JSONDecodeError, RecursionError):
            return JSONResponse({"message": "a request is one JSON object"}, 400)
        except (RefusedError, FolderError, ValueError, OSError) as error:
            return JSONResponse({"message": str(error)}, 400)
        except ClientDisconnect:
            return Response(status_code=400)

    return answer


def _watching(desk: Desk) -> Callable[[Request], Awaitable[Response]]:
    async def watch(request: Request) -> Response:
        try:
            session = desk.session(_text(request.query_params, "session"))
        except RefusedError as error:
            return JSONResponse({"message": str(error)}, 503)
        return StreamingResponse(session.answers(), media_type="text/event-stream")

    return watch


def _showing(desk: Desk) -> Callable[[Request], Awaitable[Response]]:
    async def show(request: Request) -> Response:
        page = desk.tickets.get(request.path_params["ticket"])
        if page is None:
            return HTMLResponse("This page is gone; ask for it again.", 404)
        return HTMLResponse(page, headers={"Content-Security-Policy": RESULT_POLICY})

    return show


KINDS_OF_FILE = {"js": "text/javascript", "css": "text/css", "json": "application/json"}


async def _static(request: Request) -> Response:
    name = request.path_params["name"]
    text = _statics().get(name)
    if text is None:
        return Response(status_code=404)
    kind = KINDS_OF_FILE[name.rpartition(".")[2]]
    return Response(text, media_type=kind, headers={"Cache-Control": "max-age=3600"})


@cache
def _statics() -> dict[str, str]:
    """The files of the page: its script, its looks, the library that draws, the pictures."""
    from sim.report.html import library

    folder = files("sim.live") / "page"
    return {
        "live.js": (folder / "live.js").read_text(encoding="utf-8"),
        "live.css": (folder / "live.css").read_text(encoding="utf-8"),
        "report.css": (files("sim.report") / "templates" / "report.css").read_text("utf-8"),
        "vega.js": library(),
        "charts.json": json.dumps(specs()),
    }


def _page(first: str) -> str:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined)
    template = (files("sim.live") / "page" / "live.html").read_text(encoding="utf-8")
    return environment.from_string(template).render(first=first)


# --- serving ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Serving:
    """A server that is ready to run.

    address: of the page, with the token; root: the folder that it may read and write.
    """

    server: uvicorn.Server
    listening: socket.socket
    address: str
    root: Path
    first: str

    def run(self) -> None:
        """Serve until interrupted."""
        self.server.run(sockets=[self.listening])


def serving(
    target: Path, *, host: str = "127.0.0.1", port: int | None = None, jobs: int | None = None
) -> Serving:
    """Make the server of the live page.

    Args:
        target: a scenario, a study, or a folder of them and of results.
        host: address to listen on.
        port: None for the usual one, or any that is free.
        jobs: replications at once; None for all cores.

    Raises:
        ValueError: if there is no such file or folder, or the address cannot be used.
    """
    root, first = _root_of(target)
    listening = _listen(host, port)
    port = listening.getsockname()[1]
    token = _token()
    names = {host, *LOOPBACK} if host in LOOPBACK else {host}
    hosts = [f"{_in_address(name)}:{port}".lower() for name in names]
    app = application(Desk(Folder(root), jobs), hosts=hosts, token=token, first=first)
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=2,
        limit_concurrency=4 * MOST_SESSIONS,
        h11_max_incomplete_event_size=64_000,
    )
    address = f"http://{_in_address(host)}:{port}/?{urlencode({'token': token})}"
    if first:
        address += f"#{urlencode({'file': first})}"
    return Serving(uvicorn.Server(config), listening, address, root, first)


def serve(
    target: Path,
    *,
    host: str = "127.0.0.1",
    port: int | None = None,
    browser: bool = True,
    jobs: int | None = None,
) -> None:
    """Serve the live page until interrupted; arguments and errors as `serving`.

    Args:
        browser: open the address.
    """
    ready = serving(target, host=host, port=port, jobs=jobs)
    if host not in LOOPBACK:
        print(
            f"Anybody who can reach {host} and has this address can read and write scenarios "
            f"below {ready.root}.",
            file=sys.stderr,
        )
    print(f"Live page: {ready.address}")
    print("Stop with Ctrl-C; saved variants stay.", flush=True)
    if browser:
        webbrowser.open(ready.address)
    ready.run()


LOOPBACK = ("127.0.0.1", "localhost", "::1")


def _in_address(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _root_of(target: Path) -> tuple[Path, str]:
    """The folder that may be read, and the file in it that is opened first."""
    here, path = Path.cwd().resolve(), target.resolve()
    if not path.exists():
        raise ValueError(f"{target}: there is no such file or folder")
    folder = path if path.is_dir() else path.parent
    root = here if here == folder or here in folder.parents else folder
    return root, "" if path.is_dir() else path.relative_to(root).as_posix()


def _listen(host: str, port: int | None) -> socket.socket:
    wanted = [PORT, 0] if port is None else [port]
    for one in wanted:
        try:
            return socket.create_server(
                (host, one), family=socket.AF_INET6 if ":" in host else socket.AF_INET
            )
        except OSError as error:
            reason = error.strerror or str(error)
    raise ValueError(f"--host {host}, --port {wanted[0]}: cannot be listened on: {reason}")


def _token() -> str:
    """This user's token: kept, so that an open page finds the server again when it comes back."""
    from platformdirs import user_state_path

    try:
        file = user_state_path("contact-center-sim", ensure_exists=True) / "live-token"
        if file.exists() and not file.is_symlink() and file.stat().st_mode & 0o077 == 0:
            kept = file.read_text(encoding="ascii").strip()
            if len(kept) >= 32:
                return kept
        file.unlink(missing_ok=True)
        token = secrets.token_urlsafe(32)
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
            stream.write(token)
    except (OSError, UnicodeError):
        return secrets.token_urlsafe(32)
    return token
