"""An instance that thinks with a model: takes what is asked, has a turn made of it, and says what came of that.

Without a model it says so, and the role answers with the builtin brain as it always could.
"""

from __future__ import annotations

import logging
import secrets
import time
from typing import TYPE_CHECKING, Any

import msgspec

from trinity_tui.core import fence, limits
from trinity_tui.core.errors import BrainError
from trinity_tui.core.message import format_time
from trinity_tui.core.wire import live
from trinity_tui.harness.thinking.approvals import Approvals
from trinity_tui.harness.thinking.aside import Aside
from trinity_tui.harness.thinking.bus_tools import BusTools
from trinity_tui.harness.thinking.calls import Calls
from trinity_tui.harness.thinking.conversation import Closed, Conversation, Opened
from trinity_tui.harness.thinking.hands import Hands
from trinity_tui.harness.thinking.interruption import why_interrupted
from trinity_tui.harness.thinking.remembered import Remembered
from trinity_tui.harness.thinking.situation import Situation
from trinity_tui.harness.thinking.stopping import STOPPED, Stop, StoppedError
from trinity_tui.harness.thinking.talk import Talk
from trinity_tui.harness.thinking.telling import Telling
from trinity_tui.harness.thinking.tracing import Trace
from trinity_tui.process import procfs

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from trinity_tui.core.context import Sources
    from trinity_tui.core.message import Message
    from trinity_tui.harness.me import Me
    from trinity_tui.harness.thinking.conversation import Exchange
    from trinity_tui.harness.thinking.mind import Mind
    from trinity_tui.memory.search import Hit
    from trinity_tui.tools.tool import Toolbox

ANSWER_BYTES = 4 * limits.CONTENT_BYTES
"""What is published of an answer at most."""
NO_MODEL = "answered without a model"
NO_MODEL_NOW = "there is no model any more to go on with"
log = logging.getLogger("thinker")


