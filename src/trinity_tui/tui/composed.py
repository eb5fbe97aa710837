"""Finds what is to be written where something changed: of those widgets that are seen there, and of no other line.

Textual asks every widget for every line of it, whatever changed, and writes from the left edge of the widget on. On a
busy screen that is most of what a letter takes. Here each changed stretch of a line is a gap, filled by the widget that
lies in front; what has no gap is not looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual._compositor import Compositor, CompositorUpdate
from textual.geometry import Region

from trinity_tui.tui.painted import PaintedRow

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rich.console import Console
    from textual.strip import Strip
    from textual.widget import Widget

Gap = tuple[int, int]
"""The first column that is to be written, and the first after it that is not."""
Gaps = dict[int, list[Gap]]
"""By line."""
Piece = tuple[int, int, "Strip"]
"""The line and the column a strip stands at."""


class Pieces(CompositorUpdate):
    """What is to be written."""

    def __init__(self, pieces: list[Piece]) -> None:
        self.pieces = sorted(pieces, key=lambda piece: piece[:2])

    def render_segments(self, console: Console) -> str:
        """As a terminal takes it; the cursor is moved only where it does not stand already."""
        written: list[str] = []
        stands_at = (-1, -1)
        for y, x, strip in self.pieces:
            if (y, x) != stands_at:
                written.append(f"\x1b[{y + 1};{x + 1}H")
            written.append(strip.render(console))
            stands_at = (y, x + strip.cell_length)
        return "".join(written)


class Composed(Compositor):
    """Where the widgets of a screen are, and what of them is to be written."""

    def __init__(self) -> None:
        super().__init__()
        self._looked_at: Mapping[Widget, tuple[Region, Region]] | None = None
        self._in_front: set[Widget] = set()
        """Those nothing lies over."""

    def render_partial_update(self) -> Pieces | None:  # pyright: ignore[reportIncompatibleMethodOverride]  # written alike
        """What changed since the last time; None where nothing did."""
        gaps = self._gaps()
        if not gaps:
            return None
        pieces: list[Piece] = []
        in_front = self._find_in_front()
        for widget, (region, clip) in self.visible_widgets.items():
            seen = region.intersection(clip)
            for first, count in _runs(gaps, seen):
                part = Region(seen.x - region.x, first - region.y, seen.width, count)
                for y, strip in enumerate(widget.render_lines(part), first):
                    pieces += _fill(gaps, y, seen.x, strip, may_overflow=widget in in_front)
            if not gaps:
                break
        return Pieces(pieces)

    def _gaps(self) -> Gaps:
        screen, gaps = self.size.region, Gaps()
        regions = [region.intersection(screen) for region in self._dirty_regions]
        self._dirty_regions.clear()
        for y, first, end in self._regions_to_spans(regions):
            gaps.setdefault(y, []).append((first, end))
        return gaps

    def _find_in_front(self) -> set[Widget]:
        # Textual makes another mapping whenever something has moved.
        if self._looked_at is not (widgets := self.visible_widgets):
            self._looked_at = widgets
            before: list[Region] = []
            self._in_front = set()
            for widget, (region, clip) in widgets.items():
                seen = region.intersection(clip)
                if not any(seen.overlaps(other) for other in before):
                    self._in_front.add(widget)
                before.append(seen)
        return self._in_front


def _runs(gaps: Gaps, seen: Region) -> Iterator[tuple[int, int]]:
    """Lines of a widget, one below the other, that have a gap where it is seen: the first, and how many."""
    first, count = 0, 0
    for y in sorted(y for y in gaps if seen.y <= y < seen.bottom):
        if not any(start < seen.right and end > seen.x for start, end in gaps[y]):
            continue
        if count and y == first + count:
            count += 1
            continue
        if count:
            yield first, count
        first, count = y, 1
    if count:
        yield first, count


def _fill(gaps: Gaps, y: int, x: int, strip: Strip, *, may_overflow: bool) -> Iterator[Piece]:
    """The parts of a line that stand in a gap.

    Args:
        gaps: What is not filled yet.
        y: The line.
        x: Where it begins.
        strip: All of it.
        may_overflow: Whether more of it may be written than there is a gap for, as nothing lies over it: the whole row
            is rendered once, each part of it anew.
    """
    end, left = x + strip.cell_length, list[Gap]()
    wanted = [(max(start, x), min(stop, end)) for start, stop in gaps[y] if start < end and stop > x]
    for start, stop in gaps[y]:
        left += [(a, b) for a, b in ((start, min(stop, x)), (max(start, end), stop)) if a < b]
    if left:
        gaps[y] = left
    else:
        del gaps[y]
    is_most = 2 * sum(stop - start for start, stop in wanted) >= strip.cell_length
    if may_overflow and is_most and isinstance(strip, PaintedRow):
        yield y, x, strip
        return
    for start, stop in wanted:
        yield y, start, strip.crop(start - x, stop - x)
