"""The loop of an instance: the most pressing message, and beside it the role's own work when that is due.

Own work may take minutes; who asks meanwhile is answered. A message that waits for the person lets the others go
before it. A pause cuts them all, and what was cut begins again when the instance goes on.
"""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from trinity_tui.core.errors import BusError, StormError, TrinityError
from trinity_tui.core.message import ASKING, rank
from trinity_tui.harness.causes import caused_by
from trinity_tui.harness.gate import at_place

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from trinity_tui.bus import Delivery
    from trinity_tui.harness.floor import Place
    from trinity_tui.harness.me import Me

RETRY_SECONDS = 30.0
"""After own work that failed."""
UNNOTED_SECONDS = 1.0
"""After a message that could neither be handled nor be given back."""
log = logging.getLogger("loop")


class Role(Protocol):
    """What an instance is for; one file in ``roles/`` and one line in its registry."""

    async def begin(self, me: Me) -> None:
        """Called once, before the first message."""
        ...

    async def work(self) -> float:
        """The role's own work; seconds until it has more. Messages are handled meanwhile."""
        ...

    async def receive(self, delivery: Delivery) -> None:
        """Handle one message, and acknowledge it (``me.consumer.ack``, or by answering it) now or later."""
        ...


async def serve(me: Me, role: Role) -> None:
    """Work for ever.

    Raises:
        TrinityError: The log or the state cannot be used.
    """
    await role.begin(me)
    tasks = {
        asyncio.create_task(_handle_messages(me, role), name="messages"),
        asyncio.create_task(_do_own_work(me, role), name="own work"),
        *(asyncio.create_task(work(), name="beside") for work in me.beside),
    }
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


class _Cut:
    """Messages whose handling was cut: to be handled again, the newest first."""

    def __init__(self) -> None:
        self.deliveries: list[Delivery] = []
        self.is_there = asyncio.Event()
        self._error: BaseException | None = None

    def ended(self, task: asyncio.Task[None]) -> None:
        """The handling of a message is over; what it could not deal with ends the instance."""
        if not task.cancelled() and (error := task.exception()) is not None:
            self._error = error
            self.is_there.set()

    def add(self, delivery: Delivery) -> None:
        self.deliveries.append(delivery)
        self.is_there.set()

    def pop(self, has_urgent: bool) -> Delivery | None:
        """One of them, unless a message that waits is more urgent."""
        if self._error is not None:
            raise self._error
        if not self.deliveries or (has_urgent and rank(self.deliveries[-1].message.priority) > 0):
            return None
        delivery = self.deliveries.pop()
        if not self.deliveries:
            self.is_there.clear()
        return delivery


async def _handle_messages(me: Me, role: Role) -> None:
    cut = _Cut()
    handling: set[asyncio.Task[None]] = set()
    try:
        while True:
            place = me.gate.floor.place()
            delivery = await _next(me, cut, place)
            name = f"message {delivery.message.id}"
            handling.add(task := asyncio.create_task(_see_to(me, role, delivery, cut, place), name=name))
            task.add_done_callback(handling.discard)
            task.add_done_callback(cut.ended)
    finally:
        for task in handling:
            task.cancel()
        await asyncio.gather(*handling, return_exceptions=True)


async def _next(me: Me, cut: _Cut, place: Place) -> Delivery:
    """The next message, once it is its turn; one that was cut comes first, but for an urgent one."""
    while True:
        await me.gate.may_begin.wait()
        # Only waited for here: what arrives during a pause stays in the queue, by its priority.
        await _first_of(me.consumer.wait(), cut.is_there.wait())
        await place.take(lambda: 0 if me.consumer.has_urgent() else 2)
        if me.gate.may_begin.is_set():
            if delivery := cut.pop(me.consumer.has_urgent()) or me.consumer.next_nowait():
                return delivery
        place.give()


async def _first_of(*waits: Coroutine[Any, Any, Any]) -> None:
    tasks = [asyncio.create_task(wait) for wait in waits]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()


async def _see_to(me: Me, role: Role, delivery: Delivery, cut: _Cut, place: Place) -> None:
    try:
        with at_place(place):
            if not await _handle(me, role, delivery):
                cut.add(delivery)
    finally:
        place.give()


async def _handle(me: Me, role: Role, delivery: Delivery) -> bool:
    """Whether it is dealt with; else it is still ours."""
    message = delivery.message
    me.consumer.read(delivery)
    try:
        with caused_by(message):
            return await me.gate.run(role.receive(delivery), f"turn {message.id}") or me.voice.has_answered(delivery)
    except StormError as error:
        # Too many a minute: later it may be said. A loop is over with this; trying again would keep it going.
        give_back, reason = me.consumer.retry if error.rule == "rate" else partial(_end, me), str(error)
    except Exception as error:  # boundary: one message must not end the instance; it is tried again, then a dead letter
        # What has its sentence needs no trace: on a full disk a trace for each try would fill it further.
        trace = None if isinstance(error, TrinityError) else error
        log.error("handling %s from %s failed: %s", message.type, message.from_, error, exc_info=trace)
        give_back, reason = me.consumer.retry, f"{type(error).__name__}: {error}"
    try:
        give_back(delivery, reason)
    except BusError as error:
        log.error("it could not be given back: %s", error)
        await asyncio.sleep(UNNOTED_SECONDS)
        return False
    return True


def _end(me: Me, delivery: Delivery, reason: str) -> None:
    """A message is over without what it caused; whoever waits for an answer is told why there is none."""
    if delivery.message.type in ASKING and not delivery.message.reply_to:
        me.consumer.give_up(delivery, reason)
    else:
        me.consumer.ack(delivery)


async def _do_own_work(me: Me, role: Role) -> None:
    async def work() -> None:
        me.due.hurry(await role.work())

    while True:
        await me.due.wait()
        if not me.gate.may_begin.is_set():
            await me.gate.may_begin.wait()
            continue
        me.due.begun()
        try:
            if not await me.gate.run(work(), "own work"):
                me.due.hurry(0.0)
            else:
                me.trouble("")
        except TrinityError as error:
            log.error("%s", error.sentence())
            _put_off(me, error.sentence())
        except Exception as error:  # boundary: work that fails must not end the instance; it is shown and tried again
            log.exception("own work failed")
            _put_off(me, f"{type(error).__name__}: {error}")


def _put_off(me: Me, why: str) -> None:
    me.trouble(f"own work failed, again in {RETRY_SECONDS:g} s: {why}"[:300])
    me.due.hurry(RETRY_SECONDS)
