"""The server of the live page: a few requests, and a stream of answers to each open page."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import socket
import sys
import webbrowser
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlencode

import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from sim.live.answers import ANSWERS
from sim.live.charts import specs
from sim.live.desk import MOST_SESSIONS, Desk, RefusedError, text_of
from sim.live.folder import Folder, FolderError
from sim.live.guard import Guard
from sim.scenario import ScenarioError
from sim.scenario.faults import printable

PORT = 8765

RESULT_POLICY = (
    "sandbox allow-scripts allow-downloads allow-modals; default-src 'none'; "
    "script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src data:"
)
"""A report runs its own script, in an origin of its own: it cannot ask this server anything."""


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
        desk.close()

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
        except (ClientDisconnect, asyncio.CancelledError):  # the page has gone, or the server goes
            return Response(status_code=400)

    return answer


def _watching(desk: Desk) -> Callable[[Request], Awaitable[Response]]:
    async def watch(request: Request) -> Response:
        try:
            session = desk.session(text_of(request.query_params, "session"))
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
    from sim.report.vega import vega_script

    folder = files("sim.live") / "page"
    return {
        "live.js": (folder / "live.js").read_text(encoding="utf-8"),
        "live.css": (folder / "live.css").read_text(encoding="utf-8"),
        "report.css": (files("sim.report") / "templates" / "report.css").read_text("utf-8"),
        "vega.js": vega_script(),
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
    names = _names_of(host)
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
    address = f"http://{_in_address(names[0])}:{port}/?{urlencode({'token': token})}"
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
            f"below {printable(str(ready.root))}.",
            file=sys.stderr,
        )
    print(f"Live page: {ready.address}")
    print("Stop with Ctrl-C; saved variants stay.", flush=True)
    if browser:
        webbrowser.open(ready.address)
    ready.run()


LOOPBACK = ("127.0.0.1", "localhost", "::1")
EVERYWHERE = ("0.0.0.0", "::")


def _names_of(host: str) -> list[str]:
    """The names under which requests may come to an address, the one to print first."""
    if host in LOOPBACK:
        return [host, *LOOPBACK]
    if host not in EVERYWHERE:
        return [host]
    name = socket.gethostname()
    try:
        found = {str(one[4][0]) for one in socket.getaddrinfo(name, None)}
    except OSError:
        found = set()
    return [name, *found, *LOOPBACK]


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
