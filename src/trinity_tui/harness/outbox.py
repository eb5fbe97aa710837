"""State and messages that must agree: what was decided is remembered together with what is to be said of it.

The state file is written with the messages in it, then they are published. A life that ends in between says them again
under the same ids, which every reader drops the second time: nothing goes unsaid, nothing is said twice.
"""

from __future__ import annotations

import asyncio
import logging
import os
from typing import TYPE_CHECKING, Generic, TypeVar

import msgspec

from trinity_tui.bus import new_message
from trinity_tui.core.address import HUMAN
from trinity_tui.core.errors import MessageError, StoreError
from trinity_tui.core.message import Message
from trinity_tui.store import document

if TYPE_CHECKING:
    from trinity_tui.core.record import Position
    from trinity_tui.harness.me import Me

BATCH = 100
log = logging.getLogger("state")


class Remembered(msgspec.Struct):
    """A role's state; each role adds its own fields."""

    outbox: list[Message] = msgspec.field(default_factory=list[Message])
    """Decided, and perhaps not yet said."""


T = TypeVar("T", bound=Remembered)


class Outbox(Generic[T]):
    """Keeps a role's state and says what goes with it.

    Args:
        me: Whose state it is.
        shape: The state's type.

    Attributes:
        is_first: Whether nothing was remembered when it was opened.
    """

    def __init__(self, me: Me, shape: type[T]) -> None:
        self._me = me
        self._path = me.places.state
        self._shape = shape
        self._state = shape()
        self._saying = asyncio.Lock()
        self.is_first = True

    async def open(self) -> T:
        """The state as remembered; what was left unsaid is said.

        Raises:
            StoreError: The file cannot be read, or the log takes nothing.
        """
        found = self._read()
        self.is_first = found is None
        if found is not None:
            self._state = found
            # The file may have come with the folder from elsewhere: nobody else's words are said from here.
            found.outbox = [message for message in found.outbox if message.from_ == self._me.id]
        await self.publish()
        return self._state

    def _read(self) -> T | None:
        try:
            return document.read(self._path, self._shape)
        except StoreError as error:
            if isinstance(error.__cause__, OSError):
                raise
            damaged = self._path.with_suffix(".damaged")
            os.replace(self._path, damaged)
            text = f"{error}. I begin anew; the file is kept as {damaged.name}."
            log.error("%s", text)
            alert = new_message(self._me.id, HUMAN, "alert", text, origin="peer", priority="high")
            self._state.outbox.append(alert)
            return None

    def save(self, *, durable: bool = False) -> None:
        """Remember the state as it is: over any death of ours; durably, over a power cut."""
        document.write(self._path, self._state, durable=durable)

    async def publish(self, *messages: Message) -> dict[str, Position]:
        """Remember the state, and say these messages, after whatever could not be said before.

        Returns:
            Where they stand, by id.

        Raises:
            StoreError: They could not be said now; the next call tries again.
        """
        unsaid = self._state.outbox
        unsaid += map(
            self._me.voice.causes.stamp, messages
        )  # Before anything is awaited: whoever saves now saves them too.
        said: dict[str, Position] = {}
        async with self._saying:
            while unsaid:
                batch = unsaid[:BATCH]
                self.save(durable=True)
                said |= await self._say(batch)
                del unsaid[: len(batch)]
                self.save()
        return said

    async def _say(self, batch: list[Message]) -> dict[str, Position]:
        try:
            return dict(zip([message.id for message in batch], await self._me.voice.publish(*batch), strict=True))
        except MessageError as error:
            if len(batch) == 1:
                # Kept, it would be refused for ever, and everything after it with it.
                log.error("a %s is left unsaid: %s", batch[0].type, error)
                return {}
        return {key: position for message in batch for key, position in (await self._say([message])).items()}
