"""Which messages are talk between the person and one instance, or between the person and anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.core import address

if TYPE_CHECKING:
    from trinity_tui.core.message import Message
    from trinity_tui.core.room import FlowRow

TALK = frozenset({"chat", "message", "question", "answer", "proposal", "task", "task_update", "task_complete"})


def is_between(message: Message | FlowRow, who: str, role: str = "") -> bool:
    """Whether a message is part of the person's conversation with ``who``.

    Args:
        message: What was said.
        who: An instance, or ``broadcast`` for everybody the person talks with.
        role: The instance's, by which it may have been addressed.
    """
    if message.type not in TALK:
        return False
    if message.from_ == address.HUMAN:
        return who == address.BROADCAST or address.reaches(message.to, message.from_, who, role)
    is_theirs = message.from_ == who or (who == address.BROADCAST and message.from_ != address.COORDINATOR)
    return is_theirs and message.to == address.HUMAN
