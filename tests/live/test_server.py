"""The server: answers, streams, and everything that it refuses."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from asker import free_port

from sim.live.desk import MOST_SESSIONS
from sim.live.guard import MOST_BYTES
from sim.live.server import Serving, serve, serving

PATH = "pools.team.agents.mon-fri 09:00-18:00"


def play(live: Any, **said: Any) -> list[Any]:
    """The answers to one move, until the last."""
    stream = live.answers("one")
    assert next(stream) == ("hello", {})
    number = live.good("play", session="one", file="shop.yaml", **said)["number"]
    found = []
    for event, told in stream:
        assert (event, told["number"]) == ("view", number)
        found.append(told)
        if told["replications"] == told["goal"]:
            return found
    raise AssertionError("the stream ended")


def test_a_move_is_answered_and_refined(live: Any) -> None:
    found = play(live, changes={PATH: "3"})
    assert [one["replications"] for one in found][-1] == 20
    assert found[-1]["measures"][0]["difference"]["apart"]


def test_what_is_wrong_is_said_in_the_words_of_check(live: Any) -> None:
    status, told, _ = live.ask(
        "/api/play", {"session": "one", "file": "shop.yaml", "changes": {PATH: "-3"}}
    )
    assert status == 422
    assert told["faults"][0]["path"] == PATH
    assert "write `3 fewer`" in told["faults"][0]["message"]


def test_a_file_is_opened_with_its_knobs(live: Any) -> None:
    told = live.good("open", file="study.yaml", option="three")
    assert told["options"] == ["two", "three"]
    assert told["knobs"][0]["path"] == "reasons.calls.buying.unaided"
    assert next(k["text"] for k in told["knobs"] if k["path"] == PATH) == "3"


def test_a_file_is_read_again_when_one_that_it_extends_has_changed(live: Any, shop: Path) -> None:
    def agents() -> str:
        told = live.good("open", file="child.yaml")
        return str(next(one["text"] for one in told["knobs"] if one["path"] == PATH))

    (shop / "child.yaml").write_text("extends: shop.yaml\nname: Child\n")
    assert agents() == "2"
    text = (shop / "shop.yaml").read_text().replace("18:00: 2}", "18:00: 7}")
    (shop / "shop.yaml").write_text(text)
    os.utime(shop / "shop.yaml", ns=(0, 10**18))  # however fast this machine is
    assert agents() == "7"


def test_what_a_study_varies_and_an_option_does_not_have_is_no_input(live: Any, shop: Path) -> None:
    (shop / "more.yaml").write_text(
        "study: With a friend?\nbase: shop.yaml\nagainst: alone\ndecide: margin\n"
        "options:\n  alone: {}\n  two:\n    pools: {friend: {agents: {mon-fri 09:00-18:00: 1}}}\n"
        "vary: {pools.friend.presence: [50 %, 90 %]}\n"
    )
    for option, found in (("alone", False), ("two", True)):
        told = live.good("open", file="more.yaml", option=option)
        first = told["knobs"][0]
        assert (first["path"] == "pools.friend.presence") is found
    (shop / "more.yaml").write_text(
        (shop / "more.yaml").read_text().replace("With a friend?", "Or two?")
    )
    os.utime(shop / "more.yaml", ns=(0, 10**18))
    assert live.good("open", file="more.yaml")["question"] == "Or two?"


def test_variants_are_compared_in_a_page_of_its_own_origin(live: Any) -> None:
    told = live.good("compare", file="shop.yaml", variants={"<b>three": {PATH: "3"}})
    status, page, headers = live.ask(told["page"], headers={"X-Token": ""})
    assert status == 200
    assert "<b>three" not in page
    assert headers["content-security-policy"].startswith("sandbox allow-scripts")
    assert "allow-same-origin" not in headers["content-security-policy"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example:80"}, 421),  # DNS rebinding: another name for this address
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": ""}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"X-Token": ""}, 403),
        ({"X-Token": "guess"}, 403),
        ({"X-Token": "é"}, 403),
        ({"Content-Length": str(MOST_BYTES + 1)}, 413),
        ({"Content-Length": "many"}, 400),
    ],
)
def test_others_are_refused(live: Any, headers: dict[str, str], status: int) -> None:
    answer = live.ask(
        "/api/folder", {}, headers={k: v.encode().decode("latin-1") for k, v in headers.items()}
    )
    assert answer[0] == status


def test_the_page_needs_the_token_and_tells_nothing_without(live: Any) -> None:
    status, told, headers = live.ask("/", headers={"X-Token": ""})
    assert status == 403
    assert live.token not in str(told)
    assert headers["x-frame-options"] == "DENY"
    status, _, headers = live.ask(f"/?token={live.token}", headers={"X-Token": ""})
    assert status == 200
    assert "script-src 'self' 'unsafe-eval'" in headers["content-security-policy"]
    assert "access-control-allow-origin" not in {name.lower() for name in headers}


@pytest.mark.parametrize(
    "said",
    [
        [],
        {"file": 3},
        {"file": "shop.yaml", "changes": []},
        {"file": "shop.yaml", "changes": {PATH: 3}},
        {"file": "shop.yaml", "option": "none"},
        {"file": "../shop.yaml"},
        {"file": "missing.yaml"},
        b"{",
        b"\xff\xfe",
        b"[" * 100_000,
    ],
)
def test_odd_requests_get_a_message(live: Any, said: Any) -> None:
    if isinstance(said, dict):
        said = {"session": "one", **said}
    status, told, _ = live.ask("/api/play", said)
    assert status in (400, 422)
    assert told.get("message") or told["faults"]


def test_a_body_without_an_end_is_given_up(live: Any) -> None:
    head = (
        f"POST /api/folder HTTP/1.1\r\nHost: {live.host}\r\nOrigin: http://{live.host}\r\n"
        f"X-Token: {live.token}\r\nTransfer-Encoding: chunked\r\n\r\n"
    ).encode()
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    with socket.create_connection(live.ready.listening.getsockname()[:2], timeout=30) as link:
        link.sendall(head)
        try:
            for _ in range(2 * MOST_BYTES // 0x10000):
                link.sendall(chunk)
            said = link.recv(100)
        except OSError:
            said = b""
    assert said == b"" or b" 400 " in said  # closed or told, but not swallowed whole
    assert live.good("folder")["files"]


def test_a_client_that_dawdles_is_given_up(live: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.live.guard.PATIENCE", 0.2)
    head = (
        f"POST /api/folder HTTP/1.1\r\nHost: {live.host}\r\nOrigin: http://{live.host}\r\n"
        f"X-Token: {live.token}\r\nContent-Length: 10\r\n\r\n{{"
    ).encode()
    with socket.create_connection(live.ready.listening.getsockname()[:2], timeout=30) as link:
        link.sendall(head)  # and nothing more
        said = link.recv(100)
    assert said == b"" or b" 400 " in said
    assert live.good("folder")["files"]


def test_files_are_compared(live: Any, shop: Path) -> None:
    (shop / "four.yaml").write_text("extends: shop.yaml\nname: Four\n")
    told = live.good("files", files=["shop.yaml", "four.yaml"])
    assert "four.yaml" in live.ask(told["page"])[1]
    for files in (["shop.yaml"], ["shop.yaml", "study.yaml"], ["shop.yaml", "../x.yaml"], [1, 2]):
        status, said, _ = live.ask("/api/files", {"files": files})
        assert (status, bool(said["message"])) == (400, True)


def test_many_pages_are_open_at_once_but_not_too_many(live: Any) -> None:
    streams = [live.answers(f"page{number}") for number in range(MOST_SESSIONS)]
    for one in streams:
        assert next(one) == ("hello", {})
    status, told, _ = live.ask("/api/watch?session=more", method="GET")
    assert (status, told["message"]) == (
        503,
        f"{MOST_SESSIONS} pages are open already; close one of them",
    )
    for one in streams:
        one.close()
    assert live.good("folder")["files"]


def test_the_newest_move_wins(live: Any) -> None:
    stream = live.answers("one")
    next(stream)
    for count in ("3", "4", "5"):
        number = live.good("play", session="one", file="shop.yaml", changes={PATH: count})["number"]
    for _, told in stream:
        if told["number"] == number and told["replications"] == told["goal"]:
            break
    hours = next(one for one in told["measures"] if one["name"] == "hours")
    assert hours["variant"]["value"] == pytest.approx(5 * 45)  # five people, 45 hours each


def test_another_address_is_warned_about_and_known_by_the_names_of_this_machine(
    shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Serving, "run", lambda ready: ready.listening.close())
    serve(shop, host="0.0.0.0", port=free_port(), browser=False)
    said = capsys.readouterr()
    assert f"http://{socket.gethostname()}:" in said.out
    assert said.err.startswith("Anybody who can reach 0.0.0.0 and has this address")


def test_the_token_is_this_users_alone_and_kept(shop: Path) -> None:
    addresses = set()
    for _ in range(2):
        ready = serving(shop, port=free_port())
        ready.listening.close()
        addresses.add(parse_qs(urlsplit(ready.address).query)["token"][0])
    assert len(addresses) == 1
    (kept,) = Path(os.environ["XDG_STATE_HOME"]).rglob("live-token")
    assert kept.stat().st_mode & 0o077 == 0
    kept.chmod(0o644)  # somebody else may have read it: a new one
    ready = serving(shop, port=free_port())
    ready.listening.close()
    assert parse_qs(urlsplit(ready.address).query)["token"][0] not in addresses


def test_what_is_not_there_or_cannot_be_listened_on_is_said(shop: Path) -> None:
    with pytest.raises(ValueError, match="there is no such file or folder"):
        serving(shop / "none.yaml")
    taken = socket.create_server(("127.0.0.1", 0))
    with taken, pytest.raises(ValueError, match="cannot be listened on: Address already in use"):
        serving(shop, port=taken.getsockname()[1])
