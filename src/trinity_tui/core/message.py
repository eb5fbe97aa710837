"""A message: what one instance, the coordinator or the person says to another. One JSON object, one line in the log.

``Message`` is the shape; ``check`` is what publishing asks of it; ``decode_whole`` and ``encode`` keep the keys of
a sender who knows more than we do. The two older shapes (``from/to/type/timestamp/content/metadata`` and
``type/from/to/content/priority/timestamp``) decode as they stand and get defaults for what they lack.
Its place in the log, its checksum and the torn line are ``core.record``'s.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, cast, get_args

import msgspec

from trinity_tui.core import address, limits
from trinity_tui.core.errors import MessageError

if TYPE_CHECKING:
    from collections.abc import Iterable

Kind = Literal[
    "finding", "question", "answer", "proposal", "vote", "consensus", "task", "task_update", "task_complete",
    "chat", "message", "status", "alert", "approval", "memory", "session", "receipt",
]  # fmt: skip
KINDS: frozenset[str] = frozenset(get_args(Kind))
Priority = Literal["low", "normal", "high", "urgent"]
PRIORITIES: tuple[str, ...] = get_args(Priority)
DEPTH = 64
"""How deep metadata may be nested."""
UNTRACKED: frozenset[str] = frozenset({"status", "receipt", "memory", "session"})
"""Kinds whose delivery nobody waits for: bookkeeping, not talk."""
ASKING: frozenset[str] = frozenset({"question", "chat"})
"""Kinds that are to be answered, unless they are an answer themselves."""


class Origin(StrEnum):
    """Whose words these are, the most trusted first. A message can change what is known, never what is allowed."""

    HUMAN = "human"
    COORDINATOR = "coordinator"
    PEER = "peer"
    TOOL = "tool"
    WEB = "web"


class Source(msgspec.Struct, frozen=True):
    """Where a message from another computer stood there, and the one it sent us before (so a gap is seen)."""

    computer: str
    position: int
    previous: int | None = None


class Message(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One message. Times are RFC 3339 in UTC with microseconds."""

    v: int
    id: str
    from_: str = msgspec.field(name="from")
    to: str
    type: str
    priority: str
    timestamp: str
    content: str
    metadata: dict[str, Any]
    thread: str | None = None
    """The id of the message a conversation or task began with."""
    reply_to: str | None = None
    hops: int = 0
    """How many messages of peers caused this one, one after the other."""
    origin: str | None = None
    expires_at: str | None = None
    ack_by: str | None = None
    source: Source | None = None
    extra: dict[str, Any] | None = msgspec.field(default=None, name="-extra")
    """Keys of the sender's that this version does not know; written back as they came."""


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Message)
_KNOWN = {field.encode_name for field in msgspec.structs.fields(Message)} - {"-extra"}


def rank(priority: str) -> int:
    """The order of a priority, the most pressing first: urgent 0, high 1, normal 2, low 3; an unknown one is normal."""
    return _RANKS.get(priority, 2)


_RANKS = {name: index for index, name in enumerate(reversed(PRIORITIES))}


def format_time(seconds: float) -> str:
    """Seconds since the epoch as RFC 3339, UTC, microseconds."""
    whole, micros = divmod(round(seconds * 1_000_000), 1_000_000)
    return f"{_second(whole)}.{micros:06d}Z"


@lru_cache(maxsize=8)
def _second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def parse_time(text: str) -> float:
    """Seconds since the epoch of an RFC 3339 time; a time without zone is taken as UTC.

    Raises:
        ValueError: The text is no time.
    """
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def encode(message: Message) -> bytes:
    """The message as one JSON object without newline, unknown keys last."""
    if not message.extra:
        return _encoder.encode(message)
    known = cast("dict[str, Any]", msgspec.to_builtins(msgspec.structs.replace(message, extra=None)))
    return _encoder.encode(known | {key: value for key, value in message.extra.items() if key not in known})


def decode(line: bytes | memoryview) -> Message:
    """A message in our own shape; keys we do not know are dropped (the fast way, for what only reads).

    Raises:
        msgspec.DecodeError: It is no JSON, or a field is missing or of the wrong kind.
    """
    return _decoder.decode(line)


