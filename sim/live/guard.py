"""The door of the live page: who may ask, and how much.

A page of another site may send requests to this address from the planner's own browser. So every
request must name this host (DNS rebinding), every change must come from this page (`Origin`), and
whatever tells or changes something must carry the token that was printed.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Collection
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 1_000_000
"""Of a request's body."""

PATIENCE = 10.0
"""Seconds for a request's body to arrive."""

POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
"""Nothing from elsewhere, nothing inline; Vega makes its expressions into functions (eval)."""

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}

OPEN = ("/static/", "/result/")
"""Paths that need no token: files of the package, and results under a name nobody can guess."""


class Guard:
    """Refuses what does not come from the page itself.

    Args:
        app: what is guarded.
        hosts: names and ports under which the server is known, as `Host` says them.
        token: that every request carries, as the header `X-Token` or as `token` in the address.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str], token: str) -> None:
        self._app, self._hosts, self._token = app, frozenset(hosts), token.encode()
        self._origins = frozenset(f"http://{host}" for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        wrong = self._wrong(scope)
        if wrong is not None:
            status, message = wrong
            headers = {**HEADERS, "connection": "close"}
            await JSONResponse({"message": message}, status, headers)(scope, receive, send)
            return
        await self._app(scope, _Body(scope, receive).receive, _with_headers(send))

    def _wrong(self, scope: Scope) -> tuple[int, str] | None:
        headers = Headers(scope=scope)
        if headers.get("host", "").lower() not in self._hosts:
            return 421, "this host name is not the one that `sim live` printed"
        if not self._from_here(scope["method"], headers):
            return 403, "requests from other pages are refused"
        if not scope["path"].startswith(OPEN) and not self._knows(scope, headers):
            return 403, "open the address that `sim live` printed: it holds a token"
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > MOST_BYTES:
            return 413, "the request is too large"
        return None

    def _from_here(self, method: str, headers: Headers) -> bool:
        """Whether the page itself asks: browsers say who does, and always when it is a change."""
        origin = headers.get("origin")
        if origin is None and method not in ("GET", "HEAD"):
            return False
        if origin is not None and origin not in self._origins:
            return False
        return headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")

    def _knows(self, scope: Scope, headers: Headers) -> bool:
        asked = parse_qs(scope["query_string"].decode("latin-1"))
        said = headers.get("x-token") or asked.get("token", [""])[0]
        return secrets.compare_digest(said.encode(), self._token)


class _Body:
    """A request's body, as long as it is small and comes in time."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._receive, self._size, self._whole = receive, 0, scope["method"] in ("GET", "HEAD")

    async def receive(self) -> Message:
        if self._whole:  # what comes now is the end of the connection: it may take its time
            return await self._receive()
        try:
            async with asyncio.timeout(PATIENCE):
                message = await self._receive()
        except TimeoutError:
            return {"type": "http.disconnect"}
        if message["type"] == "http.request":
            self._size += len(message.get("body", b""))
            self._whole = not message.get("more_body", False)
            if self._size > MOST_BYTES:
                return {"type": "http.disconnect"}
        return message


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return sending
