"""What an instance asks to be allowed, in words that hide nothing: the call, its change, what "always" means."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from textual.content import Content

from trinity_tui.core.address import COORDINATOR
from trinity_tui.tui.safe_text import clean, reveal

if TYPE_CHECKING:
    from trinity_tui.core.inbox import Item

_MARK = re.compile(r" #[0-9a-f]{24}\Z")
"""What makes the command of a request of the coordinator's equal only for equal content; it tells a person nothing."""
DIFF_STYLES = {"+": "$success", "-": "$error", "@": "$text-faint"}


def asks(item: Item) -> str:
    """The verb of a request; what the coordinator asks is whether ``instances.toml`` may have what it wants."""
    if item.sender == COORDINATOR:
        return "asks to allow"
    return f"asks to use {clean(item.tool)}" if item.tool else "asks to run"


def in_short(item: Item) -> str:
    """What is asked for, for a line that is no place to decide."""
    command = _MARK.sub("", item.command) if item.sender == COORDINATOR else item.command
    return reveal(command) or clean(item.text)


def call(command: str) -> Content:
    """What is to be run, with nothing left out."""
    return Content.styled(f"  {reveal(command) or 'no command was named'}", "bold")


def change(diff: str) -> list[Content]:
    """What a file would be after it, line by line; a line that is taken out and one that is put in have their signs."""
    return [Content.styled(f"  {reveal(line)}", DIFF_STYLES.get(line[:1], "$text-dim")) for line in diff.splitlines()]


def always(item: Item, role: str) -> Content:
    """What "always" would allow, exactly."""
    if item.sender == COORDINATOR:
        return Content.styled("always: for as long as instances.toml asks for exactly this", "$text-faint")
    if not item.tool:
        return Content.styled("always: this very command, to this instance", "$text-faint")
    if not item.grant:
        return Content.styled("This cannot be allowed for good, only this once.", "$text-faint")
    words = "  ".join(reveal(word) for word in item.grant)
    return Content.assemble(
        (f"always: to every {clean(role) or 'instance of its role'}, what begins with  ", "$text-faint"),
        (words, "bold"),
    )
