"""Where one can jump to: the screen as it was, with two letters at each place; typing them goes there."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import msgspec
from textual.screen import ModalScreen
from textual.strip import Strip

from trinity_tui.tui.cells import line
from trinity_tui.tui.jump_labels import Kind
from trinity_tui.tui.tones import Toned

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType


class Spot(msgspec.Struct, frozen=True):
    """A place to jump to.

    Attributes:
        label: The letters that lead there.
        kind: What it is.
        name: The node, the pane, or the action of the tab.
        x: The column of its label on the screen.
        y: Its row.
    """

    label: str
    kind: Kind
    name: str
    x: int
    y: int


class Jump(ModalScreen[Spot]):
    """Takes two letters.

    Args:
        strips: The screen below.
        spots: The places.
    """

    HELP = "Two letters go to the place they stand at, a click too; `esc` stays.\n"
    BINDINGS: ClassVar[list[BindingType]] = [("escape", "stay", "Stay"), ("backspace", "begin", "Other letters")]

    def __init__(self, strips: Sequence[Strip], spots: Sequence[Spot]) -> None:
        super().__init__()
        self._picture = Picture(strips, spots)
        self._spots = spots

    def compose(self) -> ComposeResult:
        """The picture."""
        yield self._picture

    def on_key(self, event: events.Key) -> None:
        """One letter more."""
        letter = event.character or ""
        begun = self._picture.begun + letter
        if letter and any(spot.label.startswith(begun) for spot in self._spots):
            event.stop()
            self._picture.begin(begun)
            self._go(next((spot for spot in self._spots if spot.label == begun), None))

    def on_click(self, event: events.Click) -> None:
        """Go to the label under the pointer; elsewhere, stay."""
        here = (spot for spot in self._spots if spot.y == event.screen_y and 0 <= event.screen_x - spot.x < 2)
        found = next(here, None)
        if found is None:
            self.dismiss(None)
        self._go(found)

    def _go(self, spot: Spot | None) -> None:
        if spot is not None:
            self.dismiss(spot)

    def on_resize(self, event: events.Resize) -> None:
        """Places are elsewhere on another size."""
        if event.size != self._picture.drawn_for:
            self.dismiss(None)

    def action_stay(self) -> None:
        """Go nowhere."""
        self.dismiss(None)

    def action_begin(self) -> None:
        """Take the letter back."""
        self._picture.begin("")


class Picture(Toned):
    """The screen below, and the labels."""

    def __init__(self, strips: Sequence[Strip], spots: Sequence[Spot]) -> None:
        super().__init__("jump")
        self._strips = strips
        self._spots = spots
        self.drawn_for = (strips[0].cell_length if strips else 0, len(strips))
        """Columns and rows of the screen it shows."""
        self.begun = ""

    def begin(self, begun: str) -> None:
        """These letters were typed: only the labels that begin so are left."""
        self.begun = begun
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One row with its labels."""
        width = self.size.width
        if y >= len(self._strips):
            return line([], width, self.tone("text"))
        row, parts, at = self._strips[y], list[Strip](), 0
        for spot in sorted((spot for spot in self._spots if spot.y == y), key=lambda spot: spot.x):
            if spot.x >= at and spot.label.startswith(self.begun):
                mark = line([(spot.label, self.tone("waiting"))], len(spot.label), self.tone("text"))
                parts += [row.crop(at, spot.x), mark]
                at = spot.x + len(spot.label)
        return Strip.join([*parts, row.crop(at, width)])
