"""What all screens of one program work with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trinity_tui.tui.bridge import Bridge
    from trinity_tui.tui.clock import Clock
    from trinity_tui.tui.glyphs import Glyphs
    from trinity_tui.tui.seats import Seats
    from trinity_tui.tui.widgets.message_bar import Drafts


@dataclass(frozen=True, slots=True)
class Shared:
    """Handed to each screen when it is made.

    Attributes:
        bridge: The way out.
        clock: The time.
        glyphs: The signs this terminal has.
        keys: The user's keys, by action.
        drafts: What is written and not sent.
        seats: Which digit addresses whom.
        badges: By the action of a tab, how much is new behind it.
    """

    bridge: Bridge
    clock: Clock
    glyphs: Glyphs
    keys: Mapping[str, str]
    drafts: Drafts
    seats: Seats
    badges: dict[str, int] = field(default_factory=dict[str, int])
