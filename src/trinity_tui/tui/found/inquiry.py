"""One search over everything: each place is asked for itself, and of each only the last answer counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.seeking import GROUPS, PLACES, Seeking
from trinity_tui.core.wire.search import Found, Hit
from trinity_tui.tui.bridge import Answered
from trinity_tui.tui.memory.known import taken
from trinity_tui.tui.memory.question import Question

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.tui.bridge import Bridge, Refused

FURTHER_SECONDS = 1.5
"""For so long what has no index is looked through where the person asks for older ones."""


class Inquiry:
    """What was asked, and what came.

    Args:
        bridge: The way out.
        changed: Told that something else was found.
        refused: Told why it could not be asked.
    """

    def __init__(self, bridge: Bridge, changed: Callable[[], None], refused: Callable[[str], None]) -> None:
        self._changed = changed
        self._refused = refused
        self._questions = {place: Question("search", bridge.ask) for place in PLACES}
        self.wanted = Seeking()
        self.text = ""
        self._found: dict[str, Found] = {}

    @property
    def is_waiting(self) -> bool:
        """Whether a place has not answered yet."""
        return any(question.is_open for question in self._questions.values())

    @property
    def hits(self) -> list[Hit]:
        """Everything that was found, group by group."""
        every = [hit for found in self._found.values() for hit in found.hits]
        return [hit for group in GROUPS for hit in every if hit.group == group]

    @property
    def looked_at(self) -> float | None:
        """Back to when messages were looked through; None where all of them were."""
        found = self._found.get("log")
        return found.looked_at if found is not None else None

    @property
    def has_older(self) -> bool:
        """Whether something was not looked through yet."""
        return any(found.older is not None or found.looked_at is not None for found in self._found.values())

    def look_for(self, text: str, wanted: Seeking) -> None:
        """Ask every place that may have it; what was found before is shown until its place answers."""
        self.text, self.wanted = text, wanted
        asked = set[str]()
        if not wanted.is_empty:
            asked = {place for place, groups in PLACES.items() if any(wanted.is_in(group) for group in groups)}
        self._found = {place: found for place, found in self._found.items() if place in asked}
        for place in asked:
            self._questions[place].ask(text=text, place=place)
        self._changed()

    def look_further(self) -> bool:
        """Ask for older ones where there may be any; whether there may."""
        log, logs = self._found.get("log"), self._found.get("logs")
        if log is not None and log.older is not None:
            self._questions["log"].ask(text=self.text, place="log", before=log.older, seconds=FURTHER_SECONDS)
        if logs is not None and logs.looked_at is not None:
            self._questions["logs"].ask(text=self.text, place="logs", limit=200, seconds=FURTHER_SECONDS)
        return self.has_older

    def takes(self, message: Answered | Refused) -> bool:
        """Take the end of a request that was made here; whether it was one."""
        place = message.args.get("place")
        if message.do != "search" or place not in self._questions:
            return False
        if not self._questions[place].ended(message.args) or message.args["text"] != self.text:
            return True
        found = taken(message.result, Found) if isinstance(message, Answered) else None
        if found is not None:
            self._take(place, found, is_more="before" in message.args)
        elif not isinstance(message, Answered):
            self._refused(message.sentence)
        return True

    def _take(self, place: str, found: Found, *, is_more: bool) -> None:
        before = self._found.get(place)
        if is_more and before is not None:
            found = msgspec.structs.replace(found, hits=[*before.hits, *found.hits])
        self._found[place] = found
        self._changed()
