"""A sheet of styled cells that becomes strips: how the canvas and the row panes paint without knowing the terminal."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.segment import Segment

from trinity_tui.tui.painted import PaintedRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style

_NARROW = re.compile("[ -~\u2010-\u2015\u2190-\u21ff\u2500-\u25fc]*")
"""Characters of one cell each, of which most of what is painted consists: text, frames, signs."""

Span = tuple[str, "Style"]
"""A cleaned text and how it is painted."""


class Sheet:
    """Cells to be painted on; what does not fit is left out, and a wide character is never halved.

    Args:
        width: In cells.
        height: In cells.
        blank: The style of a cell nothing was painted on.
    """

    def __init__(self, width: int, height: int, blank: Style) -> None:
        self.width = width
        self.height = height
        self._blank = blank
        self._texts = [[" "] * width for _ in range(height)]
        self._styles = [[blank] * width for _ in range(height)]

    def put(self, x: int, y: int, text: str, style: Style) -> int:
        """Paint a cleaned text; the first column after it."""
        if not 0 <= y < self.height:
            return x
        texts, styles = self._texts[y], self._styles[y]
        end = x + len(text)
        if 0 <= x and x < end <= self.width and _NARROW.fullmatch(text):
            self._clear(texts, x, len(text))
            texts[x:end], styles[x:end] = text, [style] * len(text)
            return end
        for character in text:
            size = 1 if character.isascii() else cell_len(character)
            if size == 0:
                if 0 < x <= self.width and texts[x - 1]:
                    texts[x - 1] += character
                continue
            if x < 0 or x + size > self.width:
                break
            self._clear(texts, x, size)
            texts[x], styles[x] = character, style
            if size == 2:
                texts[x + 1], styles[x + 1] = "", style
            x += size
        return x

    def _clear(self, texts: list[str], x: int, size: int) -> None:
        # Painting over one half of a wide character leaves a blank for the other half.
        if texts[x] == "" and x:
            texts[x - 1] = " "
        after = x + size
        if after < self.width and texts[after] == "":
            texts[after] = " "

    def text(self, x: int, y: int) -> str:
        """What stands in a cell; empty in the second half of a wide character."""
        return self._texts[y][x]

    def style(self, x: int, y: int, style: Style) -> None:
        """Paint a cell in another style."""
        if 0 <= x < self.width and 0 <= y < self.height:
            self._styles[y][x] = style

    def copy_row(self, y: int, source: Sheet, source_y: int) -> None:
        """Take a row over from a sheet of the same width."""
        self._texts[y][:] = source._texts[source_y]
        self._styles[y][:] = source._styles[source_y]

    def strip(self, y: int) -> PaintedRow:
        """One row, as runs of one style."""
        texts, styles = self._texts[y], self._styles[y]
        edges = [0, *(x for x in range(1, self.width) if styles[x] is not styles[x - 1]), self.width]
        segments = [Segment("".join(texts[start:end]), styles[start]) for start, end in pairwise(edges)]
        return PaintedRow(segments, self.width)


def line(spans: Sequence[Span], width: int, blank: Style) -> PaintedRow:
    """Spans that fit, as one row of exactly this width; only the last may be cut, by whoever made it."""
    segments: list[Segment] = []
    used = 0
    for text, style in spans:
        size = cell_len(text)
        if used + size > width:
            break
        segments.append(Segment(text, style))
        used += size
    if used < width:
        segments.append(Segment(" " * (width - used), blank))
    return PaintedRow(segments, width)
