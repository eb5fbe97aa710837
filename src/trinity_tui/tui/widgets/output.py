"""What the chosen instance prints, as it prints it: a window on the mirror's ring of lines."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from trinity_tui.tui.safe_text import clean, cut
from trinity_tui.tui.widgets.tail import Tail

if TYPE_CHECKING:
    from trinity_tui.client.mirror import Mirror, OutputLines
    from trinity_tui.tui.cells import Span
    from trinity_tui.tui.clock import Clock
    from trinity_tui.tui.glyphs import Glyphs

MATCHES_KEPT = 20_000


class Output(Tail):
    """The output of one instance."""

    HELP = """\
What the chosen instance printed, the newest at the bottom; choose another node in the swarm to see its lines.
Arrows and the mouse wheel scroll, `end` follows again, `/` shows only lines that contain a text.
"""
    EMPTY = "This instance has printed nothing since it was started."
    NOBODY = "Nobody is chosen: what one instance prints is shown here."
    has_cursor = False

    def __init__(self, clock: Clock, glyphs: Glyphs) -> None:
        super().__init__("output", clock, glyphs)
        self.instance = ""
        self._found: deque[tuple[int, str]] = deque(maxlen=MATCHES_KEPT)
        """With a filter: the lines that contain it, with their numbers."""
        self._looked_to = 0

    def show(self, mirror: Mirror) -> None:
        """Show this mirror from now on."""
        self._mirror = mirror
        self.renew()

    def choose(self, instance: str) -> None:
        """Show the output of another instance."""
        if instance != self.instance:
            self.instance = instance
            self.refilter()
            self.forget()

    def renew(self) -> None:
        """There are new lines."""
        if self.filter:
            self._find_more()
        super().renew()

    def refilter(self) -> None:
        """Look through all lines again."""
        self._found.clear()
        self._looked_to = 0
        if self.filter:
            self._find_more()

    def _find_more(self) -> None:
        lines = self._lines_of()
        if lines is None:
            return
        wanted = self.filter.casefold()
        while self._found and self._found[0][0] < lines.first:
            self._found.popleft()
        start = max(self._looked_to - lines.first, 0)
        for index in range(start, len(lines.lines)):
            text = lines.lines[index]
            if wanted in text.casefold():
                self._found.append((lines.first + index, text))
        self._looked_to = lines.first + len(lines.lines)

    def _lines_of(self) -> OutputLines | None:
        return self._mirror.output.get(self.instance) if self._mirror is not None else None

    def total(self) -> int:
        """How many lines are kept."""
        if self.filter:
            return len(self._found)
        lines = self._lines_of()
        return len(lines.lines) if lines is not None else 0

    def sequence(self, index: int) -> int:
        """The number of a line, counted since the instance was followed."""
        if self.filter:
            return self._found[index][0]
        lines = self._lines_of()
        return lines.first + index if lines is not None else index

    def empty_text(self) -> str:
        """What is said while there is no line."""
        said = super().empty_text()
        return self.NOBODY if said == self.EMPTY and not self.instance else said

    def title_text(self) -> str:
        """Whose lines these are."""
        name = f"{clean(self.instance)} {self.glyphs.dot} output" if self.instance else "output"
        return f"{name} {self.glyphs.dot} {clean(self.filter)}" if self.filter else name

    def spans(self, index: int, part: int, width: int, ground: str) -> list[Span]:
        """The line."""
        lines = self._lines_of()
        text = self._found[index][1] if self.filter else lines.lines[index] if lines is not None else ""
        return [
            (" ", self.tone("text")),
            (cut(self.glyphs.text(clean(text)), width - 1, self.glyphs.more), self.tone("dim")),
        ]
