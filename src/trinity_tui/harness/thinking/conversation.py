"""What was asked of an instance and what its brain said to it, over all its lives: ``conversation.jsonl``.

::

    Opened ─▶ (Step ─▶ (Begun? ─▶ Came)…)… ─▶ Closed

An exchange without ``Closed`` whose life is over was interrupted. Of one that is closed only the question and the
answer are kept in mind; how it came about is in the trace.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.conversation import Turn, Usage
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


class Step(msgspec.Struct, frozen=True, tag="step"):
    """The brain said something and wants tools used."""

    id: str
    turn: Turn


class Begun(msgspec.Struct, frozen=True, tag="begun"):
    """A tool that changes something begins."""

    id: str
    call: str


class Asked(msgspec.Struct, frozen=True, tag="asked"):
    """A call waits for the person."""

    id: str
    call: str
    request: str


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


Line = Opened | Step | Begun | Asked | Came | Closed


class Exchange:
    """One question and all that was done about it.

    Attributes:
        steps: What the brain said on the way, each with the results that came.
        begun: Calls that began to change something.
        requests: What waits for the person, by call.
        closed: The answer, once there is one.
        is_interrupted: Whether the life in which it was opened is over.
    """

    def __init__(self, opened: Opened) -> None:
        self.opened = opened
        self.steps: list[tuple[Turn, dict[str, Turn]]] = []
        self.begun: set[str] = set()
        self.requests: dict[str, str] = {}
        self.closed: Closed | None = None
        self.is_interrupted = False

    @property
    def text(self) -> str:
        """What the brain has said up to now."""
        return "\n\n".join(turn.text for turn, _ in self.steps if turn.text)

    def take(self, line: Line) -> None:
        """One more line of it."""
        match line:
            case Step(turn=turn):
                self.steps.append((turn, {}))
            case Begun(call=call):
                self.begun.add(call)
            case Asked(call=call, request=request):
                self.requests[call] = request
            case Came(turn=turn):
                self.requests.pop(turn.call_id, None)
                if self.steps:
                    self.steps[-1][1][turn.call_id] = turn
            case Closed():
                self.closed = line
                self.steps.clear()
                self.begun.clear()
                self.requests.clear()
            case Opened():
                pass


class Conversation:
    """The exchanges of one instance.

    Args:
        path: Its file.
    """

    def __init__(self, path: Path) -> None:
        self._journal = Journal[Line](path, Line)
        self._exchanges: dict[str, Exchange] = {}

    def open(self) -> list[Exchange]:
        """Remember; those that the life before did not bring to their end.

        Raises:
            StoreError: The file cannot be read.
        """
        for line in self._journal.lines():
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
        self._journal.append(line)
        self._fold(line)

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
        if self._journal.size() > LIMIT_BYTES:
            self._journal.replace(list(self._lines()))

    def _lines(self) -> Iterator[Line]:
        for exchange in self._exchanges.values():
            yield exchange.opened
            for turn, results in exchange.steps:
                yield Step(exchange.opened.id, turn)
                yield from (Begun(exchange.opened.id, call.id) for call in turn.calls if call.id in exchange.begun)
                yield from (Came(exchange.opened.id, result) for result in results.values())
            if exchange.closed is not None:
                yield exchange.closed
