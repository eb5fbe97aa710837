"""Where one goes in the past: by messages, by time, from mark to mark, and to what is looked for in words.

Wherever one goes, what played stands still, and what was looked for before is looked for no more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.tui.past import timeline
from trinity_tui.tui.past.quest import Quest
from trinity_tui.tui.past.when import moment_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.core.record import Position
    from trinity_tui.tui.bridge import Bridge
    from trinity_tui.tui.clock import Clock
    from trinity_tui.tui.past.player import Player
    from trinity_tui.tui.past.reel import Reel
    from trinity_tui.tui.widgets.past_line import PastLine

OLDER = "Older than kept: this is where the log begins."


class Journey:
    """One's way through the past.

    Args:
        reel: One's place in it.
        player: Stands still wherever one goes.
        line: What is known of the log, and where it is said what is looked for.
        clock: The time now, which ages and times of the day are reckoned from.
        bridge: The way out.
        told: Told a sentence that is soon of no use.
    """

    def __init__(
        self, reel: Reel, player: Player, line: PastLine, clock: Clock, bridge: Bridge, told: Callable[[str], None]
    ) -> None:
        self._reel = reel
        self._player = player
        self._line = line
        self._clock = clock
        self._told = told
        self.quest = Quest(bridge, self._found, line.tell)

    def stop(self) -> None:
        """Stand still, and look for nothing."""
        self.quest.give_up()
        self._line.tell("")
        self._player.stop()

    def step(self, by: int) -> None:
        """Go on by a message, or back."""
        self.stop()
        self._reel.step(by)
        self._player.fold()

    def to_moment(self, at: float) -> None:
        """Go to a moment, in seconds since the epoch; what is before all others is the first one."""
        self.stop()
        start = self._line.known.span(self._clock.now())[0]
        if at < start:
            self._told(OLDER)
        self._reel.seek_moment(max(at, start))
        self._player.fold()

    def by_seconds(self, seconds: float) -> None:
        """Go on by so much time, or back."""
        self.to_moment(self._reel.now + seconds)

    def to_position(self, position: Position) -> None:
        """Go to where everything before a position was said."""
        self.stop()
        self._reel.seek(position)
        self._player.fold()

    def to_mark(self, by: int) -> None:
        """Go to the next mark, or to the one before."""
        place = timeline.mark_beside(self._line.known.marks, self._reel.position, by)
        if place is None:
            self._told(f"No crash, failed task, request or restart {'after' if by > 0 else 'before'} this.")
        else:
            self.to_position(place + 1)

    def to_end(self) -> None:
        """Go to the newest there is."""
        self.stop()
        self._reel.go_to_end()

    def play(self) -> None:
        """Play from here, or stop."""
        self.quest.give_up()
        self._line.tell("")
        self._player.toggle()

    def look_for(self, text: str) -> None:
        """Go to a moment in words, which may be a time; without any, nothing is looked for any more."""
        moment = moment_of(text, self._clock.now(), self._clock.zone)
        if moment is not None:
            self.to_moment(moment)
            return
        self.stop()
        if text:
            self.quest.look_for(text)

    def look_further(self) -> None:
        """The same, further back."""
        if not self.quest.look_further(self._reel.position):
            self._told("Look for a moment with / first.")

    def _found(self, position: Position, said: str) -> None:
        self._player.stop()
        self._line.tell(f"{said}: b looks further back")
        self._reel.seek(position + 1)
        self._player.fold()
