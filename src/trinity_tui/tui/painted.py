"""Rows that are made once and painted often: strips without a cache of everything, framed once, written briefly.

A pane that follows makes rows by the hundred a second. Textual gives each strip eight caches, joins the frame to it
anew wherever it stands, and writes the whole style of each run; all of that is what a busy screen would do most.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from rich.console import COLOR_SYSTEMS
from rich.segment import Segment
from rich.style import Style
from textual._border import get_box
from textual._styles_cache import StylesCache
from textual.cache import FIFOCache
from textual.color import Color
from textual.strip import Strip
from textual.style import Style as ContentStyle

from trinity_tui.tui.glyphs import ASCII

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from rich.console import Console
    from rich.terminal_theme import TerminalTheme
    from textual.content import Content
    from textual.css.styles import StylesBase
    from textual.css.types import EdgeType
    from textual.filter import LineFilter
    from textual.geometry import Region, Size, Spacing
    from textual.widget import Widget

    Label = tuple[Content, Color, Color, ContentStyle] | None

Sides = tuple[Segment | None, Segment | None]
"""The frame at the left and at the right of a row; None where there is none."""
RESET = "\x1b[0m"


class _Nothing(FIFOCache[Any, Any]):
    """A cache that keeps nothing, for all rows."""

    def __setitem__(self, key: Any, value: Any) -> None:
        """Forget it at once."""


_NOTHING = _Nothing(0)


class PaintedRow(Strip):
    """A line of runs whose styles are tones: no links, nothing that acts when it is clicked."""

    __slots__ = ("_filtered", "_framed", "_sides")

    def __init__(self, segments: Iterable[Segment], cell_length: int) -> None:
        # Not the parent's own: of ten objects a strip consists of, eight would be caches.
        self._segments = list(segments)
        self._cell_length = cell_length
        self._cell_count = self._link_ids = self._render_cache = None
        self._divide_cache = self._crop_cache = self._style_cache = self._filter_cache = _NOTHING
        self._line_length_cache = self._crop_extend_cache = self._offsets_cache = _NOTHING
        self._filtered: tuple[LineFilter, Color, PaintedRow] | None = None
        self._sides: Sides = (None, None)
        self._framed: PaintedRow | None = None

    def render(self, console: Console) -> str:
        """What the terminal is written: between two runs only what is different."""
        if self._render_cache is None:
            system, before, parts = console.color_system, None, list[str]()
            for text, style, _ in self._segments:
                parts += (_turn(before, style, system), text)
                before = style
            self._render_cache = "".join((*parts, RESET))
        return self._render_cache

    def framed(self, sides: Sides) -> PaintedRow:
        """This row between the sides of a frame."""
        if sides == (None, None):
            return self
        if self._framed is None or self._sides != sides:
            left, right = ([side] if side is not None else [] for side in sides)
            self._sides = sides
            self._framed = PaintedRow([*left, *self._segments, *right], self.cell_length + len(left) + len(right))
        return self._framed

    def crop(self, start: int, end: int | None = None) -> Strip:
        """The part between two columns."""
        cropped = super().crop(start, end)
        return cropped if cropped is self else PaintedRow(cropped, cropped.cell_length)

    def divide(self, cuts: Iterable[int]) -> Sequence[Strip]:
        """The parts between columns; all of it where there is one, as there is but below a dialog."""
        wanted = list(cuts)
        return [self] if wanted == [self._cell_length] else super().divide(wanted)

    def apply_filter(self, filter: LineFilter, background: Color) -> Strip:  # noqa: A002  # the name is Textual's
        """This row as a terminal of fewer colours has it."""
        kept = self._filtered
        if kept is None or kept[0] is not filter or kept[1] != background:
            row = PaintedRow(filter.apply(self._segments, background), self.cell_length)
            kept = self._filtered = (filter, background, row)
        return kept[2]


@lru_cache(maxsize=4096)
def _turn(before: Style | None, after: Style | None, system: str | None) -> str:
    """The codes between a run of one style and the next."""
    old, new = _codes(before, system), _codes(after, system)
    if old == new:
        return ""
    if old[0] != new[0] or any(had and not has for had, has in zip(old, new, strict=True)):
        # What is on is switched off by beginning anew.
        codes = ["0" if before is not None else "", *new]
    else:
        codes = [code for had, code in zip(old, new, strict=True) if had != code]
    return f"\x1b[{';'.join(filter(None, codes))}m" if any(codes) else ""


def _codes(style: Style | None, system: str | None) -> tuple[str, str, str]:
    """Its attributes, colour and ground as the terminal is told of them."""
    if style is None:
        return "", "", ""
    system_ = COLOR_SYSTEMS[system or "truecolor"]
    return (
        Strip.render_ansi(style.without_color, system_),
        Strip.render_ansi(Style(color=style.color), system_),
        Strip.render_ansi(Style(bgcolor=style.bgcolor), system_),
    )


class FramedLines(StylesCache):
    """What Textual keeps of a widget's lines, for one that paints rows: those are framed once, not wherever they stand.

    What a style sheet may do beside a frame and a ground is left to Textual.
    """

    def __init__(self) -> None:
        super().__init__()
        self._styled: object = None
        """What was found is true for these styles of the widget and of all it lies in."""
        self._is_plain = False
        self._sides: Sides = (None, None)
        self._top = 0
        """How many lines of the frame are above the first row."""
        self._background = Color(0, 0, 0)

    def render_widget(self, widget: Widget, crop: Region) -> list[Strip]:
        """Its lines; what stands at their sides is found once for all of them, and for those of the next time."""
        # Textual's own caches go by these keys; the colours themselves are looked up in all of them, several times.
        styled = tuple(node.styles._cache_key for node in widget.ancestors_with_self)  # pyright: ignore[reportPrivateUsage]
        if styled != self._styled:
            styles, grounds = widget.styles, widget.background_colors
            self._styled, self._background = styled, grounds[1]
            self._is_plain = _is_plain(styles) and widget.opacity == 1.0
            self._sides, self._top = _sides(styles, *grounds), 1 if styles.border_top[0] else 0
        return self._rows(widget, crop) or super().render_widget(widget, crop)

    def _rows(self, widget: Widget, crop: Region) -> list[Strip]:
        """Whole rows of which none is the frame's own; none where anything else is asked for."""
        content, top = widget.size, self._top
        width = content.width + sum(side is not None for side in self._sides)
        is_within = top <= crop.y and crop.bottom <= top + content.height and crop.column_span == (0, width)
        if not self._is_plain or not is_within:
            return []
        filters, rows = widget.get_line_filters(), list[Strip]()
        for y in crop.line_range:
            row = widget.render_line(y - top)
            if not isinstance(row, PaintedRow) or row.cell_length != content.width:
                return []
            framed: Strip = row.framed(self._sides)
            for item in filters:
                framed = framed.apply_filter(item, self._background)
            rows.append(framed)
        return rows

    def render_line(
        self, styles: StylesBase, y: int, size: Size, content_size: Size, padding: Spacing, base_background: Color,
        background: Color, render_content_line: Callable[[int], Strip], border_title: Label, border_subtitle: Label,
        opacity: float, ansi_theme: TerminalTheme, native_ansi: bool,
    ) -> Strip:  # fmt: skip
        """One line with its frame."""
        if self._is_plain and self._top <= y < self._top + content_size.height:
            row = render_content_line(y - self._top)
            if isinstance(row, PaintedRow) and row.cell_length == content_size.width:
                return row.framed(self._sides)
        if styles.border_top[0] == "ascii":
            border_title, border_subtitle = (
                _in_ascii(each, styles, size.width) for each in (border_title, border_subtitle)
            )
        return super().render_line(
            styles, y, size, content_size, padding, base_background, background, render_content_line, border_title,
            border_subtitle, opacity, ansi_theme, native_ansi,
        )  # fmt: skip


def _in_ascii(label: Label, styles: StylesBase, width: int) -> Label:
    """What a frame says, cut with a sign of ASCII where it is too long: Textual has one sign only."""
    if label is None:
        return None
    # A line of the frame before and after it, a corner and a blank where it has sides.
    corners = sum(bool(edge) for edge, _ in (styles.border_left, styles.border_right))
    content, room = label[0], max(0, width - 2 - 2 * corners)
    if content.cell_length <= room:
        return label
    return (content.truncate(max(0, room - 1)) + ASCII.more, *label[1:])


def _is_plain(styles: StylesBase) -> bool:
    outline = any(edge for edge, _ in styles.outline)
    return not (styles.padding or outline or styles.tint.a or styles.text_opacity != 1.0 or styles.has_rule("hatch"))


def _sides(styles: StylesBase, behind: Color, background: Color) -> Sides:
    inner, outer = ContentStyle(background=behind + background), ContentStyle(background=behind)

    def side(edge: EdgeType, color: Color, column: int) -> Segment | None:
        style = ContentStyle(foreground=behind + color)
        return get_box(edge, inner, outer, style)[1][column] if edge else None

    return side(*styles.border_left, 0), side(*styles.border_right, 2)
