"""The message somebody came to see in a conversation: looked for in older pages until it is there, or nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from trinity_tui.tui.talks import Talks

PAGES_MOST = 25
"""So far back it is looked for."""

Found = Literal["here", "awaited", "nowhere"]


class Sought:
    """At most one at a time.

    Args:
        talks: The conversations it may stand in.

    Attributes:
        id: The message's; empty while none is looked for.
    """

    def __init__(self, talks: Talks) -> None:
        self.id = ""
        self._talks = talks
        self._pages_left = 0

    def begin(self, message_id: str) -> None:
        """Look for this one from now on."""
        self.id, self._pages_left = message_id, PAGES_MOST

    def end(self) -> None:
        """It was found, or is looked for no more."""
        self.id = ""

    def look_for(self, who: str) -> Found:
        """Whether it stands in what is known of a conversation; where not, the page before is asked for."""
        conversation = self._talks.of(who)
        if conversation.find(self.id) is not None:
            return "here"
        if self._pages_left and self._talks.look_back(who):
            self._pages_left -= 1
            return "awaited"
        return "nowhere" if conversation.is_asked_for else "awaited"
