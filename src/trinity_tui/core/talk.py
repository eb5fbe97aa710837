"""What one instance says and does now, put together from its pieces: the running turns, each bounded.

The coordinator keeps it for a face that comes late, and each face keeps it for the person. A piece says where it
stands, so a repeated one changes nothing, one that begins again replaces what it began, and a gap is seen as one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.wire.live import Piece, ToolUse

if TYPE_CHECKING:
    from collections.abc import Iterable

TURNS_KEPT = 4
"""So many turns at a time; an instance rarely has more than one."""
USES_KEPT = 100
TEXT_CHARACTERS = 256 * 1024
"""What is kept of one text; of a longer one, its newest part."""
SUMMARY_CHARACTERS = 300
RESULT_CHARACTERS = 4_000
GAP = "…"
"""Stands where pieces are missing."""


class Growing:
    """A text that comes in pieces.

    Attributes:
        text: As far as it is known, its newest part.
        end: How many characters there were so far, those that are missing or no longer kept included.
    """

    def __init__(self) -> None:
        self.text = ""
        self.end = 0

    def take(self, at: int, text: str) -> None:
        """More of it: what stood from ``at`` on is replaced."""
        if at > self.end and not text.startswith(GAP):
            self.text += GAP
        elif at < self.end:
            self.text = self.text[: max(0, len(self.text) - (self.end - at))]
        self.text = (self.text + text)[-TEXT_CHARACTERS:]
        self.end = at + len(text)


class Talking:
    """One turn.

    Attributes:
        answer: What it says to who asked.
        thinking: What it says to itself.
        uses: Its tool calls by their ids, oldest first.
        is_over: Whether it ended; its answer, if there is one, is in the log.
    """

    def __init__(self, turn: str) -> None:
        self.turn = turn
        self.answer = Growing()
        self.thinking = Growing()
        self.uses: dict[str, ToolUse] = {}
        self.is_over = False

    def take(self, frame: Piece | ToolUse) -> None:
        """More of it."""
        if isinstance(frame, Piece):
            (self.thinking if frame.is_thinking else self.answer).take(max(0, frame.at), frame.text)
            return
        self.uses[frame.call] = cut(frame)
        if len(self.uses) > USES_KEPT:
            del self.uses[next(iter(self.uses))]

    def pieces(self) -> list[Piece]:
        """All that is kept of its texts, so that who takes these has them as well."""
        return [
            Piece(self.turn, growing.end - len(growing.text), growing.text, is_thinking)
            for growing, is_thinking in ((self.thinking, True), (self.answer, False))
            if growing.text
        ]


class Talks:
    """The turns of one instance, the oldest first."""

    def __init__(self) -> None:
        self.turns: dict[str, Talking] = {}

    def take(self, frame: Piece | ToolUse) -> None:
        """More of a turn; the first of it begins it."""
        talking = self.turns.get(frame.turn)
        if talking is None or talking.is_over:
            talking = self.turns[frame.turn] = Talking(frame.turn)
            if len(self.turns) > TURNS_KEPT:
                del self.turns[next(iter(self.turns))]
        talking.take(frame)

    def over(self, turns: Iterable[str]) -> None:
        """These ended."""
        for turn in turns:
            if turn in self.turns:
                self.turns[turn].is_over = True

    @property
    def running(self) -> list[Talking]:
        """Those that did not end."""
        return [talking for talking in self.turns.values() if not talking.is_over]


def cut(use: ToolUse) -> ToolUse:
    """A tool call as it is shown: what it says may be as long as its writer likes."""
    if len(use.summary) <= SUMMARY_CHARACTERS and len(use.result) <= RESULT_CHARACTERS:
        return use
    return msgspec.structs.replace(use, summary=use.summary[:SUMMARY_CHARACTERS], result=use.result[:RESULT_CHARACTERS])


def joined(pieces: Iterable[Piece]) -> list[Piece]:
    """The same pieces, those that go on from one another made one."""
    found: list[Piece] = []
    ends: dict[tuple[str, bool], int] = {}
    for piece in pieces:
        at = ends.get((piece.turn, piece.is_thinking))
        if at is not None and found[at].at + len(found[at].text) == piece.at:
            found[at] = msgspec.structs.replace(found[at], text=found[at].text + piece.text)
        else:
            ends[piece.turn, piece.is_thinking] = len(found)
            found.append(piece)
    return found
