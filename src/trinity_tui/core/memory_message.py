"""The only door from messages into the shared memory: what a message on the bus does to it, if anything.

A ``finding`` is remembered as one; a ``memory`` message does what its metadata says (``op``; ``add`` where it says
nothing). What looks like a key or a password is masked here, before anything is kept.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from trinity_tui.core import typed
from trinity_tui.core.memory import KINDS, TEXT_CHARACTERS, Kind, Op, Operation
from trinity_tui.core.message import parse_time
from trinity_tui.core.redact import HIDDEN, LOOKED_AT, redact

if TYPE_CHECKING:
    from trinity_tui.core.message import Message

_OPS: dict[str, Op] = {
    "": "add", "add": "add", "supersede": "add", "retract": "retract", "resolve": "resolve", "move": "move",
}  # fmt: skip
TAGS_MOST = 20
LINES_MOST = 1_000


def operation_of(
    message: Message, computer: str, body: str | None = None, latest: float | None = None
) -> Operation | None:
    """What the message does to the memory, or None.

    Args:
        message: As it stands in the log.
        computer: Which computer's log that is.
        body: The whole content, where the message holds only its beginning.
        latest: No time after this is believed, in seconds: a clock that is ahead would be the newest for ever.
    """
    data = message.metadata
    op = "add" if message.type == "finding" else _OPS.get(typed.text(data, "op")) if message.type == "memory" else None
    said = _moment(message.timestamp, latest)
    if op is None or said is None:
        return None
    computer = message.source.computer if message.source is not None else computer
    if op == "add":
        return _statement(message, said, computer, message.content if body is None else body)
    if op == "move":
        lines = dict(list(typed.numbered(data, "lines").items())[:LINES_MOST])
        return Operation(op=op, id=message.id, time=said, author=message.from_, computer=computer, lines=lines)
    target = message.reply_to or typed.text(data, "target")
    if not target:
        return None
    return Operation(
        op=op, id=message.id, time=said, author=message.from_, computer=computer, target=target,
        text=masked(message.content),
    )  # fmt: skip


def masked(text: str) -> str:
    """A text as it may be kept: cut, and without what looks like a secret."""
    text = redact(text[: LOOKED_AT * TEXT_CHARACTERS].strip())
    return text if len(text) <= TEXT_CHARACTERS else f"{text[: TEXT_CHARACTERS - 1]}…"


def masked_operation(operation: Operation) -> Operation:
    """A line from elsewhere as it may be kept."""
    return msgspec.structs.replace(
        operation, text=masked(operation.text), subject=masked(operation.subject),
        predicate=masked(operation.predicate), value=_masked_value(operation.predicate, operation.value),
        tags=tuple(masked(tag) for tag in operation.tags), path=masked(operation.path),
    )  # fmt: skip


def _statement(message: Message, said: datetime, computer: str, content: str) -> Operation | None:
    data = message.metadata
    subject, predicate, value = (masked(typed.text(data, name)) for name in ("subject", "predicate", "value"))
    value = _masked_value(predicate, value)
    text = masked(content) or " ".join(part for part in (subject, f"{predicate}:" if predicate else "", value) if part)
    if not text:
        return None
    supersedes = typed.texts(data, "supersedes")
    if typed.text(data, "op") == "supersede" and message.reply_to:
        supersedes = [message.reply_to, *supersedes]
    return Operation(
        id=message.id, time=said, author=message.from_, computer=computer,
        session=typed.text(data, "session") or message.thread or "", kind=_kind(message), text=text, subject=subject,
        predicate=predicate, value=value, tags=_tags(message),
        confidence=_share(data.get("confidence")), valid_from=_moment(typed.text(data, "valid_from")),
        expires=_moment(typed.text(data, "expires")), supersedes=tuple(dict.fromkeys(supersedes)),
        sources=tuple(dict.fromkeys([*typed.texts(data, "sources"), *typed.texts(data, "rests_on")])),
        key=typed.text(data, "key"), path=masked(typed.text(data, "path")), line=max(0, typed.whole(data, "line")),
    )  # fmt: skip


def _kind(message: Message) -> Kind:
    kind = typed.text(message.metadata, "kind")
    if kind in KINDS:
        return kind
    return "finding" if message.type == "finding" else "fact"


def _tags(message: Message) -> tuple[str, ...]:
    rule = typed.text(message.metadata, "rule") if message.type == "finding" else ""
    return tuple(masked(tag) for tag in [*typed.texts(message.metadata, "tags", TAGS_MOST), *([rule] if rule else [])])


def _masked_value(predicate: str, value: str) -> str:
    """What stands under a secret's name is one, whatever it looks like."""
    return HIDDEN if HIDDEN in redact(f"{predicate}: {value}") and value else masked(value)


def _moment(text: str, latest: float | None = None) -> datetime | None:
    try:
        seconds = parse_time(text)
        return datetime.fromtimestamp(seconds if latest is None else min(seconds, latest), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _share(value: Any) -> float:
    return float(value) if isinstance(value, int | float) and 0 <= value <= 1 else 1.0


def has_memory(message: Message) -> bool:
    """Whether a message may do something to the memory; quick, for whoever passes over most of a log."""
    return message.type in ("finding", "memory")
