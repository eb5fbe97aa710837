"""Asks the person whether a tool may be used, and waits for the word however long it takes.

The word comes over the live lane, or by the coordinator's record in the log, whichever is first. A request belongs to
the life that made it: what waits when a life ends is no longer wanted.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import msgspec

from trinity_tui.bus import new_message
from trinity_tui.core import fence, typed
from trinity_tui.core.address import COORDINATOR, HUMAN
from trinity_tui.core.limits import METADATA_BYTES
from trinity_tui.core.record import Position
from trinity_tui.core.redact import redact
from trinity_tui.core.wire import live

if TYPE_CHECKING:
    from trinity_tui.harness.me import Me
    from trinity_tui.tools.tool import Judged

DIFF_BYTES = 8 * 1024
"""Of the diff in a request; less where the rest of its metadata leaves less room."""
GRANT_BYTES = 2 * 1024
SUMMARY_CHARACTERS = 600
_VERDICTS = ("once", "always", "reject")


class Word(msgspec.Struct, frozen=True):
    """What the person said."""

    verdict: str
    word: str = ""
    granted: str = ""
    """Which grant said it for the person, in words; empty: the person did, now."""

    @property
    def is_yes(self) -> bool:
        """Whether it may be done now."""
        return self.verdict in ("once", "always")


class _Waiting(msgspec.Struct):
    turn: str
    since: float
    word: asyncio.Future[Word]
    position: Position = -1
    """Where the request stands; -1: it is not said."""


class Approvals:
    """What waits for the person.

    Args:
        me: Who asks.
    """

    def __init__(self, me: Me) -> None:
        self._me = me
        self._waiting: dict[str, _Waiting] = {}

    async def request(self, turn: str, judged: Judged) -> str:
        """Put a request on record; its id."""
        message = new_message(
            self._me.id, HUMAN, "approval", f"May I {judged.call.tool}: {judged.summary[:SUMMARY_CHARACTERS]}",
            origin="peer", thread=turn, metadata=_metadata(self._me, turn, judged),
        )  # fmt: skip
        waiting = _Waiting(turn, time.time(), asyncio.get_running_loop().create_future())
        # Before it is said: the word on it may come at once.
        self._waiting[message.id] = waiting
        try:
            (waiting.position,) = await self._me.publish(message)
        finally:
            if waiting.position < 0:
                del self._waiting[message.id]
        self._me.tell(live.Asks(message.id, turn, waiting.since))
        return message.id

    async def word(self, request: str) -> Word:
        """Wait for the person's word on a request; while it is waited for, others are seen to."""
        waiting = self._waiting[request]
        following = asyncio.create_task(self._follow(waiting.position), name="decisions")
        try:
            async with self._me.parked():
                word = await asyncio.shield(waiting.word)
        finally:
            following.cancel()
        del self._waiting[request]
        return word

    def drop(self, request: str) -> None:
        """It is no longer wanted."""
        self._waiting.pop(request, None)
        self._me.tell(live.AsksNoMore(request))

    def decided(self, request: str, verdict: str, word: str, granted: str = "") -> None:
        """Take the person's word; one on nothing that waits means nothing."""
        waiting = self._waiting.get(request)
        if waiting is not None and not waiting.word.done() and verdict in _VERDICTS:
            waiting.word.set_result(Word(verdict, fence.clean(word)[: typed.TEXT_CHARACTERS], fence.clean(granted)))

    def say_again(self) -> None:
        """Another coordinator is there: what waits, waits on."""
        for request, waiting in self._waiting.items():
            if not waiting.word.done():
                self._me.tell(live.Asks(request, waiting.turn, waiting.since))

    async def _follow(self, start: Position) -> None:
        async for batch in self._me.bus.follow(start):
            for record in batch:
                message = record.message
                if message.type == "approval" and message.from_ == COORDINATOR and message.to == self._me.id:
                    data = message.metadata
                    said = (typed.text(data, key) for key in ("verdict", "word", "granted"))
                    self.decided(message.reply_to or "", *said)


def _metadata(me: Me, turn: str, judged: Judged) -> dict[str, Any]:
    # A grant that would be cut could allow something else: then there is none, and it is asked each time.
    grant = list(judged.grant) if len(msgspec.json.encode(judged.grant)) <= GRANT_BYTES else []
    metadata: dict[str, Any] = {
        "op": "request", "kind": "tool", "command": judged.summary[:SUMMARY_CHARACTERS], "tool": judged.call.tool[:40],
        "call": judged.call.id[:100], "turn": turn, "rule": judged.rule[:200], "grant": grant, "folder": str(me.root),
    }  # fmt: skip
    diff, room = redact(judged.diff), DIFF_BYTES
    while len(msgspec.json.encode(metadata | {"diff": fence.cut(diff, room)})) > METADATA_BYTES and room:
        room //= 2
    return metadata | {"diff": fence.cut(diff, room)}
