"""What each kind of thing is painted like, by name, for widgets that paint rows themselves.

A tone is made of theme variables only, so a change of theme repaints everything; the state of an instance has the tone
``state-<state>`` in small letters. They are no component classes: Textual would style each of them anew for every
widget whenever anything about it changes, which took a fifth of the time to the first frame.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Self, cast

import msgspec
from rich.style import Style
from textual.color import Color
from textual.dom import NoScreen
from textual.filter import ANSIToTruecolor
from textual.widget import Widget

from trinity_tui.tui.painted import FramedLines
from trinity_tui.tui.painting import Painting

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.app import App
    from textual.filter import LineFilter
    from textual.geometry import Region, Size
    from textual.strip import Strip


class Tone(msgspec.Struct, frozen=True):
    """Names of theme variables; an empty ground is the widget's own."""

    color: str
    ground: str = ""
    bold: bool = False
    italic: bool = False


TONES: dict[str, Tone] = {
    "text": Tone("foreground"),
    "strong": Tone("foreground", bold=True),
    "dim": Tone("text-dim"),
    "faint": Tone("text-faint"),
    "frame": Tone("frame"),
    "accent": Tone("accent"),
    "primary": Tone("primary"),
    "name": Tone("secondary"),
    "person": Tone("person", bold=True),
    "warning": Tone("warning"),
    "error": Tone("error", bold=True),
    "success": Tone("success"),
    "md-heading": Tone("primary", bold=True),
    "md-emphasis": Tone("foreground", italic=True),
    "md-link": Tone("secondary"),
    "md-inline": Tone("accent"),
    "md-code": Tone("secondary"),
    "md-quote": Tone("accent"),
    "md-mark": Tone("primary"),
    "thinking": Tone("text-faint", italic=True),
    "key": Tone("primary", bold=True),
    "brand": Tone("background", "primary", bold=True),
    "past": Tone("background", "warning", bold=True),
    "waiting": Tone("background", "accent", bold=True),
    "urgent": Tone("urgent", bold=True),
    "found": Tone("foreground", "chosen", bold=True),
    "found-here": Tone("background", "accent", bold=True),
    "chosen": Tone("foreground", "chosen"),
    "chosen-frame": Tone("frame-focus", bold=True),
    "edge": Tone("edge"),
    "edge-live": Tone("edge-live"),
    "edge-hot": Tone("edge-hot"),
    "mark": Tone("mark", bold=True),
    "mark-hot": Tone("mark-hot", bold=True),
    "state-online": Tone("node-online"),
    "state-busy": Tone("node-busy"),
    "state-starting": Tone("node-starting"),
    "state-degraded": Tone("node-degraded"),
    "state-offline": Tone("node-offline"),
    "state-crashed": Tone("node-crashed", bold=True),
    "state-parked": Tone("node-crashed", bold=True),
    "state-paused": Tone("node-paused"),
    "state-unknown": Tone("node-unknown"),
}


QUIET = frozenset({"text-faint", "frame"})
"""What the terminal is asked to paint weakly where it has no colour for that."""


def _few(tone: Tone, ground: str, variables: Mapping[str, str]) -> Style:
    # Sixteen colours, or none: a ground is told by reversing, which every terminal does and no palette spoils.
    if ground:
        name = ground if tone.color == "background" else "foreground"
        return Style(color=Color.parse(variables[name]).rich_color, reverse=True, bold=tone.bold)
    color = Color.parse(variables[tone.color]).rich_color
    return Style(color=color, bold=tone.bold, italic=tone.italic, dim=tone.color in QUIET)


class Toned(Widget):
    """A widget that paints with tones."""

    def __init__(self, name: str) -> None:
        super().__init__(id=name)
        self._styles_cache = FramedLines()
        self._painted_size: Size | None = None
        self._tones: dict[tuple[str, str], Style] = {}

    @property
    def size(self) -> Size:
        """How much room there is; looked up once for all lines that are painted together, as that takes a while."""
        return self._painted_size or super().size

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Say that something looks different; the screen hears of it at once, on Textual's way with the fifth message.

        Args:
            regions: Where; everywhere if none is named.
            repaint: Whether what is there is painted anew.
            layout: Whether it may have another size.
            recompose: Whether it may consist of other widgets.
        """
        is_paint = repaint and not layout and not recompose and self._is_mounted
        if is_paint and (screen := self._painting()) is not None and screen.paint_soon(self):
            self._set_dirty(*regions)
            return self
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def _painting(self) -> Painting | None:
        """The screen, where it is one that can be told; none once this widget was taken off it."""
        with suppress(NoScreen):
            return screen if isinstance(screen := self.screen, Painting) else None
        return None

    def render_lines(self, crop: Region) -> list[Strip]:
        """Its lines with their frame."""
        self._painted_size = super().size
        try:
            return super().render_lines(crop)
        finally:
            self._painted_size = None

    def tone(self, name: str, *, on: str = "") -> Style:
        """How a kind of thing is painted here.

        Args:
            name: One of ``TONES``; the tone of a state nobody knows is that of an unknown one.
            on: The tone whose ground is taken instead of the widget's.
        """
        style = self._tones.get((name, on))
        if style is None:
            tone = TONES.get(name, TONES["state-unknown"])
            ground = TONES[on].ground if on else tone.ground
            style = self._tones[name, on] = self._style(tone, ground)
        return style

    def _style(self, tone: Tone, ground: str) -> Style:
        # The result type of an App that only widgets know is left open.
        app = cast("App[None]", self.app)  # pyright: ignore[reportUnknownMemberType]
        variables = app.theme_variables
        if app.native_ansi_color:
            return _few(tone, ground, variables)
        behind = Color.parse(variables[ground]) if ground else self.background_colors[1]
        color = behind + Color.parse(variables[tone.color])
        return Style(color=color.rich_color, bgcolor=behind.rich_color, bold=tone.bold, italic=tone.italic)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Those of the app, but for the one that makes true colours of others: tones have no others."""
        return [item for item in super().get_line_filters() if not isinstance(item, ANSIToTruecolor)]

    def notify_style_update(self) -> None:
        """Colours changed, or what they stand on."""
        self._tones.clear()
        super().notify_style_update()
