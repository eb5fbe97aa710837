"""Dead letters as the log knows them: what an instance gave up, why, and what became of it since."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from trinity_tui.core import typed
from trinity_tui.core.record import Position

if TYPE_CHECKING:
    from collections.abc import Mapping


KEPT = 200
"""How many a room remembers; the files in ``dead/`` have all."""
CONSUMERS_KEPT = 1_000
"""Of so many it is known up to where their letters are on record."""


class Letter(msgspec.Struct, frozen=True):
    """A message that a consumer gave up, as far as faces show it."""

    id: str
    consumer: str
    from_: str
    to: str
    type: str
    text: str
    reason: str
    attempts: int
    at: str
    position: Position

    @property
    def key(self) -> str:
        """Whose it is and which: a message to many can be given up by several."""
        return f"{self.consumer} {self.id}"

    @property
    def mark(self) -> str:
        """Its place among all of its consumer; later ones are greater."""
        return f"{self.at} {self.position:020d}"


class DeadLetters(msgspec.Struct):
    """The newest dead letters, and up to which the person was told of each consumer's."""

    waiting: dict[str, Letter] = msgspec.field(default_factory=dict[str, Letter])
    """Neither sent again nor dropped, by ``Letter.key``."""
    told: dict[str, str] = msgspec.field(default_factory=dict[str, str])

    def is_new(self, letter: Letter) -> bool:
        """Whether it is not on record yet."""
        return letter.mark > self.told.get(letter.consumer, "")

    def buried(self, letter: Letter) -> None:
        """It is on record that a message was given up."""
        while len(self.told) >= CONSUMERS_KEPT and letter.consumer not in self.told:
            del self.told[next(iter(self.told))]
        self.told[letter.consumer] = max(letter.mark, self.told.get(letter.consumer, ""))
        self.waiting.pop(letter.key, None)
        self.waiting[letter.key] = letter
        if len(self.waiting) > KEPT:
            del self.waiting[next(iter(self.waiting))]

    def settled(self, message_id: str, consumer: str = "") -> list[Letter]:
        """A message was sent again, answered after all, or is to be forgotten; the letters that waited for that.

        Args:
            message_id: Which.
            consumer: Whose letter alone; empty: of everyone who gave it up.
        """
        keys = [
            key for key, letter in self.waiting.items() if letter.id == message_id and consumer in ("", letter.consumer)
        ]
        return [self.waiting.pop(key) for key in keys]


def metadata_of(letter: Letter) -> dict[str, Any]:
    """A letter as it stands in the metadata of a record."""
    return msgspec.to_builtins(letter)


def letter_of(data: Mapping[str, Any]) -> Letter:
    """A letter out of metadata; what is missing is empty."""
    words = {name: typed.text(data, name)[:most] for name, most in _WORDS.items()}
    return Letter(**words, attempts=typed.whole(data, "attempts"), position=max(0, typed.whole(data, "position")))


_WORDS = {
    "id": 128, "consumer": 64, "from_": 128, "to": 128, "type": 64, "text": 200, "reason": 300, "at": 64,
}  # fmt: skip
"""The words of a letter, and how long each may be in a view."""
