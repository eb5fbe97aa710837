"""Tells the coordinator what a brain says as it comes: tokens joined to a few pieces a second, and its tool calls."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from trinity_tui.core.wire.live import Piece, ToolUse

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.core.wire.live import FromInstance

PIECE_SECONDS = 0.1
"""How long tokens are gathered: ten pieces a second are as many as an eye takes in."""
RESULT_CHARACTERS = 2_000


class Telling:
    """What is told of one turn.

    Args:
        turn: The id of the message that is answered.
        say: Puts a frame on the live lane.

    Attributes:
        keep: Called before what was gathered is told.
    """

    def __init__(self, turn: str, say: Callable[[FromInstance], None]) -> None:
        self.keep: Callable[[], None] = lambda: None
        self._turn = turn
        self._say = say
        self._gathered: list[tuple[bool, str]] = []
        self._said = {True: 0, False: 0}
        self._printed: dict[str, ToolUse] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._told_at = float("-inf")

    def text(self, text: str, *, is_thinking: bool = False) -> None:
        """More of the answer, or of the thinking."""
        if self._gathered and self._gathered[-1][0] == is_thinking:
            self._gathered[-1] = (is_thinking, self._gathered[-1][1] + text)
        else:
            self._gathered.append((is_thinking, text))
        self._soon()

    def separate(self) -> None:
        """What comes now is a paragraph of its own."""
        if self._said[False] or any(not is_thinking for is_thinking, _ in self._gathered):
            self.text("\n\n")

    def use(self, use: ToolUse) -> None:
        """A tool call as it is now."""
        self.flush()
        self._printed.pop(use.call, None)
        self._say(use)

    def printed(self, use: ToolUse) -> None:
        """A tool call that runs, with the newest of what it prints."""
        self._printed[use.call] = use
        self._soon()

    def flush(self) -> None:
        """Tell what was gathered."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._told_at = asyncio.get_running_loop().time()
        self.keep()
        for is_thinking, text in self._gathered:
            self._say(Piece(self._turn, self._said[is_thinking], text, is_thinking))
            self._said[is_thinking] += len(text)
        self._gathered.clear()
        for use in self._printed.values():
            self._say(use)
        self._printed.clear()

    def _soon(self) -> None:
        if self._timer is not None:
            return
        loop = asyncio.get_running_loop()
        wait = self._told_at + PIECE_SECONDS - loop.time()
        if wait <= 0:
            self.flush()
        else:
            self._timer = loop.call_later(wait, self.flush)
