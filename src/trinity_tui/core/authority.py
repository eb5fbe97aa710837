"""Who may write what. A fold ignores, and counts, what this forbids; whose words they really are is the daemon's care.

A type this version does not know is nobody's to forbid: it is shown and acts on nothing.

=============== ========================================================================================
anyone          finding question answer proposal vote message chat memory task alert session; a request
                for approval; status and receipt about oneself
the assignee    task_update IN_PROGRESS and task_complete, with the position of its assignment as token
the coordinator everything else: other task updates, lifecycle, consensus, decisions, receipts of links
=============== ========================================================================================
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from trinity_tui.core import address, typed
from trinity_tui.core.address import COORDINATOR
from trinity_tui.core.errors import MessageError
from trinity_tui.core.message import KINDS

if TYPE_CHECKING:
    from trinity_tui.core.message import Message

_ANYONE = frozenset(
    {"finding", "question", "answer", "proposal", "vote", "message", "chat", "memory", "task", "alert", "session"}
)
ENVELOPE_CHARACTERS = 128
"""No id, address, type, priority or time that may be published is longer; a view keeps them whole."""


def refusal(message: Message, holder: tuple[str, int] | None = None) -> str | None:
    """Why this message may not act, or None.

    Args:
        message: As it stands in the log.
        holder: Who holds the task it speaks of, and the position of that assignment; None where nobody does.
    """
    kind, sender = message.type, message.from_
    if _is_overlong(message):
        return f"an id, address, type or time of more than {ENVELOPE_CHARACTERS} characters"
    if not _is_sender(sender):
        return "the sender is no instance, computer, person or coordinator"
    if sender == COORDINATOR or kind in _ANYONE or kind not in KINDS:
        return None
    if kind == "receipt":
        return None if typed.text(message.metadata, "instance", sender) == sender else "a receipt of somebody else"
    if kind == "status":
        return None if typed.text(message.metadata, "instance", sender) == sender else "a status of somebody else"
    if kind == "approval":
        return None if typed.text(message.metadata, "op") == "request" else "a decision is the coordinator's"
    if kind in ("task_update", "task_complete"):
        return _assignee_refusal(message, holder)
    return f"{kind} is the coordinator's to write"


def _is_overlong(message: Message) -> bool:
    envelope = (message.id, message.from_, message.to, message.type, message.priority, message.timestamp)
    return max(map(len, envelope)) > ENVELOPE_CHARACTERS or len(message.reply_to or "") > ENVELOPE_CHARACTERS


@lru_cache(maxsize=1024)
def _is_sender(sender: str) -> bool:
    try:
        address.check_sender(sender)
    except MessageError:
        return False
    return True


def _assignee_refusal(message: Message, holder: tuple[str, int] | None) -> str | None:
    if message.type == "task_update" and typed.text(message.metadata, "state") != "IN_PROGRESS":
        return "that task state is the coordinator's to set"
    if holder is None or holder[0] != message.from_:
        return "the task is not assigned to the sender"
    if typed.whole(message.metadata, "token", -1) != holder[1]:
        return "the assignment is an older one"
    return None
