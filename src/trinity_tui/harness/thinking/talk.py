"""One turn of a model: a prompt, what it says, the tools it wants used, what came of them, and so on until its answer.

::

    asked ─▶ prompt ─▶ stream ──▶ stop ─▶ the answer, whole
              ▲           │ calls   └───▶ length, refusal, a failure, the person's stop ─▶ the answer, cut
              └─ results ─┘               a limit of the provider's ─▶ wait, and the same again

What was done stands in the conversation before the next step is begun, so that a turn a pause cut goes on where it was.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from contextlib import aclosing
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core import context, text_calls, trace
from trinity_tui.core.conversation import Call, Called, Counted, End, Text, Thinking, Turn, Usage, Waiting
from trinity_tui.core.cut_usage import usage_of_cut
from trinity_tui.core.errors import BrainError, StoreError, TrinityError
from trinity_tui.core.message import format_time
from trinity_tui.core.wire import live
from trinity_tui.harness.thinking import conversation as lines
from trinity_tui.harness.thinking.said import Said
from trinity_tui.harness.thinking.sound import sound, sound_values
from trinity_tui.harness.thinking.stopping import STOPPED, StoppedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.brains.brain import Brain
    from trinity_tui.core.context import Composed, Sources
    from trinity_tui.core.conversation import Event
    from trinity_tui.harness import me as instance
    from trinity_tui.harness.me import Me
    from trinity_tui.harness.thinking.calls import Calls
    from trinity_tui.harness.thinking.conversation import Conversation, Exchange
    from trinity_tui.harness.thinking.stopping import Stop
    from trinity_tui.harness.thinking.telling import Telling
    from trinity_tui.harness.thinking.tracing import Trace

LIMITED_SECONDS = 30.0
"""How long a limit is taken to hold where the provider does not say."""
TRIES = 20
"""So often one prompt is put to a provider that has no time for it."""
REASON_CHARACTERS = 300
_NO_TOOLS = re.compile(r"not support (?:tools|tool|function)", re.IGNORECASE)
"""How servers say that a model knows no calls of its own."""
log = logging.getLogger("talk")


class Talk:
    """One turn.

    Args:
        me: Whose.
        exchange: What is asked, and what was done about it before a pause.
        conversation: Where each step is kept.
        calls: Sees to the tools.
        telling: Tells it as it comes.
        trace: Where each exchange is noted.
        sources: What the brain is to be shown, given whether it writes its calls as text.
        without_tools: Brains that turned out to know no calls of their own; added to.
        stop: How the person stops it.
    """

    def __init__(
        self,
        me: Me,
        exchange: Exchange,
        conversation: Conversation,
        calls: Calls,
        telling: Telling,
        trace: Trace,
        sources: Callable[[bool], Sources],
        without_tools: set[str],
        stop: Stop,
    ) -> None:
        self._me = me
        self._exchange = exchange
        self._conversation = conversation
        self._calls = calls
        self._telling = telling
        self._trace = trace
        self._sources = sources
        self._said = Said()
        self._usage = Usage()
        self._without_tools = without_tools
        self._stop = stop
        self.id = exchange.opened.id
        telling.keep = self._keep_heard

    async def hold(self, brain: Brain, turns_most: int) -> lines.Closed:
        """Bring it to its end; the answer stands in the conversation then.

        Raises:
            BrainError: The brain is not there, and nothing was said or done yet.
        """
        cut = ""
        try:
            async with self._me.turn("thinking", self._exchange.opened.text) as shown:
                cut = await self._until_said(brain, turns_most, shown)
        except StoppedError:
            cut = STOPPED
        except BrainError as error:
            if error.kind == "missing" and not self._said.is_begun and not self._exchange.steps:
                raise
            cut = error.sentence()
        finally:
            self._telling.flush()
        text = "\n\n".join(part for part in (self._exchange.text, self._said.text.strip()) if part)
        closed = lines.Closed(self.id, text, format_time(time.time()), cut, str(brain.name), self._usage)
        self._conversation.append(closed)
        self._calls.drop(self._exchange)
        return closed

    async def _until_said(self, brain: Brain, turns_most: int, shown: instance.Turn) -> str:
        """Why the answer is not whole; empty where it is."""
        if self._exchange.steps:
            await self._stop.obey(self._calls.finish(self._exchange, shown))
        while len(self._exchange.steps) < turns_most:
            said = await self._ask(brain, shown)
            if not said.calls:
                return _why_cut(said)
            self._keep(said)
            await self._stop.obey(self._calls.finish(self._exchange, shown))
            await self._stop.obey(self._me.gate.let_urgent_go_first())
        return f"{turns_most} exchanges with the model were not enough"

    async def _ask(self, brain: Brain, shown: instance.Turn) -> Said:
        """Put the prompt, again while the provider only has no time for it."""
        for tried in range(1, TRIES + 1):
            await self._stop.obey(self._me.gate.until_may_ask(lambda why: self._me.becomes(shown, "waiting", why)))
            uses_text = not brain.has_tools or str(brain.name) in self._without_tools
            composed = context.compose(self._sources(uses_text), brain.window_tokens)
            self._me.becomes(shown, "thinking", self._exchange.opened.text)
            try:
                await self._stop.obey(self._stream(brain, composed, shown))
                return self._parsed(uses_text)
            except BrainError as error:
                if not uses_text and error.kind == "refused" and _NO_TOOLS.search(str(error)):
                    self._without_tools.add(str(brain.name))
                    continue
                if error.kind not in ("rate", "overloaded") or self._said.is_begun or tried == TRIES:
                    raise
                await self._stop.obey(self._wait(brain, error, shown))
        raise AssertionError("the last try returns or raises")

    def _parsed(self, uses_text: bool) -> Said:
        said = self._said
        # An answer that was cut at its length may end within a call: what is only half written is not done.
        if uses_text and not said.calls and said.end is not None and said.end.reason != "length":
            prefix = f"{text_calls.PREFIX}{len(self._exchange.steps)}-"
            _, calls = text_calls.parse(said.text, self._calls.specs, prefix)
            said.calls = list(calls)
        return said

    async def _wait(self, brain: Brain, error: BrainError, shown: instance.Turn) -> None:
        seconds = error.retry_seconds if error.retry_seconds is not None else LIMITED_SECONDS
        limited = seconds if error.kind == "rate" else 0.0
        self._me.tell(
            live.Spent(str(brain.name), self.id, limited_seconds=limited, problem=str(error)[:REASON_CHARACTERS])
        )
        self._me.becomes(shown, "waiting", f"{error}, again in {seconds:.0f} s")
        await asyncio.sleep(seconds)

    # What it says

    async def _stream(self, brain: Brain, composed: Composed, shown: instance.Turn) -> None:
        self._said, began, problem = Said(), time.monotonic(), ""
        if self._exchange.text:
            self._telling.separate()
        try:
            async with aclosing(brain.stream(composed.prompt)) as events:
                async for event in events:
                    self._take(event, shown)
            if self._said.end is None:
                raise BrainError("cut", f"the answer of {brain.name} broke off")
        except asyncio.CancelledError:
            problem = STOPPED if self._stop.is_stopped else "interrupted"
            raise
        except BrainError as error:
            problem = str(error)
            raise
        finally:
            self._telling.flush()
            usage = self._used(brain, composed)
            self._note(brain, composed, time.monotonic() - began, problem, usage)
            # However it ended: a provider is paid for what was cut as well.
            if usage != Usage() or not problem:
                await self._account(brain, usage, problem)

    def _used(self, brain: Brain, composed: Composed) -> Usage:
        said = self._said
        if said.end is not None:
            return said.end.usage
        written = [said.text, said.thinking, *(str(call.arguments) for call in said.calls)]
        return brain.priced(usage_of_cut(said.counted, context.cost(composed.prompt), written))

    def _take(self, event: Event, shown: instance.Turn) -> None:
        said = self._said
        match event:
            case Text(text=text):
                self._me.becomes(shown, "writing", self._exchange.opened.text)
                said.take(text := sound(text))
                self._telling.text(text)
            case Thinking(text=text, signature=signature):
                said.take(text := sound(text), is_thinking=True)
                said.signature += signature
                if text:
                    self._telling.text(text, is_thinking=True)
            case Called(call=call):
                said.calls.append(Call(call.id, call.tool, sound_values(call.arguments)))
            case Waiting(reason=reason):
                self._me.becomes(shown, "waiting", reason)
            case Counted(usage=usage):
                said.counted = usage
            case End():
                said.end = event

    def _keep(self, said: Said) -> None:
        # Some providers number their calls anew each time; here a call is known by its id for the whole turn.
        known = {call.id for turn, _ in self._exchange.steps for call in turn.calls}
        step = len(self._exchange.steps)
        calls = [
            msgspec.structs.replace(call, id=f"{call.id}-{step}") if call.id in known else call for call in said.calls
        ]
        turn = Turn("assistant", said.text.strip(), said.thinking, said.signature, tuple(calls))
        self._conversation.append(lines.Step(self.id, turn))
        self._said = Said()

    def _keep_heard(self) -> None:
        """Before it is shown: a death in the middle of it leaves as much as the person saw."""
        at, text = self._said.unkept()
        if not text:
            return
        try:
            self._conversation.append(lines.Heard(self.id, at, text))
        except StoreError as error:
            log.warning("a part of an answer is not kept: %s", error)

    def _note(self, brain: Brain, composed: Composed, seconds: float, problem: str, usage: Usage) -> None:
        said, end = self._said, self._said.end
        self._trace.note(
            trace.Exchange(
                format_time(time.time()), self.id, str(brain.name), round(seconds, 3), context.cost(composed.prompt),
                composed.left_out, said.text, said.thinking, tuple(call.tool[:40] for call in said.calls),
                end.reason if end else "", problem, usage,
            )
        )  # fmt: skip

    async def _account(self, brain: Brain, usage: Usage, cut: str) -> None:
        """Put on record what was used: the log is the account, the live lane only is faster."""
        self._usage += usage
        figures, cut = msgspec.to_builtins(usage), cut[:REASON_CHARACTERS]
        self._me.tell(live.Spent(str(brain.name), self.id, **figures, problem=cut))
        spent = {"brain": str(brain.name), "turn": self.id, **figures} | ({"cut": cut} if cut else {})
        try:
            await self._me.put_spent(spent)
        except TrinityError as error:
            log.warning("what was used is not on record: %s", error)


def _why_cut(said: Said) -> str:
    reason = said.end.reason if said.end is not None else "stop"
    if reason == "length":
        return "the answer reached the most it may be long"
    if reason == "refusal":
        return "the model would not say more"
    return "" if said.text.strip() else "the model said nothing"
