"""How a message looks to those who only read JSON, and what a message their entry becomes.

What an outsider writes has the least trust there is: ``origin`` tool, a name that is nobody else's, and a type that
anyone may use. What it claimed besides stands in the metadata.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

import msgspec

from trinity_tui.core import address, limits, typed
from trinity_tui.core.errors import MessageError
from trinity_tui.core.message import PRIORITIES, Message, Origin, check, format_time, parse_time
from trinity_tui.core.redact import redact

if TYPE_CHECKING:
    from collections.abc import Collection

    from trinity_tui.core.door import Fields

OUTSIDER = "outsider"
"""Who says what comes without a name that can be used."""
TALK = frozenset(
    {"finding", "question", "answer", "proposal", "vote", "consensus", "task", "task_update", "task_complete",
     "chat", "message", "alert"}
)  # fmt: skip
"""What outsiders are shown; the rest is bookkeeping."""
SAYS = frozenset({"finding", "question", "answer", "proposal", "vote", "message", "chat", "task", "alert"})
"""What an outsider's entry may be; another type comes as a message that says which."""
CONTENT_CHARACTERS = limits.MODEL_BYTES
LONGEST_CHARACTERS = 1024 * 1024
_SEED_KEYS = frozenset({"from", "to", "type", "timestamp", "content", "metadata", "priority", "reply_to", "id"})


def entry_of(message: Message) -> Fields:
    """A message as it stands in a shared file."""
    fields: Fields = {
        "from": message.from_, "to": message.to, "type": message.type, "timestamp": message.timestamp,
        "content": redact(message.content[:CONTENT_CHARACTERS]), "metadata": message.metadata, "id": message.id,
    }  # fmt: skip
    if message.priority != "normal":
        fields["priority"] = message.priority
    if message.reply_to:
        fields["reply_to"] = message.reply_to
    return fields


def message_of(fields: Fields, name: str, taken: Collection[str], kind: str, now: float) -> Message:
    """The message an outsider's entry becomes; it may be published whatever the entry holds.

    Args:
        fields: The entry.
        name: The id it gets.
        taken: Who an outsider may not be.
        kind: Its type where the entry says none.
        now: Seconds since the epoch, for an entry without a usable time.
    """
    claims: dict[str, Any] = {}
    sender = _sender(fields.get("from"), taken, claims)
    said = fields.get("type", kind)
    if not isinstance(said, str) or said not in SAYS:
        claims["claimed_type"], said = _short(said), "message"
    message = Message(
        v=1, id=name, from_=sender, to=_recipient(fields.get("to"), claims), type=said,
        priority=_priority(fields.get("priority")), timestamp=_time(fields.get("timestamp"), now),
        content=_text(fields.get("content", "")), metadata=_metadata(fields, claims), origin=str(Origin.TOOL),
        reply_to=_reply(fields.get("reply_to")),
    )  # fmt: skip
    try:
        check(message)
    except MessageError as error:
        # Only the metadata can be refused: everything else was made above.
        message = msgspec.structs.replace(message, metadata=claims | {"left_out": str(error)})
    return message


def _sender(claimed: object, taken: Collection[str], claims: dict[str, Any]) -> str:
    """A name of its own: never the person's, the coordinator's, a computer's or an instance's."""
    said = claimed if isinstance(claimed, str) else ""
    # What is an address as it stands is somebody's; of any other word a name is made.
    wanted = said if _is_sender(said) else re.sub(r"[^a-z0-9_-]+", "-", said.lower()).strip("-")[:32]
    if not address.is_instance_id(wanted) or wanted in taken:
        wanted = OUTSIDER
    if claimed is not None and wanted != claimed:
        claims["claimed_from"] = _short(claimed)
    while wanted in taken:
        wanted += "-"
    return wanted


def _is_sender(text: str) -> bool:
    try:
        address.check_sender(text)
    except MessageError:
        return False
    return True


def _recipient(claimed: object, claims: dict[str, Any]) -> str:
    if claimed is None:
        return address.BROADCAST
    to = address.canonical(claimed) if isinstance(claimed, str) else ""
    try:
        address.check_recipient(to)
    except MessageError:
        # Nobody is called so: the person sees what was meant.
        claims["claimed_to"] = _short(claimed)
        return address.HUMAN
    return to


def _priority(claimed: object) -> str:
    return claimed if isinstance(claimed, str) and claimed in PRIORITIES else "normal"


def _time(claimed: object, now: float) -> str:
    """When it was said; a time to come is none."""
    try:
        said = parse_time(claimed) if isinstance(claimed, str) else now
        return format_time(min(said, now))
    except (ValueError, OverflowError):
        return format_time(now)


def _text(content: object) -> str:
    text = content if isinstance(content, str) else msgspec.json.encode(content).decode()
    return text[:LONGEST_CHARACTERS]


def _metadata(fields: Fields, claims: dict[str, Any]) -> dict[str, Any]:
    """What it says besides; keys that are no field of a message as well."""
    said = fields.get("metadata")
    metadata = cast("dict[str, Any]", said) if isinstance(said, dict) else {} if said is None else {"metadata": said}
    besides = {key: value for key, value in fields.items() if key not in _SEED_KEYS}
    # Where the rest of a content lies is not for an outsider to say.
    return {key: value for key, value in (besides | metadata).items() if key != "blob"} | claims


def _reply(claimed: object) -> str | None:
    text = claimed if isinstance(claimed, str) else ""
    return text if 0 < len(text) <= 64 and text.isascii() and text.isprintable() else None


def _short(claimed: object) -> str:
    return str(claimed)[: typed.TEXT_CHARACTERS]
