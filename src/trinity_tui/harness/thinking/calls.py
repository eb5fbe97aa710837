"""Sees to the tool calls of one step: judged, asked about where that must be, done, told and noted, one by one."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core import fence, trace
from trinity_tui.core.address import HUMAN
from trinity_tui.core.conversation import Turn
from trinity_tui.core.limits import MODEL_BYTES
from trinity_tui.core.message import format_time
from trinity_tui.core.wire.live import ToolUse
from trinity_tui.harness.thinking import conversation as lines
from trinity_tui.harness.thinking.approvals import is_same
from trinity_tui.harness.thinking.hands import changes
from trinity_tui.harness.thinking.sound import sound
from trinity_tui.harness.thinking.telling import RESULT_CHARACTERS
from trinity_tui.process import procfs
from trinity_tui.tools.tool import Result

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trinity_tui.core.conversation import Call, ToolSpec
    from trinity_tui.harness import me as instance
    from trinity_tui.harness.me import Me
    from trinity_tui.harness.thinking.approvals import Approvals, Word
    from trinity_tui.harness.thinking.conversation import Conversation, Exchange
    from trinity_tui.harness.thinking.hands import Hands
    from trinity_tui.harness.thinking.telling import Telling
    from trinity_tui.harness.thinking.tracing import Trace
    from trinity_tui.tools.tool import Judged

FAILURES_MOST = 2
"""A call that failed so often is not done again in the same turn."""
SUMMARY_CHARACTERS = 300
REPEATED = "this same call failed twice already: it is not done again, try something else"
INTERRUPTED = "it was interrupted after it had begun, and may have been done in part: look before you do it again"


class Outcome(msgspec.Struct, frozen=True):
    """What came of a call, and how that came about."""

    result: Result
    state: str
    decided_by: str


class Calls:
    """The tool calls of one turn.

    Args:
        me: Whose.
        hands: The tools.
        approvals: Where the person is asked.
        conversation: Where each is kept.
        telling: Tells it as it comes.
        trace: Where each is noted.
    """

    def __init__(
        self, me: Me, hands: Hands, approvals: Approvals, conversation: Conversation, telling: Telling, trace: Trace
    ) -> None:
        self._me = me
        self._hands = hands
        self._approvals = approvals
        self._conversation = conversation
        self._telling = telling
        self._trace = trace

    @property
    def specs(self) -> Sequence[ToolSpec]:
        """What there is."""
        return self._hands.specs

    async def finish(self, exchange: Exchange, shown: instance.Turn) -> None:
        """Do those of the newest step of which nothing came yet."""
        turn, results = exchange.steps[-1]
        for call in turn.calls:
            if call.id not in results:
                result = await self._see_to(exchange, call, shown)
                text = fence.cut(sound(result.text), MODEL_BYTES)
                came = Turn("tool", text, call_id=call.id, tool=call.tool, is_error=result.is_error)
                self._conversation.append(lines.Came(exchange.opened.id, came))

    def drop(self, exchange: Exchange) -> None:
        """The turn is over: what still waits for the person is no longer wanted."""
        for asked in exchange.asked.values():
            self._approvals.drop(asked.question.id)

    async def _see_to(self, exchange: Exchange, call: Call, shown: instance.Turn) -> Result:
        judged = self._hands.judge(call, exchange.opened.sender)
        outcome = Outcome(Result("interrupted", is_error=True), "cut", "")
        try:
            outcome = await self._outcome(exchange, judged, shown)
            return outcome.result
        finally:
            self._tell(exchange, judged, outcome.state, outcome.result.text, outcome.result.seconds)
            self._note(exchange, judged, outcome)

    async def _outcome(self, exchange: Exchange, judged: Judged, shown: instance.Turn) -> Outcome:
        call = judged.call
        if call.id in exchange.begun:
            return Outcome(Result(INTERRUPTED, is_error=True), "cut", "")
        if judged.verdict != "ask":
            self._take_back(exchange, call)
        if _failures(exchange, call) >= FAILURES_MOST:
            return Outcome(Result(REPEATED, is_error=True), "refused", "repeated")
        if judged.verdict == "deny":
            return Outcome(Result(f"not allowed ({judged.rule}): {judged.summary}", is_error=True), "refused", "rule")
        decided_by = "rule"
        if judged.verdict == "ask":
            word = await self._ask(exchange, judged, shown)
            decided_by = word.granted or HUMAN
            if not word.is_yes:
                said_no = f"the person said no{f': {word.word}' if word.word else ''}"
                return Outcome(Result(said_no, is_error=True), "refused", decided_by)
        result = await self._use(exchange, judged, shown)
        return Outcome(result, "failed" if result.is_error else "done", decided_by)

    async def _ask(self, exchange: Exchange, judged: Judged, shown: instance.Turn) -> Word:
        """What the person says to it, now or in a grant."""
        asked = await self._asked(exchange, judged)
        await self._approvals.ask(asked)
        self._me.becomes(shown, "waiting", f"for you: {judged.summary}")
        self._tell(exchange, judged, "waits", "", 0.0)
        return await self._approvals.word(asked.question.id)

    async def _asked(self, exchange: Exchange, judged: Judged) -> lines.Asked:
        """The question about a call, kept before it is said; the one of before, where it was about the same."""
        turn, call = exchange.opened.id, judged.call
        question, before = self._approvals.question(turn, judged), exchange.asked.get(call.id)
        if before is not None and is_same(before.question, question):
            return before
        self._take_back(exchange, call)
        asked = lines.Asked(turn, call.id, question, await self._me.bus.end(), procfs.boot_id())
        self._conversation.append(asked)
        return asked

    def _take_back(self, exchange: Exchange, call: Call) -> None:
        """What was asked about a call in another life, and is not to be asked now."""
        if before := exchange.asked.get(call.id):
            self._approvals.drop(before.question.id)

    async def _use(self, exchange: Exchange, judged: Judged, shown: instance.Turn) -> Result:
        turn, call = exchange.opened.id, judged.call
        if changes(call):
            self._conversation.append(lines.Begun(turn, call.id))
        self._me.becomes(shown, "tool", judged.summary or call.tool)
        self._tell(exchange, judged, "runs", "", 0.0)
        began, printed = time.monotonic(), ""

        def show(text: str) -> None:
            nonlocal printed
            printed = (printed + text)[-RESULT_CHARACTERS:]
            self._telling.printed(_use_of(turn, judged, "runs", sound(printed), time.monotonic() - began))

        result = await self._hands.use(judged, show)
        # Without the time in which it waited for the person.
        return msgspec.structs.replace(result, seconds=time.monotonic() - began)

    def _tell(self, exchange: Exchange, judged: Judged, state: str, result: str, seconds: float) -> None:
        self._telling.use(_use_of(exchange.opened.id, judged, state, result, seconds))

    def _note(self, exchange: Exchange, judged: Judged, outcome: Outcome) -> None:
        self._trace.note(
            trace.Use(
                format_time(time.time()), exchange.opened.id, judged.call.id, judged.call.tool, judged.call.arguments,
                judged.summary, judged.verdict, judged.rule, outcome.decided_by, outcome.state, outcome.result.text,
                round(outcome.result.seconds, 3),
            )
        )  # fmt: skip


def _failures(exchange: Exchange, call: Call) -> int:
    """How often in a row the same call failed in this turn, over all lives of it."""
    key, count = _key(call), 0
    for turn, results in exchange.steps:
        for other in turn.calls:
            came = results.get(other.id)
            if came is not None and came.text != INTERRUPTED and _key(other) == key:
                count = count + 1 if came.is_error else 0
    return count


def _key(call: Call) -> bytes:
    """The same for the same call."""
    return msgspec.json.encode([call.tool, call.arguments], order="sorted")


def _use_of(turn: str, judged: Judged, state: str, result: str, seconds: float) -> ToolUse:
    summary = judged.summary[:SUMMARY_CHARACTERS]
    shown = sound(result)[:RESULT_CHARACTERS]
    return ToolUse(turn, judged.call.id, judged.call.tool, summary, state, shown, round(seconds, 3))  # pyright: ignore[reportArgumentType]  # one of ours
