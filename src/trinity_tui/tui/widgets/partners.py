"""The line that says who can be talked with and who is: everybody, and each instance with its digit and its state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

from trinity_tui.core.address import BROADCAST
from trinity_tui.tui.cells import line
from trinity_tui.tui.last_known import NOT_KNOWN, state_of
from trinity_tui.tui.node import key_of
from trinity_tui.tui.safe_text import clean
from trinity_tui.tui.safe_text import width as cell_width
from trinity_tui.tui.tones import Toned

if TYPE_CHECKING:
    from textual import events
    from textual.strip import Strip

    from trinity_tui.client.mirror import Mirror
    from trinity_tui.tui.cells import Span
    from trinity_tui.tui.glyphs import Glyphs


class Partners(Toned):
    """One line; a click chooses."""

    class Chosen(Message):
        """The person wants to talk with another one."""

        def __init__(self, who: str) -> None:
            super().__init__()
            self.who = who

    def __init__(self, glyphs: Glyphs) -> None:
        super().__init__("partners")
        self._glyphs = glyphs
        self._mirror: Mirror | None = None
        self._seats: dict[str, int] = {}
        self._said: tuple[object, ...] = ()
        self.who = BROADCAST

    def show(self, mirror: Mirror) -> None:
        """Show this mirror from now on."""
        self._mirror = mirror

    def renew(self, seats: dict[str, int], who: str) -> None:
        """Who is there, or how they are, may have changed."""
        said = (tuple(seats.items()), who, tuple(self._state(name) for name in seats))
        if said != self._said:
            self._said, self._seats, self.who = said, dict(seats), who
            self.refresh()

    def _state(self, name: str) -> str:
        mirror = self._mirror
        view = mirror.room.instances.get(name) if mirror is not None else None
        return state_of(mirror, view) if mirror is not None and view is not None else NOT_KNOWN

    def render_line(self, y: int) -> Strip:
        """As many as there is room for around the one who is talked with, who stands between brackets."""
        spans: list[Span] = [(" ", self.tone("text"))]
        room, shown = self.size.width - 1, self._visible()
        for index, (who, parts) in enumerate(shown):
            tone = "strong" if who == self.who else "dim"
            sign, text = parts
            room -= cell_width(sign + text) + 2
            # The last one needs no room for the sign that there are more.
            if room < (-2 if index == len(shown) - 1 else cell_width(self._glyphs.more) - 1):
                spans[-1] = (f" {self._glyphs.more}", self.tone("faint"))
                break
            if sign:
                spans.append((sign, self.tone(f"state-{self._state(who).lower()}")))
            spans += [(text, self.tone(tone)), ("  ", self.tone("text"))]
        return line(spans, self.size.width, self.tone("text"))

    def _visible(self) -> list[tuple[str, tuple[str, str]]]:
        seats = sorted(self._seats.items(), key=lambda item: item[1])
        parts = [(BROADCAST, self._text(BROADCAST, -1)), *((name, self._text(name, seat)) for name, seat in seats)]
        at = next((index for index, (who, _) in enumerate(parts) if who == self.who), 0)
        while at > 0 and sum(cell_width("".join(text)) + 2 for _, text in parts[: at + 1]) + 1 > self.size.width:
            del parts[0]
            at -= 1
        return parts

    def _text(self, who: str, seat: int) -> tuple[str, str]:
        name = "all" if who == BROADCAST else self._glyphs.text(clean(who))
        key = "0" if seat < 0 else key_of(seat)
        shown = f"[{name}]" if who == self.who else name
        sign = "" if seat < 0 else f"{self._glyphs.state(self._state(who))} "
        return sign, f"{key} {shown}".strip()

    def on_click(self, event: events.Click) -> None:
        """Choose the one under the pointer."""
        start = 1
        for who, text in self._visible():
            end = start + cell_width("".join(text))
            if start <= event.x < end:
                self.post_message(self.Chosen(who))
                return
            start = end + 2
