"""What all screens of one program work with."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from trinity_tui.core.preferences import Animation
from trinity_tui.tui.bridge import Bridge
from trinity_tui.tui.clock import Clock
from trinity_tui.tui.drafts import Drafts
from trinity_tui.tui.glyphs import Glyphs
from trinity_tui.tui.last_known import standing_still
from trinity_tui.tui.seats import Seats


class Shared(msgspec.Struct, frozen=True):
    """Handed to each screen when it is made.

    Attributes:
        bridge: The way out.
        clock: The time.
        glyphs: The signs this terminal has.
        keys: The user's keys, by action.
        drafts: What is written and not sent.
        seats: Which digit addresses whom.
        animation: How much moves.
        is_plain: Whether all is said in plain lines.
        badges: By the action of a tab, how much is new behind it.
        via: Where the person is, for the history of what was decided; empty where nobody has to know.
        themes: Says which can be put on.
    """

    bridge: Bridge
    clock: Clock
    glyphs: Glyphs
    keys: Mapping[str, str]
    drafts: Drafts
    seats: Seats
    animation: Animation = "full"
    is_plain: bool = False
    badges: dict[str, int] = msgspec.field(default_factory=dict[str, int])
    via: str = ""
    themes: Callable[[], list[str]] = list

    @property
    def as_of(self) -> Clock:
        """The time of what is known, by which it is said for how long something goes on: it stands still while no
        coordinator answers."""
        return standing_still(self.clock, lambda: self.bridge.mirror)
