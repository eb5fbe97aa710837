"""Talking with an instance: what was said, what is being written, what it does meanwhile."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from tui_demo import NOW, FakeConnection, HandClock, Script, app_of, chat_of, demo, screen_text, until

from trinity_tui.core.errors import ClientError
from trinity_tui.core.message import format_time
from trinity_tui.tui.bridge import AreaChanged
from trinity_tui.tui.goto import GoTo
from trinity_tui.tui.widgets.add import AddDialog
from trinity_tui.tui.widgets.brain import BrainDialog
from trinity_tui.tui.widgets.call import CallDialog

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    import pytest
    from textual.pilot import Pilot

    from trinity_tui.tui.app import TrinityApp

ANSWER = "I looked. **Two** things:\n\n- `refresh` takes no lock\n- [more](http://evil.example/x)\n"


def message(number: int, sender: str, to: str, content: str, **more: Any) -> dict[str, Any]:
    """A message as the log has it."""
    return {
        "id": f"old{number}", "position": number, "from": sender, "to": to, "content": content,
        "type": "chat" if sender == "human" else "answer", "timestamp": format_time(NOW - 500 + number),
        "metadata": {}, **more,
    }  # fmt: skip


SAID = [
    message(5, "human", "explorer-1", "Who are you?"),
    message(
        6,
        "explorer-1",
        "human",
        "The *explorer*.",
        reply_to="old5",
        metadata={"brain": "ollama:qwen2.5:7b", "usage": {"output_tokens": 340, "microdollars": 12_345}},
    ),
    message(
        7,
        "explorer-1",
        "human",
        "And I was going to",
        reply_to="old5",
        metadata={"cut": "the server closed the stream"},
    ),
]
PAGE = {"messages": SAID, "before": 4}


class Talk:
    """Somebody talking."""

    def __init__(self, app: TrinityApp, pilot: Pilot[None], link: FakeConnection, script: Script) -> None:
        self.app, self.pilot, self.link, self.script = app, pilot, link, script

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    @property
    def text(self) -> str:
        return screen_text(self.app)

    def asked(self, do: str) -> list[dict[str, Any]]:
        return [args for name, args in self.link.asked if name == do]

    async def reads(self, text: str) -> None:
        self.link.changed.set()
        await until(lambda: text in self.text)

    async def reads_no(self, text: str) -> None:
        self.link.changed.set()
        await until(lambda: text not in self.text)

    def told(self) -> list[str]:
        return [item.message for item in self.app._notifications]  # pyright: ignore[reportPrivateUsage]


@asynccontextmanager
async def talking(
    link: FakeConnection, size: tuple[int, int] = (120, 36), hand: HandClock | None = None, **more: Any
) -> AsyncGenerator[Talk]:
    script = demo(link.mirror)
    link.answers.setdefault("conversation", PAGE)
    app = app_of(link, hand, **more)
    async with app.run_test(size=size) as pilot:
        talk = Talk(app, pilot, link, script)
        await until(lambda: bool(app.room.swarm.seats))
        await talk.press("f3")
        await talk.reads("Who are you?")
        yield talk


# What was said ----------------------------------------------------------------------------------------


async def test_the_chat_is_with_the_chosen_one_and_shows_what_the_log_holds(link: FakeConnection) -> None:
    async with talking(link) as talk:
        assert talk.asked("conversation") == [{"who": "explorer-1", "limit": 40}]
        assert "[explorer-1]" in talk.text
        assert "The explorer." in talk.text
        assert "ollama:qwen2.5:7b · 340 tokens · $0.0123" in talk.text


async def test_a_cut_answer_says_so_and_is_asked_again(link: FakeConnection) -> None:
    async with talking(link) as talk:
        assert "✖ cut: the server closed the stream; t tries again" in talk.text
        await talk.press("t")
        await until(lambda: talk.asked("retry") == [{"id": "old5"}])


async def test_a_digit_talks_with_another_one_and_drafts_stay_apart(link: FakeConnection) -> None:
    async with talking(link) as talk:
        await talk.press("m", *"hm", "escape", "2", *"do")
        assert "[builder-1]" in talk.text
        assert "to builder-1: do" in talk.text
        await talk.press("escape", "f1", "1")
        assert "to explorer-1: hm" in talk.text


async def test_all_shows_what_anybody_told_the_person(link: FakeConnection) -> None:
    link.answers["conversation"] = None
    script = demo(link.mirror)
    app = app_of(link)
    async with app.run_test(size=(120, 36)) as pilot:
        talk = Talk(app, pilot, link, script)
        await until(lambda: bool(app.room.swarm.seats))
        await talk.press("f3", "0", "escape")
        await talk.reads("Two releases are waiting; ship both?")
        assert "Understood; it is the next thing I do." in talk.text
        assert len([name for name in link.listened if not name.startswith("-")]) >= 9


async def test_older_messages_come_when_one_scrolls_beyond_the_top(link: FakeConnection) -> None:
    async with talking(link) as talk:
        link.answers["conversation"] = {
            "messages": [message(1, "human", "explorer-1", "The very first.")],
            "before": None,
        }
        await talk.press("home", "pageup")
        await talk.reads("The very first.")
        assert talk.asked("conversation")[-1] == {"who": "explorer-1", "before": 4, "limit": 40}
        await talk.press("o")
        await until(lambda: "This is the beginning of what is kept." in talk.told())


async def test_what_is_looked_for_is_marked_and_stepped_through(link: FakeConnection) -> None:
    lines = "\n\n".join(f"part {number} of it" for number in range(60))
    before = message(3, "explorer-1", "human", lines)
    link.answers["conversation"] = {"messages": [before, *SAID], "before": None}
    async with talking(link) as talk:
        await talk.reads("part 59 of it")
        await talk.press("slash", *"part 3")
        await talk.reads('"part 3" 11 of 11, n next, N before, esc ends')
        await talk.press("enter", "N")
        await talk.reads('"part 3" 10 of 11')
        assert "part 38 of it" in talk.text
        await talk.press("n", "n")
        await talk.reads('"part 3" 1 of 11')
        assert "part 3 of it" in talk.text
        transcript = chat_of(talk.app).talk
        tones = {transcript.tone(tone).bgcolor for tone in ("text", "found", "found-here")}
        assert len(tones) == 3
        await talk.press("escape")
        await talk.reads_no("n next")
        await talk.press("n")
        await until(lambda: isinstance(talk.app.screen, AddDialog))


async def test_what_is_nowhere_is_said_to_be(link: FakeConnection) -> None:
    async with talking(link) as talk:
        await talk.press("slash", *"zebra")
        await talk.reads('nothing here contains "zebra", esc ends')
        assert "Who are you?" in talk.text
        await talk.press("escape")
        await talk.reads_no("nothing here")


# What is being written --------------------------------------------------------------------------------


async def test_an_answer_appears_while_it_is_written_and_is_replaced_by_the_one_on_record(link: FakeConnection) -> None:
    async with talking(link) as talk:
        asked = talk.script.say("human", "explorer-1", "What is wrong?", "chat")
        await talk.reads("What is wrong?")
        for start in range(0, len(ANSWER), 9):
            talk.script.piece("explorer-1", asked, ANSWER[start : start + 9])
            talk.link.changed.set()
            await talk.pilot.pause()
        await talk.reads("· more (http://evil.example/x)")
        assert "Two things:" in talk.text
        assert "explorer-1 is writing" in talk.text
        said = talk.script.say("explorer-1", "human", ANSWER, "answer", reply_to=asked)
        talk.script.over("explorer-1", asked)
        await talk.reads_no("is writing")
        await until(lambda: {"id": said} in talk.asked("body"))
        assert talk.text.count("Two things:") == 1


async def test_a_word_is_painted_when_it_comes_and_not_with_the_next_frame(
    link: FakeConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with talking(link) as talk:
        asked = talk.script.say("human", "explorer-1", "Why?", "chat")
        await talk.reads("Why?")
        painted: list[object] = []
        monkeypatch.setattr(talk.app, "_display", lambda _, update: painted.append(update))  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
        talk.script.piece("explorer-1", asked, "Because.")
        chat_of(talk.app).area_changed(AreaChanged("talk", frozenset({"explorer-1"})))
        assert len(painted) == 1


async def test_a_long_answer_stays_as_it_was_seen_until_all_of_it_came_from_the_log(link: FakeConnection) -> None:
    async with talking(link) as talk:
        asked = talk.script.say("human", "explorer-1", "All of it, please", "chat")
        whole = "\n\n".join(f"part {number} of it" for number in range(40))
        talk.script.piece("explorer-1", asked, whole)
        talk.script.over("explorer-1", asked)
        said = talk.script.say("explorer-1", "human", whole, "answer", reply_to=asked)
        await talk.reads("part 39 of it")
        answered = {**message(9, "explorer-1", "human", whole, reply_to=asked), "id": said}
        link.answers["body"] = {"content": whole, "message": answered, "position": 9}
        chat_of(talk.app).bridge.ask("body", id=said)
        await talk.reads("part 39 of it")


async def test_ages_grow_from_the_moment_they_are_shown(link: FakeConnection) -> None:
    hand = HandClock()
    async with talking(link, hand=hand) as talk:
        wish = talk.script.say("human", "explorer-1", "Go", "chat")
        talk.script.live("explorer-1", "idle")
        talk.script.use("explorer-1", wish, "c1", "shell", "pytest -q", "waits")
        await talk.reads("waits for you 0s")
        hand.seconds += 7
        await until(lambda: "waits for you 7s" in talk.text)


async def test_a_call_that_waited_already_is_as_old_as_it_is(link: FakeConnection) -> None:
    async with talking(link) as talk:
        wish = talk.script.say("human", "explorer-1", "Go", "chat")
        talk.script.live("explorer-1", "waiting", since=300)
        talk.script.use("explorer-1", wish, "c1", "shell", "pytest -q", "waits")
        await talk.reads("waits for you 5m")


async def test_where_nobody_is_at_work_the_chat_looks_once_a_minute_and_the_age_of_a_state_grows(
    link: FakeConnection,
) -> None:
    hand = HandClock()
    async with talking(link, hand=hand) as talk:
        talk.script.live("explorer-1", "idle")
        await talk.reads("explorer-1 · ● idle")
        timers = chat_of(talk.app)._timers  # pyright: ignore[reportPrivateUsage]
        await until(lambda: [timer._interval > 40 for timer in timers if timer.name == "tick"] == [True])  # pyright: ignore[reportPrivateUsage]
        talk.script.status("explorer-1", "PAUSED", order=1, reason="by you", source="person", ago=0)
        await talk.reads("paused 0s")
        hand.seconds += 20
        await until(lambda: "paused 20s" in talk.text)


def kept(number: int, **more: Any) -> dict[str, Any]:
    """A call as a trace has it."""
    return {
        "type": "use", "at": format_time(NOW - 400 + number), "turn": "old5", "call": f"c{number}", "tool": "read",
        "arguments": {}, "summary": f"read part-{number}.py", "verdict": "ask", "rule": "reads", "decided_by": "human",
        "state": "done", "result": "41 lines", "seconds": 0.4, **more,
    }  # fmt: skip


THOUGHT = {"type": "exchange", "at": format_time(NOW - 400), "turn": "old5", "brain": "ollama:m", "seconds": 2.0,
           "prompt_tokens": 9, "thinking": "First the callers."}  # fmt: skip


async def test_what_was_done_before_the_screen_opened_is_shown_and_older_on_request(link: FakeConnection) -> None:
    link.answers["trace"] = {"lines": [kept(4), kept(5, state="failed")], "before": "7:900"}
    async with talking(link) as talk:
        await talk.reads("read part-5.py")
        assert talk.asked("trace")[-1] == {"who": "explorer-1", "limit": 60}
        wish = talk.script.say("human", "explorer-1", "Again?", "chat")
        talk.script.use("explorer-1", wish, "c9", "shell", "pytest -q", "runs")
        await talk.reads("pytest -q")
        link.answers["trace"] = {"lines": [kept(2)], "before": ""}
        await talk.press("tab", "home", "pageup")
        await talk.reads("read part-2.py")
        assert talk.asked("trace")[-1] == {"who": "explorer-1", "before": "7:900", "limit": 60}
        places = [talk.text.index(text) for text in ("part-2.py", "part-4.py", "part-5.py", "pytest -q")]
        assert places == sorted(places)
        await talk.press("home", "pageup")
        await until(lambda: "This is the beginning of what is kept." in talk.told())
        await talk.press("up", "up", "up", "up", "enter")
        await talk.reads("done after 0.4 s (ask: you)")


async def test_what_was_thought_before_the_screen_opened_is_folded_into_its_answer(link: FakeConnection) -> None:
    second = THOUGHT | {"at": format_time(NOW - 399), "thinking": "Then the tests."}
    link.answers["trace"] = {"lines": [second, THOUGHT, {"type": "newer"}], "before": ""}
    async with talking(link) as talk:
        await talk.reads("thought, enter unfolds")
        assert "First the callers." not in talk.text
        await talk.press("enter")
        await talk.reads("Then the tests.")
        assert talk.text.index("First the callers.") < talk.text.index("Then the tests.")


async def test_a_coordinator_that_keeps_no_trace_is_no_error(link: FakeConnection) -> None:
    link.answers["trace"] = ClientError("there is no request 'trace'", 2)
    async with talking(link) as talk:
        await until(lambda: bool(talk.asked("trace")))
        assert "No tool was used yet." in talk.text
        assert talk.told() == []


async def test_thinking_is_folded_and_enter_unfolds_it(link: FakeConnection) -> None:
    hand = HandClock()
    async with talking(link, hand=hand) as talk:
        asked = talk.script.say("human", "explorer-1", "Why?", "chat")
        talk.script.piece("explorer-1", asked, "First the callers.\nThen the tests.", is_thinking=True)
        await talk.reads("thinking for 0s, enter unfolds")
        assert "First the callers." not in talk.text
        hand.seconds += 12
        talk.script.piece("explorer-1", asked, "Because.")
        await talk.reads("thought for 12s, enter unfolds")
        await talk.press("enter")
        await talk.reads("First the callers.")
        await talk.press("enter")
        await talk.reads_no("First the callers.")


async def test_stopping_asks_for_a_cut_of_who_is_talked_with(link: FakeConnection) -> None:
    async with talking(link) as talk:
        await talk.press("c")
        await until(lambda: talk.asked("cut") == [{"who": "explorer-1"}])


async def test_scrolled_up_what_is_read_stays_while_more_is_written(link: FakeConnection) -> None:
    hand = HandClock()
    async with talking(link, (120, 20), hand) as talk:
        asked = talk.script.say("human", "explorer-1", "Tell me", "chat")
        talk.script.piece("explorer-1", asked, "\n\n".join(f"line {number}" for number in range(30)))
        await talk.reads("line 29")
        await talk.press("home")
        before = talk.text.splitlines()[4:12]
        talk.script.piece("explorer-1", asked, "\n\nmore of it")
        hand.seconds += 2
        await talk.reads("new, end follows")
        assert talk.text.splitlines()[4:12] == before


# Beside it --------------------------------------------------------------------------------------------


async def test_tool_calls_say_how_they_stand_and_enter_shows_one_whole(link: FakeConnection) -> None:
    hand = HandClock()
    async with talking(link, hand=hand) as talk:
        talk.script.use("explorer-1", "t", "c1", "shell", "pytest -q", "waits")
        await talk.reads("waits for you 0s")
        hand.seconds += 70
        await talk.reads("waits for you 1m")
        talk.script.use("explorer-1", "t", "c1", "shell", "pytest -q", "done", result="41 passed\nin 2 s", seconds=1.8)
        talk.script.use("explorer-1", "t", "c2", "write", "/etc/passwd", "refused", result="outside of the workspace")
        await talk.reads("done 1.8s")
        assert "41 passed" in talk.text
        assert "refused" in talk.text
        await talk.press("tab", "up", "up", "enter")
        assert isinstance(talk.app.screen, CallDialog)
        assert "in 2 s" in talk.text


async def test_memory_and_output_are_those_of_who_is_talked_with(link: FakeConnection) -> None:
    async with talking(link) as talk:
        assert "Memory 2" in talk.text
        assert "3 modules import db twice" not in talk.text
        await until(lambda: link.followed[-1:] == ["explorer-1"])
        assert "read auth.py lines" in talk.text
        talk.app.post_message(GoTo("chat", "broadcast"))
        await talk.reads("Nobody is chosen: what one instance")


async def test_the_frame_says_what_it_does_and_with_what(link: FakeConnection) -> None:
    async with talking(link) as talk:
        talk.script.live("explorer-1", "thinking", "slot 2 of 4", since=4, brain="ollama:qwen2.5:7b")
        await talk.reads("explorer-1 · ◐ thinking 4s · slot 2 of 4 · ollama:qwen2.5:7b")


async def test_nobody_is_listened_to_while_another_screen_is_seen(link: FakeConnection) -> None:
    async with talking(link) as talk:
        await until(lambda: link.listened == ["explorer-1"])
        await talk.press("f1")
        await until(lambda: link.listened == ["explorer-1", "-explorer-1"])
        talk.script.say("explorer-1", "human", "While you were away", "answer")
        await talk.press("f3")
        await talk.reads("While you were away")
        await until(lambda: link.listened[-1] == "explorer-1")


# Brains -----------------------------------------------------------------------------------------------


def test_the_dialog_says_which_brain_answers_now_and_why_the_other_does_not() -> None:
    said = BrainDialog("araya", "builtin", [], asked_for="auto", reason="no Ollama is there").content().plain
    assert said.startswith("builtin answers now; auto is asked for: no Ollama is there\n")
    assert BrainDialog("araya", "builtin", [], asked_for="builtin").content().plain.startswith("builtin answers now\n")


async def test_a_brain_is_chosen_from_the_list_or_written(link: FakeConnection) -> None:
    async with talking(link) as talk:
        await talk.press("b")
        await talk.reads("Which one answers now is not known yet.")
        await talk.press("up", "enter")
        await until(lambda: bool(talk.asked("brain")))
        assert talk.asked("brain") == [{"who": "explorer-1", "brain": "auto"}]
        await talk.press("f1", "b")
        field = talk.app.screen.query_one("#brain-name")
        assert isinstance(talk.app.screen, BrainDialog)
        assert field.has_focus
        await talk.press("ctrl+u", *"olama:x", "enter")
        assert "a brain is builtin, auto, ollama:<model>" in talk.text
        await talk.press("ctrl+u", *"ollama:mistral", "enter")
        await until(lambda: talk.asked("brain")[-1]["brain"] == "ollama:mistral")


async def test_what_is_estimated_or_assumed_of_usage_is_marked_and_explained(link: FakeConnection) -> None:
    async with talking(link) as talk:
        usage = {"output_tokens": 34, "estimated_tokens": 34, "microdollars": 120_000, "assumed_microdollars": 120_000}
        talk.script.say("explorer-1", "coordinator", "", "status", spent={"brain": "claude:x", "turn": "t", **usage})
        talk.link.changed.set()
        await talk.press("u")
        await talk.reads("!$0.12")
        assert "~34" in talk.text
        assert "~ tokens that are estimated" in talk.text
        assert "! money by the highest price" in talk.text


async def test_usage_is_told_by_instance_and_brain(link: FakeConnection) -> None:
    async with talking(link) as talk:
        spent = {"brain": "claude:x", "turn": "t", "input_tokens": 1_200, "output_tokens": 34, "microdollars": 123_456}
        talk.script.say("explorer-1", "coordinator", "", "status", spent=spent)
        talk.link.changed.set()
        await talk.press("u")
        await talk.reads("explorer-1     claude:x")
        assert "$0.12" in talk.text
        await talk.press("escape", "w")
        await talk.reads("used today  1,234 tokens, $0.12")
