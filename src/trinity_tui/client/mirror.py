"""What a face knows: the room, folded again from batches, and who does what now. Widgets only read it."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING

from trinity_tui.client.found import other_version
from trinity_tui.client.printed import Printed, lines_of
from trinity_tui.core.folds.changing import AREAS
from trinity_tui.core.room_fold import Folder
from trinity_tui.core.talk import Talks
from trinity_tui.core.wire.face import PERSON, Batch, Greeting, Live, LiveView, Notices, Output, Reply, Talk

if TYPE_CHECKING:
    from trinity_tui.core.record import Position
    from trinity_tui.core.room import Room
    from trinity_tui.core.wire.face import ToFace

OUTPUT_LINES = 20_000
"""How many lines of one instance's output are kept here; the file has the rest."""


class OutputLines:
    """The newest lines of one instance's output, addressed by a sequence number that only grows."""

    def __init__(self) -> None:
        self.lines: deque[str] = deque(maxlen=OUTPUT_LINES)
        self.first = 0
        """The sequence number of ``lines[0]``."""
        self.skipped = 0
        """Lines left out because this face was slow."""
        self.epoch: int = 0
        self.offset = 0
        """How far the run's output is known, for going on after the connection was lost."""

    @property
    def end(self) -> int:
        """The sequence number the next line will have."""
        return self.first + len(self.lines)

    def add(self, output: Output) -> None:
        """Take lines as they come."""
        if output.fresh or output.epoch != self.epoch:
            self.first = self.end
            self.epoch = output.epoch
            self.lines.clear()
        self.offset = output.offset
        if output.skipped:
            self.skipped += output.skipped
        self._append(lines_of(output))

    def _append(self, lines: list[str]) -> None:
        self.first += max(0, len(self.lines) + len(lines) - OUTPUT_LINES)
        self.lines.extend(lines)


class Mirror:
    """A read model of one coordinator.

    Args:
        elsewhere: The computer it is on, for people; empty: this one.
    """

    def __init__(self, elsewhere: str = "") -> None:
        self.elsewhere = elsewhere
        self._folder = Folder()
        self._is_as_recorded = False
        self._dirty: set[str] = set()
        self.live: dict[str, LiveView] = {}
        self.notices: list[str] = []
        self._skew: list[str] = []
        """That the coordinator is of another version than we are."""
        self.output: dict[str, OutputLines] = {}
        self.printed = Printed()
        """The same lines, of all that are followed, in the order of their time."""
        self.talks: dict[str, Talks] = {}
        """What those say and do now that are listened to; a turn that is over stays until others push it out."""
        self.greeting: Greeting | None = None
        self.connected = False
        self.link_reason = "not connected yet"
        self.parted_at: float | None = None
        """Since when there is no link, in seconds since the epoch; None while there is one, and before the first."""
        self.is_missed = False
        """Whether it is gone for longer than one that comes back at once."""

    @property
    def only_looks(self) -> bool:
        """Whether the coordinator lets this face do no more than look."""
        return self.greeting is not None and self.greeting.rights != PERSON

    @property
    def lost_at(self) -> float | None:
        """Since when nobody says how it is, in seconds since the epoch; None while somebody does or did a moment ago,
        and before that."""
        return self.parted_at if self.is_missed else None

    @property
    def is_told(self) -> bool:
        """Whether somebody says how it is, or did a moment ago."""
        return self.connected or (self.parted_at is not None and not self.is_missed)

    @property
    def known_position(self) -> Position | None:
        """Up to where all is known that the log says, to go on from there; None: this face has to begin anew."""
        return self.room.position if self._is_as_recorded else None

    @property
    def room(self) -> Room:
        """The room as of the last batch."""
        return self._folder.room

    def apply(self, frame: ToFace) -> None:
        """Take one frame of the coordinator's."""
        match frame:
            case Greeting():
                self._greet(frame)
            case Batch():
                for record in frame.records:
                    self._folder.apply(record)
                self.room.position = max(self.room.position, frame.position)
            case Live():
                for view in frame.views:
                    self.live[view.id] = view
                    self._dirty.add(f"live:{view.id}")
                self._dirty.update(frame.areas)
            case Notices():
                self.notices = self._skew + frame.notices
                self._dirty.add("notices")
            case Output():
                lines = self.output.setdefault(frame.instance, OutputLines())
                self.printed.add(frame, None if frame.fresh else lines.offset)
                lines.add(frame)
                self._dirty.add(f"output:{frame.instance}")
            case Talk():
                self._talk(frame)
                self._dirty.add(f"talk:{frame.instance}")
            case Reply():
                pass

    def _talk(self, frame: Talk) -> None:
        talks = self.talks.setdefault(frame.instance, Talks())
        if frame.fresh:
            # A turn that runs no more was answered, or cut, while nobody told us.
            still = {piece.turn for piece in frame.pieces} | {use.turn for use in frame.uses}
            for talking in talks.running:
                if talking.turn in still:
                    del talks.turns[talking.turn]
                else:
                    talking.is_over = True
        for piece in frame.pieces:
            talks.take(piece)
        for use in frame.uses:
            talks.take(use)
        talks.over(frame.over)

    def link(self, connected: bool, reason: str = "", at: float | None = None) -> None:
        """The connection came or went.

        Args:
            connected: Whether it is there.
            reason: Why it is not, for people.
            at: When, in seconds since the epoch; None: now.
        """
        if connected:
            self.parted_at, self.is_missed = None, False
        elif self.connected:
            self.parted_at = time.time() if at is None else at
        self.connected, self.link_reason = connected, reason
        self._dirty.add("link")

    def miss(self) -> None:
        """The connection went and did not come back at once: what is known is what was last known."""
        self.is_missed = self.parted_at is not None
        self._dirty.add("link")

    def take_dirty(self) -> set[str]:
        """What changed since the last call: the room's areas, ``live:<id>``, ``output:<id>``, ``talk:<id>``, ``link``,
        ``notices``, and what changed beside the log, such as ``memory``."""
        dirty = self._dirty | self._folder.take_dirty()
        self._dirty = set()
        return dirty

    def _greet(self, greeting: Greeting) -> None:
        self.greeting = greeting
        if greeting.room is not None:
            self._is_as_recorded = greeting.as_recorded
            self._folder = Folder(greeting.room)
            self._dirty |= AREAS | {f"instance:{name}" for name in greeting.room.instances}
        self.live = {view.id: view for view in greeting.live}
        self._skew = [words] if (words := other_version(greeting.version)) else []
        self.notices = self._skew + greeting.notices
        self._dirty |= {"greeting", "notices"} | {f"live:{name}" for name in self.live}
