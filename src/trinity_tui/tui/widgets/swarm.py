"""The swarm: every instance as a node, who talks to whom as lines, every message as a mark that travels once.

One canvas paints all of it. Nodes and lines are a still layer that is repainted where it changed; marks are functions
of time painted over it, and only for real records. The owner calls ``renew`` when the mirror changed and ``look`` when
``pace`` says so; by itself the canvas does nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.geometry import Region

from trinity_tui.core.address import BROADCAST
from trinity_tui.core.told import to_you
from trinity_tui.tui.last_known import not_known, told
from trinity_tui.tui.layout.placement import Density, place
from trinity_tui.tui.node import NodeText, source_said, spelled
from trinity_tui.tui.safe_text import clean
from trinity_tui.tui.seats import Seats
from trinity_tui.tui.traffic import Traffic
from trinity_tui.tui.widgets.node_canvas import NodeCanvas
from trinity_tui.tui.widgets.node_paint import Look
from trinity_tui.tui.widgets.swarm_lines import Lines
from trinity_tui.tui.widgets.swarm_motion import Motion
from trinity_tui.tui.widgets.swarm_still import EMPTY, StillLayer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.geometry import Size
    from textual.strip import Strip

    from trinity_tui.client.mirror import Mirror
    from trinity_tui.core.preferences import Animation
    from trinity_tui.core.room import InstanceView
    from trinity_tui.tui.clock import Clock
    from trinity_tui.tui.glyphs import Glyphs
    from trinity_tui.tui.pace import Pace
    from trinity_tui.tui.traffic import Trip

SPARK_SECONDS = 1.0
SPARKS_AT_ONCE = 16
"""More nodes are painted one lot a frame: a key gets in between."""
MOST_WORDS = 160
"""Characters of the last message; no box shows more."""


class Swarm(NodeCanvas):
    """The canvas of nodes."""

    HELP = """\
