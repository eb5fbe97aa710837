"""``trinity status --follow``: a line for every change of a state and for everything that begins or ceases to wait.

For pipes, logs and terminals on which nothing can be drawn. It hears of changes and asks for nothing by itself.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import msgspec
import typer

from trinity_tui.cli.shared import put, put_json, state_signs
from trinity_tui.core.inbox import items
from trinity_tui.core.signs import STATES, sign_of
from trinity_tui.core.told import to_you

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from trinity_tui.client.mirror import Mirror
    from trinity_tui.core.paths import Workspace

MOST_CHARACTERS = 160


class News(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line: what changed."""

    kind: str
    """``state``, ``waits``, ``settled`` or ``link``."""
    id: str
    """Of the instance, or of what waits."""
    state: str = ""
    """Of an instance, or of the link: ``up`` or ``lost``."""
    reason: str = ""
    source: str = ""
    what: str = ""
    """What kind of thing waits, as ``trinity inbox`` has it."""
    sender: str = ""
    text: str = ""


class Seen(msgspec.Struct, frozen=True):
    """What was told last: by instance or thing its line."""

    states: dict[str, News]
    waits: dict[str, News]
    link: News


def look(mirror: Mirror, names: frozenset[str] | None) -> Seen:
    """How it is now.

    Args:
        mirror: What is known.
        names: Whose states are told; None: everybody's.
    """
    states = {
        name: News("state", name, view.state, view.reason, view.source)
        for name, view in mirror.room.instances.items()
        if names is None or name in names
    }
    waits = {
        item.key: News("waits", item.id, what=item.kind, sender=item.sender, text=item.command or item.text)
        for item in items(mirror.room)
        if names is None or item.sender in names
    }
    link = News("link", "coordinator", "up" if mirror.connected else "lost", mirror.link_reason)
    return Seen(states, waits, link)


def news(before: Seen | None, now: Seen) -> Iterator[News]:
    """What changed between two looks; at the first one, all there is."""
    if before is None or before.link.state != now.link.state:
        if before is not None or now.link.state == "lost":
            yield now.link
    told = before or Seen({}, {}, now.link)
    yield from (line for name, line in now.states.items() if told.states.get(name) != line)
    yield from (News("state", name, "REMOVED") for name in told.states if name not in now.states)
    yield from (line for key, line in now.waits.items() if key not in told.waits)
    yield from (
        News("settled", line.id, what=line.what, sender=line.sender)
        for key, line in told.waits.items()
        if key not in now.waits
    )


def sentence(line: News, signs: Mapping[str, str] = STATES) -> str:
    """One line for a person.

    Args:
        line: What changed.
        signs: Those of states that can be shown.
    """
    match line.kind:
        case "state":
            return f"{sign_of(line.state, signs)} {line.id:<16} {line.state.lower():<9} {to_you(line.reason)}".rstrip()
        case "waits":
            text = " ".join(line.text.split())[:MOST_CHARACTERS]
            return f"! {line.sender:<16} waits for you ({line.what}): {text}  [{line.id}]"
        case "settled":
            return f"- {line.sender:<16} waits no more ({line.what})  [{line.id}]"
        case _:
            return f"~ the coordinator is {'there' if line.state == 'up' else f'not there: {line.reason}'}"


def follow(workspace: Workspace, names: frozenset[str] | None, *, as_json: bool) -> None:
    """Print what changes until interrupted, or nobody reads it; a coordinator that goes is waited for."""
    import asyncio  # A single look, which shares the signs with this, needs no loop.

    has_reader = True
    try:
        asyncio.run(_follow(workspace, names, as_json=as_json))
    except* typer.Exit:
        has_reader = False
    if not has_reader:
        raise typer.Exit(0)


async def _follow(workspace: Workspace, names: frozenset[str] | None, *, as_json: bool) -> None:
    import asyncio

    from trinity_tui.client.connection import Connection

    connection = Connection(workspace, read_only=True)
    seen: Seen | None = None
    async with asyncio.TaskGroup() as group:
        group.create_task(connection.run(), name="connection")
        while True:
            await connection.changed.wait()
            connection.changed.clear()
            now = look(connection.mirror, names)
            for line in news(seen, now):
                _tell(line, as_json=as_json)
            seen = now


def _tell(line: News, *, as_json: bool) -> None:
    now = time.time()
    if as_json:
        put_json({"at": now, **msgspec.to_builtins(line)})
    else:
        put(f"{time.strftime('%H:%M:%S', time.localtime(now))} {sentence(line, state_signs())}")
