"""The hold on a keeper, against one that says what the test wants."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, cast

import pytest

from patience import PATIENCE_SECONDS
from trinity_tui.core.errors import SupervisionError
from trinity_tui.core.wire import framing
from trinity_tui.core.wire import keeper as wire
from trinity_tui.store.private import make_private
from trinity_tui.supervision import link as links
from trinity_tui.supervision.link import KeeperLink

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from supervision.ground import Ground

EXITED = wire.Exited("a", 1, 70, 0, None, 1.0)
CHILDREN = wire.Children([wire.Child("a", 1, 70, 7)])


class Scripted:
    """Answers hello and list, each with the frames it is given, and notes what it was asked."""

    def __init__(self, hello: list[wire.FromKeeper], listed: list[wire.FromKeeper]) -> None:
        self._answers = {"Hello": hello, "List": listed}
        self.asked: list[wire.FromCoordinator] = []
        self.writers: list[asyncio.StreamWriter] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        decoder = framing.FrameDecoder(cast("type[wire.FromCoordinator]", wire.FromCoordinator))
        while data := await reader.read(65536):
            for request in decoder.feed(data):
                self.asked.append(request)
                writer.write(b"".join(map(framing.encode, self._answers.get(type(request).__name__, []))))
        writer.close()


class Hold:
    """A link and what it called."""

    def __init__(self, ground: Ground) -> None:
        self.calls: list[object] = []
        self.news = asyncio.Event()
        self.link = KeeperLink(
            ground.workspace, ground.sockets, 5.0,
            on_frame=self._note, on_up=lambda children: self._note(("up", children)), on_down=self._note,
            on_silent=lambda how: self._note(("silent", how)),
        )  # fmt: skip

    def _note(self, call: object) -> None:
        self.calls.append(call)
        self.news.set()


@pytest.fixture
async def hold(ground: Ground) -> AsyncIterator[Hold]:
    hold = Hold(ground)
    yield hold
    await hold.link.aclose()


async def served(ground: Ground, scripted: Scripted) -> asyncio.Server:
    make_private(ground.sockets)
    return await asyncio.start_unix_server(scripted.serve, ground.sockets / "keeper.sock")


async def test_what_is_said_after_the_list_waits_until_the_list_is_used(ground: Ground, hold: Hold) -> None:
    scripted = Scripted([wire.Welcome(wire.PROTOCOL, os.getpid())], [CHILDREN, EXITED])
    async with await served(ground, scripted):
        assert await hold.link.open() == CHILDREN.children
        assert hold.link.pid == os.getpid()
        assert hold.calls == []
        hold.link.go_on()
        assert hold.calls == [EXITED]
        scripted.writers[0].write(framing.encode(EXITED))
        while len(hold.calls) < 2:
            hold.news.clear()
            await hold.news.wait()
        await hold.link.aclose()


async def test_a_lost_connection_is_made_again(ground: Ground, hold: Hold) -> None:
    scripted = Scripted([wire.Welcome(wire.PROTOCOL, os.getpid())], [CHILDREN])
    async with await served(ground, scripted):
        await hold.link.open()
        hold.link.go_on()
        scripted.writers[0].close()
        while len(hold.calls) < 2:
            hold.news.clear()
            await asyncio.wait_for(hold.news.wait(), PATIENCE_SECONDS)
        assert hold.calls == [f"the keeper (pid {os.getpid()}) is gone", ("up", CHILDREN.children)]
        await hold.link.aclose()


async def test_a_keeper_of_another_version_is_named(
    ground: Ground, hold: Hold, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links, "LAUNCH_SECONDS", 0.2)
    scripted = Scripted([wire.Refused("this keeper (pid 7) speaks protocol 0")], [])
    async with await served(ground, scripted):
        with pytest.raises(SupervisionError, match="the keeper refused: this keeper .pid 7. speaks protocol 0"):
            await hold.link.open()
