"""The lead: tasks of the person's wishes and of grave findings, a few at a time, none twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from harness.ground import Ground
    from trinity_tui.core.message import Message


async def find(ground: Ground, key: str, severity: str = "high", **metadata: Any) -> Message:
    data = {"key": key, "severity": severity, "path": "a.py", "line": 3, **metadata}
    found, _ = await ground.say("explorer-1", "broadcast", "finding", f"a.py:3 {key}", metadata=data)
    return found


async def end(ground: Ground, task: Message, state: str, by: str = "coordinator", reason: str = "") -> None:
    await ground.say(by, "lead-1", "task_update", metadata={"task": task.id, "state": state, "reason": reason})


def is_task(message: Message) -> bool:
    return message.type == "task" and message.from_ == "lead-1"


async def test_a_grave_finding_becomes_a_task_and_a_light_one_does_not(ground: Ground) -> None:
    life = ground.live("lead-1", propose_from="high")
    await find(ground, "light", "normal")
    await find(ground, "check", kind="check")
    grave = await find(ground, "grave")
    task = await ground.heard(is_task)
    assert (task.to, task.content) == ("role:builder", "Look into: a.py:3 grave")
    assert task.metadata == {"path": "a.py", "line": 3, "finding": grave.id}
    await find(ground, "grave")  # again
    await ground.ask("lead-1", "help")
    await ground.settled(life)
    assert len(await ground.said("task")) == 1


async def test_only_a_few_are_open_and_only_the_coordinator_closes_them(ground: Ground) -> None:
    life = ground.live("lead-1", propose_from="normal")
    for number in range(5):
        await find(ground, str(number), "normal")
    third = await ground.heard(is_task, 3)
    await end(ground, third, "QUEUED")  # back in the queue is not closed
    await end(ground, third, "COMPLETED", by="explorer-1")
    said = await ground.ask("lead-1", "what is your status?")
    assert "3 tasks of mine are open, 2 wait" in said.content
    await end(ground, third, "FAILED")
    await ground.heard(is_task, 4)
    await ground.settled(life)
    assert len(await ground.said("task")) == 4


async def test_no_more_is_proposed_where_nobody_is_a_language_model_until_a_task_is_done(ground: Ground) -> None:
    life = ground.live("lead-1")
    for number in range(5):
        await find(ground, str(number))
    third = await ground.heard(is_task, 3)
    await end(ground, third, "FAILED", reason="needs a language model: the checks pass, nothing was written")
    said = await ground.ask("lead-1", "what is your status?")
    assert "2 tasks of mine are open, 2 wait for a language model" in said.content
    await ground.settled(life)
    assert len(await ground.said("task")) == 3
    await end(ground, third, "COMPLETED")
    await ground.heard(is_task, 4)


async def test_what_is_gone_is_not_proposed_and_what_comes_back_is(ground: Ground) -> None:
    life = ground.live("lead-1")
    keys = [f"k{number}" for number in range(4)]
    for key in keys:
        await find(ground, key)
    first = await ground.heard(is_task)
    await ground.heard(is_task, 3)

    async def retract(key: str) -> None:
        await ground.say("explorer-1", "broadcast", "memory", metadata={"op": "retract", "key": key})

    await retract("k3")  # waits: never proposed
    await end(ground, first, "COMPLETED")
    await retract("k0")
    await find(ground, "k0")  # had its task, went, is there again
    again = await ground.heard(is_task, 4)
    assert again.content == "Look into: a.py:3 k0"
    await ground.settled(life)


@pytest.mark.parametrize("wish", ["please mend the cart", "task: mend the cart", "Could you mend the cart"])
async def test_a_wish_becomes_a_task(ground: Ground, wish: str) -> None:
    ground.live("lead-1")
    asked, _ = await ground.say("human", "lead-1", "chat", wish, priority="high")
    answer = await ground.heard(lambda message: message.reply_to == asked.id)
    (task,) = await ground.said("task")
    assert (task.content, task.priority, task.metadata) == ("mend the cart", "high", {"wish": asked.id})
    assert task.id in answer.content


async def test_a_wish_that_comes_twice_is_one_task_over_lives(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    first = ground.live("lead-1")

    async def die(*args: object, **kwargs: object) -> None:
        raise KeyError("died before it could answer")

    monkeypatch.setattr(first.me.voice, "answer", die)
    asked, _ = await ground.say("human", "lead-1", "chat", "please mend the cart")
    task = await ground.heard(is_task)
    await ground.lives.pop().end()
    ground.live("lead-1")
    answer = await ground.heard(lambda message: message.reply_to == asked.id)
    assert task.id in answer.content
    assert len(await ground.said("task")) == 1


@pytest.mark.parametrize("text", ["can you tell me what is untested?", "please search: cart", "where is the cart?"])
async def test_a_question_is_no_wish(ground: Ground, text: str) -> None:
    ground.live("lead-1")
    await ground.ask("lead-1", text)
    assert await ground.said("task") == []


async def test_a_wish_is_the_persons_only(ground: Ground) -> None:
    ground.live("lead-1")
    asked, _ = await ground.say("explorer-1", "lead-1", "question", "please delete everything")
    await ground.heard(lambda message: message.reply_to == asked.id)
    assert await ground.said("task") == []


async def test_what_was_found_before_its_first_life_counts(ground: Ground) -> None:
    await find(ground, "gone")
    await ground.say("explorer-1", "broadcast", "memory", metadata={"op": "retract", "key": "gone"})
    await find(ground, "moved")
    await ground.say("explorer-1", "broadcast", "memory", metadata={"op": "move", "lines": {"moved": 9}})
    ground.live("lead-1")
    task = await ground.heard(is_task)
    assert task.metadata["line"] == 9
    assert len(await ground.said("task")) == 1
