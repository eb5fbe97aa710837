"""Going about in the past: where one is, what has to be fetched for that, and how it plays.

The coordinator is asked for a snapshot and pages; an answer is folded a slice at a time, as the screen finds time. One
wish at a time: a newer one takes the place of what is under way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from trinity_tui.core.message import format_time
from trinity_tui.core.record import Position, Record
from trinity_tui.tui.bridge import Answered
from trinity_tui.tui.memory.known import taken
from trinity_tui.tui.memory.question import Question
from trinity_tui.tui.past.tempo import Tempo
from trinity_tui.tui.past.window import Window
from trinity_tui.tui.past.wish import Wish

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.client.mirror import Mirror
    from trinity_tui.core.wire.face import Greeting
    from trinity_tui.tui.bridge import Refused

AHEAD_RECORDS = 1_500
"""With fewer than these at hand the next page is asked for while it plays."""
BEYOND: Position = 2**62
"""After everything there will ever be."""
FIRST, LAST = "That is as far back as the log is kept.", "That is the newest there is; l goes back to live."
LONG_RECORDS = 20_000
"""After so many that were played the window begins anew: what is behind is fetched again where one goes back."""


class _Page(msgspec.Struct, frozen=True):
    """An answer of the coordinator's."""

    records: str
    next: Position
    first: Position
    end: Position
    position: Position = 0
    room: str = ""
    wanted: Position = 0
    is_partial: bool = False


class Asking(Protocol):
    """The way out; ``Bridge`` is one."""

    def ask(self, do: str, **args: Any) -> None:
        """Ask for something; ``Answered`` or ``Refused`` tells how it ended."""
        ...


