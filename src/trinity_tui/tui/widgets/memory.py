"""What they have learned: findings with their weight and who found them, the newest at the bottom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.tui.safe_text import clean, cut, fit
from trinity_tui.tui.safe_text import width as cell_width
from trinity_tui.tui.widgets.tail import Tail

if TYPE_CHECKING:
    from trinity_tui.client.mirror import Mirror
    from trinity_tui.core.room import Finding
    from trinity_tui.tui.cells import Span
    from trinity_tui.tui.clock import Clock
    from trinity_tui.tui.glyphs import Glyphs

SEVERITY_TONES = {"critical": "error", "high": "error", "warning": "warning", "medium": "warning", "low": "faint"}
FROM_CELLS = 13
PLACE_WIDTH = 60
"""From here on a finding says its file and line in the row."""


class Memory(Tail):
    """All findings of the room."""

    HELP = """\
What the instances found out and shared; a finding whose cause is gone disappears.
Arrows choose one, `enter` opens the evidence. `/` shows only what contains a text.
"""
    TITLE = "Memory"
    EMPTY = "Nothing learned yet. What the instances find out appears here by itself."

    def __init__(self, clock: Clock, glyphs: Glyphs) -> None:
        super().__init__("memory", clock, glyphs)
        self._findings: list[Finding] = []
        self.author = ""
        """Whose findings are shown; empty for everybody's."""

    def show(self, mirror: Mirror) -> None:
        """Show this mirror from now on."""
        self._mirror = mirror
        self.renew()

    def choose(self, author: str) -> None:
        """Show what this one found out; everybody's where it is empty."""
        if author != self.author:
            self.author = author
            self.refilter()
            self.forget()

    def renew(self) -> None:
        """The findings changed."""
        self.refilter()
        super().renew()

    def refilter(self) -> None:
        """Find those that contain the text."""
        findings = list(self._mirror.room.findings.values()) if self._mirror is not None else []
        if self.author:
            findings = [finding for finding in findings if finding.from_ == self.author]
        wanted = self.filter.casefold()
        if wanted:
            findings = [f for f in findings if wanted in f"{f.from_} {f.text} {f.path} {f.rule}".casefold()]
        self._findings = findings

    def total(self) -> int:
        """How many findings are shown."""
        return len(self._findings)

    def sequence(self, index: int) -> int:
        """The position of the message that said it."""
        return self._findings[index].position

    def finding(self, index: int) -> Finding:
        """One finding."""
        return self._findings[index]

    def text_of(self, index: int) -> str:
        """What was found."""
        return self.finding(index).text

    def title_text(self) -> str:
        """The name of the pane, and how many there are."""
        title = super().title_text()
        return f"{title} {self.total()}" if self.total() else title

    def spans(self, index: int, part: int, width: int, ground: str) -> list[Span]:
        """The finding, its weight, and whose it is."""
        finding = self._findings[index]
        source = cut(clean(finding.from_), min(FROM_CELLS, width // 3), self.glyphs.more)
        place = self._place(finding) if width >= PLACE_WIDTH else ""
        room = max(0, width - 4 - cell_width(source) - cell_width(place))
        return [
            (f" {self.glyphs.bullet} ", self.tone(SEVERITY_TONES.get(finding.severity, "primary"), on=ground)),
            (fit(self.glyphs.text(clean(finding.text)), room, self.glyphs.more), self.tone("text", on=ground)),
            (place, self.tone("faint", on=ground)),
            (f" {source}", self.tone("name", on=ground)),
        ]

    def _place(self, finding: Finding) -> str:
        """Where it was found, unless it says so itself."""
        line = f":{finding.line}" if finding.line else ""
        if not finding.path or f"{finding.path}{line}" in finding.text:
            return ""
        if finding.path in finding.text:
            return f" line {finding.line}"
        return f" {cut(clean(finding.path), 24, self.glyphs.more)}{line}"
