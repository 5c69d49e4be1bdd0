"""What the server knows: the folder, the open pages, what is being played for each of them."""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sim.experiment.study import Option
from sim.live.folder import Folder, Opened
from sim.live.trial import Pair, Trials, stages, view

MOST_SESSIONS = 50

PAINTING = 0.1
"""Seconds after the first answer in which the cores are left to the page that paints it."""


class RefusedError(ValueError):
    """A request that cannot be answered; the message is for the page."""


def text_of(asked: Mapping[str, Any], name: str) -> str:
    """A text that a request must hold.

    Raises:
        RefusedError: if it does not.
    """
    value = asked.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= 1000:
        raise RefusedError(f"`{name}` is missing")
    return value


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
        self.opened: OrderedDict[str, tuple[tuple[float, ...], Opened]] = OrderedDict()
        self.tickets: OrderedDict[str, str] = OrderedDict()
        self.comparing = asyncio.Lock()
        self.closed = False

    def close(self) -> None:
        """Give up all work: the server stops."""
        self.closed = True
        for session in self.sessions.values():
            session.number += 1
        self.trials.close()

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
        """A scenario or study, read again when one of its files has changed."""
        known = self.opened.get(name)
        if known is not None and known[0] == self.folder.stamp(known[1]):
            return known[1]
        opened = self.folder.open(name)
        self.opened[name] = self.folder.stamp(opened), opened
        while len(self.opened) > MOST_SESSIONS:
            self.opened.popitem(last=False)
        return opened

    def option(self, asked: Mapping[str, Any]) -> tuple[Opened, Option]:
        """The file and the option that a page works on."""
        opened = self.open(text_of(asked, "file"))
        name = asked.get("option") or next(iter(opened.options))
        if name not in opened.options:
            raise RefusedError(f"{opened.file} has no option of that name any more")
        return opened, opened.options[name]

    def pair(self, option: Option, changes: Mapping[str, object]) -> Pair:
        """An option and the variant with these changes.

        Raises:
            ScenarioError: with every fault of the variant, or if the two cannot be compared.
        """
        key = tuple(sorted(changes.items()))
        return self.trials.pair(option, key, lambda: self.folder.variant(option, changes))

    def play(self, session: Session, pair: Pair) -> int:
        """Begin to play; what the page asked for before is given up."""
        session.number += 1
        number = session.number
        session.waiting.pop("view", None)
        session.task = asyncio.create_task(self._play(session, number, pair))
        return number

    async def _play(self, session: Session, number: int, pair: Pair) -> None:
        def wanted() -> bool:
            return session.number == number

        try:
            for stage, n in enumerate(stages(pair.goal)):
                sides = [pair.base, pair.variant]
                if not await asyncio.to_thread(self.trials.extend, sides, n, wanted):
                    return
                shown = await asyncio.to_thread(view, pair, n)
                if not wanted():
                    return
                session.tell("view", {"number": number, "goal": pair.goal, **shown})
                if stage == 0:
                    await asyncio.sleep(PAINTING)
        except Exception as error:  # told on the page: a stream that just ends tells nothing
            session.tell(
                "failed", {"number": number, "message": f"{type(error).__name__}: {error}"}
            )