class Thinker:
    """The thinking of one instance.

    Args:
        me: Whose.
        mind: Its brain.
        boxes: Makes what it may do in the workspace, once a model is there for it.
        catch_up: Has what it works on be as new as the person's before a turn; a sentence where it is not.
        state: What it is and does, in a few words.

    Attributes:
        aside: What it thinks of what nobody asked.
    """

    def __init__(
        self,
        me: Me,
        mind: Mind,
        boxes: Callable[[], Awaitable[Sequence[Toolbox]]],
        catch_up: Callable[[], Awaitable[str]],
        state: Callable[[], str],
    ) -> None:
        self._me = me
        self._mind = mind
        self._memory = Remembered(me.workspace, me.places)
        self._approvals = Approvals(me)
        self._conversation = Conversation(me.places.conversation)
        self._trace = Trace(me.places.trace)
        self._boxes = boxes
        self._catch_up = catch_up
        self._hands: Hands | None = None
        self._bus: BusTools | None = None
        self._situation = Situation(me, state, secrets.token_hex(6))
        self._stops: list[Stop] = []
        self._without_tools: set[str] = set()
        self.aside = Aside(me, mind, self._situation, self._approvals, self._trace, self._stops)

    async def watch(self) -> None:
        """For ever: see to it that the brain asked for is in use once it is there."""
        await self._mind.watch()

    async def begin(self) -> None:
        """Remember what was said before; what waited for the person waits on, all else is interrupted.

        Raises:
            StoreError: The conversation cannot be read.
        """
        boot = procfs.boot_id()
        for exchange in self._conversation.open():
            exchange.is_interrupted = not exchange.waits_for_person(boot)
        dropped = self._conversation.unwanted()
        self._me.listen(self._heard)
        if self._me.lane is not None:
            self._me.lane.on_greeted = lambda: self._greeted(dropped)
            if self._me.lane.greeted.is_set():
                self._greeted(dropped)

    def _greeted(self, dropped: list[str]) -> None:
        while dropped:
            self._approvals.drop(dropped.pop())
        self._approvals.say_again()

    def _heard(self, frame: live.FromCoordinator) -> None:
        match frame:
            case live.Verdict():
                self._approvals.decided(frame.request, frame.verdict, frame.word, frame.granted)
            case live.Cut():
                for stop in self._stops:
                    if frame.turn in ("", stop.turn):
                        stop.stop()
            case live.UseBrain():
                log.info("from now on with %s", frame.brain)
                self._mind.use(frame.brain)
            case _:
                pass

    async def has_model(self) -> bool:
        """Whether there is one now."""
        async with self._mind.borrowed() as brain:
            return brain is not None

    def give_up(self, message_id: str, why: str) -> None:
        """A message is not to be answered any more: what waits for the person because of it is taken back."""
        exchange = self._conversation.get(message_id)
        if exchange is not None and exchange.closed is None:
            self._give_up(exchange, why)

    async def think(self, message: Message, text: str, *, is_task: bool = False) -> Closed | None:
        """What the model says to a message; None where there is no model.

        Args:
            message: What is answered.
            text: Its whole content.
            is_task: Whether it is to be done rather than answered.
        """
        exchange = self._conversation.get(message.id)
        if exchange is not None and exchange.closed is not None and exchange.closed.cut != NO_MODEL:
            return exchange.closed  # The answer was written down, and what ended us came before it was said.
        if exchange is not None and exchange.is_interrupted:
            return self._close(exchange, exchange.shown, why_interrupted(exchange, self._me.tell, self._trace))
        stop = Stop(message.id)
        self._stops.append(stop)
        try:
            await stop.obey(self._prepare(is_new=exchange is None))
            return await self._think(stop, exchange, message, text, is_task=is_task)
        except StoppedError:
            return self._give_up(self._opened(exchange, message, text), STOPPED)
        finally:
            self._stops.remove(stop)

    async def _prepare(self, *, is_new: bool) -> None:
        """What may take its time before the first exchange: looking for the brain, making the tools."""
        async with self._mind.borrowed() as brain:
            if brain is not None:
                await self._tools()
                # What goes on was begun on the files as they are.
                self._situation.worktree = await self._catch_up() if is_new else ""

    async def _think(
        self, stop: Stop, exchange: Exchange | None, message: Message, text: str, *, is_task: bool
    ) -> Closed | None:
        async with self._mind.borrowed() as brain:
            if brain is None:
                return self._without_model(exchange)
            await stop.obey(self._situation.handed.look(brain.window_tokens))
            exchange = self._opened(exchange, message, text)
            remembered = await stop.obey(self._recall(exchange))
            talk = self._talk(stop, exchange, await self._tools(), remembered, is_task=is_task)
            try:
                closed = await talk.hold(brain, self._me.brief.turns_per_task)
            except BrainError as error:
                self._mind.lost(error.sentence())
                self._close(exchange, "", NO_MODEL)
                return None
            self._memory.said(exchange.opened.id, closed.text)
            return closed

    async def _recall(self, exchange: Exchange) -> Sequence[Hit]:
        """What the memory has on what is asked."""
        opened = exchange.opened
        if self._bus is not None:
            self._bus.turn = opened.id
        return await self._memory.shown(opened.id, opened.text)

    def _opened(self, exchange: Exchange | None, message: Message, text: str) -> Exchange:
        if exchange is not None and exchange.closed is None:
            return exchange
        return self._conversation.begin(_opened(message, text))

    async def _tools(self) -> Hands:
        if self._hands is not None:
            return self._hands
        if self._bus is None:
            self._bus = BusTools(self._me, self._memory, lambda: self._mind.name)
        boxes = await self._boxes()
        hands = Hands(self._bus, *boxes)
        if boxes:  # Else it is tried again: what is missing may be there by then.
            self._hands = hands
        return hands

    def _talk(self, stop: Stop, exchange: Exchange, hands: Hands, remembered: Sequence[Hit], *, is_task: bool) -> Talk:
        me, conversation = self._me, self._conversation
        telling = Telling(exchange.opened.id, me.tell)
        if exchange.text:
            telling.text(exchange.text)  # What a pause cut is told from its beginning.
        calls = Calls(me, hands, self._approvals, conversation, telling, self._trace)
        history = conversation.history()

        def sources(uses_text: bool) -> Sources:
            return self._situation.sources(
                exchange, history, hands.specs, remembered, uses_text=uses_text, is_task=is_task
            )

        return Talk(me, exchange, conversation, calls, telling, self._trace, sources, self._without_tools, stop)

    def _without_model(self, exchange: Exchange | None) -> Closed | None:
        """What was begun with a model is cut; None where nothing was."""
        if exchange is None or exchange.closed is not None or not exchange.steps:
            return None
        return self._give_up(exchange, f"{NO_MODEL_NOW}: {self._mind.why}".rstrip(": "))

    def _give_up(self, exchange: Exchange, why: str) -> Closed:
        closed = self._close(exchange, exchange.shown, why)
        for asked in exchange.asked.values():
            self._approvals.drop(asked.question.id)
        return closed

    def _close(self, exchange: Exchange, text: str, cut: str) -> Closed:
        closed = Closed(exchange.opened.id, text, format_time(time.time()), cut, self._mind.name)
        self._conversation.append(closed)
        return closed

    @property
    def why(self) -> str:
        """Why no model is in use."""
        return self._mind.why


def _opened(message: Message, text: str) -> Opened:
    return Opened(message.id, message.from_, message.type, fence.cut(text, limits.MODEL_BYTES), message.timestamp)


def content_of(closed: Closed) -> str:
    """What is said of an answer to who asked."""
    text = fence.cut(closed.text.strip(), ANSWER_BYTES)
    if text:
        return text
    return f"No answer: {closed.cut or 'the model said nothing'}."


def metadata_of(closed: Closed) -> dict[str, Any]:
    """What is said about an answer: which brain gave it, whether it is whole, what it used."""
    about: dict[str, Any] = {"brain": closed.brain, "usage": msgspec.to_builtins(closed.usage)}
    return about | ({"cut": closed.cut} if closed.cut else {})
