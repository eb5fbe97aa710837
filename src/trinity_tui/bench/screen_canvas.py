"""A bare canvas to compare the screen with: 64 nodes in a grid, all repainted twenty times a second."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.app import App, ComposeResult
from textual.strip import Strip
from textual.widget import Widget

NODES, ACROSS, HERTZ = 64, 8, 20


class Canvas(Widget):
    """The grid."""

    beat = 0

    def on_mount(self) -> None:
        """Begin to repaint."""
        self.set_interval(1 / HERTZ, self._step)

    def _step(self) -> None:
        self.beat += 1
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One row of nodes."""
        width = self.size.width // ACROSS
        row, line = divmod(y, max(1, self.size.height // (NODES // ACROSS)))
        names = range(row * ACROSS, min(NODES, (row + 1) * ACROSS))
        style = Style(color="cyan" if line else "white")
        texts = [f"node-{name}" if line == 0 else f"busy {self.beat + name} s" if line == 1 else "" for name in names]
        return Strip([Segment(text.ljust(width), style) for text in texts]).adjust_cell_length(self.size.width)


class Bare(App[None]):
    """Only the canvas."""

    def compose(self) -> ComposeResult:
        """Only the canvas."""
        yield Canvas()


if __name__ == "__main__":
    Bare().run()
