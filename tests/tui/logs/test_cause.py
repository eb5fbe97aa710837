"""What a line was printed for: what its instance had been asked by then, and an honest word where that is not known."""

from __future__ import annotations

import pytest
from tui_demo import NOW, Script

from trinity_tui.client.printed import Line, number
from trinity_tui.tui.logs.cause import NO_TIME, cause_of


@pytest.fixture
def script() -> Script:
    """An instance that was asked, answered, and was told something."""
    script = Script(now=NOW - 60)
    script.greet()
    script.status("builder-1", role="builder")
    script.say("human", "builder-1", "does it work?", "question", name="asked")
    script.read("builder-1", "asked")
    script.now = NOW - 30
    script.say("builder-1", "human", "yes", "answer", reply_to="asked")
    script.say("lead-1", "builder-1", "by the way", "message", name="told")
    script.read("builder-1", "told")
    return script


def test_a_line_is_caused_by_what_was_open_then(script: Script) -> None:
    room = script.mirror.room

    def cause(seconds_ago: float, who: str = "builder-1") -> tuple[str, str]:
        return cause_of(Line(who, "begun", number(int(NOW - seconds_ago), 1)), room)

    assert cause(40) == (script.ids["asked"], "what it was at then")
    message, said = cause(10)
    assert message == script.ids["asked"]
    assert "answered before" in said, "what it is only told makes it do nothing"
    message, said = cause(300)
    assert message == ""
    assert said.startswith("builder-1 had read no message by then")
    assert cause_of(Line("builder-1", "no time"), room) == ("", NO_TIME)
    assert not cause(0, "lead-1")[0]
