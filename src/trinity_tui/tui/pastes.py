"""Tells what was pasted from what was typed (bracketed paste: what a terminal sends between two marks is text).

Textual looks for keys inside of a paste as well, so that an escape in it turns what follows into keys: a line end would
send, a letter might decide. Here nothing between the marks can be a key, and what colours a terminal does not become
text of a message. A paste is found as a whole, which is a good deal faster than letter by letter.

The mark at the end may get lost on the way: whoever waits for it for ever takes every key for text. A paste of which no
more has come for a moment is over; what comes next is its rest where it is more at once than one key, else it is typed.
So a line that stood still presses no key, and a lost mark takes no more than a moment of what is typed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from textual.events import Paste

from trinity_tui.tui.escapes import ESCAPE, Escapes

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

START = "\x1b[200~"
END = "\x1b[201~"
FLOWS_SECONDS = 0.03
"""What comes apart by less is sent by a program: neither fingers are as quick nor a key that is held."""
LOST_SECONDS = 1.0
"""A paste over which no more has come for so long is over, though nothing said so."""
_LINE_END = re.compile("\r\n?")
_COLOURS = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
_ONE_KEY = re.compile(r"(?>\x1b(?>\[[0-?]*[ -/]*[@-~]?|O?[^\x1b]?))++|.", re.DOTALL)
"""What fingers send in one read: a letter, or sequences only, of which a mouse sends many."""
_ACTING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class Pastes:
    """What was read, in pieces: keys and sequences as text, each paste as its event."""

    def __init__(self) -> None:
        self._escapes = Escapes()
        self._held = ""
        """The end of what was read, where it may be the beginning of a mark."""
        self._pasted: list[str] | None = None
        """What there is of a paste whose end did not come yet."""
        self._is_lost = False
        """Whether a paste is over of which the rest may still come."""
        self._read_at = self._flowed_at = float("-inf")

    def read(self, text: str, now: float) -> Iterator[str | Paste]:
        """So much came in one read, at this moment of a clock nobody sets."""
        is_one_key = _ONE_KEY.fullmatch(text) is not None
        if not is_one_key or now - self._read_at < FLOWS_SECONDS:
            self._flowed_at = now
        self._read_at = now
        yield from self._give_up(now)
        if self._is_lost:
            self._is_lost = False
            if not is_one_key and not text.startswith(START):
                self._pasted = []
        while text:
            text = yield from self._typed(text) if self._pasted is None else self._inside(text)

    def wait_no_longer(self, now: float) -> Iterator[str | Paste]:
        """Nothing came for as long as the parts of a sequence may be apart; those of a paste may be further."""
        yield from self._give_up(now)
        if self._pasted is None:
            yield from self._release()
            yield from self._escapes.wait_no_longer()

    def _give_up(self, now: float) -> Iterator[Paste]:
        if self._pasted is None or now - self._flowed_at < LOST_SECONDS:
            return
        pasted = as_text("".join([*self._pasted, *self._release()]))
        self._pasted, self._is_lost = None, True
        if pasted:
            yield Paste(pasted)

    def _release(self) -> Iterator[str]:
        held, self._held = self._held, ""
        if held:
            yield held

    def _typed(self, text: str) -> Generator[str, None, str]:
        for piece in self._escapes.read(text):
            if piece == ESCAPE:
                yield from self._release()
            before, start, after = self._apart(piece, START)
            if before:
                yield before
            if start:
                self._pasted, self._flowed_at = [], self._read_at
                # What it took for a key is the paste's own.
                return after + "".join(self._escapes.wait_no_longer())
        return ""

    def _inside(self, text: str) -> Generator[Paste, None, str]:
        pasted = self._pasted or []
        before, end, after = self._apart(text, END)
        pasted.append(before)
        self._pasted = None if end else pasted
        if end:
            yield Paste(as_text("".join(pasted)))
        return after

    def _apart(self, text: str, mark: str) -> tuple[str, str, str]:
        """What stands before a mark, the mark, and what stands after it; half a mark at the end is held."""
        before, found, after = (self._held + text).partition(mark)
        self._held = ""
        if not found:
            # A lone escape outside of a paste is a key, of which it is known already that nothing follows.
            least = 2 if mark == START else 1
            cut = next((size for size in range(len(mark) - 1, least - 1, -1) if before.endswith(mark[:size])), 0)
            before, self._held = before[: len(before) - cut], before[len(before) - cut :]
        return before, found, after


def as_text(pasted: str) -> str:
    """What was pasted, with line feeds at the ends of lines and nothing that acts on a terminal."""
    return _ACTING.sub("", _LINE_END.sub("\n", _COLOURS.sub("", pasted)))
