"""Finds findings in all of the log that is kept: its newest part first, and as far back as there is time for."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core import typed
from trinity_tui.core.address import COORDINATOR, HUMAN
from trinity_tui.core.message import Message
from trinity_tui.harness.thinking.known import is_statement, shared_words, words_of

if TYPE_CHECKING:
    from trinity_tui.bus import Bus
    from trinity_tui.core.record import Position

SEARCH_SECONDS = 2.0
"""After this no older part of the log is begun; one part is what is read at the least."""


PAUSE_EVERY = 200


class Searched(msgspec.Struct, frozen=True):
    """What a search found."""

    findings: tuple[Message, ...]
    """Those that share the most words, the best first and of equals the newest."""
    until: str = ""
    """What was said before this time was not looked at; empty: all was."""


class _Search:
    """What is gathered while the log is read from its end to its beginning."""

    def __init__(self, query: str) -> None:
        self._wanted = words_of(query)
        self._taken_back: dict[str, set[str]] = {}
        self._found: dict[tuple[str, str], tuple[int, Message]] = {}
        self.oldest = ""

    async def read(self, bus: Bus, start: Position, stop: Position) -> None:
        """One part of the log."""
        findings: list[Message] = []
        is_first = True
        async for record in bus.read(start, stop):
            message = record.message
            if is_first:
                self.oldest, is_first = message.timestamp, False
            if is_statement(message):
                findings.append(message)
            elif message.type == "memory" and typed.text(message.metadata, "op") == "retract":
                self._taken_back.setdefault(message.reply_to or "", set()).add(message.from_)
        for number, finding in enumerate(reversed(findings)):
            self._take(finding)
            if not number % PAUSE_EVERY:
                await asyncio.sleep(0)  # Others are to be answered meanwhile.

    def _take(self, finding: Message) -> None:
        """A finding older than all that were taken; who found it may have taken it back, and the coordinator."""
        score = shared_words(self._wanted, finding)
        if score and not self._taken_back.get(finding.id, set()) & {finding.from_, COORDINATOR, HUMAN}:
            self._found.setdefault((finding.from_, finding.content), (score, finding))

    def best(self, most: int) -> tuple[Message, ...]:
        """The best of what was found."""
        ranked = sorted(self._found.values(), key=lambda entry: entry[0], reverse=True)
        return tuple(finding for _, finding in ranked[:most])


async def search(bus: Bus, query: str, most: int) -> Searched:
    """Look for findings.

    Args:
        bus: The log.
        query: Words to look for.
        most: So many are returned.

    Raises:
        BusError: The log cannot be read.
    """
    now = asyncio.get_running_loop().time
    until, found = now() + SEARCH_SECONDS, _Search(query)
    borders = [*(chunk.start for chunk in await bus.chunks()), await bus.end()]
    parts = list(pairwise(borders))
    while parts:
        start, stop = parts.pop()
        await found.read(bus, start, stop)
        if parts and now() >= until:
            return Searched(found.best(most), found.oldest)
    return Searched(found.best(most))
