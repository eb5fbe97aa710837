"""Asks the person whether a tool may be used, and waits for the word however long it takes.

The word comes over the live lane, or by the coordinator's record in the log, whichever is first. A question outlives
the life that asked it: the next one waits on under the same id, and takes the word that was given meanwhile.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import msgspec

from trinity_tui.bus import new_message
from trinity_tui.core import fence, typed
from trinity_tui.core.address import COORDINATOR, HUMAN
from trinity_tui.core.limits import METADATA_BYTES
from trinity_tui.core.message import parse_time
from trinity_tui.core.record import Position
from trinity_tui.core.redact import redact
from trinity_tui.core.wire import live
from trinity_tui.harness.thinking.conversation import Asked

if TYPE_CHECKING:
    from trinity_tui.core.message import Message
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
    asked: Asked
    word: asyncio.Future[Word]
    start: Position = 0
    """From where on the word on it may stand in the log."""


class Approvals:
    """What waits for the person.

    Args:
        me: Who asks.
    """

    def __init__(self, me: Me) -> None:
        self._me = me
        self._waiting: dict[str, _Waiting] = {}

    def question(self, turn: str, judged: Judged) -> Message:
        """What the person is to be asked about a call."""
        return new_message(
            self._me.id, HUMAN, "approval", f"May I {judged.call.tool}: {judged.summary[:SUMMARY_CHARACTERS]}",
            origin="peer", thread=turn, metadata=_metadata(self._me, turn, judged),
        )  # fmt: skip

    async def ask(self, asked: Asked) -> None:
        """Have a question on record; one that is there already, said in this life or another, is not said again.

        Raises:
            TrinityError: The log refused.
        """
        question = asked.question
        if question.id in self._waiting:
            return
        # Before it is said: the word on it may come at once.
        self._waiting[question.id] = waiting = _Waiting(asked, asyncio.get_running_loop().create_future())
        is_said = False
        try:
            waiting.start = await self._start(asked)
            if not await self._is_known(question, waiting.start):
                await self._me.voice.publish(question)
            is_said = True
        finally:
            if not is_said:
                del self._waiting[question.id]
        self._tell(asked)

    async def _start(self, asked: Asked) -> Position:
        """Where it was asked; in a log that does not reach so far, which is another one, its beginning."""
        return asked.after if asked.after <= await self._me.bus.end() else await self._me.bus.first()

    async def _is_known(self, question: Message, start: Position) -> bool:
        async for record in self._me.bus.read(start):
            if record.message.id == question.id:
                return True
        return False

    def _tell(self, asked: Asked) -> None:
        self._me.tell(live.Asks(asked.question.id, asked.id, parse_time(asked.question.timestamp)))

    async def word(self, request: str) -> Word:
        """Wait for the person's word on a request; while it is waited for, others are seen to."""
        waiting = self._waiting[request]
        following = asyncio.create_task(self._follow(waiting.start), name="decisions")
        try:
            async with self._me.gate.parked():
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
        for waiting in self._waiting.values():
            if not waiting.word.done():
                self._tell(waiting.asked)

    async def _follow(self, start: Position) -> None:
        async for batch in self._me.bus.follow(start):
            for record in batch:
                message = record.message
                if message.type == "approval" and message.from_ == COORDINATOR and message.to == self._me.id:
                    data = message.metadata
                    said = (typed.text(data, key) for key in ("verdict", "word", "granted"))
                    self.decided(message.reply_to or "", *said)


def is_same(asked: Message, question: Message) -> bool:
    """Whether two questions are about exactly the same: a word on one counts for the other."""
    return (asked.from_, asked.content, asked.metadata) == (question.from_, question.content, question.metadata)


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
