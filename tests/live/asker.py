"""A live page's server at work, and a client that asks as the page does."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sim.live.server import Serving, serving

SHOP = """
name: A small shop
reasons:
  calls:
    volume: 600 per week
    profile: office
    handle: {lognormal: {mean: 5 min, cv: 0.8}}
    patience: {exponential: 2 min}
    buying: {unaided: 2 %, basket: 100}
profiles: {office: {mon-fri 09:00-18:00: 1}}
pools:
  team:
    agents: {mon-fri 09:00-18:00: 2}
    contract: {per_hour: 20}
    sells: {conversion: 20 %}
run: {replications: 20, seed: 3}
"""

STUDY = """
study: Two or three?
base: shop.yaml
against: two
decide: margin
options:
  two: {}
  three: {pools: {team: {agents: {mon-fri 09:00-18:00: 3}}}}
vary: {reasons.calls.buying.unaided: [1 %, 6 %]}
"""


LONGEST = 600
"""Seconds after which nothing will come any more, on however busy a machine."""


@dataclass
class Asker:
    """Asks a server as its page does."""

    ready: Serving
    token: str
    host: str

    def ask(
        self, path: str, said: object = None, *, headers: dict[str, str] | None = None, **more: Any
    ) -> tuple[int, Any, dict[str, str]]:
        """Status, answer (JSON if it is) and headers.

        A server that refuses does not wait for the body: if its answer is lost in the reset that
        follows, one asks again.
        """
        for _ in range(9):
            try:
                return self._ask(path, said, headers, more)
            except ConnectionResetError:
                time.sleep(0.05)
        return self._ask(path, said, headers, more)

    def _ask(
        self, path: str, said: object, headers: dict[str, str] | None, more: dict[str, Any]
    ) -> tuple[int, Any, dict[str, str]]:
        link = http.client.HTTPConnection(*self.ready.listening.getsockname()[:2], timeout=LONGEST)
        method = more.get("method", "GET" if said is None else "POST")
        body = said if isinstance(said, bytes) else None if said is None else json.dumps(said)
        sent = {"Host": self.host, "X-Token": self.token}
        if method != "GET":
            sent |= {"Origin": f"http://{self.host}", "Content-Type": "application/json"}
        sent = {key: value for key, value in (sent | (headers or {})).items() if value}
        link.request(method, path, body, sent)
        answer = link.getresponse()
        text = answer.read().decode()
        link.close()
        told = dict(answer.getheaders())
        is_json = told.get("content-type", "").startswith("application/json")
        return answer.status, json.loads(text) if is_json else text, told

    def good(self, what: str, **said: Any) -> Any:
        """The answer to a request that works."""
        status, told, _ = self.ask(f"/api/{what}", said)
        assert status == 200, told
        return told

    def answers(self, session: str) -> Iterator[tuple[str, Any]]:
        """The stream of a session."""
        link = http.client.HTTPConnection(*self.ready.listening.getsockname()[:2], timeout=LONGEST)
        path = f"/api/watch?session={session}&token={self.token}"
        link.request("GET", path, headers={"Host": self.host})
        answer = link.getresponse()
        event = ""
        try:
            while said := answer.readline():
                line = said.decode().rstrip("\n")
                if line.startswith("event: "):
                    event = line[7:]
                elif line.startswith("data: "):
                    yield event, json.loads(line[6:])
        finally:
            link.close()


@contextmanager
def served(folder: Path, port: int) -> Iterator[Asker]:
    """The server of a folder, or of a file in it, at work."""
    ready = serving(folder, port=port, jobs=2)
    thread = threading.Thread(target=ready.run, daemon=True)
    thread.start()
    while not ready.server.started:
        time.sleep(0.01)
    parts = urlsplit(ready.address)
    yield Asker(ready, parse_qs(parts.query)["token"][0], parts.netloc)
    ready.server.should_exit = True
    thread.join(LONGEST)
    assert not thread.is_alive()


def free_port() -> int:
    """A port that nobody uses."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
