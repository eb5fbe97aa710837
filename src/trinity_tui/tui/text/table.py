"""A table as rows: every column as wide as it needs, the widest give way where there is too little room, cells wrap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.tui.text.rows import Row, Span, cells, flow

if TYPE_CHECKING:
    from trinity_tui.tui.glyphs import Glyphs

GAP = 3
NARROWEST = 4


def table_rows(lines: list[list[list[Span]]], room: int, glyphs: Glyphs) -> list[list[Row]]:
    """By line of the table its rows: those of the head, with a line below, and of the body.

    Args:
        lines: By row and column: what the cell holds. The first is the head.
        room: How wide the table may be.
        glyphs: The signs this terminal has.
    """
    columns = max((len(line) for line in lines), default=0)
    if not columns:
        return [[] for _ in lines]
    widths = _widths(lines, columns, room)
    bar: Span = (f" {glyphs.frame[5]} ", "frame")
    rows = [_line(line, widths, bar) for line in lines]
    rows[0].append(((glyphs.frame[4] * (sum(widths) + GAP * (columns - 1)), "frame"),))
    return rows


def _widths(lines: list[list[list[Span]]], columns: int, room: int) -> list[int]:
    widths = [max(cells(tuple(line[at])) if at < len(line) else 0 for line in lines) for at in range(columns)]
    spare = room - GAP * (columns - 1) - sum(widths)
    while spare < 0 and max(widths) > NARROWEST:
        widest = widths.index(max(widths))
        second = max([size for at, size in enumerate(widths) if at != widest], default=0)
        by = max(1, min(-spare, widths[widest] - max(second, NARROWEST)))
        widths[widest] -= by
        spare += by
    return widths


def _line(line: list[list[Span]], widths: list[int], bar: Span) -> list[Row]:
    wrapped = [flow(line[at], max(1, size)) if at < len(line) else [] for at, size in enumerate(widths)]
    rows: list[Row] = []
    for number in range(max(len(part) for part in wrapped)):
        row: list[Span] = []
        for at, part in enumerate(wrapped):
            cell = part[number] if number < len(part) else ()
            filled = [*cell, (" " * max(0, widths[at] - cells(cell)), "text")]
            row += filled if at == 0 else [bar, *filled]
        rows.append(tuple(row))
    return rows
