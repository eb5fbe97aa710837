"""``trinity chat``: talk with one instance; its words as they come on stdout, everything about them on stderr."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from trinity_tui.cli.shared import AsJson, state_of

if TYPE_CHECKING:
    from trinity_tui.cli.conversation import Conversation

EXIT_INTERRUPTED = 130
_CHUNK_BYTES = 65_536


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(chat)


def chat(
    context: typer.Context,
    who: Annotated[str, typer.Argument(metavar="WHO", help="An instance.")],
    text: Annotated[str, typer.Argument(metavar="[TEXT]", help="What to say; without it, line by line.")] = "",
    thinking: Annotated[bool, typer.Option("--thinking", help="Show on stderr what it says to itself.")] = False,
    retry: Annotated[str, typer.Option(metavar="ID", help="Ask this question of yours again.")] = "",
    timeout: Annotated[float, typer.Option(help="How many seconds to wait for an answer at most; 0: for ever.")] = 0.0,
    as_json: AsJson = False,
) -> None:
    """Talk with an instance: its answer as it comes. Ctrl+C cuts the answer, a second one leaves.

    Exit codes: 1 the answer was cut, 3 no coordinator, 4 no such instance, 5 not answered in time, 130 left.
    """
    # Here and not above: only who chats pays for the connection.
    from trinity_tui.cli.conversation import Conversation, Printer

    workspace = state_of(context).workspace
    printer = Printer(thinking=thinking, as_json=as_json)

    async def talk() -> int:
        async with Conversation(workspace, who, printer, timeout).open() as conversation:
            if text or retry:
                return await conversation.exchange(text, retry)
            return await _line_by_line(conversation)

    raise typer.Exit(asyncio.run(talk()))


async def _line_by_line(conversation: Conversation) -> int:
    """Each line is said; the end of the input ends it. The exit code of the last exchange."""
    lines, code = _Lines(), 0
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


class _Lines:
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
