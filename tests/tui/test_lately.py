"""How somebody is and what it said last, beside what it asks for."""

from __future__ import annotations

from tui_demo import FakeConnection, HandClock, demo

from trinity_tui.tui.glyphs import UNICODE
from trinity_tui.tui.lately import SAID_MOST, as_content, lately


def test_the_state_comes_first_and_then_what_was_said_the_newest_first() -> None:
    link = FakeConnection()
    script = demo(link.mirror)
    said = [script.say("lead-1", "builder-1", f"step {number} [bold]of ten[/bold]\x1b[31m") for number in range(10)]
    clock = HandClock().clock()
    told = lately("lead-1", link.mirror, 60, clock, UNICODE, but=said[-1])
    script.say("lead-1", "broadcast", "all of it", "finding")
    newest = lately("lead-1", link.mirror, 60, clock, UNICODE)[4]
    assert "".join(text for text, _ in newest).endswith("→ all  all of it"), "it is called so everywhere"
    texts = ["".join(text for text, _ in row) for row in told]
    assert texts[:4] == ["Now", "lead-1: online, idle, 3 queued", "", "What it said last"]
    assert [text.split("→ ")[1] for text in texts[4:]] == [
        f"builder-1  step {number} [bold]of ten[/bold]" for number in range(8, 8 - SAID_MOST, -1)
    ]
    assert "[bold]of ten[/bold]" in as_content(told).plain, "what somebody says is no markup"
    assert lately("coordinator", link.mirror, 60, clock, UNICODE) == []