def decode_whole(line: bytes, new_id: str = "", now: float = 0.0) -> Message:
    """A message in any accepted shape, with the keys we do not know kept in ``extra``.

    Args:
        line: One JSON object.
        new_id: The id given where the sender wrote none.
        now: Seconds since the epoch, the time given where the sender wrote none.

    Raises:
        MessageError: It is no object, or a field is of the wrong kind.
    """
    try:
        raw = msgspec.json.decode(line, type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise MessageError("message", str(error)) from error
    return from_fields(raw, new_id, now)


def from_fields(raw: dict[str, Any], new_id: str, now: float) -> Message:
    """A message from decoded JSON; what the older shapes lack gets a default.

    Raises:
        MessageError: A required field is missing or of the wrong kind.
    """
    for name in ("from", "to", "type"):
        if not isinstance(raw.get(name), str) or not raw[name]:
            raise MessageError(name, "is missing" if name not in raw else "must be a text")
    content = raw.get("content", "")
    fields: dict[str, Any] = {
        "v": 1,
        "id": new_id,
        "priority": "normal",
        "timestamp": format_time(now),
        "metadata": {},
        **{key: value for key, value in raw.items() if key in _KNOWN},
        "to": address.canonical(raw["to"]),
        "content": content if isinstance(content, str) else _encoder.encode(content).decode(),
    }
    try:
        message = msgspec.convert(fields, Message)
    except msgspec.ValidationError as error:
        raise MessageError(_field_of(error), str(error)) from error
    extra = {key: value for key, value in raw.items() if key not in _KNOWN and key != "sum"}
    return msgspec.structs.replace(message, extra=extra) if extra else message


def _field_of(error: msgspec.ValidationError) -> str:
    _, _, path = str(error).partition("$.")
    return path.rstrip("`") or "message"


def check(message: Message) -> None:
    """Refuse what may not be published, naming the field.

    Raises:
        MessageError: An unknown type or priority, a bad address, a time that is none, or metadata over its limit.
    """
    if message.type not in KINDS:
        raise MessageError("type", f"{message.type!r} is none of {', '.join(sorted(KINDS))}")
    if message.priority not in PRIORITIES:
        raise MessageError("priority", f"{message.priority!r} is none of {', '.join(PRIORITIES)}")
    if not message.id or len(message.id) > 64 or not message.id.isascii() or not message.id.isprintable():
        raise MessageError("id", "must be 1 to 64 printable ASCII characters")
    address.check_sender(message.from_)
    address.check_recipient(message.to)
    if message.origin is not None and message.origin not in set(Origin):
        raise MessageError("origin", f"{message.origin!r} is none of {', '.join(Origin)}")
    if message.metadata:
        _check_metadata(message.metadata)
    _check_time("timestamp", message.timestamp)
    _check_time("expires_at", message.expires_at)
    _check_time("ack_by", message.ack_by)


def _check_metadata(metadata: dict[str, Any]) -> None:
    try:
        encoded = _encoder.encode(metadata)
    except (TypeError, ValueError, RecursionError) as error:
        raise MessageError("metadata", f"cannot be written as JSON: {error}") from error
    if len(encoded) > limits.METADATA_BYTES:
        raise MessageError("metadata", f"is over {limits.METADATA_BYTES} bytes")
    # Few brackets cannot be deep. What is deep could be written and then, from a fuller stack, not be read.
    if encoded.count(b"{") + encoded.count(b"[") > DEPTH and is_deeper(metadata, DEPTH):
        raise MessageError("metadata", f"is nested more than {DEPTH} deep")


def is_deeper(value: object, levels: int) -> bool:
    """Whether a value that JSON can hold has more levels than these."""
    if isinstance(value, dict):
        inner: Iterable[object] = cast("dict[object, object]", value).values()
    elif isinstance(value, (list, tuple, set, frozenset)):
        inner = cast("Iterable[object]", value)
    else:
        return False
    return levels == 0 or any(is_deeper(item, levels - 1) for item in inner)


def _check_time(name: str, value: str | None) -> None:
    if value is None:
        return
    try:
        datetime.fromisoformat(value)
    except ValueError as error:
        raise MessageError(name, f"{value!r} is no RFC 3339 time") from error
