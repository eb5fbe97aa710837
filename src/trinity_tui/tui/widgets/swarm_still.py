"""The swarm's still layer: its nodes and lines, painted where they changed, kept as strips; what moves lies over it.

A node may be due several times in a beat: what it says changed, it flashes, its sparkline goes on. It is painted once,
when a row is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.tui.cells import Sheet
from trinity_tui.tui.safe_text import width, wrap
from trinity_tui.tui.widgets.node_paint import paint_box, paint_cell, paint_line, paint_row

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from trinity_tui.tui.glyphs import Glyphs
    from trinity_tui.tui.layout.geometry import Box
    from trinity_tui.tui.layout.placement import Placement
    from trinity_tui.tui.painted import PaintedRow
    from trinity_tui.tui.widgets.node_paint import Look, Toner
    from trinity_tui.tui.widgets.swarm_lines import Lines
    from trinity_tui.tui.widgets.swarm_motion import Spot

MOST_ID = 16
EMPTY = "No instance yet. They appear here as soon as the coordinator has started them."


class StillLayer:
    """Nodes and lines as cells.

    Args:
        look_of: How a node looks now.
        tone: How a kind of thing is painted.
        glyphs: The signs this terminal can show.
    """

    def __init__(self, look_of: Callable[[str], Look], tone: Toner, glyphs: Glyphs) -> None:
        self._look_of = look_of
        self._tone = tone
        self._glyphs = glyphs
        self._placement: Placement | None = None
        self._seats: Mapping[str, int] = {}
        self._sheet: Sheet | None = None
        self._strips: dict[int, PaintedRow] = {}
        self._due: set[str] = set()
        """Nodes that are to be painted before the next row is given away."""
        self._id_cells = 0

    def paint(self, placement: Placement, seats: Mapping[str, int], lines: Lines) -> None:
        """Everything anew."""
        self._placement, self._seats = placement, seats
        sheet = self._sheet = Sheet(placement.width, placement.height, self._tone("text"))
        self._strips.clear()
        self._due.clear()
        lines.paint(sheet, self._tone, self._glyphs)
        looks = {name: self._look_of(name) for name in placement.boxes}
        self._id_cells = min(MOST_ID, max((width(look.text.id) for look in looks.values()), default=0))
        for name, look in looks.items():
            self._paint(sheet, placement, name, look)

    def renew(self, name: str) -> Box | None:
        """A node looks different now; where it stands, None where it is not shown."""
        box = self._placement.boxes.get(name) if self._placement is not None else None
        if box is not None:
            self._due.add(name)
        return box

    def _paint_due(self, sheet: Sheet, placement: Placement) -> None:
        for name in self._due:
            self._paint(sheet, placement, name, self._look_of(name))
            box = placement.boxes[name]
            for y in range(box.y, box.bottom):
                self._strips.pop(y, None)
        self._due.clear()

    def _paint(self, sheet: Sheet, placement: Placement, name: str, look: Look) -> None:
        box = placement.boxes[name]
        match placement.density:
            case "box":
                paint_box(sheet, box, look, self._tone, self._glyphs)
            case "row":
                paint_row(sheet, box, look, self._id_cells, self._tone, self._glyphs)
            case "line":
                paint_line(sheet, box, look, self._tone, self._glyphs)
            case "cell":
                paint_cell(sheet, box, look, self._seats[name], self._tone, self._glyphs)

    def row(self, y: int, marks: Sequence[Spot]) -> PaintedRow | None:
        """One row with what is over it now; None where nothing is painted."""
        if self._sheet is None or self._placement is None or not self._seats or y >= self._sheet.height:
            return None
        if self._due:
            self._paint_due(self._sheet, self._placement)
        if marks:
            return self._marked(self._sheet, y, marks)
        strip = self._strips.get(y)
        if strip is None:
            strip = self._strips[y] = self._sheet.strip(y)
        return strip

    def _marked(self, sheet: Sheet, y: int, marks: Sequence[Spot]) -> PaintedRow:
        scratch = Sheet(sheet.width, 1, self._tone("text"))
        scratch.copy_row(0, sheet, y)
        for mark in marks:
            style = self._tone("mark-hot" if mark.is_hot else mark.tone)
            scratch.put(mark.x, 0, mark.sign(self._glyphs), style)
        return scratch.strip(0)

    def empty_row(self, y: int, columns: int, rows: int, said: str = EMPTY) -> PaintedRow:
        """A row below the last node, or of what is said where there is none."""
        sheet = Sheet(columns, 1, self._tone("text"))
        told = wrap(said, max(1, columns - 4), 4, self._glyphs.more) if not self._seats else []
        index = y - max(0, rows // 2 - len(told))
        if 0 <= index < len(told):
            sheet.put(max(1, (columns - width(told[index])) // 2), 0, told[index], self._tone("faint"))
        return sheet.strip(0)
