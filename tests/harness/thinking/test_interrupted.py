"""An exchange whose life ended: known, said as cut, never done again by itself; an answer written down is said once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from harness.thinking.thinking import Model, calls, says
from trinity_tui.core.conversation import Text, Thinking, Turn
from trinity_tui.core.wire import live
from trinity_tui.harness.thinking import conversation as lines
from trinity_tui.harness.thinking import said
from trinity_tui.harness.thinking.conversation import Conversation

if TYPE_CHECKING:
    from pathlib import Path

    from harness.ground import Ground, Life
    from harness.thinking.thinking import Stage


async def end(ground: Ground, life: Life) -> None:
    """The life is over."""
    await life.end()
    ground.lives.remove(life)


async def test_an_answer_that_a_death_interrupted_is_said_as_cut_and_not_begun_again(
    stage: Stage, ground: Ground
) -> None:
    (ground.root / "a.txt").write_text("a")
    life, heard = stage.live(Model(calls("read", before="I look.", path="a.txt"), [asyncio.Event()]))
    asked, _ = await ground.say("human", "oracle-1", "question", "?")
    await ground.until(lambda: len(heard.of(live.ToolUse)) == 2, "the tool was used")
    await end(ground, life)
    model = Model(says("never asked"))
    stage.live(model)
    answer = await ground.heard(lambda message: message.reply_to == asked.id)
    assert answer.content == "I look."
    assert "stopped in the middle" in answer.metadata["cut"]
    assert not model.prompts


async def test_a_tool_that_a_death_interrupted_is_not_done_again(stage: Stage, ground: Ground) -> None:
    stage.files.verdicts["shell"] = "allow"
    life, _ = stage.live(Model(calls("shell", command="make")))
    asked, _ = await ground.say("human", "oracle-1", "question", "?")
    await ground.until(lambda: stage.files.used == ["shell"], "it runs")
    await end(ground, life)
    life, heard = stage.live(Model())
    answer = await ground.heard(lambda message: message.reply_to == asked.id)
    assert "`shell make` had begun and may have been done" in answer.metadata["cut"]
    assert stage.files.used == ["shell"]
    (told,) = heard.of(live.ToolUse)
    assert (told.turn, told.call, told.state) == (asked.id, "c1", "cut")
    assert "may have been done" in life.me.places.trace.read_text().splitlines()[-1]


@pytest.mark.parametrize("is_greeted", [True, False])
async def test_what_was_asked_of_the_person_for_a_turn_that_is_over_is_taken_back(
    stage: Stage, ground: Ground, *, is_greeted: bool
) -> None:
    life, _ = stage.live(Model(calls("write", path="b.txt", content="new")))
    asked, _ = await ground.say("human", "oracle-1", "question", "?")
    request = await ground.heard(lambda message: message.type == "approval")
    await ground.until(lambda: life.me.turns and life.me.turns[-1].activity == "waiting", "it waits")
    await end(ground, life)
    conversation = Conversation(life.me.places.conversation)
    (open_one,) = conversation.open()
    conversation.append(lines.Closed(open_one.opened.id, "", "", "stopped"))  # The death came before it was taken back.
    _, heard = stage.live(Model())
    if is_greeted:
        heard.greeted.set()
    await ground.heard(lambda message: message.reply_to == asked.id)
    assert bool(heard.of(live.AsksNoMore)) is is_greeted
    heard.on_greeted()
    heard.on_greeted()
    assert heard.of(live.AsksNoMore) == [live.AsksNoMore(request.id)]
    await ground.decide(request, "once")
    assert stage.files.used == []


async def test_what_was_shown_of_an_answer_is_kept_over_a_death(stage: Stage, ground: Ground) -> None:
    (ground.root / "a.txt").write_text("a")
    life, heard = stage.live(
        Model(
            calls("read", before="I look.", path="a.txt"),
            [Text("It was a dark "), Thinking("not this"), Text("and stormy night"), asyncio.Event()],
        )
    )
    asked, _ = await ground.say("human", "oracle-1", "question", "?")
    await ground.until(lambda: heard.text.endswith("stormy night"), "shown")
    await end(ground, life)
    stage.live(Model())
    answer = await ground.heard(lambda message: message.reply_to == asked.id)
    assert answer.content == heard.text == "I look.\n\nIt was a dark and stormy night"
    assert "stopped in the middle" in answer.metadata["cut"]


async def test_an_answer_begun_anew_after_a_pause_is_kept_without_what_it_was_before(
    stage: Stage, ground: Ground
) -> None:
    model = Model([Text("First try"), asyncio.Event()], [Text("Second"), asyncio.Event()])
    life, heard = stage.live(model)
    asked, _ = await ground.say("human", "oracle-1", "question", "?")
    await ground.until(lambda: heard.text == "First try", "shown")
    life.me.heard(live.Pause("by a test"))
    await ground.until(lambda: model.closed == 1, "cut")
    life.me.heard(live.Resume())
    await ground.until(lambda: heard.of(live.Piece)[-1].text == "Second", "shown")
    await end(ground, life)
    stage.live(Model())
    answer = await ground.heard(lambda message: message.reply_to == asked.id)
    assert answer.content == "Second"


def test_of_an_answer_that_is_not_whole_so_much_is_kept_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(said, "HEARD_CHARACTERS", 10)
    half = said.Said()
    half.take("12345678")
    assert half.unkept() == (0, "12345678")
    half.take("90abc")
    assert half.unkept() == (8, "90")
    half.take("more")
    assert half.unkept() == (10, "")


async def test_an_answer_that_was_written_down_is_said_though_its_life_ended(stage: Stage, ground: Ground) -> None:
    places = ground.workspace.instance("oracle-1")
    places.folder.mkdir(parents=True)
    asked, _ = await ground.say("human", "oracle-1", "question", "?")
    before = Conversation(places.conversation)
    before.begin(lines.Opened(asked.id, "human", "question", "?", asked.timestamp))
    before.append(lines.Closed(asked.id, "Forty-two.", asked.timestamp, brain="ollama:test"))
    model = Model()
    life, _ = stage.live(model)
    answer = await ground.heard(lambda message: message.reply_to == asked.id)
    assert (answer.content, answer.metadata["brain"]) == ("Forty-two.", "ollama:test")
    await ground.settled(life)
    assert not model.prompts
    assert len(await ground.said("answer")) == 1


def written(path: Path) -> None:
    """One whole exchange, and one that was interrupted in a tool."""
    talk = Conversation(path)
    talk.open()
    for name in ("m1", "m2"):
        talk.begin(lines.Opened(name, "human", "chat", f"question {name}", ""))
    talk.append(lines.Step("m1", Turn("assistant", "I look.")))
    talk.append(lines.Closed("m1", "Yes.", ""))
    talk.append(lines.Step("m2", Turn("assistant", "First.")))
    talk.append(lines.Heard("m2", 0, "Sec"))
    talk.append(lines.Begun("m2", "c1"))


def test_a_file_cut_at_any_byte_is_read_and_gone_on_with(tmp_path: Path) -> None:
    path = tmp_path / "conversation.jsonl"
    written(path)
    content = path.read_bytes()
    for length in range(0, len(content), 3):
        path.write_bytes(content[:length])
        talk = Conversation(path)
        for exchange in talk.open():
            talk.append(lines.Closed(exchange.opened.id, "", "", "interrupted"))
        talk.begin(lines.Opened("m3", "human", "chat", "again", ""))
        again = Conversation(path)
        assert [exchange.opened.id for exchange in again.open()] == ["m3"]
        assert all(exchange.closed for exchange in again.history())


def test_a_file_that_grew_too_long_is_written_anew_with_what_is_kept_in_mind(tmp_path: Path) -> None:
    path = tmp_path / "conversation.jsonl"
    talk = Conversation(path)
    for number in range(lines.KEPT + 40):
        talk.begin(lines.Opened(f"m{number}", "human", "chat", "x" * 50_000, ""))
        talk.append(lines.Closed(f"m{number}", f"answer {number}", ""))
    written_bytes = path.stat().st_size
    assert written_bytes <= lines.LIMIT_BYTES + 60_000
    again = Conversation(path)
    again.open()
    kept = [exchange.opened.id for exchange in again.history()]
    assert kept == [f"m{number}" for number in range(lines.KEPT + 40)][-len(kept) :]
    assert len(kept) == lines.KEPT
