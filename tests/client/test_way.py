"""Over the port of a coordinator: the token opens it, and what cannot be one is refused in a sentence."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.server import ServerConnection, serve

from fleet import CONFIG, free_port, wait_until
from patience import PATIENCE_SECONDS
from trinity_tui.client import found, way
from trinity_tui.client.connection import Connection
from trinity_tui.client.way import Port
from trinity_tui.core.errors import ClientError

if TYPE_CHECKING:
    from fleet import Fleet


async def test_the_token_opens_a_port(fleet: Fleet) -> None:
    port = free_port()
    fleet.write_config(CONFIG.replace("port = 0", f"port = {port}"), instances={})
    await asyncio.to_thread(fleet.serve, ready=False)
    await asyncio.to_thread(wait_until, fleet.status, "a coordinator that answers")
    address = f"http://127.0.0.1:{port}"
    with pytest.raises(ClientError, match="token is missing"):
        await Port(address, "wrong").knock()
    port_way = Port(address, found.token(fleet.workspace))
    await port_way.knock()
    connection = Connection(port_way)
    running = asyncio.create_task(connection.run())
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not connection.mirror.connected:
            await connection.changed.wait()
            connection.changed.clear()
        assert (await connection.request("status"))["workspace"] == fleet.root.name
        assert not connection.mirror.only_looks
    assert connection.mirror.elsewhere == "127.0.0.1"
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_what_the_library_says_of_a_lost_link_is_not_printed(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    fleet.write_config(instances={})
    await asyncio.to_thread(fleet.serve, ready=False)
    await asyncio.to_thread(wait_until, fleet.status, "a coordinator that answers")
    monkeypatch.setattr(way, "PING_HERE_SECONDS", 0.01)
    failed = asyncio.Event()

    async def fail(_: object) -> None:
        failed.set()
        raise BrokenPipeError

    monkeypatch.setattr(ClientConnection, "ping", fail)
    async with way.Here(fleet.workspace).link() as link:
        assert isinstance(link, ClientConnection)
        await failed.wait()
        assert link.keepalive_task is not None
        await asyncio.wait({link.keepalive_task})
    assert caplog.records == []


async def test_where_nobody_listens_is_said() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        with pytest.raises(ClientError, match="no coordinator answers at 127.0.0.1") as refused:
            await Port(f"http://127.0.0.1:{held.getsockname()[1]}", "x").knock()
    assert refused.value.exit_code == 3


@pytest.mark.parametrize(
    ("says", "sentence"),
    [([], "hung up without a word"), (["what do you want?"], "is no coordinator")],
)
async def test_who_answers_otherwise_is_no_coordinator(says: list[str], sentence: str) -> None:
    async def answer(connection: ServerConnection) -> None:
        await connection.recv()
        for text in says:
            await connection.send(text)

    async with serve(answer, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        with pytest.raises(ClientError, match=sentence):
            await Port(f"http://127.0.0.1:{port}", "x").knock()


@pytest.mark.parametrize("address", ["http://", "http://host/path", "http://host:x", "http://me@host", "http://[::1"])
def test_what_names_no_coordinator_is_refused(address: str) -> None:
    with pytest.raises(ClientError, match="names no coordinator"):
        Port(address, "")
