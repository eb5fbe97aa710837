"""A conversation line by line: what is typed or piped in is said, each line once the one before was answered."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trinity_tui.cli.conversation import Conversation

EXIT_INTERRUPTED = 130
_CHUNK_BYTES = 65_536


async def line_by_line(conversation: Conversation) -> int:
    """Each line is said; the end of the input ends it. The exit code of the last exchange."""
    lines, code = Lines(), 0
    while True:
        if sys.stdin.isatty():
            sys.stderr.write("> ")
            sys.stderr.flush()
        line = await lines.next(conversation.left)
        if conversation.left.is_set():
            return EXIT_INTERRUPTED
        if line is None:
            return code
        if line.strip():
            code = await conversation.exchange(line.strip(), "")


class Lines:
    """The lines of stdin, read without a thread: one that waits there could not be left."""

    def __init__(self) -> None:
        self._rest = b""
        self._is_at_end = False

    async def next(self, left: asyncio.Event) -> str | None:
        """The next one; None at the end, or when the person left."""
        while b"\n" not in self._rest and not self._is_at_end:
            if not await self._readable(left):
                return None
            chunk = os.read(sys.stdin.fileno(), _CHUNK_BYTES)
            self._rest += chunk
            self._is_at_end = not chunk
        if not self._rest:
            return None
        line, _, self._rest = self._rest.partition(b"\n")
        return line.decode("utf-8", "replace")

    async def _readable(self, left: asyncio.Event) -> bool:
        loop, ready = asyncio.get_running_loop(), asyncio.Event()
        try:
            loop.add_reader(sys.stdin.fileno(), ready.set)
        except PermissionError:
            return True  # A file is always readable, and cannot be watched.
        waits = [asyncio.create_task(event.wait()) for event in (ready, left)]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            loop.remove_reader(sys.stdin.fileno())
            for wait in waits:
                wait.cancel()
        return not left.is_set()
