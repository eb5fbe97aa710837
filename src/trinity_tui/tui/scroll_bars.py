"""Scroll bars of whole cells, for terminals that have no signs for parts of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.scrollbar import ScrollBar, ScrollBarRender

if TYPE_CHECKING:
    from trinity_tui.tui.glyphs import Glyphs


class WholeCells(ScrollBarRender):
    """A bar that begins and ends with a cell: a cell has one part, and that is all of it."""

    VERTICAL_BARS: ClassVar = [" "]
    HORIZONTAL_BARS: ClassVar = [" "]


def draw_with(glyphs: Glyphs) -> None:
    """Have every scroll bar drawn with what this terminal has."""
    ScrollBar.renderer = WholeCells if glyphs.ascii else ScrollBarRender
