"""One conversation with an instance in a terminal: asks, prints what comes over the live lane, and ends with the log.

What is printed as it comes may be lost with a connection; the answer in the log is whole, and what of it was not
printed yet is printed then.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from trinity_tui.cli.shared import put_json, tell
from trinity_tui.client import api
from trinity_tui.client.connection import Connection
from trinity_tui.client.launcher import answers
from trinity_tui.core.errors import ClientError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from trinity_tui.core.paths import Workspace
    from trinity_tui.core.room import Approval
    from trinity_tui.core.wire.face import Talk
    from trinity_tui.core.wire.live import Piece, ToolUse

EXIT_CUT = 1
EXIT_LATE = 5
EXIT_LEFT = 130
CONNECT_SECONDS = 10.0
LAST_WORDS_SECONDS = 0.3
"""An answer can be in the log before the last of it came over the live lane: how long that is waited for."""
_DIM, _PLAIN = "\x1b[2m", "\x1b[0m"


class Printer:
    """Puts words on stdout and what is about them on stderr; or all as JSON lines on stdout.

    Args:
        thinking: Whether what the instance says to itself is shown.
        as_json: Whether for programs.
    """

    def __init__(self, *, thinking: bool, as_json: bool) -> None:
        self._thinking = thinking
        self._as_json = as_json
        self._printed = ""
        self._states: dict[str, str] = {}
        self._is_dim = sys.stderr.isatty()

    def begin(self) -> None:
        """Another answer comes."""
        self._printed = ""
        self._states.clear()

    def piece(self, piece: Piece) -> None:
        """More of it."""
        if piece.is_thinking and not self._thinking:
            return
        if self._as_json:
            put_json({"event": "thinking" if piece.is_thinking else "text", "at": piece.at, "text": piece.text})
        elif piece.is_thinking:
            sys.stderr.write(f"{_DIM}{_safe(piece.text)}{_PLAIN}" if self._is_dim else _safe(piece.text))
            sys.stderr.flush()
        else:
            # What was printed cannot be taken back: an answer that begins again begins on a line of its own.
            is_next = piece.at == len(self._printed)
            self._write(piece.text if is_next or not self._printed else f"\n{piece.text}")
            self._printed = self._printed[: piece.at].ljust(piece.at) + piece.text

    def use(self, use: ToolUse) -> None:
        """A tool call, when it is another one or stands otherwise."""
        if self._states.get(use.call) == use.state:
            return
        self._states[use.call] = use.state
        if self._as_json:
            put_json({"event": "tool", "call": use.call, "tool": use.tool, "summary": use.summary, "state": use.state,
                      "result": use.result, "seconds": use.seconds})  # fmt: skip
        else:
            took = f" in {use.seconds:.1f} s" if use.seconds else ""
            self.note(f"· {use.tool} {use.summary}: {use.state}{took}")

    def asks(self, asked: Approval) -> None:
        """A call waits for the person."""
        if self._as_json:
            put_json({"event": "asks", "id": asked.id, "tool": asked.tool, "command": asked.command})
        else:
            self.note(f"· waits for you: {asked.command}   `trinity approve {asked.id}` or reject")

    def answer(self, answer: dict[str, Any]) -> None:
        """It is whole, or was cut; print what was not printed of it."""
        content = str(answer["content"])
        if self._as_json:
            put_json({"event": "answer", **answer})
            return
        if content.startswith(self._printed):
            self._write(content[len(self._printed) :])
        elif not self._printed.rstrip().endswith(content.rstrip()):
            self._write(f"\n{content}")
        self._write("\n")

    def note(self, sentence: str) -> None:
        """Something about it, on stderr and on a line of its own."""
        if not self._as_json:
            tell(_safe(sentence))

    def _write(self, text: str) -> None:
        sys.stdout.write(_safe(text))
        sys.stdout.flush()


def _safe(text: str) -> str:
    """Without what would move a terminal's cursor or colour it: the words are somebody else's."""
    return "".join(c if c.isprintable() or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in text)


class Conversation:
    """Exchanges with one instance.

    Args:
        workspace: Where it works.
        who: The instance.
        printer: Where its words go.
        timeout_seconds: How long an answer may take; 0: for ever.

    Attributes:
        left: Set when the person left.
    """

    def __init__(self, workspace: Workspace, who: str, printer: Printer, timeout_seconds: float) -> None:
        self.left = asyncio.Event()
        self._workspace = workspace
        self._who = who
        self._printer = printer
        self._timeout_seconds = timeout_seconds
        self._turn = ""
        self._early: list[Piece | ToolUse] = []
        """What came before we knew the id of what we asked."""
        self._thread: str | None = None
        self._is_cut = False
        self._asked: set[str] = set()
        self._over: set[str] = set()
        self._connection = Connection(workspace, on_talk=self._talk)

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[Conversation]:
        """Connect, for as long as this lasts.

        Raises:
            ClientError: No coordinator runs (3), or there is no such instance (4).
        """
        if not answers(self._workspace):
            raise api.no_coordinator(self._workspace)
        running = asyncio.create_task(self._connection.run(), name="connection")
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGINT, self._interrupted)
        try:
            await self._until(lambda: self._connection.mirror.connected, CONNECT_SECONDS)
            await self._check()
            await self._connection.listen(self._who)
            yield self
        finally:
            loop.remove_signal_handler(signal.SIGINT)
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    async def _check(self) -> None:
        status = await self._connection.request("status", who=self._who)
        for one in status["instances"]:
            if one["state"] not in ("ONLINE", "BUSY"):
                self._printer.note(f"{one['id']} is {one['state']}: {one['reason']}")

    def _talk(self, talk: Talk) -> None:
        self._over.update(talk.over)
        for said in (*talk.pieces, *talk.uses):
            if not self._turn:
                self._early.append(said)
            elif said.turn == self._turn:
                self._show(said)

    def _show(self, said: Piece | ToolUse) -> None:
        from trinity_tui.core.wire.live import Piece

        self._printer.piece(said) if isinstance(said, Piece) else self._printer.use(said)

    def _interrupted(self) -> None:
        if self._is_cut or not self._turn:
            self.left.set()
            return
        self._is_cut = True
        self._cutting = asyncio.get_running_loop().create_task(self._cut(), name="cut")

    async def _cut(self) -> None:
        try:
            await self._connection.request("cut", who=self._who, turn=self._turn)
        except ClientError as error:
            self._printer.note(str(error))

    async def exchange(self, text: str, retry: str) -> int:
        """Say something, or ask again, and print the answer; the exit code.

        Raises:
            ClientError: It was refused.
        """
        self._printer.begin()
        self._turn, self._is_cut = "", False
        self._early.clear()
        sent = await self._say(text, retry)
        self._turn = sent["id"]
        self._thread = self._thread or self._turn
        for said in [said for said in self._early if said.turn == self._turn]:
            self._show(said)
        if not await self._until(self._is_over, self._timeout_seconds):
            self._turn = ""
            if self.left.is_set():
                return EXIT_LEFT
            self._printer.note(f"no answer within {self._timeout_seconds:g} s")
            return EXIT_LATE
        return await self._end()

    async def _say(self, text: str, retry: str) -> dict[str, Any]:
        if retry:
            return await self._connection.request("retry", id=retry)
        return await self._connection.request(
            "send", to=self._who, content=text, type="chat", thread=self._thread, wait=True
        )

    def _is_over(self) -> bool:
        for asked in self._connection.mirror.room.approvals.values():
            if asked.kind and not asked.verdict and asked.from_ == self._who and asked.id not in self._asked:
                self._asked.add(asked.id)
                self._printer.asks(asked)
        delivery = self._connection.mirror.room.deliveries.by_id.get(self._turn)
        return delivery is not None and bool(delivery.answer or delivery.ended)

    async def _end(self) -> int:
        await self._until(lambda: self._turn in self._over, LAST_WORDS_SECONDS)
        turn, self._turn = self._turn, ""
        delivery = self._connection.mirror.room.deliveries.by_id[turn]
        if not delivery.answer:
            self._printer.note(f"{delivery.stage}: {delivery.reason}   `trinity resend {turn}` sends it again")
            return EXIT_LATE
        found = await self._connection.request("body", id=delivery.answer)
        metadata = found["message"].get("metadata", {})
        cut = str(metadata.get("cut") or "")
        self._printer.answer({
            "id": delivery.answer, "reply_to": turn, "content": found["content"], "cut": cut,
            "brain": metadata.get("brain"), "usage": metadata.get("usage"),
        })  # fmt: skip
        if cut:
            self._printer.note(f"cut: {cut}   `trinity chat {self._who} --retry {turn}` asks again")
        return EXIT_CUT if cut else 0

    async def _until(self, is_so: Any, seconds: float) -> bool:
        """Wait for it; not longer than this (0: for ever), and not when the person left."""
        left = asyncio.create_task(self.left.wait(), name="left")
        try:
            async with asyncio.timeout(seconds or None):
                while not is_so():
                    self._connection.changed.clear()
                    changed = asyncio.create_task(self._connection.changed.wait(), name="changed")
                    await asyncio.wait({left, changed}, return_when=asyncio.FIRST_COMPLETED)
                    changed.cancel()
                    if self.left.is_set():
                        return False
        except TimeoutError:
            return False
        finally:
            left.cancel()
        return True
