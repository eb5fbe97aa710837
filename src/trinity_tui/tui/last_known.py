"""What is said while no coordinator answers: how an instance was last known, and as of when; never how it is, nor that
there is nothing. That a link is gone is said at once; for the moment in which most come back, no time counts on, and
nothing else is said anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from trinity_tui.tui.clock import Clock
from trinity_tui.tui.node import describe, shown_state

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.client.mirror import Mirror
    from trinity_tui.core.room import InstanceView
    from trinity_tui.tui.node import NodeText

NOT_KNOWN = "UNKNOWN"
"""The state of all while nobody is there to say it."""
MOMENT = "%H:%M"
OPENING = "Opening: not known yet."
NOBODY_ANSWERS = "No coordinator answers: not known."


def last_known(text: NodeText, as_of: str) -> NodeText:
    """The same as what was last known: nobody says that it still is so, so nothing of it counts on or alarms.

    Args:
        text: What was said of it while somebody did.
        as_of: When that was, for people.
    """
    about = ", ".join(part for part in (as_of, text.about) if part)
    return msgspec.structs.replace(
        text, state=NOT_KNOWN, word=f"last: {text.word or text.state.lower()}", age="", about=about,
        is_alarming=False, queued=0, is_ticking=False,
    )  # fmt: skip


def not_known(mirror: Mirror | None) -> str:
    """Why nothing can be said of what there is, so that no pane calls empty what nobody told it; else empty."""
    if mirror is not None and mirror.is_told:
        return ""
    return OPENING if mirror is None or mirror.lost_at is None else NOBODY_ANSWERS


def as_of(mirror: Mirror | None, clock: Clock) -> str:
    """As of when all is that is shown of the room; empty while it is as it is now."""
    return "" if mirror is None or mirror.lost_at is None else f"as of {clock.at(mirror.lost_at, MOMENT)}"


def told(mirror: Mirror, view: InstanceView, seat: int, clock: Clock) -> NodeText:
    """One instance in words, as it is or as it was last known.

    Args:
        mirror: What is known.
        view: What the log says of it.
        seat: Its place among the nodes, from 0.
        clock: The person's.
    """
    text = describe(view, mirror.live.get(view.id), seat, standing_still(clock, lambda: mirror).now())
    return text if mirror.lost_at is None else last_known(text, as_of(mirror, clock))


def state_of(mirror: Mirror, view: InstanceView) -> str:
    """The state of one instance; one nobody knows while no coordinator answers."""
    return shown_state(view, mirror.live.get(view.id)) if mirror.lost_at is None else NOT_KNOWN


def standing_still(clock: Clock, mirror: Callable[[], Mirror | None]) -> Clock:
    """The time up to which something is known: it stands still from the moment on in which the link was lost.

    Args:
        clock: The person's.
        mirror: What is known; None before anything is.
    """

    def now() -> float:
        known = mirror()
        return clock.now() if known is None or known.parted_at is None else known.parted_at

    return Clock(now, clock.zone)
