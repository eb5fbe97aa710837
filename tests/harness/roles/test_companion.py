"""What every role can do: answer from the workspace, know its colleagues, look into a task, and say what it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.bus import new_message
from trinity_tui.core.wire import live
from trinity_tui.harness.roles import role_of
from trinity_tui.harness.roles.builder import Builder
from trinity_tui.harness.roles.companion import Companion, moved_lines

if TYPE_CHECKING:
    from harness.ground import Ground
    from trinity_tui.core.message import Message


def test_every_role_is_there_and_an_unknown_one_answers() -> None:
    assert isinstance(role_of("builder"), Builder)
    assert type(role_of("oracle")) is Companion


async def test_a_question_is_answered_with_places_and_the_answer_is_its_acknowledgement(ground: Ground) -> None:
    (ground.root / "auth.py").write_text('"""Signing in."""\n\n\ndef refresh(token):\n    return token\n')
    life = ground.live("oracle-1")
    for kind in ("question", "chat"):
        asked, _ = await ground.say("human", "oracle-1", kind, "where is refresh?")
        said = await ground.heard(lambda message, asked=asked: message.reply_to == asked.id)
        assert (said.type, said.to, said.thread) == ("answer", "human", asked.id)
        assert said.metadata["cites"] == ["auth.py:4"]
        assert "auth.py:4" in said.content
    await ground.settled(life)


async def test_two_questions_at_once_are_both_answered_once(ground: Ground) -> None:
    life = ground.live("oracle-1")
    asked = [(await ground.say("human", "oracle-1", "question", f"search: {word}"))[0] for word in ("aaa", "bbb")]
    for message in asked:
        await ground.heard(lambda answer, message=message: answer.reply_to == message.id)
    await ground.settled(life)
    assert [answer.reply_to for answer in await ground.said("answer")] == [message.id for message in asked]


async def test_it_knows_how_its_colleagues_are_and_what_it_is_itself(ground: Ground) -> None:
    life = ground.live("oracle-1", persona="Dry, and to the point.")
    life.me.heard(live.Roster([live.Colleague("builder-1", "builder", "CRASHED", "signal 9")]))
    said = (await ground.ask("oracle-1", "who is doing what?")).content
    assert "oracle-1, role oracle" in said
    assert "Dry, and to the point." in said
    assert "builder-1 (builder): CRASHED, signal 9" in said


async def test_an_answer_is_not_answered(ground: Ground) -> None:
    life = ground.live("oracle-1")
    await ground.say("lead-1", "oracle-1", "chat", "thanks", reply_to="x")
    await ground.say("lead-1", "oracle-1", "answer", "yes", reply_to="y")
    await ground.ask("oracle-1", "help")
    await ground.settled(life)
    assert len(await ground.said("answer", "oracle-1")) == 1


async def test_a_task_it_can_answer_is_done_and_one_it_cannot_fails_plainly(ground: Ground) -> None:
    (ground.root / "auth.py").write_text("def refresh(token):\n    return token\n")
    ground.live("oracle-1")

    task, token = await ground.assign("oracle-1", "search: refresh")
    done = await ground.heard(lambda message: message.type == "task_complete" and message.metadata["task"] == task)
    assert done.metadata == {"task": task, "token": token, "status": "ok"}
    assert "auth.py:1" in done.content
    hard, _ = await ground.assign("oracle-1", "rewrite refresh in another language")
    failed = await ground.heard(lambda message: message.type == "task_complete" and message.metadata["task"] == hard)
    assert failed.metadata["status"] == "failed"
    assert failed.content.startswith("needs a language model: nothing was written. ")
    # Its words alone would have the builtin brain list what was found.
    more, _ = await ground.assign("oracle-1", "mend the bugs in auth.py")
    failed = await ground.heard(lambda message: message.type == "task_complete" and message.metadata["task"] == more)
    assert failed.metadata["status"] == "failed"
    begun = [message.metadata["task"] for message in await ground.said("task_update", "oracle-1")]
    assert begun == [task, hard, more]


async def test_a_task_that_was_taken_back_meanwhile_is_not_completed(ground: Ground) -> None:
    task, _ = await ground.assign("oracle-1", "search: refresh")
    back = {"task": task, "state": "CANCELLED"}
    await ground.say("coordinator", "lead-1", "task_update", metadata=back)
    life = ground.live("oracle-1")
    await ground.ask("oracle-1", "help")
    await ground.settled(life)
    assert await ground.said("task_complete") == []
    assert await ground.said("task_update", "oracle-1") == []


def test_lines_that_are_none_move_nothing() -> None:
    def of(lines: object) -> dict[str, int]:
        message: Message = new_message("explorer-1", "broadcast", "memory", "", metadata={"lines": lines})
        return moved_lines(message)

    assert of({"a": 3}) == {"a": 3}
    assert [of(wrong) for wrong in ({"a": "3"}, ["a"], None, {"a": True})] == [{}] * 4