class Reel:
    """One's place in the past.

    Args:
        bridge: The way out.
        changed: Told that another room is shown now; whether only what was folded on top is new.
        told: Told a sentence.
    """

    def __init__(self, bridge: Asking, changed: Callable[[bool], None], told: Callable[[str], None]) -> None:
        self._question = Question("replay", bridge.ask)
        self._changed = changed
        self._told = told
        self.greeting: Greeting | None = None
        self.window: Window | None = None
        self._tempo = Tempo()
        self.first: Position = 0
        self.end: Position = 0
        self.is_partial = False
        """Whether the log was kept from after the beginning, and no snapshot tells of what was before."""
        self.is_playing = False
        self._target: int | None = None
        """To which record the window is folded; None: it stands where it should."""
        self._is_over = False
        """Whether the last page was an empty one: nothing is left to be fetched, until more is said."""
        self._wish = Wish()
        """What is to be done with what is fetched."""

    @property
    def now(self) -> float:
        """The time of then, in seconds since the epoch."""
        return self._tempo.now

    @property
    def speed(self) -> int:
        """How much faster than ours it goes."""
        return self._tempo.speed

    @property
    def is_slowed(self) -> bool:
        """Whether more was said than can be played so fast."""
        return self._tempo.is_slowed

    @property
    def mirror(self) -> Mirror | None:
        """The room that is shown."""
        return self.window.mirror if self.window is not None else None

    @property
    def position(self) -> Position:
        """Everything before it is in the room that is shown."""
        return self.window.mirror.room.position if self.window is not None else 0

    @property
    def is_waiting(self) -> bool:
        """Whether something is on its way."""
        return self._question.is_open or self._target is not None

    @property
    def is_folding(self) -> bool:
        """Whether there is something to fold."""
        return self._target is not None

    # Going about ---------------------------------------------------------------------------------------------------

    def seek(self, position: Position) -> None:
        """Show the room after everything that stands before a position."""
        window = self.window
        if window is not None and window.start <= position <= window.following and window.records:
            self._wish = Wish()
            self._aim(window.index_of(position))
        else:
            self._wish = Wish("position", position)
            self._question.ask(position=max(self.first, position), packed=True)

    def seek_moment(self, at: float) -> None:
        """Show the room as it was at a moment."""
        window, stamp = self.window, format_time(at)
        if window is not None and window.records and _is_within(window, stamp):
            self._wish = Wish()
            self._aim(window.index_at(stamp))
            return
        self._wish = Wish("moment", moment=at)
        self._question.ask(at=at, packed=True)

    def step(self, by: int) -> None:
        """Show the room one message later, or earlier."""
        self.is_playing = False
        if self.window is None or self.is_waiting:
            return
        if by > 0:
            self._step_on(self.window)
        else:
            self._step_back(self.window)

    def _step_on(self, window: Window) -> None:
        at = window.shown_from(window.index)
        if at is not None:
            self._aim(at + 1)
        else:
            self._wish = Wish("on")
            self._question.ask(start=window.following, packed=True)

    def _step_back(self, window: Window) -> None:
        last = window.shown_before(window.index)
        if last is not None and (last > 0 or window.start <= self.first):
            self._aim(last)
        elif window.start > self.first:
            self._wish = Wish("back", window.start)
            self._question.ask(position=max(self.first, window.start - 1), packed=True)
        else:
            self._told(FIRST)

    def go_to_end(self) -> None:
        """Show the newest there is."""
        self._wish = Wish("position", BEYOND)
        self._question.ask(position=BEYOND, packed=True)

    # What came -----------------------------------------------------------------------------------------------------

    def takes(self, message: Answered | Refused) -> bool:
        """Take the end of a request that was made here; whether it was one."""
        if message.do != "replay":
            return False
        if self._question.ended(message.args):
            if isinstance(message, Answered):
                page = taken(message.result, _Page)
                if page is not None:
                    self._take(page)
            else:
                self.is_playing = False
                self._told(message.sentence)
        return True

    def _take(self, page: _Page) -> None:
        self.first, self.end = page.first, page.end
        if not self._wish.kind:
            return  # Something at hand was gone to meanwhile.
        records = msgspec.json.decode(page.records, type=list[Record])
        if page.room and self.greeting is not None:
            self.window = Window(page.position, page.room.encode(), self.greeting)
            self.is_partial = page.is_partial
            if self._wish.kind == "position":
                self._wish = Wish("position", min(self._wish.position, page.end))
        window = self.window
        if window is not None:
            window.add(records, page.next)
            self._is_over = not records
            self._go_on(window, is_all=not records)

    def _go_on(self, window: Window, *, is_all: bool) -> None:
        """Do what was wished for, or fetch what is missing for it; what is at hand is folded meanwhile."""
        wish = self._wish
        if wish.kind in ("on", "ahead"):
            self._wish = Wish()
            if wish.kind == "on" and is_all:
                self._told(LAST)
            elif wish.kind == "on":
                self._step_on(window)
        elif is_all or wish.has_come(window):
            self._wish = Wish()
            self._aim(wish.index_in(window))
        else:
            self._question.ask(start=window.following, packed=True)
            self._target = len(window.records)

    def _aim(self, index: int) -> None:
        if self.window is not None:
            self.window.aim(index)
            self._target = index

    def fold(self) -> None:
        """Fold a slice; the room is told of once it stands where it should."""
        window, target = self.window, self._target
        if window is None or target is None or window.fold_towards(target):
            return
        self._target = None
        if not self._wish.is_place:
            self._settle(window, is_on_top=False)

    def _settle(self, window: Window, *, is_on_top: bool) -> None:
        if not is_on_top:
            last = window.records[window.index - 1] if window.index else None
            self._tempo.stand_at(last or (window.records[0] if window.records else None))
        self._changed(is_on_top)

    # Playing -------------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Play; more may have been said since it was over."""
        self.is_playing, self._is_over = True, False

    def faster(self, by: int) -> None:
        """Another speed."""
        self._tempo.faster(by)

    def play(self, seconds: float) -> None:
        """So much time has gone by: show what was said in as many times that."""
        window = self.window
        if window is None or self.is_waiting and self._wish.kind != "ahead":
            return
        self._look_ahead(window)
        if window.index == len(window.records) and self._is_over and not self._question.is_open:
            self.is_playing = False
            self._settle(window, is_on_top=False)
            self._told(LAST)
            return
        stop = self._tempo.go_by(window, seconds, is_over=self._is_over)
        if stop > window.index:
            while window.fold_towards(stop):
                pass
            if window.index > LONG_RECORDS:
                window.forget_before()
            self._settle(window, is_on_top=True)

    def _look_ahead(self, window: Window) -> None:
        is_short = len(window.records) - window.index < AHEAD_RECORDS
        if is_short and not self._is_over and not self._question.is_open:
            self._wish = Wish("ahead")
            self._question.ask(start=window.following, packed=True)


def _is_within(window: Window, stamp: str) -> bool:
    return window.records[0].message.timestamp <= stamp <= window.records[-1].message.timestamp
