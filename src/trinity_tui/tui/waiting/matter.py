"""One thing that waits, in full: who asks for what, the whole call, its change, and what "always" would mean.

What the room keeps of a message is its beginning. Nothing is allowed before all of it was shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from trinity_tui.core import limits, typed
from trinity_tui.core.folds.waiting import DIFF_CHARACTERS
from trinity_tui.tui import request_text
from trinity_tui.tui.clock import duration
from trinity_tui.tui.safe_text import clean
from trinity_tui.tui.waiting.deeds import asks

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.core.inbox import Deed, Item
    from trinity_tui.core.room import Room
    from trinity_tui.tui.clock import Clock

TEXT_LINES = 2_000


class Matters:
    """What is known of what waits, and what may be done about it.

    Args:
        room: The room as it is now; None while there is none.
        clock: The time.
    """

    def __init__(self, room: Callable[[], Room | None], clock: Clock) -> None:
        self._room = room
        self._clock = clock
        self._wholes: dict[str, tuple[str, str, str]] = {}
        """Command, change and text, by message, where the room has only their beginning."""

    def may(self, item: Item, deed: Deed) -> bool:
        """Whether this can be done now; what was not shown whole cannot be allowed."""
        return deed in item.deeds and (deed not in ("once", "always") or not self.is_cut(item))

    def is_cut(self, item: Item) -> bool:
        """Whether only the beginning of the call is known."""
        is_long = len(item.command) >= typed.TEXT_CHARACTERS or len(item.diff) >= DIFF_CHARACTERS
        return item.kind == "approval" and is_long and item.id not in self._wholes

    def lacks(self, item: Item) -> bool:
        """Whether the message is to be asked for, since the room has only its beginning."""
        is_message = item.kind in ("approval", "question", "alert", "dead")
        is_long = len(item.text) >= limits.HEAD_CHARACTERS and item.text.endswith("…")
        return item.id not in self._wholes and (self.is_cut(item) or (is_message and is_long))

    def take(self, message_id: str, result: object) -> bool:
        """A message came in full; whether anything of it is of use."""
        for found in typed.tables({"result": [result]}, "result"):
            for asked in typed.tables({"message": [found.get("message")]}, "message"):
                for data in typed.tables({"metadata": [asked.get("metadata", {})]}, "metadata"):
                    parts = data.get("command", ""), data.get("diff", ""), found.get("content", "")
                    command, diff, text = (part if isinstance(part, str) else "" for part in parts)
                    self._wholes[message_id] = command, diff, text
                    return True
        return False

    def content(self, item: Item) -> Content:
        """Who asks for what."""
        ago = f"{duration(self._clock.now() - item.at)} ago" if item.at else ""
        head = Content.assemble((clean(item.sender), "bold $secondary"), f" {asks(item)}  ", (ago, "$text-faint"))
        parts = [head, Content(""), *(self._request(item) if item.kind == "approval" else [])]
        tone = "$text-dim" if item.kind == "approval" else "$foreground"
        text = self._wholes.get(item.id, ("", "", ""))[2] if item.kind != "dead" else ""
        parts += [Content.styled(clean(line), tone) for line in (text or item.text).splitlines()[:TEXT_LINES]]
        return Content("\n").join(parts)

    def _request(self, item: Item) -> list[Content]:
        command, diff, _ = self._wholes.get(item.id, (item.command, item.diff, ""))
        room = self._room()
        view = room.instances.get(item.sender) if room is not None else None
        parts = [request_text.call(command), *request_text.change(diff), Content("")]
        if self.is_cut(item):
            parts.append(Content.styled("This is only its beginning; all of it is on its way.", "$warning"))
        return [*parts, request_text.always(item, view.role if view is not None else ""), Content("")]
