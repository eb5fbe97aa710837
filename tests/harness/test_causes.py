"""What an instance's messages are caused by, and that a loop of two ends by itself, visibly, whoever watches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from harness.ground import Scripted
from trinity_tui.bus import dead_letters, new_message
from trinity_tui.core.errors import StormError
from trinity_tui.core.storm import StormConfig
from trinity_tui.core.wire import live
from trinity_tui.harness.causes import Causes, caused_by

if TYPE_CHECKING:
    from harness.ground import Ground
    from trinity_tui.bus import Delivery


def told(from_: str = "lead-1", **fields: Any) -> Any:
    return new_message(from_, "builder-1", "chat", "well?", **fields)


def said(**fields: Any) -> Any:
    return new_message("builder-1", "lead-1", "chat", "well", **fields)


def causes(**limits: Any) -> Causes:
    return Causes(StormConfig(**limits), lambda: 0.0)


def test_what_is_said_while_a_peers_message_is_handled_was_caused_by_it() -> None:
    heard = told(hops=2)
    with caused_by(heard):
        stamped = causes().stamp(said(metadata={"a": 1}))
        answer = causes().stamp(said(reply_to=heard.id))
    assert (stamped.hops, stamped.thread, stamped.metadata) == (3, heard.id, {"a": 1, "cause": heard.id})
    assert (answer.hops, answer.metadata) == (3, {})


def test_own_work_and_what_the_person_asked_for_have_no_cause() -> None:
    plain = said()
    assert causes().stamp(plain) is plain
    with caused_by(told("human")):
        assert causes().stamp(plain) is plain


def test_the_persons_word_forgives_what_was_said_before_it() -> None:
    mine = causes()
    mine.forgive(1000.0)
    assert mine.hops_after(told(hops=16, now=999.0)) == 1
    assert mine.hops_after(told(hops=16, now=1001.0)) == 17
    assert mine.hops_after(told("human", now=999.0)) == 0


def test_a_refusal_is_reported_once_for_a_conversation() -> None:
    mine = causes(max_hops=1)
    with pytest.raises(StormError) as caught:
        mine.check([said(hops=2, reply_to="q", thread="t")])
    report = mine.report(caught.value, "builder-1")
    assert report is not None
    assert (report.type, report.to, report.metadata["cause"], report.metadata["to"]) == (
        "status", "coordinator", "q", "lead-1",
    )  # fmt: skip
    assert mine.report(caught.value, "builder-1") is None


class Parrot(Scripted):
    """Answers whatever it hears, as agents do that were told to be polite."""

    async def receive(self, delivery: Delivery) -> None:
        """Answer it."""
        self.handled.append(delivery.message.content)
        await self.me.voice.answer(delivery, self.words(len(self.handled)), kind="chat")

    def words(self, count: int) -> str:
        """What it answers."""
        return f"{self.me.id} {count}"


class Polite(Parrot):
    """Always says the same."""

    def words(self, count: int) -> str:
        """What it answers."""
        return "thanks"


async def test_two_that_answer_each_other_end_at_the_limit_and_the_reason_is_on_record(ground: Ground) -> None:
    limits = StormConfig(max_hops=6)
    ground.live("builder-1", Parrot(), storm=limits)
    ground.live("lead-1", Parrot(), storm=limits)
    await ground.say("builder-1", "lead-1", "chat", "hello")
    report = await ground.heard(lambda message: "refused" in message.metadata)
    assert report.metadata["refused"] == "hops"
    assert "7 messages of instances caused it" in report.content
    for life in ground.lives:
        await ground.settled(life)
    assert [message.hops for message in await ground.said("chat")] == [0, 1, 2, 3, 4, 5, 6]


async def test_the_same_words_again_end_sooner(ground: Ground) -> None:
    ground.live("builder-1", Polite())
    ground.live("lead-1", Polite())
    await ground.say("builder-1", "lead-1", "chat", "thanks")
    report = await ground.heard(lambda message: "refused" in message.metadata)
    assert report.metadata["refused"] == "repeats"
    for life in ground.lives:
        await ground.settled(life)
    assert len(await ground.said("chat")) == 7


async def test_a_question_whose_answer_is_refused_is_a_dead_letter_and_not_just_done(ground: Ground) -> None:
    life = ground.live("builder-1", Parrot(), storm=StormConfig(max_hops=1))
    asked, position = await ground.say("lead-1", "builder-1", "question", "again?", hops=1)
    _, followed = await ground.say("lead-1", "builder-1", "answer", "no", hops=1, reply_to=asked.id)
    await ground.heard(lambda message: position in message.metadata.get("dead", []))
    await ground.settled(life)
    [letter] = dead_letters(ground.workspace.bus)
    assert (letter.position, letter.attempts) == (position, 1)
    assert "2 messages of instances caused it" in letter.reason
    assert followed > position


async def test_too_many_a_minute_are_said_later(ground: Ground) -> None:
    life = ground.live("builder-1", Parrot(), storm=StormConfig(per_minute=2))
    for number in range(3):
        await ground.say("lead-1", "builder-1", "chat", f"{number}")
    report = await ground.heard(lambda message: "refused" in message.metadata)
    assert report.metadata["refused"] == "rate"
    assert life.me.consumer.depth == 1 or len(await ground.said("chat", "builder-1")) == 3


async def test_going_on_after_a_pause_forgives(ground: Ground) -> None:
    role = Parrot()
    life = ground.live("builder-1", role, storm=StormConfig(max_hops=1))
    life.me.heard(live.Pause("storm guard: a loop"))
    asked, _ = await ground.say("lead-1", "builder-1", "chat", "hello", hops=1)
    life.me.heard(live.Resume())
    answer = await ground.heard(lambda message: message.reply_to == asked.id)
    assert answer.hops == 1
