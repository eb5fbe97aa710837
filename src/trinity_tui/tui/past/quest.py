"""Looking for a moment in words: the coordinator looks back a stretch at a time until it is found, or looked for no
more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.record import Position, Record
from trinity_tui.tui.bridge import Answered
from trinity_tui.tui.clock import seconds_of
from trinity_tui.tui.memory.known import taken
from trinity_tui.tui.memory.question import Question
from trinity_tui.tui.safe_text import clean

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.tui.bridge import Bridge, Refused


class _Looked(msgspec.Struct, frozen=True):
    """How far a stretch came."""

    understood: str
    looked_from: Position
    looked_at: str = ""
    is_over: bool = False
    record: Record | None = None


class Quest:
    """What is looked for in the past.

    Args:
        bridge: The way out.
        found: Told the position of a record, and what it is that was found.
        told: Told how far was looked, as a sentence.
    """

    def __init__(self, bridge: Bridge, found: Callable[[Position, str], None], told: Callable[[str], None]) -> None:
        self._question = Question("replay/find", bridge.ask)
        self._found = found
        self._told = told
        self.words = ""
        self.is_looking = False

    def look_for(self, words: str) -> None:
        """Look for the newest."""
        self.words, self.is_looking = words, True
        self._told(f"looking for {clean(words)}")
        self._question.ask(words=words)

    def look_further(self, position: Position) -> bool:
        """Look for one before the record that is shown last; whether anything was looked for.

        Args:
            position: After that record.
        """
        if self.words:
            self.is_looking = True
            self._question.ask(words=self.words, before=max(0, position - 1))
        return bool(self.words)

    def give_up(self) -> None:
        """Look no more; what comes of it is nobody's."""
        self.is_looking = False

    def takes(self, message: Answered | Refused) -> bool:
        """Take the end of a request that was made here; whether it was one."""
        if message.do != self._question.do:
            return False
        if self._question.ended(message.args) and self.is_looking:
            looked = taken(message.result, _Looked) if isinstance(message, Answered) else None
            if looked is not None:
                self._take(looked)
            elif not isinstance(message, Answered):
                self.is_looking = False
                self._told(message.sentence)
        return True

    def _take(self, looked: _Looked) -> None:
        if looked.record is not None:
            self.is_looking = False
            self._found(looked.record.position, looked.understood)
        elif looked.is_over:
            self.is_looking = False
            self._told(f"no {looked.understood} before this in what is kept")
        else:
            self._told(f"looking for {looked.understood}: back to {_time(looked.looked_at)}, esc stops")
            self._question.ask(words=self.words, before=looked.looked_from)


def _time(stamp: str) -> str:
    return stamp[:19].replace("T", " ") if seconds_of(stamp) is not None else "before that"
