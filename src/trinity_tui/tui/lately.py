"""How an instance is now, and what it said last: what one wants to know before deciding what it asks for or holds."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from textual.content import Content

from trinity_tui.tui import addressing
from trinity_tui.tui.last_known import told
from trinity_tui.tui.node import sentence
from trinity_tui.tui.text.listed import short

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trinity_tui.client.mirror import Mirror
    from trinity_tui.core.room import FlowRow
    from trinity_tui.tui.clock import Clock
    from trinity_tui.tui.glyphs import Glyphs
    from trinity_tui.tui.text.rows import Row

SAID_MOST = 6
_STYLES = {
    "md-heading": "bold $primary", "text": "$foreground", "dim": "$text-dim", "faint": "$text-faint",
    "name": "$secondary",
}  # fmt: skip


def lately(name: str, mirror: Mirror, width: int, clock: Clock, glyphs: Glyphs, but: str = "") -> list[Row]:
    """Its state in a line, then what it said, the newest first; nothing where it is no instance of the room.

    Args:
        name: Whose.
        mirror: What is known.
        width: In cells.
        clock: The person's.
        glyphs: The signs this terminal has.
        but: The id of a message that is shown already.
    """
    room, view = mirror.room, mirror.room.instances.get(name)
    if view is None:
        return []
    state = sentence(told(mirror, view, -1, clock))
    mine = (row for row in reversed(room.flow) if row.from_ == name and row.id != but)
    said = [_said(row, width, clock, glyphs) for row in islice(mine, SAID_MOST)]
    return [(("Now", "md-heading"),), ((short(state, width, glyphs), "text"),),
            *([(), (("What it said last", "md-heading"),), *said] if said else [])]  # fmt: skip


def as_content(rows: Iterable[Row]) -> Content:
    """The rows where text flows by itself."""
    return Content("\n").join([Content.assemble(*((text, _STYLES[tone]) for text, tone in row)) for row in rows])


def _said(row: FlowRow, width: int, clock: Clock, glyphs: Glyphs) -> Row:
    head = f"{clock.stamp(row.timestamp)} "
    whom = short(f"{glyphs.to} {addressing.told((row.to,))}  ", max(1, (width - len(head)) // 3), glyphs)
    room = max(1, width - len(head) - len(whom))
    return (head, "faint"), (whom, "name"), (short(row.text, room, glyphs), "dim")
