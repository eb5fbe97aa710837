"""A canvas of nodes: each has its place, one of them is chosen, with the arrows or the pointer, and scrolled to.

What is painted there is for the widget to say that is built on this.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.content import Content
from textual.geometry import Offset
from textual.message import Message

from trinity_tui.tui import actions
from trinity_tui.tui.layout.hit import Direction, neighbour, node_at
from trinity_tui.tui.layout.placement import Placement
from trinity_tui.tui.tones import Toned

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual import events

_NOWHERE = Placement("box", 0, 0, 0)


class NodeCanvas(Toned, can_focus=True):
    """Nodes at their places.

    Attributes:
        chosen: The node keys act on; empty while there is none.
        seats: Of every node that is shown, from 0.
        placement: Where they stand.
        top: The first row of the placement that is seen.
    """

    BINDINGS: ClassVar = actions.bindings(["node"])
    can_focus = True

    class Chosen(Message):
        """Another node was chosen."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    class OpenRequested(Message):
        """The person wants to see more of the chosen node."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.chosen = ""
        self.seats: dict[str, int] = {}
        self.placement = _NOWHERE
        self.top = 0

    def paint_nodes(self, names: Iterable[str]) -> None:
        """These look different now."""

    def tip(self, name: str) -> str:
        """What is said of the node under the pointer."""
        return name

    # Choosing ------------------------------------------------------------------------------------------------------

    def choose(self, name: str) -> None:
        """Make this the node keys act on."""
        if name == self.chosen or name not in self.seats:
            return
        before, self.chosen = self.chosen, name
        self._bring_into_view(name)
        self.paint_nodes((before, name))
        self.post_message(self.Chosen(name))

    def choose_first(self) -> None:
        """Choose the one that has the first seat."""
        self.choose(min(self.seats, key=lambda name: self.seats[name], default=""))

    def _step(self, direction: Direction) -> None:
        if self.chosen not in self.placement.boxes:
            self.choose_first()
        elif found := neighbour(self.placement, self.chosen, direction):
            self.choose(found)

    def action_node_left(self) -> None:
        """Choose the node to the left."""
        self._step("left")

    def action_node_right(self) -> None:
        """Choose the node to the right."""
        self._step("right")

    def action_node_up(self) -> None:
        """Choose the node above."""
        self._step("up")

    def action_node_down(self) -> None:
        """Choose the node below."""
        self._step("down")

    def on_click(self, event: events.Click) -> None:
        """Choose the node under the pointer; a second click opens it."""
        name = self._under(event)
        if name is not None:
            self.choose(name)
            if event.chain == 2:
                self.post_message(self.OpenRequested())

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Say more of the node under the pointer."""
        name = self._under(event)
        self.tooltip = Content(self.tip(name)) if name is not None else None

    def _under(self, event: events.MouseEvent) -> str | None:
        offset = event.get_content_offset(self)
        return node_at(self.placement, offset.x, offset.y + self.top) if offset is not None else None

    def label_spots(self) -> dict[str, Offset]:
        """Where on the screen two letters at the end of each node that is seen go.

        At the density of one cell there is no place for them that would not cover a state.
        """
        if self.placement.density == "cell":
            return {}
        inset = 4 if self.placement.density == "box" else 2
        corner = self.content_region.offset
        return {
            name: corner + Offset(box.right - inset, box.y - self.top)
            for name, box in self.placement.boxes.items()
            if 0 <= box.y - self.top < self.size.height and box.right <= self.size.width
        }

    # Scrolling -----------------------------------------------------------------------------------------------------

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Show what lies below."""
        self._scroll_by(1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Show what lies above."""
        self._scroll_by(-1)

    def use(self, placement: Placement) -> None:
        """Have every node stand there from now on, and show no row that is below the last."""
        self.placement = placement
        self.top = min(self.top, max(0, placement.height - self.size.height))

    def _scroll_by(self, rows: int) -> None:
        top = max(0, min(self.top + rows, self.placement.height - self.size.height))
        if top != self.top:
            self.top = top
            self.refresh()

    def _bring_into_view(self, name: str) -> None:
        box = self.placement.boxes.get(name)
        if box is not None:
            self._scroll_by(min(0, box.y - self.top) or max(0, box.bottom - self.top - self.size.height))
