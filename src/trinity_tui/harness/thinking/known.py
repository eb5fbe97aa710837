"""What an instance has heard of findings and facts, its own and others': bounded, and found again by words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from trinity_tui.core import typed
from trinity_tui.core.address import COORDINATOR, HUMAN
from trinity_tui.core.carrier import FILES
from trinity_tui.core.limits import HEAD_CHARACTERS

if TYPE_CHECKING:
    from trinity_tui.bus import Bus
    from trinity_tui.core.message import Message

KEPT = 500
TAIL_BYTES = 1024 * 1024
"""How much of the log a new life reads to know what was found lately, where positions are bytes."""
TAIL_RECORDS = 2_000
"""The same, where positions count records."""
_WORD = re.compile(r"[^\W_]{3,}")


class Known:
    """Findings that stand, the newest last."""

    def __init__(self) -> None:
        self._findings: dict[str, Message] = {}

    async def recall(self, bus: Bus) -> None:
        """Read the newest of the log."""
        end = await bus.end()
        start = max(await bus.first(), end - (TAIL_BYTES if bus.carrier == FILES else TAIL_RECORDS))
        async for record in bus.read(start):
            self.take(record.message)

    def take(self, message: Message) -> None:
        """A finding, or that one no longer holds, by who found it; everything else is nothing to know."""
        if is_statement(message):
            self._findings.pop(message.id, None)
            self._findings[message.id] = message
            if len(self._findings) > KEPT:
                del self._findings[next(iter(self._findings))]
        elif message.type == "memory" and typed.text(message.metadata, "op") == "retract":
            found = self._findings.get(message.reply_to or "")
            if found is not None and message.from_ in (found.from_, COORDINATOR, HUMAN):
                del self._findings[found.id]

    def matching(self, text: str, most: int) -> list[Message]:
        """Those that share the most words with a text, the best first."""
        wanted = words_of(text)
        scored = [(shared_words(wanted, found), index, found) for index, found in enumerate(self._findings.values())]
        best = sorted((entry for entry in scored if entry[0]), key=lambda entry: entry[:2], reverse=True)
        return [found for _, _, found in best[:most]]

    def has_said(self, who: str, text: str) -> bool:
        """Whether somebody said exactly this and did not take it back."""
        return any((found.from_, found.content) == (who, text) for found in self._findings.values())

    def newest(self, most: int) -> list[Message]:
        """What was found last."""
        return list(self._findings.values())[-most:]


def is_statement(message: Message) -> bool:
    """Whether a message says something to be known: a finding, or something to be remembered."""
    return message.type == "finding" or (
        message.type == "memory" and typed.text(message.metadata, "op") in ("", "add", "supersede")
    )


def words_of(text: str) -> set[str]:
    """What a text is looked for by."""
    return set(_WORD.findall(text.lower()))


def shared_words(wanted: set[str], found: Message) -> int:
    """How many words a finding has in common with what is wanted."""
    return len(wanted & words_of(found.content[: 4 * HEAD_CHARACTERS]))
