"""What waits for the person's word: the line that says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

from trinity_tui.core import inbox
from trinity_tui.tui.cells import line
from trinity_tui.tui.request_text import in_short
from trinity_tui.tui.safe_text import clean, cut
from trinity_tui.tui.tones import Toned
from trinity_tui.tui.waiting.deeds import asks, in_few_words

if TYPE_CHECKING:
    from textual.strip import Strip

    from trinity_tui.core.room import Room
    from trinity_tui.tui.cells import Span
    from trinity_tui.tui.glyphs import Glyphs

WIDE = 60
"""From this width on the line also says who asks, and what its key does."""


class ApprovalLine(Toned):
    """Says who asks for what, for as long as somebody does. Its place is kept free: nothing moves because it speaks."""

    def __init__(self, glyphs: Glyphs) -> None:
        super().__init__("approval-line")
        self._glyphs = glyphs
        self._waiting: list[inbox.Item] = []
        self._only_looks = False

    def look_only(self, only_looks: bool) -> None:
        """Whether nothing can be decided from here."""
        if only_looks != self._only_looks:
            self._only_looks = only_looks
            self.refresh()

    def renew(self, room: Room) -> None:
        """What waits may have changed."""
        waiting = inbox.items(room)
        if waiting != self._waiting:
            self._waiting = waiting
            self.set_class(bool(waiting), "-waits")
            self.refresh()

    def on_click(self) -> None:
        """Open the dialog, where there is something to decide."""
        if self._waiting:
            self.post_message(ApprovalRequested())

    def render_line(self, y: int) -> Strip:
        """The oldest, and how many more there are."""
        width, blank = self.size.width, self.tone("text")
        if not self._waiting:
            return line([], width, blank)
        first, count = self._waiting[0], len(self._waiting)
        is_wide = width >= WIDE
        others = f" and {count - 1} more" if is_wide and count > 1 else ""
        few = f" {count} wait{'s' * (count == 1)}: {in_few_words(first)} "
        head = f" {clean(first.sender)} {asks(first)}: " if is_wide else few
        key, verb = ("", "") if self._only_looks else ("a", " decide" if is_wide else "")
        room = width - len(head) - len(others) - len(key + verb) - 3
        what = cut(self._glyphs.text(in_short(first)), room, self._glyphs.more)
        spans: list[Span] = [(head, self.tone("warning")), (what, self.tone("strong")), (others, self.tone("dim"))]
        return line([*spans, ("  ", blank), (key, self.tone("key")), (verb, self.tone("dim"))], width, blank)


class ApprovalRequested(Message):
    """The person wants to decide what waits."""
