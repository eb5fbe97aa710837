"""The swarm: every instance as a node, who talks to whom as lines, every message as a mark that travels once.

One canvas paints all of it. Nodes and lines are a still layer that is repainted where it changed; marks are functions
of time painted over it, and only for real records. The owner calls ``renew`` when the mirror changed and ``look`` when
``pace`` says so; by itself the canvas does nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.content import Content
from textual.geometry import Region
from textual.message import Message

from trinity_tui.core.address import BROADCAST
from trinity_tui.tui import actions
from trinity_tui.tui.cells import Sheet
from trinity_tui.tui.layout.hit import Direction, neighbour, node_at
from trinity_tui.tui.layout.placement import Density, Placement, place
from trinity_tui.tui.node import NodeText, describe
from trinity_tui.tui.safe_text import clean, width, wrap
from trinity_tui.tui.seats import Seats
from trinity_tui.tui.tones import Toned
from trinity_tui.tui.traffic import Traffic
from trinity_tui.tui.widgets.node_paint import Look, paint_box, paint_cell, paint_row
from trinity_tui.tui.widgets.swarm_lines import Lines
from trinity_tui.tui.widgets.swarm_motion import Motion

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual import events
    from textual.strip import Strip

    from trinity_tui.client.mirror import Mirror
    from trinity_tui.tui.clock import Clock
    from trinity_tui.tui.glyphs import Glyphs
    from trinity_tui.tui.pace import Pace

MOST_ID = 16
EMPTY = "No instance yet. They appear here as soon as the coordinator has started them."
SPARK_SECONDS = 1.0
MOST_WORDS = 160
"""Characters of the last message; no box shows more."""
_NOWHERE = Placement("box", 0, 0, 0)


class Swarm(Toned, can_focus=True):
    """The canvas of nodes."""

    HELP = """\