Every instance is a node; lines join those who talked in the last minute, a mark is one message under way.
Arrows choose a node by its place, `enter` shows its output, `m` or its digit writes to it.
`w` says where its state comes from; `r`, `s` and `p` restart, start or stop, and pause it.
"""

    def __init__(
        self, clock: Clock, glyphs: Glyphs, seats: Seats | None = None, *, animation: Animation = "full"
    ) -> None:
        super().__init__("swarm")
        self._seating = seats if seats is not None else Seats()
        self._clock = clock
        self._glyphs = glyphs
        self._mirror: Mirror | None = None
        self._animation: Animation = animation
        self._density: Density | None = None
        self._placed_in: Size | None = None
        """How much room there was when everything got its place."""
        self._texts: dict[str, NodeText] = {}
        self._still = StillLayer(self._look_of, self.tone, glyphs)
        self._stale: set[str] = set()
        """Nodes whose sparkline is not what it should be; they are painted once a second at most."""
        self._sparking: set[str] = set()
        """Those of them whose turn it is."""
        self._sparked = 0.0
        self._second = 0
        """The one whose durations are shown."""
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
        self._renew_texts(names)

    def renew_traffic(self) -> None:
        """The flow has new rows."""
        if self._mirror is None:
            return
        now = self._clock.now()
        trips = self.traffic.take(self._mirror.room, now)
        self._stale.update(trip.sender for trip in trips)
        self._renew_lines(now)
        if self._animation != "off":
            for trip in trips:
                self._set_off(trip, now)
            self._move(now)

    def look(self) -> None:
        """Time has passed: move what moves, count what counts, let fade what fades."""
        if self._is_lost:
            return
        now = self._clock.now()
        self._move(now)
        if int(now) != self._second:
            has_minute_turned = int(now) // 60 != self._second // 60
            self._second = int(now)
            self._renew_texts(
                [name for name, text in self._texts.items() if text.is_ticking or (has_minute_turned and text.age)]
            )
        if self.traffic.has_turned(now):
            self._stale.update(self.seats)
        if self._renew_lines(now):
            self._stale.clear()
        elif now - self._sparked >= SPARK_SECONDS and self._stale:
            self._sparked = now
            self._sparking, self._stale = self._sparking | self._stale, set()
            self._paint_sparks()

    @property
    def pace(self) -> Pace:
        """How soon something changes here by itself; nothing does while nobody says how it is."""
        if self._is_lost:
            return "still"
        if self.motion.is_moving:
            return "moving"
        if self.motion.is_flashing:
            return "flashing"
        if self._stale or self.is_ticking:
            return "ticking"
        return "still" if self.traffic.is_quiet(self._clock.now()) else "fading"

    @property
    def _is_lost(self) -> bool:
        return self._mirror is not None and self._mirror.lost_at is not None

    @property
    def is_ticking(self) -> bool:
        """Whether a node says something that changes every second."""
        return any(text.is_ticking for text in self._texts.values())

    # What is said of a node ----------------------------------------------------------------------------------------

    def tip(self, name: str) -> str:
        """Where its state comes from, and why it is so."""
        view = self._mirror.room.instances.get(name) if self._mirror is not None else None
        text = self._texts.get(name)
        if view is None or text is None:
            return name
        reason = clean(to_you(view.reason)) or "no reason given"
        source = clean(view.source) or "unknown"
        return f"{text.id} · {text.state.lower()} · {text.word} {text.age}\n{reason}\n{' '.join(source_said(source))}"

    def _describe(self, mirror: Mirror, view: InstanceView) -> NodeText:
        return spelled(told(mirror, view, self.seats[view.id], self._clock), self._glyphs)

    def _look_of(self, name: str) -> Look:
        now = self._clock.now()
        return Look(
            self._texts[name],
            self.traffic.spark(name, now),
            self._words(name),
            name == self.chosen,
            self.motion.flash(name, now),
        )

    def _words(self, name: str) -> str:
        row = self.traffic.last.get(name)
        if row is None:
            return ""
        recipient = "all" if row.to == BROADCAST else row.to
        towards = "said to" if self.placement.density == "line" else self._glyphs.to
        return self._glyphs.text(f"{towards} {clean(recipient)}: {clean(row.text[:MOST_WORDS])}")

    # Layout and painting -------------------------------------------------------------------------------------------

    def render_lines(self, crop: Region) -> list[Strip]:
        """Its lines; the screen paints a new size before it tells of it, so everything gets its place here."""
        if self.size != self._placed_in:
            self._lay_out()
        return super().render_lines(crop)

    def notify_style_update(self) -> None:
        """Colours changed: paint all again."""
        super().notify_style_update()
        if self.is_attached and self._mirror is not None:
            self._repaint()

    def _place(self) -> None:
        if self._mirror is not None and self.size:
            self._lay_out()
            self.refresh()

    def _lay_out(self) -> None:
        if self._mirror is None or not self.size:
            return
        self._placed_in = self.size
        views = self._mirror.room.instances
        self.seats = self._seating.take(views.values())
        self.use(place(self.seats, self.size.width, self.size.height, self._density))
        self.lines.place(self.placement)
        self.motion = Motion()
        now = self._clock.now()
        self._texts = {name: self._describe(self._mirror, views[name]) for name in self.seats}
        self.lines.renew(self.traffic.pairs(now))
        self._still.paint(self.placement, self.seats, self.lines)
        if self.chosen not in self.seats:
            self.choose_first()

    def _repaint(self) -> None:
        if self.size and self.placement.width:
            self._still.paint(self.placement, self.seats, self.lines)
            self.refresh()

    def _renew_texts(self, names: Iterable[str]) -> None:
        if self._mirror is None:
            return
        instances, changed = self._mirror.room.instances, list[str]()
        for name in names:
            view = instances.get(name)
            if view is None or name not in self.placement.boxes:
                continue
            text = self._describe(self._mirror, view)
            if text != self._texts.get(name):
                self._texts[name] = text
                changed.append(name)
        self.paint_nodes(changed)

    def paint_nodes(self, names: Iterable[str]) -> None:
        """Have these, and nothing else, painted anew with the next frame."""
        boxes = [box for name in names if (box := self._still.renew(name)) is not None]
        if boxes:
            self.refresh(*(Region(box.x, box.y - self.top, box.width, box.height) for box in boxes))

    def _paint_sparks(self) -> None:
        self.paint_nodes([self._sparking.pop() for _ in range(min(SPARKS_AT_ONCE, len(self._sparking)))])
        if self._sparking:
            self.call_after_refresh(self._paint_sparks)

    def _renew_lines(self, now: float) -> bool:
        if self.placement.density != "box" or not self.lines.renew(self.traffic.pairs(now)):
            return False
        self._repaint()
        return True

    def render_line(self, y: int) -> Strip:
        """One row: the still layer, and what moves over it."""
        row = y + self.top
        said = not_known(self._mirror) or EMPTY
        moved = self.motion.row(row)
        return self._still.row(row, moved) or self._still.empty_row(y, self.size.width, self.size.height, said)

    # Motion --------------------------------------------------------------------------------------------------------

    def _set_off(self, trip: Trip, now: float) -> None:
        if self._animation == "full":
            self.motion.start(trip, self.placement, self.lines, now)
        else:
            self.motion.light(trip, now)

    def _move(self, now: float) -> None:
        spans, flashed = self.motion.advance(self.placement, now)
        self.paint_nodes(flashed)
        regions = [
            Region(left, y - self.top, right - left, 1)
            for y, (left, right) in spans.items()
            if 0 <= y - self.top < self.size.height
        ]
        if regions:
            self.refresh(*regions)
