from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from tui_demo import FakeConnection, demo, until

from patience import PATIENCE_SECONDS
from trinity_tui.core.errors import ClientError
from trinity_tui.tui import pace, right_of_way
from trinity_tui.tui.bridge import Answered, AreaChanged, Bridge, Opened, OpenFailed, Refused, grouped
from trinity_tui.tui.right_of_way import RightOfWay

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    import pytest
    from textual.message import Message


class Desk:
    """Where the bridge's messages land."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self._news = asyncio.Event()

    def post(self, message: Message) -> None:
        self.messages.append(message)
        self._news.set()

    async def wait_for(self, kind: type[Message]) -> Message:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not any(isinstance(message, kind) for message in self.messages):
                self._news.clear()
                await self._news.wait()
        return next(message for message in self.messages if isinstance(message, kind))


@asynccontextmanager
async def running(link: FakeConnection, way: RightOfWay | None = None) -> AsyncGenerator[tuple[Bridge, Desk]]:
    desk = Desk()

    async def connect() -> FakeConnection:
        return link

    bridge = Bridge(connect, desk.post, way=way)
    task = asyncio.create_task(bridge.run())
    try:
        await desk.wait_for(Opened)
        yield bridge, desk
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_changes_arrive_once_per_area_with_their_names(link: FakeConnection) -> None:
    demo(link.mirror)
    async with running(link) as (_, desk):
        first = await desk.wait_for(AreaChanged)
        assert isinstance(first, AreaChanged)
        told = {first.area, *first.beside}
        await until(lambda: len([m for m in desk.messages if isinstance(m, AreaChanged)]) >= len(told))
        areas = [message.area for message in desk.messages if isinstance(message, AreaChanged)]
        assert sorted(areas) == sorted(told)
        assert {"flow", "instance", "link", "findings"} <= told


async def test_a_thousand_changes_are_told_as_one_for_as_long_as_an_update_lasts(
    link: FakeConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "UPDATE_SECONDS", 3_600.0)
    async with running(link) as (_, desk):
        script = demo(link.mirror)
        desk.messages.clear()
        for _ in range(1_000):
            script.say("builder-1", "lead-1", "again")
            link.changed.set()
            await asyncio.sleep(0)
        await desk.wait_for(AreaChanged)
        assert len([m for m in desk.messages if isinstance(m, AreaChanged) and m.area == "flow"]) == 1


async def test_a_word_does_not_wait_because_something_else_was_just_told(
    link: FakeConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "UPDATE_SECONDS", 3_600.0)
    async with running(link) as (_, desk):
        script = demo(link.mirror)
        link.changed.set()
        await desk.wait_for(AreaChanged)
        script.piece("builder-1", "m1", "A word")
        link.changed.set()
        await until(lambda: any(isinstance(item, AreaChanged) and item.area == "talk" for item in desk.messages))


async def test_a_key_goes_before_what_changed(link: FakeConnection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(right_of_way, "MOST_SECONDS", 3_600.0)
    demo(link.mirror)
    way = RightOfWay()
    way.take()
    async with running(link, way) as (_, desk):
        link.changed.set()
        await until(lambda: not link.changed.is_set())
        for _ in range(20):
            await asyncio.sleep(0)
        assert not any(isinstance(message, AreaChanged) for message in desk.messages)
        way.release()
        await desk.wait_for(AreaChanged)


async def test_a_request_ends_as_a_message(link: FakeConnection) -> None:
    link.answers["send"] = {"id": "m1", "position": 5}
    async with running(link) as (bridge, desk):
        bridge.ask("send", to="builder-1", content="hello")
        done = await desk.wait_for(Answered)
        assert isinstance(done, Answered)
        assert (done.do, done.args, done.result) == (
            "send", {"to": "builder-1", "content": "hello"}, {"id": "m1", "position": 5},
        )  # fmt: skip


async def test_a_refusal_is_a_sentence(link: FakeConnection) -> None:
    link.answers["restart"] = ClientError("no instance is called scout", 4, "See trinity status.")
    async with running(link) as (bridge, desk):
        bridge.ask("restart", who="scout")
        refused = await desk.wait_for(Refused)
        assert isinstance(refused, Refused)
        assert refused.sentence == link.answers["restart"].sentence()


async def test_asking_before_there_is_a_connection_is_refused_at_once() -> None:
    desk = Desk()

    async def never() -> FakeConnection:
        raise AssertionError("not asked for")

    Bridge(never, desk.post).ask("send", to="a", content="b")
    assert [type(message) for message in desk.messages] == [Refused]


async def test_asking_while_it_ends_is_refused_and_breaks_nothing(
    link: FakeConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            bridge.ask("pause", who="all")

    monkeypatch.setattr(link, "run", run)
    async with running(link) as (bridge, desk):
        await asyncio.sleep(0)
    refused = [message for message in desk.messages if isinstance(message, Refused)]
    assert [(message.do, message.sentence) for message in refused] == [("pause", "not connected yet; nothing was sent")]
    assert link.asked == []


async def test_a_coordinator_that_is_not_there_yet_is_waited_for(link: FakeConnection) -> None:
    desk = Desk()
    tries: list[int] = []

    async def connect() -> FakeConnection:
        tries.append(1)
        if len(tries) < 2:
            raise ClientError("the coordinator did not answer", 5)
        return link

    task = asyncio.create_task(Bridge(connect, desk.post).run())
    failed = await desk.wait_for(OpenFailed)
    assert isinstance(failed, OpenFailed)
    assert failed.sentence == "the coordinator did not answer"
    await desk.wait_for(Opened)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_one_instance_is_followed_at_a_time(link: FakeConnection) -> None:
    async with running(link) as (bridge, _):
        bridge.follow("a")
        bridge.follow("a")
        bridge.follow("b")
        await until(lambda: len(link.followed) >= 3)
        assert link.followed == ["a", "-a", "b"]


async def test_what_was_seen_is_told_once_and_only_forward(link: FakeConnection) -> None:
    async with running(link) as (bridge, _):
        bridge.shown(40)
        await until(lambda: bool(link.seen))
        bridge.shown(30)
        bridge.shown(0)
        await asyncio.sleep(0)
        assert link.seen == [40]


def test_areas_are_grouped() -> None:
    assert grouped({"flow", "instance:a", "live:b", "output:a"}) == {
        "flow": frozenset(), "instance": frozenset({"a", "b"}), "output": frozenset({"a"}),
    }  # fmt: skip
