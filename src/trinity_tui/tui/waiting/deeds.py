"""What a person can do about what waits: the keys, their words, and the message in which it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

from trinity_tui.tui import request_text
from trinity_tui.tui.safe_text import clean

if TYPE_CHECKING:
    from trinity_tui.core.inbox import Deed, Item
    from trinity_tui.tui.widgets.dialog import Keys

KEYS: dict[Deed, tuple[str, str]] = {
    "once": ("o", "once"), "always": ("A", "always"), "reject": ("x", "reject"), "answer": ("r", "answer"),
    "start": ("s", "start"), "resume": ("g", "let it go on"), "resend": ("e", "send again"), "drop": ("d", "drop"),
    "seen": ("k", "seen"),
}  # fmt: skip
"""The key of each in the dialog, and what it says; on the Inbox the registry has the keys."""
ASKS: dict[str, str] = {
    "question": "asks you", "parked": "gave up", "storm": "goes round with others",
    "dead": "could not take", "alert": "tells you",
}  # fmt: skip


class DeedRequested(Message):
    """The person wants this done about these.

    Attributes:
        deed: What.
        items: About which; more than one only where ``core.inbox.FOR_MANY`` has it.
        word: Said with it.
    """

    def __init__(self, deed: Deed, items: tuple[Item, ...], word: str = "") -> None:
        super().__init__()
        self.deed: Deed = deed
        self.items, self.word = items, word


def asks(item: Item) -> str:
    """What it does, after its name."""
    return request_text.asks(item) if item.kind == "approval" else ASKS[item.kind]


def in_few_words(item: Item) -> str:
    """What the person is to do about it, or who waits for what, where there is room for little more."""
    if item.kind == "approval":
        return "approve"
    return f"answer {clean(item.sender)}:" if item.kind == "question" else f"{clean(item.sender)} {asks(item)}:"


def keys(item: Item) -> Keys:
    """The keys for what can be done about it."""
    return tuple(KEYS[deed] for deed in item.deeds)
