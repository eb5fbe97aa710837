"""Writes numbered messages onto the log under a name of its own, and notes what was accepted; killed at any instant.

    python sender.py WORKSPACE LEDGER NAME RECEIVERS BIG_EVERY PAUSE_SECONDS

The ledger lies on another disk. An intention is noted before a message is published and its acceptance after that; a
life that finds intentions without acceptance publishes them again under the same ids. SIGTERM: settle those, then end.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
import zlib
from pathlib import Path

import msgspec

from trinity_tui.bus import new_message, open_bus
from trinity_tui.core.errors import TrinityError
from trinity_tui.core.message import Message

BIG_CHARACTERS = 1024 * 1024
RETRY_SECONDS = 0.1
QUESTIONS = 0.05
"""The part of the messages that asks for an answer, which costs a process each."""


class Note(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of a ledger: a message that is to be published, or the id of one that was accepted."""

    message: Message | None = None
    characters: int = 0
    """How long the message's content is; it is its id, repeated."""
    accepted: str = ""


def content_of(message_id: str, characters: int) -> str:
    """What a message of this id and length says: text by which a loss or a mixture shows."""
    return (f"{message_id} " * (characters // (len(message_id) + 1) + 1))[: max(characters, len(message_id))]


def checksum(content: str) -> int:
    """What is compared instead of a long text."""
    return zlib.crc32(content.encode())


def read_ledger(path: Path) -> list[Note]:
    """Every whole line of a ledger; its writer may have been killed in the last one."""
    if not path.exists():
        return []
    notes: list[Note] = []
    for line in path.read_bytes().split(b"\n"):
        try:
            notes.append(msgspec.json.decode(line, type=Note))
        except msgspec.DecodeError:
            continue
    return notes


class Sender:
    """One life of one sender."""

    def __init__(self, workspace: Path, ledger: Path, name: str, receivers: list[str], big_every: int) -> None:
        notes = read_ledger(ledger)
        accepted = {note.accepted for note in notes}
        self._unsettled = [note for note in notes if note.message and note.message.id not in accepted]
        self._count = sum(note.message is not None for note in notes)
        self._ledger = os.open(ledger, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        # A newline first: the life before may have been killed in a line.
        os.write(self._ledger, b"\n")
        self._bus = open_bus(workspace / ".trinity" / "bus", name)
        self._name = name
        self._receivers = receivers
        self._big_every = big_every
        self._chance = random.Random(f"{name} {self._count}")

    async def settle(self) -> None:
        """Publish what a life before meant to."""
        for note in self._unsettled:
            await self._publish(note)
        self._unsettled = []

    async def say_one(self) -> None:
        """A new message."""
        self._count += 1
        kind = "question" if self._chance.random() < QUESTIONS else "message"
        is_big = kind == "message" and self._count % self._big_every == 0
        draft = new_message(self._name, self._chance.choice(self._receivers), kind, "", origin="peer")
        note = Note(draft, BIG_CHARACTERS if is_big else self._chance.choice((40, 200, 3000)))
        self._note(note)
        await self._publish(note)

    async def _publish(self, note: Note) -> None:
        assert note.message is not None
        content = content_of(note.message.id, note.characters)
        while True:
            try:
                await self._bus.publish(msgspec.structs.replace(note.message, content=content))
            except TrinityError:
                await asyncio.sleep(RETRY_SECONDS)
            else:
                self._note(Note(accepted=note.message.id))
                return

    def _note(self, note: Note) -> None:
        os.write(self._ledger, msgspec.json.encode(note) + b"\n")


async def main(workspace: str, ledger: str, name: str, receivers: str, big_every: str, pause_seconds: str) -> None:
    """Write until told to end."""
    told = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
    while True:
        try:
            sender = Sender(Path(workspace), Path(ledger), name, receivers.split(","), int(big_every))
        except TrinityError:
            await asyncio.sleep(RETRY_SECONDS)
        else:
            break
    await sender.settle()
    while not told.is_set():
        await sender.say_one()
        await asyncio.sleep(random.expovariate(1.0 / float(pause_seconds)))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
