"""The person's stop and the pause end every wait of a turn: for a brain, a slot, a limit, a resume, a colleague."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from harness.thinking.thinking import Found, Model, calls, says
from trinity_tui.core.conversation import Text, Waiting
from trinity_tui.core.errors import BrainError
from trinity_tui.core.wire import live
from trinity_tui.harness.thinking import beginning

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.ground import Ground, Life
    from harness.thinking.thinking import Stage

HOUR = 3600.0
"""No wait in here comes to its end by itself."""


def waits(life: Life, detail: str) -> bool:
    """Whether the turn shows that it waits for this."""
    return any(turn.activity == "waiting" and detail in turn.detail for turn in life.me.turns)


async def stopped(ground: Ground, life: Life, message_id: str) -> str:
    """What was said of the answer after the person stopped it."""
    life.me.heard(live.Cut(message_id))
    answer = await ground.heard(lambda message: message.reply_to == message_id)
    assert answer.metadata["cut"] == "stopped by you"
    await ground.settled(life)
    return answer.content


async def paused(ground: Ground, life: Life) -> None:
    """Nothing runs any more."""
    life.me.heard(live.Pause("by a test"))
    await ground.until(lambda: not life.me.turns, "the pause ends it")


def for_a_slot() -> list[Any]:
    """One that is not free before long."""
    return [Waiting("slot 2 of 4"), asyncio.Event()]


def for_a_limit() -> list[Any]:
    """Of the provider's."""
    return [BrainError("rate", "too many requests", HOUR)]


def for_an_overloaded_server() -> list[Any]:
    """It says when to come again."""
    return [BrainError("overloaded", "overloaded", HOUR)]


def for_the_person() -> list[Any]:
    """A call that must be asked."""
    return calls("write", path="b.txt", content="new")


WAITS = [
    (for_a_slot, "slot 2 of 4"),
    (for_a_limit, "too many requests"),
    (for_an_overloaded_server, "overloaded"),
    (for_the_person, "for you"),
]


@pytest.mark.parametrize(("reply", "detail"), WAITS)
async def test_a_stop_ends_a_wait(stage: Stage, ground: Ground, reply: Callable[[], list[Any]], detail: str) -> None:
    life, _ = stage.live(Model(reply(), says("Never.")))
    asked, _ = await ground.say("human", "oracle-1", "question", "?")
    await ground.until(lambda: waits(life, detail), "it waits")
    await stopped(ground, life, asked.id)


@pytest.mark.parametrize(("reply", "detail"), WAITS)
async def test_a_pause_ends_a_wait_and_the_turn_goes_on_after_it(
    stage: Stage, ground: Ground, reply: Callable[[], list[Any]], detail: str
) -> None:
    life, _ = stage.live(Model(reply(), says("Well.")))
    asked, _ = await ground.say("human", "oracle-1", "question", "?")
    await ground.until(lambda: waits(life, detail), "it waits")
    await paused(ground, life)
    life.me.heard(live.Resume())
    if reply is for_the_person:
        await ground.decide(await ground.heard(lambda message: message.type == "approval"), "once")
    assert (await ground.heard(lambda message: message.reply_to == asked.id)).content == "Well."


@pytest.mark.parametrize("cuts", [True, False])
async def test_a_stop_and_a_cutting_pause_end_the_wait_for_a_resume(
    stage: Stage, ground: Ground, *, cuts: bool
) -> None:
    (ground.root / "a.txt").write_text("a")
    gate = asyncio.Event()
    life, _ = stage.live(Model([gate, *calls("read", before="I look.", path="a.txt")], says("Well.")))
    asked, _ = await ground.say("human", "oracle-1", "question", "?")
    await ground.until(lambda: life.me.turns, "it is asked")
    life.me.heard(live.Pause("for a moment", cuts=False))
    gate.set()
    await ground.until(lambda: waits(life, "for a moment"), "it waits")
    if cuts:
        await paused(ground, life)
        life.me.heard(live.Resume())
        assert (await ground.heard(lambda message: message.reply_to == asked.id)).content == "I look.\n\nWell."
    else:
        assert await stopped(ground, life, asked.id) == "I look."


async def test_a_stop_ends_the_wait_for_a_colleague(stage: Stage, ground: Ground) -> None:
    life, _ = stage.live(Model(calls("ask", to="explorer-1", text="Well?")))
    life.me.heard(live.Roster([live.Colleague("explorer-1", "explorer", "ONLINE")]))
    asked, _ = await ground.say("human", "oracle-1", "question", "?")
    await ground.heard(lambda message: message.to == "explorer-1")
    await stopped(ground, life, asked.id)


async def test_a_stop_ends_the_look_for_a_brain(stage: Stage, ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = asyncio.Event()

    async def find(me: Any, name: Any) -> Found:
        looks.set()
        await asyncio.sleep(HOUR)
        raise AssertionError("nobody waits so long")

    monkeypatch.setattr(beginning, "find_brain", find)
    life, _ = stage.live(None)
    asked, _ = await ground.say("human", "oracle-1", "question", "?")
    await looks.wait()
    await ground.until(lambda: not life.me.consumer.depth, "the question is taken")
    await stopped(ground, life, asked.id)


async def test_a_stop_is_for_the_turn_it_names(stage: Stage, ground: Ground) -> None:
    gate = asyncio.Event()
    life, _ = stage.live(Model([gate, Text("Whole."), *says("")]))
    asked, _ = await ground.say("human", "oracle-1", "question", "?")
    await ground.until(lambda: life.me.turns, "it is asked")
    life.me.heard(live.Cut("another"))
    gate.set()
    answer = await ground.heard(lambda message: message.reply_to == asked.id)
    assert (answer.content, answer.metadata.get("cut")) == ("Whole.", None)
