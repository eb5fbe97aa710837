"""The one way from a screen to a thing on another: from what was found, what waits or what was printed."""

from __future__ import annotations

from textual.message import Message


class GoTo(Message):
    """The person wants to see a thing where it is at home.

    Attributes:
        place: The verb of the action that opens its screen, such as ``memory``.
        what: The id or position by which that screen knows it.
    """

    def __init__(self, place: str, what: str) -> None:
        super().__init__()
        self.place, self.what = place, what
