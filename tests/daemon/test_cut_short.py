"""A coordinator that ends while it answers: who asked is told, and no traceback is printed."""

from __future__ import annotations

import asyncio
import http.client
import json
import signal
import socket
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from fleet import wait_until
from patience import PATIENCE_SECONDS
from trinity_tui.client import found
from trinity_tui.daemon.cut_short import CutShort

if TYPE_CHECKING:
    from fleet import Fleet
    from trinity_tui.daemon.house import House


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_request_that_is_not_whole_when_the_coordinator_ends_is_answered(fleet: Fleet, number: int) -> None:
    fleet.write_config(instances={})
    child = fleet.serve(ready=False)
    place = wait_until(lambda: fleet.status() and found.find(fleet.workspace), "a coordinator that answers")
    with socket.socket(socket.AF_UNIX) as half:
        half.connect(place.api)
        half.sendall(
            b"POST /send HTTP/1.1\r\nHost: localhost\r\nContent-Length: 40\r\n"
            + f"Authorization: Bearer {found.token(fleet.workspace)}\r\n\r\n".encode()
            + b'{"to": "lead-1", '
        )
        # What is answered after it was begun after it: the server has read the half one.
        assert fleet.status()
        child.send_signal(number)
        answer = http.client.HTTPResponse(half)
        answer.begin()
        assert answer.status == 503
        assert "whether it was done is not known" in json.loads(answer.read())["error"]
    assert child.wait(PATIENCE_SECONDS) == 0
    assert "Traceback" not in (fleet.root / "serve.log").read_text()


def test_a_live_lane_on_which_nothing_was_said_ends_with_the_coordinator(fleet: Fleet) -> None:
    fleet.write_config(instances={})
    child = fleet.serve(ready=False)
    place = wait_until(lambda: fleet.status() and found.find(fleet.workspace), "a coordinator that answers")
    with socket.socket(socket.AF_UNIX) as silent:
        silent.connect(place.live)
        assert fleet.status()
        child.send_signal(signal.SIGTERM)
        assert silent.recv(1) == b""
    assert child.wait(PATIENCE_SECONDS) == 0
    assert "Traceback" not in (fleet.root / "serve.log").read_text()


@pytest.mark.parametrize(("is_going_down", "kind"), [(True, "http"), (True, "websocket"), (False, "http")])
async def test_only_the_end_of_the_coordinator_is_an_answer(is_going_down: bool, kind: str) -> None:
    house = SimpleNamespace(down=asyncio.Event())
    begun, sent = asyncio.Event(), list[Any]()

    async def never(*_: object) -> Any:
        begun.set()
        await asyncio.Event().wait()

    async def send(message: Any) -> None:
        sent.append(message["type"])

    app = CutShort(never, cast("House", house))
    serving = asyncio.ensure_future(app({"type": kind}, never, send))
    await begun.wait()
    if is_going_down:
        house.down.set()
    serving.cancel()
    await asyncio.wait({serving})
    assert serving.cancelled() is not is_going_down
    assert sent == (["http.response.start", "http.response.body"] if is_going_down and kind == "http" else [])
