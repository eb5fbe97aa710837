"""A turn that waits for the person goes on in the next life: asked once, answered once, done at the most once."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness.ground import Ground
from harness.thinking.thinking import Model, Stage, calls, says
from trinity_tui.bus import new_message
from trinity_tui.core.conversation import Turn
from trinity_tui.core.wire import live
from trinity_tui.harness.thinking import conversation as lines
from trinity_tui.harness.thinking.conversation import Conversation
from trinity_tui.process import procfs

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from harness.ground import Life
    from trinity_tui.core.conversation import Event, Prompt
    from trinity_tui.core.message import Message

WRITE = calls("write", path="b.txt", content="new")


def asks(message: Message) -> bool:
    """Whether it is a request to the person."""
    return message.type == "approval" and message.to == "human"


async def end(ground: Ground, life: Life) -> None:
    """The life is over."""
    with suppress(Death):
        await life.end()
    ground.lives.remove(life)


async def until_it_waits(ground: Ground, life: Life) -> Message:
    """The request, once the turn waits for its answer."""
    request = await ground.heard(asks)
    await ground.until(lambda: life.me.turns and life.me.turns[-1].activity == "waiting", "it waits")
    return request


async def test_it_waits_on_under_the_same_id_and_goes_on_with_the_word(stage: Stage, ground: Ground) -> None:
    life, _ = stage.live(Model(WRITE))
    asked, _ = await ground.say("human", "oracle-1", "question", "Write it")
    request = await until_it_waits(ground, life)
    await end(ground, life)
    model = Model(says("Written."))
    life, heard = stage.live(model)
    await until_it_waits(ground, life)
    assert [(one.request, one.turn) for one in heard.of(live.Asks)] == [(request.id, asked.id)]
    life.me.heard(live.Verdict(request.id, "once"))
    answer = await ground.heard(lambda message: message.reply_to == asked.id)
    assert (answer.content, answer.metadata.get("cut")) == ("Written.", None)
    assert (ground.root / "b.txt").read_text() == "new"
    assert len(await ground.said("approval", "oracle-1")) == 1
    assert [turn.speaker for turn in model.prompts[0].turns] == ["user", "assistant", "tool"]


async def test_others_are_answered_while_it_waits_on(stage: Stage, ground: Ground) -> None:
    life, _ = stage.live(Model(WRITE))
    await ground.say("human", "oracle-1", "question", "Write it")
    await until_it_waits(ground, life)
    await end(ground, life)
    stage.live(Model(says("Still here.")))
    assert (await ground.ask("oracle-1", "Are you there?")).content == "Still here."


@pytest.mark.parametrize(("verdict", "used"), [("once", ["write"]), ("reject", [])])
async def test_a_word_that_was_given_while_it_was_away_counts(
    stage: Stage, ground: Ground, verdict: str, used: list[str]
) -> None:
    life, _ = stage.live(Model(WRITE))
    asked, _ = await ground.say("human", "oracle-1", "question", "Write it")
    request = await until_it_waits(ground, life)
    await end(ground, life)
    await ground.decide(request, verdict)
    stage.live(Model(says("So be it.")))
    await ground.heard(lambda message: message.reply_to == asked.id)
    assert stage.files.used == used


async def test_a_word_on_something_else_than_it_would_do_now_does_not_count(stage: Stage, ground: Ground) -> None:
    life, _ = stage.live(Model(WRITE))
    asked, _ = await ground.say("human", "oracle-1", "question", "Write it")
    request = await until_it_waits(ground, life)
    await end(ground, life)
    await ground.decide(request, "once")
    judge = stage.files.judge
    stage.files.judge = lambda call: _with_diff(judge(call))  # The file is another one since.
    life, heard = stage.live(Model(says("Written.")))
    again = await ground.heard(lambda message: asks(message) and message.id != request.id)
    assert heard.of(live.AsksNoMore) == [live.AsksNoMore(request.id)]
    assert stage.files.used == []
    await ground.decide(again, "once")
    await ground.heard(lambda message: message.reply_to == asked.id)
    assert stage.files.used == ["write"]


def _with_diff(judged: Any) -> Any:
    judged = type(judged)(judged.call, judged.verdict, judged.rule, judged.summary, judged.grant, "-old\n+new\n")
    return judged


async def test_what_a_rule_allows_now_is_done_and_the_question_taken_back(stage: Stage, ground: Ground) -> None:
    life, _ = stage.live(Model(WRITE))
    asked, _ = await ground.say("human", "oracle-1", "question", "Write it")
    request = await until_it_waits(ground, life)
    await end(ground, life)
    stage.files.verdicts["write"] = "allow"
    _, heard = stage.live(Model(says("Written.")))
    await ground.heard(lambda message: message.reply_to == asked.id)
    assert stage.files.used == ["write"]
    assert heard.of(live.AsksNoMore) == [live.AsksNoMore(request.id)]


async def test_a_word_from_another_boot_counts_for_nothing(
    stage: Stage, ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    life, _ = stage.live(Model(WRITE))
    asked, _ = await ground.say("human", "oracle-1", "question", "Write it")
    request = await until_it_waits(ground, life)
    await end(ground, life)
    await ground.decide(request, "once")
    monkeypatch.setattr(procfs, "boot_id", lambda: "another")
    stage.live(Model())
    answer = await ground.heard(lambda message: message.reply_to == asked.id)
    assert "stopped in the middle" in answer.metadata["cut"]
    assert stage.files.used == []


async def test_without_a_model_to_go_on_with_it_is_cut_and_the_question_taken_back(
    stage: Stage, ground: Ground
) -> None:
    life, _ = stage.live(Model(WRITE))
    asked, _ = await ground.say("human", "oracle-1", "question", "Write it")
    request = await until_it_waits(ground, life)
    await end(ground, life)
    stage.found.clear()
    _, heard = stage.live(None)
    answer = await ground.heard(lambda message: message.reply_to == asked.id)
    assert "no model any more" in answer.metadata["cut"]
    assert heard.of(live.AsksNoMore) == [live.AsksNoMore(request.id)]


async def test_a_call_that_failed_twice_before_a_death_is_not_done_a_third_time(stage: Stage, ground: Ground) -> None:
    missing = [calls("read", path="none", call_id=f"c{number}") for number in range(2)]
    life, _ = stage.live(Model(*missing, WRITE))
    asked, _ = await ground.say("human", "oracle-1", "question", "?")
    request = await until_it_waits(ground, life)
    await end(ground, life)
    await ground.decide(request, "reject")
    model = Model(calls("read", path="none", call_id="c9"), says("It is not there."))
    stage.live(model)
    await ground.heard(lambda message: message.reply_to == asked.id)
    assert stage.files.used == ["read", "read"]
    assert "not done again" in model.prompts[-1].turns[-1].text


async def test_the_turns_of_all_lives_are_counted_together(stage: Stage, ground: Ground) -> None:
    (ground.root / "a.txt").write_text("a")
    life, _ = stage.live(Model(calls("read", path="a.txt"), WRITE), turns_per_task=3)
    asked, _ = await ground.say("human", "oracle-1", "question", "?")
    request = await until_it_waits(ground, life)
    await end(ground, life)
    await ground.decide(request, "once")
    model = Model(*(calls("read", path="a.txt", call_id=f"n{number}") for number in range(4)))
    stage.live(model, turns_per_task=3)
    answer = await ground.heard(lambda message: message.reply_to == asked.id)
    assert len(model.prompts) == 1
    assert "3 exchanges" in answer.metadata["cut"]


def test_what_waits_is_there_also_after_the_file_was_written_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation = Conversation(tmp_path / "conversation.jsonl")
    conversation.begin(lines.Opened("m1", "human", "chat", "?", ""))
    conversation.append(lines.Step("m1", Turn("assistant", calls=(WRITE[0].call,))))
    question = _question("m1")
    conversation.append(lines.Asked("m1", "c1", question, 17, "boot"))
    conversation.append(lines.Heard("m1", 0, "half"))
    monkeypatch.setattr(lines, "LIMIT_BYTES", 1)
    conversation.begin(lines.Opened("m2", "human", "chat", "?", ""))
    again = Conversation(tmp_path / "conversation.jsonl")
    first, _ = again.open()
    assert first.asked["c1"] == lines.Asked("m1", "c1", question, 17, "boot")
    assert (first.shown, first.waits_for_person("boot"), first.waits_for_person("other")) == ("half", True, False)


def _question(turn: str) -> Message:
    return new_message("oracle-1", "human", "approval", "May I?", thread=turn, metadata={"op": "request"})


# Killed at every step


class Death(BaseException):
    """The process is gone."""


class Writer(Model):
    """Wants the file written until it is shown what came of that."""

    def stream(self, prompt: Prompt) -> AsyncGenerator[Event]:
        """Say what fits."""
        self.replies = [says("Written.") if prompt.turns[-1].speaker == "tool" else WRITE]
        return super().stream(prompt)


class Mortal:
    """Counts what a life does to the outside, and ends it before or after one of these things; it does no more then.

    Args:
        dies_at: The number of the moment.
    """

    def __init__(self, dies_at: int) -> None:
        self.dies_at = dies_at
        self.moments = 0
        self.is_born_again = False

    @property
    def is_dead(self) -> bool:
        """Whether it came to that."""
        return self.moments >= self.dies_at

    def moment(self) -> None:
        """One more moment at which it may be over."""
        if self.is_born_again:
            return
        self.moments += 1
        if self.is_dead:
            raise Death

    def wrap(self, does: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        """Something it does, with a moment before it and one after it."""

        async def done(*args: Any) -> Any:
            self.moment()
            came = await does(*args)
            self.moment()
            return came

        return done


@asynccontextmanager
async def fresh(monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Stage]:
    """A folder of its own."""
    root = Path(tempfile.mkdtemp(prefix="trinity-test-")).resolve()
    ground = Ground(root)
    try:
        yield Stage(ground, monkeypatch)
    finally:
        await ground.close()
        shutil.rmtree(root)


async def killed_at(dies_at: int, monkeypatch: pytest.MonkeyPatch) -> tuple[bool, list[str], Message, list[str]]:
    """Whether it came to a death, what was used, the answer, and the ids of what was asked."""
    mortal = Mortal(dies_at)
    append = Conversation.append

    def appended(self: Conversation, line: lines.Line) -> None:
        mortal.moment()
        append(self, line)
        mortal.moment()

    with monkeypatch.context() as patch:
        patch.setattr(Conversation, "append", appended)
        async with fresh(patch) as stage:
            ground = stage.ground
            life, _ = stage.live(Writer())
            patch.setattr(life.me.voice, "publish", mortal.wrap(life.me.voice.publish))
            patch.setattr(stage.files, "use", mortal.wrap(stage.files.use))
            asked, _ = await ground.say("human", "oracle-1", "question", "Write it")
            person = asyncio.create_task(_person(ground))
            over = [asyncio.create_task(ground.heard(lambda message: message.reply_to == asked.id))]
            await asyncio.wait([*over, life.task], return_when=asyncio.FIRST_COMPLETED)
            if life.task.done():
                await end(ground, life)
                mortal.is_born_again = True
                stage.live(Writer())
            answer = await over[0]
            person.cancel()
            requests = {message.id for message in await ground.said("approval", "oracle-1")}
            return mortal.is_dead, stage.files.used, answer, sorted(requests)


async def _person(ground: Ground) -> None:
    await ground.decide(await ground.heard(asks), "once")


async def test_killed_at_every_step_it_is_asked_once_and_done_at_the_most_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dies_at, went_on, maybe = 1, 0, 0
    while True:
        is_dead, used, answer, requests = await killed_at(dies_at, monkeypatch)
        cut = answer.metadata.get("cut", "")
        assert len(used) <= 1 and len(requests) <= 1, dies_at
        assert used == ["write"] or cut, dies_at
        assert cut or answer.content == "Written.", dies_at
        if not is_dead:
            break
        went_on += not cut
        maybe += "`write b.txt` had begun and may have been done" in cut
        dies_at += 1
    assert not cut
    assert went_on >= 4  # From the moment the question is kept until the call begins.
    assert maybe >= 3  # From when it began until what came of it is kept.
