"""What moves on the swarm: a mark for each real message on its line, a ring for a broadcast, a flash where no line is.

All of it is a function of the time it began. A burst on one line becomes one brighter mark with a count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from trinity_tui.tui.layout.geometry import Point
from trinity_tui.tui.layout.motion import (
    RING_SECONDS,
    ring_cells,
    ring_radius,
    travel_index,
    travel_seconds,
)  # fmt: skip

if TYPE_CHECKING:
    from trinity_tui.tui.glyphs import Glyphs
    from trinity_tui.tui.layout.placement import Placement
    from trinity_tui.tui.traffic import Trip
    from trinity_tui.tui.widgets.swarm_lines import Lines

FLASH_SECONDS = 0.5
MERGE_CELLS = 4
"""A message joins the mark before it while that has come no further."""
COURIERS_MOST = 160
"""With more under way, a message joins the last mark of its line wherever that is."""

Span = tuple[int, int]
"""The first column that changed, and the first after it that did not."""


class Courier(msgspec.Struct):
    """One or more messages on their way, painted as a mark."""

    way: tuple[Point, ...]
    born: float
    count: int = 1
    is_hot: bool = False


class Spot(msgspec.Struct, frozen=True):
    """What is painted over one cell."""

    x: int
    count: int
    is_hot: bool
    tone: str = "mark"

    def sign(self, glyphs: Glyphs) -> str:
        """The mark, with a count if it stands for more than one."""
        if self.count == 0:
            return glyphs.ring
        return glyphs.mark if self.count == 1 else f"{glyphs.mark_many}{self.count}"


class Motion:
    """Everything that is under way."""

    def __init__(self) -> None:
        self._couriers: list[Courier] = []
        self._rings: dict[str, float] = {}
        self._flashes: dict[str, tuple[str, float]] = {}
        self._flashed: set[str] = set()
        """Nodes whose flash began since the last advance."""
        self._rows: dict[int, list[Spot]] = {}

    def start(self, trip: Trip, placement: Placement, lines: Lines, now: float) -> None:
        """A message was sent: let it be seen on its way."""
        has_sender = trip.sender in placement.boxes
        if trip.is_broadcast and has_sender:
            if placement.density == "box":
                self._rings.setdefault(trip.sender, now)
            else:
                self._flash(trip.sender, "sent", now)
            return
        for recipient in trip.recipients:
            way = lines.way(trip.sender, recipient) if placement.density == "box" else ()
            if way:
                self._send(way, trip.is_pressing, now)
                continue
            self._flash(trip.sender, "sent", now)
            self._flash(recipient, "received", now)

    def light(self, trip: Trip, now: float) -> None:
        """A message was sent: let those it concerns light up, and nothing travel."""
        self._flash(trip.sender, "sent", now)
        for recipient in () if trip.is_broadcast else trip.recipients:
            self._flash(recipient, "received", now)

    def _send(self, way: tuple[Point, ...], is_pressing: bool, now: float) -> None:
        last = next((one for one in reversed(self._couriers) if one.way == way), None)
        index = travel_index(len(way), last.born, now) if last is not None else None
        if last is not None and index is not None and (index < MERGE_CELLS or len(self._couriers) >= COURIERS_MOST):
            last.count += 1
            last.is_hot = True
        else:
            self._couriers.append(Courier(way, now, is_hot=is_pressing))

    def _flash(self, name: str, kind: str, now: float) -> None:
        if name in self._flashes:
            self._flashes[name] = (self._flashes[name][0], now)
        else:
            self._flashes[name] = (kind, now)
            self._flashed.add(name)

    def flash(self, name: str, now: float) -> str:
        """``sent`` or ``received`` while a node flashes; the first of both while one follows the other."""
        kind, born = self._flashes.get(name, ("", 0.0))
        return kind if 0 <= now - born < FLASH_SECONDS else ""

    def advance(self, placement: Placement, now: float) -> tuple[dict[int, Span], set[str]]:
        """Move everything to this time.

        Returns:
            By row the columns to repaint, and the nodes whose flash began or ended.
        """
        rows = self._spots(placement, now)
        spans = {
            y: span
            for y in rows.keys() | self._rows.keys()
            if (span := _span(rows.get(y, []) + self._rows.get(y, []))) is not None
        }
        self._rows = rows
        self._couriers = [one for one in self._couriers if 0 <= now - one.born < travel_seconds(len(one.way))]
        self._rings = {name: born for name, born in self._rings.items() if 0 <= now - born < RING_SECONDS}
        ended = {name for name, (_, born) in self._flashes.items() if not 0 <= now - born < FLASH_SECONDS}
        began, self._flashed = self._flashed, set()
        for name in ended:
            del self._flashes[name]
        return spans, began | ended

    def _spots(self, placement: Placement, now: float) -> dict[int, list[Spot]]:
        rows: dict[int, list[Spot]] = {}
        for name, born in self._rings.items():
            self._ring(rows, placement, name, ring_radius(born, now))
        for one in self._couriers:
            index = travel_index(len(one.way), one.born, now)
            if index is not None:
                cell = one.way[index]
                rows.setdefault(cell.y, []).append(Spot(cell.x, one.count, one.is_hot))
        return rows

    def _ring(self, rows: dict[int, list[Spot]], placement: Placement, name: str, radius: int | None) -> None:
        if radius is None or name not in placement.boxes:
            return
        boxes = list(placement.boxes.values())
        for cell in ring_cells(placement.boxes[name], radius, placement.width, placement.height):
            if not any(box.holds(cell) for box in boxes):
                rows.setdefault(cell.y, []).append(Spot(cell.x, 0, False, "edge-live"))

    def row(self, y: int) -> list[Spot]:
        """What is over one row now."""
        return self._rows.get(y, [])

    @property
    def is_moving(self) -> bool:
        """Whether anything is under way, or has still to be taken off."""
        return bool(self._couriers or self._rings or self._rows)

    @property
    def is_flashing(self) -> bool:
        """Whether a node flashes."""
        return bool(self._flashes)


def _span(spots: list[Spot]) -> Span | None:
    if not spots:
        return None
    return min(spot.x for spot in spots), max(
        spot.x + (1 if spot.count < 2 else 1 + len(str(spot.count))) for spot in spots
    )
