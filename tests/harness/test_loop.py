"""The loop: what is urgent first, nothing lost by a pause or a failure, and own work that keeps nobody waiting."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from patience import PATIENCE_SECONDS
from trinity_tui.bus import dead_letters
from trinity_tui.core.errors import BusError
from trinity_tui.core.wire import live
from trinity_tui.harness import loop

if TYPE_CHECKING:
    import pytest

    from harness.ground import Ground, Scripted
    from trinity_tui.bus import Delivery
    from trinity_tui.harness.me import Me


async def at_gate(gate: asyncio.Event, entered: asyncio.Event) -> None:
    entered.set()
    await gate.wait()


async def test_two_at_once_are_both_handled_once(ground: Ground, scripted: Scripted) -> None:
    life = ground.live("observer-1", scripted)
    await asyncio.gather(*[ground.say("human", "observer-1", "message", str(number)) for number in range(2)])
    await ground.until(lambda: len(scripted.handled) == 2, "both handled")
    await ground.settled(life)
    assert sorted(scripted.handled) == ["0", "1"]


async def test_a_message_that_fails_comes_again_and_ends_as_a_dead_letter(
    ground: Ground, scripted: Scripted, caplog: pytest.LogCaptureFixture
) -> None:
    times: list[float] = []

    async def fail(delivery: Delivery) -> None:
        times.append(time.monotonic())
        raise KeyError("poison")

    scripted.scripts["bad"] = fail
    life = ground.live("observer-1", scripted, max_deliver=2)
    _, position = await ground.say("human", "observer-1", "chat", "bad")
    await ground.say("human", "observer-1", "chat", "good")
    receipt = await ground.heard(lambda message: position in message.metadata.get("dead", []))
    assert receipt.from_ == "observer-1"
    assert len(times) == 2
    assert times[1] - times[0] >= 0.9  # the back-off
    (letter,) = dead_letters(ground.workspace.bus)
    assert (letter.consumer, letter.attempts, letter.reason) == ("observer-1", 2, "KeyError: 'poison'")
    assert scripted.handled == ["good"]
    assert not life.task.done()
    assert "KeyError: 'poison'" in caplog.text.splitlines(), "what nobody foresaw is told with its trace"


async def test_a_message_that_could_not_be_given_back_is_tried_again(
    ground: Ground, scripted: Scripted, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """As on a full disk: neither the message nor the instance goes, and each try is one line."""
    monkeypatch.setattr(loop, "UNNOTED_SECONDS", 0.01)
    failures = 3

    async def fail(delivery: Delivery) -> None:
        nonlocal failures
        failures -= 1
        if failures >= 0:
            raise BusError("full")

    def refuse(delivery: Delivery, reason: str) -> None:
        raise BusError("full")

    scripted.scripts["hard"] = fail
    life = ground.live("observer-1", scripted)
    monkeypatch.setattr(life.me.consumer, "retry", refuse)
    await ground.say("human", "observer-1", "chat", "hard")
    await ground.until(lambda: scripted.handled == ["hard"], "handled in the end")
    assert failures == -1, "tried once more than it failed"
    told = [record for record in caplog.records if "handling" in record.getMessage()]
    assert [(record.getMessage(), record.exc_info) for record in told] == [
        ("handling chat from human failed: full", None)
    ] * 3


async def test_a_pause_cuts_the_turn_and_it_is_begun_again_however_often(ground: Ground, scripted: Scripted) -> None:
    gate, entered, attempts = asyncio.Event(), asyncio.Event(), list[int]()

    async def long(delivery: Delivery) -> None:
        attempts.append(delivery.attempt)
        await at_gate(gate, entered)

    scripted.scripts["long"] = long
    life = ground.live("observer-1", scripted, max_deliver=2)
    await ground.say("human", "observer-1", "chat", "long")
    for _ in range(4):
        await asyncio.wait_for(entered.wait(), PATIENCE_SECONDS)
        entered.clear()
        life.me.heard(live.Pause("by a test"))
        await ground.until(lambda: not life.me.turns and len(asyncio.all_tasks()) >= 1, "cut")
        life.me.heard(live.Resume())
    await asyncio.wait_for(entered.wait(), PATIENCE_SECONDS)
    gate.set()
    await ground.until(lambda: scripted.handled == ["long"], "handled")
    assert attempts == [1] * 5  # a pause is no failure
    assert dead_letters(ground.workspace.bus) == []


async def test_a_pause_holds_for_what_comes_later_and_the_urgent_is_first_then(
    ground: Ground, scripted: Scripted
) -> None:
    life = ground.live("observer-1", scripted)
    await ground.say("human", "observer-1", "chat", "before")
    await ground.until(lambda: scripted.handled == ["before"], "handled")
    life.me.heard(live.Pause("by a test"))
    for name, priority in (("low", "low"), ("normal", "normal"), ("urgent", "urgent")):
        await ground.say("human", "observer-1", "chat", name, priority=priority)
    await ground.until(lambda: life.me.consumer.depth == 3, "all three in the queue")
    assert scripted.handled == ["before"]
    life.me.heard(live.Resume())
    await ground.until(lambda: len(scripted.handled) == 4, "all handled")
    assert scripted.handled == ["before", "urgent", "normal", "low"]


async def test_an_urgent_message_goes_before_a_turn_that_was_cut(ground: Ground, scripted: Scripted) -> None:
    gate, entered = asyncio.Event(), asyncio.Event()
    scripted.scripts["long"] = lambda delivery: at_gate(gate, entered)
    life = ground.live("observer-1", scripted)
    await ground.say("human", "observer-1", "chat", "long")
    await asyncio.wait_for(entered.wait(), PATIENCE_SECONDS)
    life.me.heard(live.Pause("by a test"))
    await ground.say("human", "observer-1", "chat", "urgent", priority="urgent")
    await ground.until(lambda: life.me.consumer.depth == 1, "in the queue")
    gate.set()
    life.me.heard(live.Resume())
    await ground.until(lambda: len(scripted.handled) == 2, "both handled")
    assert scripted.handled == ["urgent", "long"]


async def test_messages_are_handled_while_own_work_runs_and_a_pause_cuts_that_too(
    ground: Ground, scripted: Scripted
) -> None:
    gate, entered = asyncio.Event(), asyncio.Event()
    scripted.own = lambda: at_gate(gate, entered)
    life = ground.live("observer-1", scripted)
    await asyncio.wait_for(entered.wait(), PATIENCE_SECONDS)
    await ground.say("human", "observer-1", "chat", "meanwhile")
    await ground.until(lambda: scripted.handled == ["meanwhile"], "handled")
    assert scripted.worked == 1
    life.me.heard(live.Pause("by a test"))
    entered.clear()
    life.me.heard(live.Resume())
    await asyncio.wait_for(entered.wait(), PATIENCE_SECONDS)
    assert scripted.worked == 2  # what was cut is begun again


async def test_own_work_that_fails_is_shown_and_tried_again(
    ground: Ground, scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "RETRY_SECONDS", 0.02)
    said: list[str] = []

    async def fail() -> None:
        if scripted.worked < 3:
            raise ValueError("no way")

    def trouble(me: Me, sentence: str) -> None:
        said.append(sentence)

    scripted.own = fail
    monkeypatch.setattr("trinity_tui.harness.me.Me.trouble", trouble)
    life = ground.live("observer-1", scripted)
    await ground.until(lambda: scripted.worked == 3 and said[-1:] == [""], "worked in the end")
    assert said == ["own work failed, again in 0.02 s: ValueError: no way"] * 2 + [""]
    assert not life.task.done()


async def test_who_leaves_finishes_the_turn_and_begins_none(ground: Ground, scripted: Scripted) -> None:
    gate, entered = asyncio.Event(), asyncio.Event()
    scripted.scripts["long"] = lambda delivery: at_gate(gate, entered)
    life = ground.live("observer-1", scripted)
    await ground.say("human", "observer-1", "chat", "long")
    await asyncio.wait_for(entered.wait(), PATIENCE_SECONDS)
    leaving = asyncio.create_task(life.me.gate.leave())
    await ground.say("human", "observer-1", "chat", "too late")
    await ground.until(lambda: life.me.consumer.depth == 1, "in the queue")
    life.me.heard(live.Resume())  # changes nothing about leaving
    assert not leaving.done()
    gate.set()
    await asyncio.wait_for(leaving, PATIENCE_SECONDS)
    assert scripted.handled == ["long"]
    assert life.me.consumer.depth == 1  # for the next life


async def test_work_is_hurried_and_never_delayed(ground: Ground, scripted: Scripted) -> None:
    life = ground.live("observer-1", scripted)
    await ground.until(lambda: scripted.worked == 1, "worked once at the start")
    life.me.due.hurry(1000.0)
    life.me.due.hurry(0.01)
    life.me.due.hurry(500.0)
    await ground.until(lambda: scripted.worked == 2, "worked again")
    await ground.settled(life)
    assert scripted.worked == 2, "once, although it was hurried three times"
