"""The stream itself: made where there is none, known by an id of its own.

The id stands in the stream's description. A stream with another id than the one that this workspace knew is another
log: the generation rises, and what was noted of positions counts no more.
"""

from __future__ import annotations

import fcntl
import os
import re
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import msgspec

from trinity_tui.bus import acks, files, layout
from trinity_tui.bus.layout import Format, Layout
from trinity_tui.bus.nats.link import ApiError
from trinity_tui.core.errors import BusError

if TYPE_CHECKING:
    from collections.abc import Generator

    from trinity_tui.bus.nats.link import Link
    from trinity_tui.core.record import Position

DUPLICATE_WINDOW_SECONDS = 120
NOT_FOUND, NAME_TAKEN = 10059, 10058
_VERSION = 1
_DESCRIPTION = re.compile(r"trinity (\d+) ([0-9a-f]{32})\Z")


class State(msgspec.Struct):
    """How far a stream goes."""

    first_seq: int
    last_seq: int
    bytes: int = 0
    messages: int = 0
    num_deleted: int = 0
    last_ts: str = ""


class _Config(msgspec.Struct):
    description: str = ""


class Info(msgspec.Struct):
    """What the server says of a stream."""

    config: _Config
    state: State


class Known(msgspec.Struct):
    """What a workspace knows of its stream, in a file of its own."""

    workspace: str
    """Drawn once; tells two workspaces apart that call themselves the same computer."""
    stream: str = ""
    """The id of the stream it knew."""


async def info_of(link: Link, *, at_once: bool = False) -> Info | None:
    """What the server says of the stream; None where it has none of that name.

    Args:
        link: The way to it.
        at_once: Ask once, before anybody else may.

    Raises:
        BusError: The server does not answer.
    """
    subject = f"STREAM.INFO.{link.place.stream}"
    try:
        answer = await (link.api_at_once(subject) if at_once else link.api(subject))
    except ApiError as error:
        if error.code == NOT_FOUND:
            return None
        raise
    return msgspec.json.decode(answer, type=Info)


async def ensure(link: Link) -> tuple[str, Info]:
    """The stream, made where there is none, and its id.

    Raises:
        BusError: The server refuses, or the stream is somebody else's.
    """
    name = link.place.stream
    info = await info_of(link)
    if info is None:
        try:
            await link.api(f"STREAM.CREATE.{name}", _config(name))
        except ApiError as error:
            if error.code != NAME_TAKEN:
                raise
        info = await info_of(link)
    if info is None:
        raise BusError(f"the stream {name} at {link.place.shown} is removed as soon as it is made")
    return id_of(link, info), info


def id_of(link: Link, info: Info) -> str:
    """A stream's id.

    Raises:
        BusError: It is not one of ours, or of a later version.
    """
    found = _DESCRIPTION.match(info.config.description)
    name = link.place.stream
    if found is None:
        problem = BusError(f"the stream {name} at {link.place.shown} was not made by Trinity")
        problem.hint = 'Name another: `[bus] stream = "…"` in instances.toml.'
        raise problem
    if int(found[1]) > _VERSION:
        raise BusError(f"the stream {name} is of format {found[1]}; this version of Trinity reads {_VERSION}")
    return found[2]


def _config(name: str) -> dict[str, Any]:
    return {
        "name": name, "description": f"trinity {_VERSION} {uuid.uuid4().hex}", "subjects": [f"{name}.>"],
        "storage": "file", "retention": "limits", "discard": "new", "max_consumers": -1, "max_msgs": -1,
        "max_bytes": -1, "max_age": 0, "num_replicas": 1, "allow_direct": True, "deny_delete": True,
        "duplicate_window": DUPLICATE_WINDOW_SECONDS * 1_000_000_000,
    }  # fmt: skip


class Notes:
    """What this workspace keeps of its stream: the format with its generations, and the ids.

    Args:
        folder: Of this carrier, in the workspace.
    """

    def __init__(self, folder: Layout) -> None:
        self._layout = folder
        self._path = folder.root / "stream.json"

    def read(self) -> Known:
        """What is known; drawn anew where nothing is.

        Raises:
            BusError: The file is damaged.
        """
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=Known)
        except FileNotFoundError:
            return Known(uuid.uuid4().hex)
        except (OSError, msgspec.DecodeError) as error:
            raise BusError(f"{self._path} cannot be read: {error}") from error

    def settle(self, stream: str, end: Position) -> tuple[Known, Format]:
        """Take note of a stream; the generation rises where it is another one, or ends before what is known of it.

        Args:
            stream: Its id.
            end: Where it ends.

        Raises:
            BusError: The files cannot be read or written.
        """
        with self._alone():
            known = self.read()
            format_ = layout.read_format(self._layout)
            settled = format_ or Format()
            if known.stream and known.stream != stream:
                settled = settled.raised(0)
            elif format_ is not None and self._highest(format_) > end:
                settled = settled.raised(end)
            if settled != format_ or layout.is_older(self._layout):
                layout.write_format(self._layout, settled)
            if known.stream != stream:
                known.stream = stream
                files.replace(self._path, msgspec.json.encode(known) + b"\n")
            return known, settled

    def _highest(self, format_: Format) -> Position:
        paths = self._layout.consumers.glob("*/acks.jsonl")
        return max((acks.highest_mark(path, format_) for path in paths), default=0)

    @contextmanager
    def _alone(self) -> Generator[None]:
        """One process of the workspace at a time; held for as long as two small files take."""
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
        try:
            descriptor = os.open(self._layout.lock, flags, files.PRIVATE_FILE)
        except OSError as error:
            raise BusError(f"{self._layout.lock} cannot be opened: {error.strerror}") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        except OSError as error:
            raise BusError(f"{self._path} cannot be written: {error.strerror}") from error
        finally:
            os.close(descriptor)
