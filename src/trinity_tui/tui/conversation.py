"""One conversation of the person's as the screen knows it: from the room's rows, whole once the log was asked."""

from __future__ import annotations

from bisect import insort
from typing import TYPE_CHECKING, Any, cast

import msgspec

from trinity_tui.core import limits, typed
from trinity_tui.core.address import HUMAN
from trinity_tui.core.dialogue import is_between

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from trinity_tui.core.room import FlowRow


class Entry(msgspec.Struct):
    """One message of a conversation.

    Attributes:
        text: As far as it is known.
        is_whole: Whether that is all of it.
        cut: Why an answer is not whole; empty where it is, or where that is not known yet.
        brain: What it was written with, as the instance says.
        tokens: What the exchange used, by the provider's figures; 0 where nothing is known.
        microdollars: What it cost.
    """

    id: str
    position: int
    from_: str
    to: str
    kind: str
    at: str
    text: str
    reply_to: str = ""
    is_whole: bool = True
    cut: str = ""
    brain: str = ""
    tokens: int = 0
    microdollars: int = 0

    @property
    def is_mine(self) -> bool:
        """Whether the person wrote it."""
        return self.from_ == HUMAN


class Conversation:
    """What the person and one instance, or everybody, said to each other.

    Args:
        who: An instance, or ``broadcast``.

    Attributes:
        entries: By their place in the log.
        before: From where older ones are asked for; None where the newest were not asked for yet.
        has_older: Whether there may be older ones.
    """

    def __init__(self, who: str) -> None:
        self.who = who
        self.entries: list[Entry] = []
        self.before: int | None = None
        self.has_older = True
        self._known: dict[str, Entry] = {}
        self._seen_position = -1

    @property
    def is_asked_for(self) -> bool:
        """Whether a page of the log came."""
        return self.before is not None or not self.has_older

    def find(self, message_id: str) -> Entry | None:
        """A message of it by its id."""
        return self._known.get(message_id)

    def hear(self, rows: Iterable[FlowRow], role: str) -> list[str]:
        """Take what is new in the flow.

        Returns:
            The ids of those of which only the beginning is known, or of which it is not known whether they were cut.
        """
        wanted: list[str] = []
        newest = self._seen_position
        for row in rows:
            if row.position <= self._seen_position:
                continue
            newest = max(newest, row.position)
            if row.id not in self._known and is_between(row, self.who, role):
                self._add(_of_row(row))
                if row.from_ != HUMAN or _is_head(row.text):
                    wanted.append(row.id)
        self._seen_position = newest
        return wanted

    def take_page(self, result: object) -> None:
        """A page of the log came."""
        page = cast("dict[str, Any]", result) if isinstance(result, dict) else {}
        for message in typed.tables(page, "messages", most=1_000):
            self.take_whole(message)
        before = page.get("before")
        self.before = before if isinstance(before, int) else None
        self.has_older = self.before is not None

    def take_whole(self, message: Mapping[str, Any]) -> None:
        """One message came whole."""
        entry = _of_message(message)
        known = self._known.get(entry.id)
        if known is not None:
            entry.position = known.position
            self.entries.remove(known)
        self._add(entry)

    def _add(self, entry: Entry) -> None:
        self._known[entry.id] = entry
        insort(self.entries, entry, key=lambda item: item.position)

    def answer_to(self, turn: str) -> Entry | None:
        """The answer to a message, once it is in the log."""
        return next((entry for entry in reversed(self.entries) if entry.reply_to == turn and not entry.is_mine), None)


def _of_row(row: FlowRow) -> Entry:
    return Entry(
        row.id, row.position, row.from_, row.to, row.type, row.timestamp, row.text, row.reply_to or "",
        is_whole=not _is_head(row.text),
    )  # fmt: skip


def _is_head(text: str) -> bool:
    return len(text) >= limits.HEAD_CHARACTERS and text.endswith("…")


def _of_message(message: Mapping[str, Any]) -> Entry:
    data = cast("dict[str, Any]", found) if isinstance(found := message.get("metadata"), dict) else {}
    used = cast("dict[str, Any]", found) if isinstance(found := data.get("usage"), dict) else {}
    kinds = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens")
    content = message.get("content")
    return Entry(
        typed.text(message, "id"), typed.whole(message, "position"), typed.text(message, "from"),
        typed.text(message, "to"), typed.text(message, "type"), typed.text(message, "timestamp"),
        content if isinstance(content, str) else "", typed.text(message, "reply_to"),
        cut=typed.text(data, "cut"), brain=typed.text(data, "brain"),
        tokens=sum(max(0, typed.whole(used, kind)) for kind in kinds),
        microdollars=max(0, typed.whole(used, "microdollars")),
    )  # fmt: skip
