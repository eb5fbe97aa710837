"""What a screen or a command exchanges with the coordinator over one WebSocket: one JSON object a message.

::

    face                          coordinator
    Attach            ─────────▶
                      ◀─────────  Greeting   (with a snapshot, unless the face can go on from its position)
                      ◀─────────  Batch …    (records from a position; heads and the first characters)
                      ◀─────────  Live …     (who does what now, and what else changed; replaces what was sent before)
    Request           ─────────▶
                      ◀─────────  Reply      (same id)
    Follow, Unfollow  ─────────▶
                      ◀─────────  Output …   (an instance's lines)
    Listen, Unlisten  ─────────▶
                      ◀─────────  Talk …     (an instance's answer and tool calls as they come)
    Shown             ─────────▶  (what the person has seen, for receipts)

A face too slow for its batches is not waited for: its queue is dropped and it is sent a Greeting with a new snapshot.
"""

from __future__ import annotations

from typing import Any

import msgspec

from trinity_tui.core.errors import WireError
from trinity_tui.core.record import Record
from trinity_tui.core.room import Room
from trinity_tui.core.wire import live

REFUSED = 4401
"""The WebSocket's close code of a face that is not let in; the reason is a sentence."""
PERSON = "person"
"""The rights of a face that may do everything."""


class Attach(msgspec.Struct, frozen=True, tag="attach"):
    """A face presents itself."""

    protocol: int
    token: str = ""
    """Without the right one the face may look and not touch."""
    position: int | None = None
    """Where its room stands, if it has one from this generation of the log."""
    generation: int = 0
    read_only: bool = False


class Request(msgspec.Struct, frozen=True, tag="request"):
    """Ask for something to be done; the names are those of the API's routes."""

    id: int
    do: str
    args: dict[str, Any] = msgspec.field(default_factory=dict[str, Any])


class Follow(msgspec.Struct, frozen=True, tag="follow"):
    """Send the output of this instance, beginning with its last lines."""

    instance: str
    lines: int = 200
    epoch: int = 0
    """Go on after this run's ``offset`` instead, where that is still there; 0: begin with the last lines."""
    offset: int = 0


class Unfollow(msgspec.Struct, frozen=True, tag="unfollow"):
    """No more output of this instance."""

    instance: str


class Listen(msgspec.Struct, frozen=True, tag="listen"):
    """Send what this instance says and does as it comes, beginning with what runs."""

    instance: str


class Unlisten(msgspec.Struct, frozen=True, tag="unlisten"):
    """No more of it."""

    instance: str


class Shown(msgspec.Struct, frozen=True, tag="shown"):
    """The person has seen the flow up to before this position."""

    position: int


class LiveView(msgspec.Struct, frozen=True):
    """What one instance does now."""

    id: str
    activity: str = "idle"
    detail: str = ""
    since: float = 0.0
    inbox_depth: int = 0
    brain: str = ""
    cpu_percent: float = 0.0
    rss_bytes: int = 0
    heard_at: float = 0.0
    chosen: bool = False
    """Whether it is there because of a choice in the program, beside ``instances.toml``."""


class Greeting(msgspec.Struct, frozen=True, tag="greeting"):
    """Where the face begins."""

    protocol: int
    workspace: str
    path: str
    computer: str
    pid: int
    generation: int
    position: int
    version: str = ""
    """Of the coordinator's program."""
    carrier: str = "files"
    revision: int = 1
    """2 knows Listen and Talk."""
    rights: str = PERSON
    """``person``, ``instance`` or ``observer``: what this connection may ask for."""
    room: Room | None = None
    as_recorded: bool = True
    """Whether the log makes this room. A face with one it does not make cannot go on from its position elsewhere: the
    next coordinator's records do not correct it."""
    live: list[LiveView] = msgspec.field(default_factory=list[LiveView])
    notices: list[str] = msgspec.field(default_factory=list[str])
    """Sentences about this machine or configuration that the person should see."""


class Batch(msgspec.Struct, frozen=True, tag="batch"):
    """Records the coordinator folded, contents cut; after them the log stands at ``position``."""

    position: int
    records: list[Record]


class Live(msgspec.Struct, frozen=True, tag="live"):
    """What instances do now; only those that changed."""

    views: list[LiveView]
    areas: list[str] = msgspec.field(default_factory=list[str])
    """What changed beside the log, such as ``memory``: whoever shows it asks for it again."""


class Notices(msgspec.Struct, frozen=True, tag="notices"):
    """The sentences that hold now, instead of those before."""

    notices: list[str]


class Output(msgspec.Struct, frozen=True, tag="output"):
    """Lines an instance printed."""

    instance: str
    epoch: int
    lines: list[str]
    skipped: int = 0
    """Lines left out before these because the face was slow."""
    fresh: bool = False
    """Whether these begin anew: forget what was shown before."""
    offset: int = 0
    """Where to go on after these; what a face sends back with ``Follow`` to miss nothing and to see nothing twice."""
    at: float = 0.0
    """When the file was last written as these were read, in seconds since the epoch; 0: nobody said."""
    ahead_seconds: int = 0
    """How far the wall clock there was ahead of UTC then."""
    is_end: bool = False
    """Whether the last of these was the last line of the file: that one was written then."""


class Talk(msgspec.Struct, frozen=True, tag="talk"):
    """What one instance says and does now, joined to a few frames a second."""

    instance: str
    pieces: list[live.Piece] = msgspec.field(default_factory=list[live.Piece])
    uses: list[live.ToolUse] = msgspec.field(default_factory=list[live.ToolUse])
    over: list[str] = msgspec.field(default_factory=list[str])
    """Turns that are over: their answers, if there are any, are in the log."""
    fresh: bool = False
    """Whether these are all there is of what runs: forget what was shown of it before."""


class Reply(msgspec.Struct, frozen=True, tag="reply"):
    """The end of a request."""

    id: int
    result: Any = None
    error: str = ""
    """The sentence, where it did not succeed."""
    exit_code: int = 0


FromFace = Attach | Request | Follow | Unfollow | Listen | Unlisten | Shown
ToFace = Greeting | Batch | Live | Notices | Output | Talk | Reply

_from_face = msgspec.json.Decoder(FromFace)
_to_face = msgspec.json.Decoder(ToFace)
_encoder = msgspec.json.Encoder()


def decode_from_face(text: bytes | str) -> FromFace:
    """What a face sent.

    Raises:
        WireError: It is none of a face's frames.
    """
    try:
        return _from_face.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise WireError(f"a frame that is none of a face's: {error}") from error


def decode_to_face(text: bytes | str) -> ToFace:
    """What the coordinator sent.

    Raises:
        WireError: It is none of the coordinator's frames.
    """
    try:
        return _to_face.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise WireError(f"a frame that is none of the coordinator's: {error}") from error


def encode(frame: FromFace | ToFace) -> bytes:
    """One message for the WebSocket."""
    return _encoder.encode(frame)
