"""A text of many lines in which a word that is longer than a line, a path as a rule, is broken between its parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.content import Content
from textual.widgets import Static

from trinity_tui.tui.safe_text import line_end, width

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.geometry import Size
    from textual.visual import VisualType


class Passage(Static):
    """Shows a cleaned text; whatever else is too long for a line is broken at spaces, as everywhere.

    Args:
        content: What it says.
        more: What every widget takes.
    """

    def __init__(self, content: Content | str = "", **more: Any) -> None:
        super().__init__(content, **more)
        self._whole: VisualType = content
        self._cells = 0

    def update(self, content: VisualType = "", *, layout: bool = True) -> None:
        """Say something else."""
        self._whole = content
        super().update(self._within(self._cells), layout=layout)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """How many lines it takes: only now it is known how long they are."""
        if width != self._cells:
            self._cells = width
            super().update(self._within(width), layout=False)
        return super().get_content_height(container, viewport, width)

    def _within(self, cells: int) -> VisualType:
        return within(self._whole, cells) if isinstance(self._whole, Content) and cells > 0 else self._whole


def within(content: Content, cells: int) -> Content:
    """The same with line ends where a word would be broken anywhere."""
    if all(width(word) <= cells for word in content.plain.split()):
        return content
    lines = content.split(allow_blank=True)
    return Content("\n").join(piece for line in lines for piece in _pieces(line, cells))


def _pieces(line: Content, cells: int) -> Iterator[Content]:
    plain = line.plain
    if all(width(word) <= cells for word in plain.split()):
        yield line
        return
    indent = len(plain) - len(plain.lstrip(" "))
    indent = indent if 2 * indent < cells else 0
    start = indent
    while start < len(plain):
        end = start + line_end(plain[start:], cells - indent)
        yield Content(" " * indent) + line[start:end].rstrip()
        start = end + len(plain[end:]) - len(plain[end:].lstrip(" "))
