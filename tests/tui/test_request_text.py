"""What is asked for is told so that a person knows what they allow: an instance's command, a wish of the file's."""

from __future__ import annotations

from tui_demo import NOW

from trinity_tui.core.inbox import Item
from trinity_tui.core.message import format_time
from trinity_tui.tui.glyphs import UNICODE
from trinity_tui.tui.request_text import always, asks, in_short
from trinity_tui.tui.waiting.lines import waiting_lines

MARK = "#9d594f2aadc0879084f532fe"


def request(sender: str, command: str) -> Item:
    return Item("approval", "m1", sender, "May I?", format_time(NOW), command)


def test_what_the_file_wants_is_no_command_and_its_mark_is_shown_only_where_it_is_decided() -> None:
    item = request("coordinator", f"b-1 use claude:x {MARK}")
    assert f"{item.sender} {asks(item)}: {in_short(item)}" == "coordinator asks to allow: b-1 use claude:x"
    assert always(item, "").plain == "always: for as long as instances.toml asks for exactly this"
    shown = "".join(text for line in waiting_lines([item], (), 80, NOW, UNICODE) for text, _ in line.row)
    assert "b-1 use claude:x" in shown
    assert MARK not in shown


def test_nothing_of_an_instances_command_is_left_out() -> None:
    item = request("builder-1", f"git show {MARK}")
    assert f"{item.sender} {asks(item)}: {in_short(item)}" == f"builder-1 asks to run: git show {MARK}"
    assert always(item, "").plain == "always: this very command, to this instance"
