"""What was asked of an instance and what its brain said to it, over all its lives: ``conversation.jsonl``.

::

    Opened ─▶ (Heard… ─▶ Step ─▶ (Asked? ─▶ Begun? ─▶ Came)…)… ─▶ Closed

An exchange without ``Closed`` whose life is over was interrupted; it goes on only where the person was asked and
nothing was begun. Of one that is closed only the question and the answer are kept in mind; the rest is in the trace.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.conversation import Call, Turn, Usage
from trinity_tui.core.message import Message
from trinity_tui.core.record import Position
from trinity_tui.store.journal import Journal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KEPT = 50
"""Closed exchanges that are kept in mind."""
LIMIT_BYTES = 4 * 1024 * 1024
"""A file that is longer is written anew with what is kept in mind."""


class Opened(msgspec.Struct, frozen=True, tag="opened"):
    """Somebody asked."""

    id: str
    """Of the message."""
    sender: str
    kind: str
    text: str
    at: str


class Heard(msgspec.Struct, frozen=True, tag="heard"):
    """A part of what the brain says, as it was shown; the whole of it stands in the step, or in the answer."""

    id: str
    at: int
    """How many characters came before it; 0: it begins anew."""
    text: str


class Step(msgspec.Struct, frozen=True, tag="step"):
    """The brain said something and wants tools used."""

    id: str
    turn: Turn


class Begun(msgspec.Struct, frozen=True, tag="begun"):
    """A tool that changes something begins."""

    id: str
    call: str


class Asked(msgspec.Struct, frozen=True, tag="asked"):
    """A call waits for the person. Kept before the question is said, so that it is one question over all lives."""

    id: str
    call: str
    question: Message
    after: Position
    """Where the log ended before it was said: the question and the word on it stand behind that."""
    boot: str
    """In which it was asked. A folder may come from elsewhere with a word on it: that counts for nothing here."""


class Came(msgspec.Struct, frozen=True, tag="came"):
    """What came of a call."""

    id: str
    turn: Turn


class Closed(msgspec.Struct, frozen=True, tag="closed", omit_defaults=True):
    """The answer, whole or cut; it is said to who asked after this is written."""

    id: str
    text: str
    at: str
    cut: str = ""
    brain: str = ""
    usage: Usage = Usage()


Line = Opened | Heard | Step | Begun | Asked | Came | Closed


class Exchange:
    """One question and all that was done about it.

    Attributes:
        steps: What the brain said on the way, each with the results that came.
        begun: Calls that began to change something.
        asked: What waits for the person, by call; of a closed one, what nobody wants any more.
        closed: The answer, once there is one.
        is_interrupted: Whether the life in which it was opened is over.
    """

    def __init__(self, opened: Opened) -> None:
        self.opened = opened
        self.steps: list[tuple[Turn, dict[str, Turn]]] = []
        self.begun: set[str] = set()
        self.asked: dict[str, Asked] = {}
        self.closed: Closed | None = None
        self.is_interrupted = False
        self._heard: list[str] = []

    @property
    def text(self) -> str:
        """What the brain has said in the steps up to now."""
        return "\n\n".join(turn.text for turn, _ in self.steps if turn.text)

    @property
    def shown(self) -> str:
        """All that was shown of its answer, also of what came to no end."""
        return "\n\n".join(part for part in (self.text, self.heard.strip()) if part)

    @property
    def heard(self) -> str:
        """What was shown of a step that is not whole."""
        return "".join(self._heard)

    @property
    def next_call(self) -> Call | None:
        """The first call of the newest step of which nothing came yet."""
        if not self.steps:
            return None
        turn, results = self.steps[-1]
        return next((call for call in turn.calls if call.id not in results), None)

    def waits_for_person(self, boot: str) -> bool:
        """Whether all that is missing is the person's word, asked for in this boot."""
        call = self.next_call
        if call is None or call.id in self.begun:
            return False
        asked = self.asked.get(call.id)
        return asked is not None and asked.boot == boot

    def take(self, line: Line) -> None:
        """One more line of it."""
        match line:
            case Heard():
                if not line.at:
                    self._heard.clear()
                self._heard.append(line.text)
            case Step(turn=turn):
                self._heard.clear()
                self.steps.append((turn, {}))
            case Begun(call=call):
                self.begun.add(call)
            case Asked(call=call):
                self.asked[call] = line
            case Came(turn=turn):
                self.asked.pop(turn.call_id, None)
                if self.steps:
                    self.steps[-1][1][turn.call_id] = turn
            case Closed():
                self.closed = line
                self.steps.clear()
                self.begun.clear()
                self._heard.clear()
            case Opened():
                pass


class Conversation:
    """The exchanges of one instance.

    Args:
        path: Its file; None: no later life is to know of it.
    """

    def __init__(self, path: Path | None) -> None:
        self._journal = Journal[Line](path, Line) if path is not None else None
        self._exchanges: dict[str, Exchange] = {}

    def open(self) -> list[Exchange]:
        """Remember; those that the life before did not bring to their end.

        Raises:
            StoreError: The file cannot be read.
        """
        for line in self._journal.lines() if self._journal is not None else ():
            self._fold(line)
        interrupted = [exchange for exchange in self._exchanges.values() if exchange.closed is None]
        for exchange in interrupted:
            exchange.is_interrupted = True
        self._shorten()
        return interrupted

    def get(self, message_id: str) -> Exchange | None:
        """What is known about a message."""
        return self._exchanges.get(message_id)

    def begin(self, opened: Opened) -> Exchange:
        """Somebody asked something new."""
        self.append(opened)
        self._shorten()
        return self._exchanges[opened.id]

    def append(self, line: Line) -> None:
        """Keep a line, over any death of ours.

        Raises:
            StoreError: It could not be written.
        """
        if self._journal is not None:
            self._journal.append(line)
        self._fold(line)

    def unwanted(self) -> list[str]:
        """The questions to the person, by id, whose turn is over; a death may have come before they were taken back."""
        over = [one for one in self._exchanges.values() if one.closed is not None or one.is_interrupted]
        return [asked.question.id for exchange in over for asked in exchange.asked.values()]

    def history(self) -> list[Exchange]:
        """What was asked and answered before, oldest first."""
        return [exchange for exchange in self._exchanges.values() if exchange.closed is not None]

    def _fold(self, line: Line) -> None:
        if isinstance(line, Opened):
            self._exchanges[line.id] = Exchange(line)
        elif exchange := self._exchanges.get(line.id):
            exchange.take(line)

    def _shorten(self) -> None:
        closed = self.history()
        for exchange in closed[:-KEPT]:
            del self._exchanges[exchange.opened.id]
        if self._journal is not None and self._journal.size() > LIMIT_BYTES:
            self._journal.replace(list(self._lines()))

    def _lines(self) -> Iterator[Line]:
        for exchange in self._exchanges.values():
            name = exchange.opened.id
            yield exchange.opened
            for turn, results in exchange.steps:
                yield Step(name, turn)
                yield from (Begun(name, call.id) for call in turn.calls if call.id in exchange.begun)
                yield from (Came(name, result) for result in results.values())
            yield from exchange.asked.values()
            if exchange.closed is not None:
                yield exchange.closed
            elif heard := exchange.heard:
                yield Heard(name, 0, heard)
