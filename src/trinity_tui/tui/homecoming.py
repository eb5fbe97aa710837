"""Shows a person who comes back what happened meanwhile, and tells the coordinator when somebody is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.digest import AWAY_SECONDS, Digest, is_worth_telling
from trinity_tui.tui.bridge import Answered

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.tui.bridge import Bridge, Refused

LOOKED_SECONDS = 20.0
"""How often at most the coordinator is told that somebody is there."""


class Homecoming:
    """What is asked and told about the person's absence.

    Args:
        bridge: The way out.
        now: Seconds since the epoch.
        show: Shows a digest, where it is only offered if nothing is in the way; whether it did.
    """

    def __init__(self, bridge: Bridge, now: Callable[[], float], show: Callable[[Digest, bool], bool]) -> None:
        self._bridge = bridge
        self._now = now
        self._show = show
        self._is_asked = False
        self._is_wished = False
        """Whether the person asked for it: then it is shown whatever it says."""
        self._told_at = float("-inf")
        self._has_looked = False
        """Whether what happened before was told, so that it may be marked as seen."""
        self._waits: Digest | None = None
        """What is to be told once nothing is in the way."""

    def opened(self) -> None:
        """The screen is attached."""
        if not self._has_looked:
            self._ask()

    def noticed(self, idle_seconds: float) -> None:
        """Somebody touched the screen, for the first time in so long."""
        if self._waits is not None and self._show(self._waits, True):
            self._waits = None
        if idle_seconds > AWAY_SECONDS:
            self._ask()
        elif self._has_looked and not self._is_asked and self._now() - self._told_at >= LOOKED_SECONDS:
            self._look()

    def wish(self) -> None:
        """The person wants to see it: of the last absence, though they looked at what happened then."""
        self._is_wished = True
        self._ask(again=True)

    def was_told(self) -> None:
        """The person looked at what happened, and closed it."""
        self._look(told=True)

    def _ask(self, *, again: bool = False) -> None:
        if not self._is_asked:
            self._is_asked = True
            self._bridge.ask("digest", again=again)

    def _look(self, *, told: bool = False) -> None:
        self._told_at = self._now()
        self._bridge.ask("looked", told=told)

    def takes(self, message: Answered | Refused) -> bool:
        """Take the end of a request this made; whether it was one."""
        if message.do == "looked":
            return True
        if message.do != "digest":
            return False
        is_wished, self._is_asked, self._is_wished = self._is_wished, False, False
        if isinstance(message, Answered):
            self._take(message, is_wished)
        return True

    def _take(self, message: Answered, is_wished: bool) -> None:
        try:
            found = msgspec.convert(message.result, Digest)
        except msgspec.ValidationError:
            return  # A coordinator of another version: nothing is shown, and nothing marked as seen.
        is_told = is_wished or is_worth_telling(found, self._now())
        if is_told and not self._show(found, not is_wished):
            self._waits = found
        self._has_looked = True
        self._look(told=not is_told)
