"""Tasks with a model: done with tools, failed where it says so or was cut; without a model a builder runs checks."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from harness.thinking.thinking import Model, calls, says
from trinity_tui.core.conversation import Text
from trinity_tui.core.errors import BrainError
from trinity_tui.core.wire import live

if TYPE_CHECKING:
    from harness.ground import Ground
    from harness.thinking.thinking import Stage
    from trinity_tui.core.message import Message


async def completed(ground: Ground, task: str) -> Message:
    """How a task ended."""
    return await ground.heard(lambda message: message.type == "task_complete" and message.metadata["task"] == task)


@pytest.mark.parametrize("name", ["oracle-1", "builder-1"])
async def test_a_task_is_done_with_tools(stage: Stage, ground: Ground, name: str) -> None:
    stage.files.verdicts["write"] = "allow"
    model = Model(calls("write", path="b.txt", content="new"), says("Written b.txt."))
    stage.live(model, name)
    task, token = await ground.assign(name, "Write b.txt")
    done = await completed(ground, task)
    assert done.metadata == {"task": task, "token": token, "status": "ok"}
    assert done.content == "Written b.txt."
    assert (ground.root / "b.txt").read_text() == "new"
    assert "This is a task" in model.prompts[0].turns[0].text


@pytest.mark.parametrize(
    ("reply", "note"),
    [
        (says("FAILED: there is no such file"), "FAILED: there is no such file"),
        ([Text("Half"), BrainError("cut", "the connection broke")], "Half\n[cut: the connection broke]"),
    ],
)
async def test_a_task_that_was_not_done_fails_with_what_is_known(
    stage: Stage, ground: Ground, reply: list[object], note: str
) -> None:
    stage.live(Model(reply))
    task, _ = await ground.assign("oracle-1")
    done = await completed(ground, task)
    assert (done.metadata["status"], done.content) == ("failed", note)


async def test_a_builder_whose_model_is_gone_runs_its_checks(stage: Stage, ground: Ground) -> None:
    stage.live(None, "builder-1", checks=[])
    task, _ = await ground.assign("builder-1")
    assert "no checks" in (await completed(ground, task)).content


async def test_a_pause_in_a_task_goes_on_with_it(stage: Stage, ground: Ground) -> None:
    model = Model([Text("Half"), asyncio.Event()], says("Done."))
    life, heard = stage.live(model)
    task, _ = await ground.assign("oracle-1")
    await ground.until(lambda: heard.text == "Half", "the first words")
    life.me.heard(live.Pause("by a test"))
    await ground.until(lambda: not life.me.turns, "cut")
    life.me.heard(live.Resume())
    assert (await completed(ground, task)).metadata["status"] == "ok"


async def waiting_task(stage: Stage, ground: Ground) -> tuple[str, int, Message]:
    """A task whose life ended while a call of it waited for the person; the request."""
    life, _ = stage.live(Model(calls("write", path="b.txt", content="new")))
    task, token = await ground.assign("oracle-1", "Write b.txt")
    request = await ground.heard(lambda message: message.type == "approval")
    await ground.until(lambda: life.me.turns and life.me.turns[-1].activity == "waiting", "it waits")
    await life.end()
    ground.lives.remove(life)
    return task, token, request


async def test_a_task_that_waits_for_the_person_goes_on_in_the_next_life(stage: Stage, ground: Ground) -> None:
    task, token, request = await waiting_task(stage, ground)
    stage.live(Model(says("Written.")))
    await ground.decide(request, "once")
    done = await completed(ground, task)
    assert done.metadata == {"task": task, "token": token, "status": "ok"}
    assert stage.files.used == ["write"]


async def test_a_task_that_was_given_to_another_meanwhile_asks_for_nothing_any_more(
    stage: Stage, ground: Ground
) -> None:
    task, _, request = await waiting_task(stage, ground)
    metadata = {"task": task, "state": "ASSIGNED", "assignee": "oracle-2"}
    await ground.say("coordinator", "oracle-2", "task_update", "Write b.txt", metadata=metadata, thread=task)
    life, heard = stage.live(Model())
    await ground.until(lambda: heard.of(live.AsksNoMore), "the request is taken back")
    assert heard.of(live.AsksNoMore) == [live.AsksNoMore(request.id)]
    await ground.decide(request, "once")
    await ground.ask("oracle-1", "help")
    await ground.settled(life)
    assert stage.files.used == []
