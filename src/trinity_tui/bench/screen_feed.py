"""Feeds screens as a coordinator does: a greeting with a room, batches of messages, who does what, lines of output.

``python -m trinity_tui.bench.screen_feed FOLDER INSTANCES MESSAGES_A_SECOND LINES_A_SECOND TALKS``; prints a line when
ready. With TALKS, that many instances write answers of 100 tokens a second, each piece with the moment it was sent.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from websockets.asyncio.server import unix_serve
from websockets.exceptions import ConnectionClosed

from trinity_tui.client.found import Found
from trinity_tui.core.message import Message, format_time
from trinity_tui.core.paths import Workspace
from trinity_tui.core.record import Record
from trinity_tui.core.room_fold import Folder
from trinity_tui.core.wire import PROTOCOL, face, live

if TYPE_CHECKING:
    from websockets.asyncio.server import ServerConnection

FLUSH_SECONDS = 0.02
LIVE_SECONDS = 0.25
PIECE_SECONDS, PIECES = 0.1, 150
WORDS = "the *tenth* of a second of a `model` "
BLOCKS = ("ends.\n\n- a list\n- of two ", "ends.\n\n## A heading\n\n", "ends.\n\n```python\nx = 1\n```\n\n")
KINDS = ("message", "question", "answer", "finding")


class Feed:
    """One room, for every screen that attaches."""

    def __init__(self, root: Path, instances: int, rate: int, lines: int, talks: int) -> None:
        self._root, self._rate, self._lines_rate, self._answers = root, rate, lines, talks
        self._names = [f"explorer-{number}" for number in range(1, instances + 1)]
        self._folder = Folder()
        self._position = 0
        for order, name in enumerate(self._names, 1):
            data = {"instance": name, "state": "ONLINE", "role": "explorer", "brain": "builtin", "order": order}
            self._record("coordinator", "broadcast", f"{name} is ready", "status", data)

    def _record(self, sender: str, to: str, text: str, kind: str, data: dict[str, Any]) -> Record:
        self._position += 200
        message = Message(
            v=1, id=f"m{self._position}", from_=sender, to=to, type=kind, priority="normal",
            timestamp=format_time(time.time()), content=text, metadata=data,
        )  # fmt: skip
        record = Record(self._position, message)
        self._folder.apply(record)
        return record

    def _batch(self, count: int) -> face.Batch:
        records: list[Record] = []
        for _ in range(count):
            number, size = self._position // 200, len(self._names)
            sender, to = self._names[number % size], self._names[number * 7 % size]
            kind = KINDS[number % len(KINDS)]
            recipient = "broadcast" if number % 50 == 0 else to
            records.append(self._record(sender, recipient, f"part {number} of auth.py was read", kind, {}))
        return face.Batch(self._position + 1, records)

    async def serve(self, socket: ServerConnection) -> None:
        """One screen."""
        await socket.recv()
        greeting = face.Greeting(
            PROTOCOL, "bench", str(self._root), "C1", os.getpid(), 1, self._folder.room.position,
            revision=live.REVISION, room=self._folder.room,
        )  # fmt: skip
        await socket.send(face.encode(greeting))
        talks = [self._talk, self._live] if self._rate else []
        talks += [self._print] if self._lines_rate else []
        talks += [partial(self._answer, name) for name in self._names[: self._answers]]
        tasks = [asyncio.create_task(talk(socket)) for talk in talks]
        await self._listen(socket)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _listen(self, socket: ServerConnection) -> None:
        with suppress(ConnectionClosed):
            async for _ in socket:
                pass

    async def _talk(self, socket: ServerConnection) -> None:
        began, sent = time.monotonic(), 0
        while True:
            due = int((time.monotonic() - began) * self._rate) - sent
            if due:
                sent += due
                await socket.send(face.encode(self._batch(due)))
            await asyncio.sleep(FLUSH_SECONDS)

    async def _answer(self, name: str, socket: ServerConnection) -> None:
        """One answer after the other, in pieces as they come joined from an instance."""
        number = 0
        # They do not all speak in the same moment.
        await asyncio.sleep(self._names.index(name) / self._answers * PIECE_SECONDS)
        while True:
            at, turn = 0, f"turn-{name}-{number}"
            for step in range(PIECES):
                text = f"t{time.monotonic_ns():019d} " + (BLOCKS[step // 10 % len(BLOCKS)] if step % 10 == 9 else WORDS)
                piece = live.Piece(turn, at, text)
                at += len(text)
                await socket.send(face.encode(face.Talk(name, pieces=[piece])))
                await asyncio.sleep(PIECE_SECONDS)
            await socket.send(face.encode(face.Talk(name, over=[turn])))
            number += 1

    async def _live(self, socket: ServerConnection) -> None:
        turn = 0
        while True:
            turn += 1
            some = self._names[turn % 8 :: 8]
            views = [
                face.LiveView(name, "thinking" if (turn + index) % 3 else "idle", f"part {turn}", since=time.time())
                for index, name in enumerate(some)
            ]
            await socket.send(face.encode(face.Live(views)))
            await asyncio.sleep(LIVE_SECONDS)

    async def _print(self, socket: ServerConnection) -> None:
        began, sent = time.monotonic(), 0
        while True:
            due = int((time.monotonic() - began) * self._lines_rate) - sent
            lines = [f"{sent + index:09d} read a line of auth.py and thought about it" for index in range(due)]
            sent += due
            await socket.send(face.encode(face.Output(self._names[0], 1, lines)))
            await asyncio.sleep(FLUSH_SECONDS)


async def main(folder: str, instances: str, rate: str, lines: str, talks: str) -> None:
    """Serve until ended."""
    workspace = Workspace(Path(folder))
    workspace.runtime.mkdir(exist_ok=True)
    api = workspace.runtime / "api.sock"
    feed = Feed(workspace.root, int(instances), int(rate), int(lines), int(talks))
    async with unix_serve(feed.serve, str(api), compression=None, ping_interval=None):
        workspace.coordinator.write_bytes(msgspec.json.encode(Found(os.getpid(), str(api), "", "")))
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await asyncio.get_running_loop().create_future()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:6]))
