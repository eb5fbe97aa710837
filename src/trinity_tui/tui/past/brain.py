"""What an instance thought with, as far as the log knows it: the configuration says only what it was to think with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.core import brain_name
from trinity_tui.core.usage_account import day

if TYPE_CHECKING:
    from trinity_tui.core.room import InstanceView, Room


def thought_with(room: Room, view: InstanceView, now: float) -> str:
    """The brain an instance had; empty where the log does not say.

    Args:
        room: The room of then.
        view: The instance.
        now: Then, in seconds since the epoch.
    """
    try:
        asked = brain_name.parse(view.brain)
    except ValueError:
        return ""
    used = room.usage.days.get(day(now), {}).get(view.id, {})
    match asked.provider:
        case "builtin":
            return "builtin"
        case "auto":
            return next(reversed(used), "")
        case _:
            return str(asked) if str(asked) in used else ""
