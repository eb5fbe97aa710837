"""The computers on a stream: each has taken its name there, and says up to where it needs the stream no more.

They stand in a bucket beside the stream: ``C1`` is the workspace that has the name, ``C1.snapshot`` where its newest
snapshot stands, with the stream's id: a stream that was made anew counts from its beginning.
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from trinity_tui.bus.nats.link import client_errors
from trinity_tui.core import address
from trinity_tui.core.errors import BusError

if TYPE_CHECKING:
    from nats.js.kv import KeyValue

    from trinity_tui.bus.nats.link import Link
    from trinity_tui.core.record import Position

_SNAPSHOT = ".snapshot"


async def claim(link: Link, workspace: str) -> None:
    """Take this computer's name on the stream for this workspace.

    Raises:
        BusError: Another workspace has it.
    """
    from nats.js.errors import KeyWrongLastSequenceError, NotFoundError

    try:
        store = await _bucket(link)
    except NotFoundError:
        js = link.jetstream()
        store = await js.create_key_value(bucket=_name(link), direct=True)  # pyright: ignore[reportUnknownMemberType] - options of anything
    name = link.place.computer
    with_host = f"{workspace} {socket.gethostname()}"
    try:
        await store.create(name, with_host.encode())
    except KeyWrongLastSequenceError:
        held = ((await store.get(name)).value or b"").decode(errors="replace")
        if held.split(" ")[0] != workspace:
            raise _taken(link, held.partition(" ")[2]) from None


def _name(link: Link) -> str:
    return f"{link.place.stream}_computers"


async def _bucket(link: Link) -> KeyValue:
    return await link.jetstream().key_value(_name(link))


def _taken(link: Link, host: str) -> BusError:
    place = link.place
    problem = BusError(f"the stream {place.stream} at {place.shown} has a {place.computer} already, on {host}")
    problem.hint = 'Give this one another name (`[serve] computer = "C2"`), or another `[bus] stream`.'
    return problem


async def note_snapshot(link: Link, stream_id: str, position: Position) -> None:
    """Tell the others that this computer has what stands before a position in a snapshot of its own.

    Raises:
        BusError: The server does not answer.
    """
    try:
        store = await _bucket(link)
        await store.put(f"{link.place.computer}{_SNAPSHOT}", f"{stream_id} {position}".encode())
    except (OSError, TimeoutError, *client_errors()) as error:
        raise BusError(f"{link.place.shown} does not note how far a snapshot reaches: {error}") from error


async def floors(link: Link, stream_id: str) -> dict[str, Position]:
    """From where on each other computer still needs the stream; 0 where it has no snapshot yet.

    Raises:
        BusError: The server does not answer.
    """
    from nats.js.errors import NoKeysError

    try:
        store = await _bucket(link)
        keys = set[str](await store.keys())  # pyright: ignore[reportUnknownMemberType] - options of anything
        others = sorted(key for key in keys if address.is_computer(key) and key != link.place.computer)
        notes = [await store.get(key) if (key := f"{name}{_SNAPSHOT}") in keys else None for name in others]
    except NoKeysError:
        return {}
    except (OSError, TimeoutError, *client_errors()) as error:
        raise BusError(f"{link.place.shown} does not say who shares the stream: {error}") from error
    return {name: _noted(note.value if note else b"", stream_id) for name, note in zip(others, notes, strict=True)}


def _noted(value: bytes | None, stream_id: str) -> Position:
    of, _, position = (value or b"").decode(errors="replace").partition(" ")
    return int(position) if of == stream_id and position.isdecimal() else 0
