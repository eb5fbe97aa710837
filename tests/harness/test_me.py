"""What a role acts through: turns that are shown as long as they run, and answers that are given once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, cast

import pytest

from trinity_tui.core.wire import live
from trinity_tui.harness import me as module
from trinity_tui.harness.one_line import one_line

if TYPE_CHECKING:
    from harness.ground import Ground, Scripted
    from trinity_tui.bus import Delivery
    from trinity_tui.harness.lane import Lane


class Told:
    """A live lane that remembers."""

    def __init__(self) -> None:
        self.shown: list[tuple[str, str, str]] = []

    def tell(self, activity: live.Activity) -> None:
        """Note it."""
        self.shown.append((activity.activity, activity.detail, activity.degraded))


async def test_turns_are_shown_inside_one_another(ground: Ground, scripted: Scripted) -> None:
    me, told = ground.live("observer-1", scripted).me, Told()
    me.lane = cast("Lane", told)
    async with me.turn("tool", "pytest"):
        async with me.turn("thinking", "a\nquestion"):
            assert told.shown[-1] == ("thinking", "a question", "")
        assert told.shown[-1] == ("tool", "pytest", "")
    assert told.shown[-1] == ("idle", "", "")
    me.heard(live.Pause("by the person"))
    assert told.shown[-1] == ("waiting", "by the person", "")
    me.trouble("the disk is full")
    assert told.shown[-1] == ("waiting", "by the person", "the disk is full")
    me.trouble("")
    me.heard(live.Resume())
    assert told.shown[-1] == ("idle", "", "")


async def test_a_long_turn_is_on_record_and_so_is_its_end(
    ground: Ground, scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LONG_TURN_SECONDS", 0.02)
    me = ground.live("observer-1", scripted).me
    with pytest.raises(KeyError):
        async with me.turn("tool", "pytest"):
            await ground.heard(lambda message: message.metadata.get("turn") == "pytest")
            raise KeyError
    turns = [message.metadata["turn"] for message in await ground.said("status")]
    assert turns == ["pytest", ""]
    async with me.turn("thinking", "short"):
        pass
    assert len(await ground.said("status")) == 2


async def test_a_long_look_that_is_routine_is_shown_and_not_on_record(
    ground: Ground, scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LONG_TURN_SECONDS", 0.0)
    me = ground.live("observer-1", scripted).me
    async with me.turn("thinking", "looking again", is_routine=True), me.turn("tool", "pytest"):
        await ground.heard(lambda message: message.metadata.get("turn") == "pytest")
    assert [message.metadata["turn"] for message in await ground.said("status")] == ["pytest", ""]


async def test_a_turn_cut_while_it_is_put_on_record_does_not_stay_there(
    ground: Ground, scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LONG_TURN_SECONDS", 0.0)
    me = ground.live("observer-1", scripted).me
    publishing, real = asyncio.Event(), me.bus.publish

    async def publish(*messages: Any) -> Any:
        publishing.set()
        await asyncio.sleep(0)
        return await real(*messages)

    monkeypatch.setattr(me.bus, "publish", publish)
    async with me.turn("tool", "pytest"):
        await publishing.wait()
    turns = [message.metadata["turn"] for message in await ground.said("status")]
    assert turns[-1] == ""


async def test_a_pause_right_at_the_answer_does_not_make_it_two(
    ground: Ground, scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    life = ground.live("observer-1", scripted)
    me, real = life.me, life.me.bus.publish

    async def publish(*messages: Any) -> Any:
        positions = await real(*messages)
        if messages[0].type == "answer":
            me.heard(live.Pause("just now"))
        return positions

    async def answer(delivery: Delivery) -> None:
        await me.voice.answer(delivery, "42")

    monkeypatch.setattr(me.bus, "publish", publish)
    scripted.scripts["?"] = answer
    await ground.say("human", "observer-1", "question", "?")
    await ground.heard(lambda message: message.type == "answer")
    await ground.until(lambda: not me.gate.may_begin.is_set(), "paused")
    me.heard(live.Resume())
    await ground.say("human", "observer-1", "chat", "next")
    await ground.until(lambda: "next" in scripted.handled, "the next handled")
    assert len(await ground.said("answer")) == 1


async def test_an_answer_carries_the_thread_and_how_far_it_has_come(ground: Ground, scripted: Scripted) -> None:
    life = ground.live("observer-1", scripted)

    async def answer(delivery: Delivery) -> None:
        await life.me.voice.answer(delivery, "yes")

    scripted.scripts["?"] = answer
    asked, _ = await ground.say("lead-1", "observer-1", "question", "?", hops=3, thread="t", priority="high")
    said = await ground.heard(lambda message: message.reply_to == asked.id)
    assert (said.from_, said.to, said.hops, said.thread, said.priority) == ("observer-1", "lead-1", 4, "t", "high")
    assert said.origin == "peer"


@pytest.mark.parametrize(("text", "line"), [("a\n b\t c", "a b c"), ("x" * 9, "xxxx…"), ("", "")])
def test_one_line(text: str, line: str) -> None:
    assert one_line(text, 5) == line
