"""Writing a consumer's receipts: held 250 ms so that one record tells many, at once where someone waits."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING

from trinity_tui.bus.compose import new_message
from trinity_tui.bus.receipts import HOLD_SECONDS, Receipts
from trinity_tui.core import address
from trinity_tui.core.errors import BusError

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.bus.backlog import Entry
    from trinity_tui.bus.source import Home
    from trinity_tui.core.record import Position

_RETRY_SECONDS = 1.0
_CLOSE_SECONDS = 1.0
_log = logging.getLogger(__name__)


class Teller:
    """Publishes what ``Receipts`` gathers.

    Args:
        bus: Where to.
        name: The consumer that speaks.
        scanned: Up to where it has looked through the log for what is addressed to many.
    """

    def __init__(self, bus: Home, name: str, scanned: Callable[[], Position]) -> None:
        self._bus = bus
        self._name = name
        self._scanned = scanned
        self._receipts = Receipts()
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None
        self._is_closed = False
        self._is_pressed = False
        """Somebody waits for what came up while a receipt was being written."""
        self._is_failing = False

    def received(self, entry: Entry) -> None:
        """A message has entered the queue."""
        self._receipts.received(entry)
        self._plan(entry.is_prompt)

    def read(self, entry: Entry) -> None:
        """A message has entered the brain's context."""
        self._receipts.read(entry)
        self._plan(entry.is_prompt)

    def expired(self, entry: Entry) -> None:
        """A message was too old to be delivered."""
        self._receipts.expired(entry)
        self._plan(entry.is_prompt)

    def dead(self, entry: Entry) -> None:
        """A message was given up."""
        self._receipts.dead(entry)
        self._plan(entry.is_prompt)

    def done(self, entry: Entry) -> None:
        """A message is acknowledged."""
        self._receipts.done(entry)
        if self._receipts.is_due:
            self._plan(is_prompt=False)

    def _plan(self, is_prompt: bool, seconds: float = HOLD_SECONDS) -> None:
        if self._is_closed:
            return
        if self._task:
            self._is_pressed |= is_prompt
            return  # Who writes now plans again when it is done.
        if is_prompt and self._timer:
            self._timer.cancel()
            self._timer = None
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(0.0 if is_prompt else seconds, self._begin)

    def _begin(self) -> None:
        self._timer = None
        self._is_pressed = False
        self._task = asyncio.create_task(self._tell(), name=f"bus consumer {self._name}: receipt")
        self._task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._task = None
        if self._receipts.is_due:
            self._plan(self._is_pressed and not self._is_failing, _RETRY_SECONDS if self._is_failing else HOLD_SECONDS)

    async def _tell(self) -> None:
        parts = self._receipts.take(self._scanned())
        receipts = [new_message(self._name, address.COORDINATOR, "receipt", "", metadata=part) for part in parts]
        try:
            await self._bus.publish(*receipts)
            self._is_failing = False
        except BusError as error:
            self._receipts.put_back(parts)
            if not self._is_failing:
                _log.warning("consumer %s: its receipts cannot be written: %s", self._name, error)
            self._is_failing = True

    async def aclose(self) -> None:
        """Write what is still to be told, unless the log does not take it."""
        self._is_closed = True
        if self._timer:
            self._timer.cancel()
        with suppress(TimeoutError):
            async with asyncio.timeout(_CLOSE_SECONDS):
                if self._task:
                    await self._task
                if self._receipts.is_due:
                    await self._tell()