Every instance is a node; lines join those who talked in the last minute, a mark is one message under way.
Arrows choose a node by its place, `enter` shows its output, `m` or its digit writes to it.
`w` says where its state comes from; `r`, `s` and `p` restart, start or stop, and pause it.
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

    def __init__(self, clock: Clock, glyphs: Glyphs, seats: Seats | None = None, *, is_animated: bool = True) -> None:
        super().__init__("swarm")
        self._seating = seats if seats is not None else Seats()
        self._clock = clock
        self._glyphs = glyphs
        self._mirror: Mirror | None = None
        self._is_animated = is_animated
        self._density: Density | None = None
        self._top = 0
        self._texts: dict[str, NodeText] = {}
        self._strips: dict[int, Strip] = {}
        self._sheet: Sheet | None = None
        self._stale: set[str] = set()
        """Nodes whose sparkline is not what it should be; they are painted once a second at most."""
        self._sparked = 0.0
        self._second = 0
        """The one whose durations are shown."""
        self.chosen = ""
        self.seats: dict[str, int] = {}
        self.placement = _NOWHERE
        self.traffic = Traffic()
        self.lines = Lines()
        self.motion = Motion()

    # What the owner calls ------------------------------------------------------------------------------------------

    def show(self, mirror: Mirror) -> None:
        """Show this mirror from now on."""
        self._mirror = mirror
        self.renew_all()

    def use_density(self, density: Density | None) -> None:
        """Show nodes at this density, or at the one that fits best."""
        if density != self._density:
            self._density = density
            self._place()

    def renew_all(self) -> None:
        """The room was replaced, or is shown for the first time."""
        self.traffic = Traffic()
        self.motion = Motion()
        if self._mirror is not None:
            self.traffic.take(self._mirror.room, self._clock.now())
        self._place()

    def renew(self, names: Iterable[str]) -> None:
        """What is said about these instances changed."""
        if self._mirror is None:
            return
        if self._mirror.room.instances.keys() != self.seats.keys():
            self._place()
            return
        for name in names:
            self._renew_text(name)

    def renew_traffic(self) -> None:
        """The flow has new rows."""
        if self._mirror is None:
            return
        now = self._clock.now()
        trips = self.traffic.take(self._mirror.room, now)
        self._stale.update(trip.sender for trip in trips)
        self._renew_lines(now)
        if self._is_animated:
            for trip in trips:
                self.motion.start(trip, self.placement, self.lines, now)
            self._move(now)

    def look(self) -> None:
        """Time has passed: move what moves, count what counts, let fade what fades."""
        now = self._clock.now()
        self._move(now)
        if int(now) != self._second:
            has_minute_turned = int(now) // 60 != self._second // 60
            self._second = int(now)
            for name, text in list(self._texts.items()):
                if text.is_ticking or (has_minute_turned and text.age):
                    self._renew_text(name)
        if self.traffic.has_turned(now):
            self._stale.update(self.seats)
        if self._renew_lines(now):
            self._stale.clear()
        elif now - self._sparked >= SPARK_SECONDS and self._stale:
            self._sparked = now
            for name in self._stale & self.placement.boxes.keys():
                self._paint_node(name)
            self._stale.clear()

    @property
    def pace(self) -> Pace:
        """How soon something changes here by itself."""
        if self.motion.is_moving:
            return "moving"
        if self.motion.is_flashing:
            return "flashing"
        if self._stale or self.is_ticking:
            return "ticking"
        return "still" if self.traffic.is_quiet(self._clock.now()) else "fading"

    @property
    def is_ticking(self) -> bool:
        """Whether a node says something that changes every second."""
        return any(text.is_ticking for text in self._texts.values())

    # Choosing ------------------------------------------------------------------------------------------------------

    def choose(self, name: str) -> None:
        """Make this the node keys act on."""
        if name == self.chosen or name not in self.seats:
            return
        before, self.chosen = self.chosen, name
        self._bring_into_view(name)
        for changed in (before, name):
            if changed in self.placement.boxes:
                self._paint_node(changed)
        self.post_message(self.Chosen(name))

    def _step(self, direction: Direction) -> None:
        if self.chosen not in self.placement.boxes:
            self.choose(min(self.seats, key=lambda name: self.seats[name], default=""))
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
        self.tooltip = Content(self._tip(name)) if name is not None else None

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Show what lies below."""
        self._scroll_by(1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Show what lies above."""
        self._scroll_by(-1)

    def _under(self, event: events.MouseEvent) -> str | None:
        offset = event.get_content_offset(self)
        return node_at(self.placement, offset.x, offset.y + self._top) if offset is not None else None

    def _tip(self, name: str) -> str:
        view = self._mirror.room.instances.get(name) if self._mirror is not None else None
        text = self._texts.get(name)
        if view is None or text is None:
            return name
        reason = clean(view.reason) or "no reason given"
        source = clean(view.source) or "unknown"
        return f"{text.id} · {text.state.lower()} · {text.word} {text.age}\n{reason}\nsaid by {source}"

    # Layout and the still layer ------------------------------------------------------------------------------------

    def on_resize(self) -> None:
        """Everything has a new place."""
        self._place()

    def notify_style_update(self) -> None:
        """Colours changed: paint all again."""
        super().notify_style_update()
        if self.is_attached and self._mirror is not None:
            self._repaint()

    def _place(self) -> None:
        if self._mirror is None or not self.size:
            return
        views = self._mirror.room.instances
        self.seats = self._seating.take(views.values())
        self.placement = place(self.seats, self.size.width, self.size.height, self._density)
        self.lines.place(self.placement)
        self.motion = Motion()
        self._top = min(self._top, max(0, self.placement.height - self.size.height))
        now = self._clock.now()
        self._texts = {
            name: describe(views[name], self._mirror.live.get(name), seat, now) for name, seat in self.seats.items()
        }
        self.lines.renew(self.traffic.pairs(now))
        self._repaint()
        if self.chosen not in self.seats and self.seats:
            self.choose(min(self.seats, key=lambda name: self.seats[name]))

    def _repaint(self) -> None:
        if not self.size or not self.placement.width:
            return
        sheet = self._sheet = Sheet(self.placement.width, self.placement.height, self.tone("text"))
        self.lines.paint(sheet, self.tone, self._glyphs)
        for name in self.placement.boxes:
            self._paint(sheet, name)
        self._strips.clear()
        self.refresh()

    def _renew_text(self, name: str) -> None:
        view = self._mirror.room.instances.get(name) if self._mirror is not None else None
        if self._mirror is None or view is None or name not in self.placement.boxes:
            return
        text = describe(view, self._mirror.live.get(name), self.seats[name], self._clock.now())
        if text != self._texts.get(name):
            self._texts[name] = text
            self._paint_node(name)

    def _paint_node(self, name: str) -> None:
        if self._sheet is None:
            return
        self._paint(self._sheet, name)
        box = self.placement.boxes[name]
        for y in range(box.y, box.bottom):
            self._strips.pop(y, None)
        self.refresh(Region(box.x, box.y - self._top, box.width, box.height))

    def _paint(self, sheet: Sheet, name: str) -> None:
        now = self._clock.now()
        look = Look(
            self._texts[name],
            self.traffic.spark(name, now),
            self._words(name),
            name == self.chosen,
            self.motion.flash(name, now),
        )
        box, density = self.placement.boxes[name], self.placement.density
        if density == "box":
            paint_box(sheet, box, look, self.tone, self._glyphs)
        elif density == "row":
            paint_row(sheet, box, look, min(MOST_ID, max(map(len, self.seats))), self.tone, self._glyphs)
        else:
            paint_cell(sheet, box, look, self.seats[name], self.tone, self._glyphs)

    def _words(self, name: str) -> str:
        row = self.traffic.last.get(name)
        if row is None:
            return ""
        recipient = "all" if row.to == BROADCAST else row.to
        return f"{self._glyphs.to} {clean(recipient)}: {clean(row.text[:MOST_WORDS])}"

    def _renew_lines(self, now: float) -> bool:
        if self.placement.density != "box" or not self.lines.renew(self.traffic.pairs(now)):
            return False
        self._repaint()
        return True

    # Motion --------------------------------------------------------------------------------------------------------

    def _move(self, now: float) -> None:
        spans, flashed = self.motion.advance(self.placement, now)
        for name in flashed:
            if name in self.placement.boxes:
                self._paint_node(name)
        regions = [
            Region(left, y - self._top, right - left, 1)
            for y, (left, right) in spans.items()
            if 0 <= y - self._top < self.size.height
        ]
        if regions:
            self.refresh(*regions)

    def render_line(self, y: int) -> Strip:
        """One row: the still layer, and what moves over it."""
        row = y + self._top
        if self._sheet is None or not self.seats or row >= self._sheet.height:
            return self._empty(y)
        marks = self.motion.row(row)
        if marks:
            scratch = Sheet(self._sheet.width, 1, self.tone("text"))
            scratch.copy_row(0, self._sheet, row)
            for mark in marks:
                style = self.tone("mark-hot" if mark.is_hot else mark.tone)
                scratch.put(mark.x, 0, mark.sign(self._glyphs), style)
            return scratch.strip(0)
        strip = self._strips.get(row)
        if strip is None:
            strip = self._strips[row] = self._sheet.strip(row)
        return strip

    def _empty(self, y: int) -> Strip:
        sheet = Sheet(self.size.width, 1, self.tone("text"))
        told = wrap(EMPTY, max(1, self.size.width - 4), 4, self._glyphs.more) if not self.seats else []
        index = y - max(0, self.size.height // 2 - len(told))
        if 0 <= index < len(told):
            sheet.put(max(1, (self.size.width - width(told[index])) // 2), 0, told[index], self.tone("faint"))
        return sheet.strip(0)

    def _scroll_by(self, rows: int) -> None:
        top = max(0, min(self._top + rows, self.placement.height - self.size.height))
        if top != self._top:
            self._top = top
            self.refresh()

    def _bring_into_view(self, name: str) -> None:
        box = self.placement.boxes.get(name)
        if box is not None:
            self._scroll_by(min(0, box.y - self._top) or max(0, box.bottom - self._top - self.size.height))
