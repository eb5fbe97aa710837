"""A line with a slash is a command, a clear sentence, or, with two, a message."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.tui.actions import ACTIONS
from trinity_tui.tui.line_command import Command, completions, escaped, is_command, read, unescaped, words

NAMES = ["explorer-1", "builder-1"]


def said(line: str, chosen: str = "explorer-1") -> Command | str:
    return read(line, ACTIONS, NAMES, chosen)


def test_commands_are_understood() -> None:
    assert said("/pause builder-1") == Command("pause", "builder-1")
    assert said("/restart") == Command("restart", "explorer-1")
    assert said("/ brain  builder-1 ") == Command("instance.brain", "builder-1")
    assert said("/screen chat") == Command("screen.chat")
    assert said("/pause-all") == Command("instance.pause_all")


def test_what_is_none_is_said_with_what_may_be_meant() -> None:
    assert said("/pase builder-1") == (
        "There is no command /pase builder-1. tab shows them all. // sends a message that begins with a slash."
    )
    assert "Did you mean /restart?" in str(said("/restrt"))
    assert said("/pause builder-2") == "There is no instance builder-2. Did you mean builder-1?"
    assert said("/why", "") == "/why needs an instance."
    assert said("/screen chat now") == "/screen chat takes nothing behind it."


def test_what_is_begun_is_completed() -> None:
    assert completions("/pau", ACTIONS, NAMES) == ["/pause", "/pause-all"]
    assert completions("/pause b", ACTIONS, NAMES) == ["/pause builder-1"]
    assert completions("/screen chat ", ACTIONS, NAMES) == []


def test_every_completion_is_a_command() -> None:
    for word in words(ACTIONS):
        assert isinstance(said(f"/{word}"), Command)


@given(st.text())
def test_every_message_can_be_written(content: str) -> None:
    assert unescaped(escaped(content)) == content
    assert not is_command(escaped(content))
