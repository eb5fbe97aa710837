"""What an instance's messages are caused by, and the storm guard they pass before they are written.

What a role says while it handles a message was caused by that message, whether or not it answers it; its own work has
no cause.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.bus import new_message
from trinity_tui.core import storm
from trinity_tui.core.address import COORDINATOR
from trinity_tui.core.errors import StormError
from trinity_tui.core.message import parse_time

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

    from trinity_tui.core.message import Message
    from trinity_tui.core.storm import StormConfig

CONVERSATIONS_KEPT = 256
_cause: ContextVar[Message | None] = ContextVar("cause", default=None)


@contextmanager
def caused_by(message: Message) -> Generator[None]:
    """What is said inside was caused by this message."""
    token = _cause.set(message)
    try:
        yield
    finally:
        _cause.reset(token)


class Causes:
    """Counts what others' messages caused here.

    Args:
        limits: As the instance was started with.
        clock: Monotonic seconds.
    """

    def __init__(self, limits: StormConfig, clock: Callable[[], float]) -> None:
        self._guard = storm.Guard(limits)
        self._window_seconds = limits.window_seconds
        self._clock = clock
        self._forgiven_at = 0.0
        self._reported: dict[tuple[str, str], float] = {}

    def forgive(self, now: float) -> None:
        """The person let the instance go on: what others said before counts no more.

        Args:
            now: Seconds since the epoch.
        """
        self._guard.forgive()
        self._reported.clear()
        self._forgiven_at = now

    def hops_after(self, cause: Message) -> int:
        """The hops of what a message causes here."""
        hops = storm.hops_after(cause)
        return min(hops, 1) if hops and _seconds(cause) <= self._forgiven_at else hops

    def stamp(self, message: Message) -> Message:
        """The message with what caused it, as far as it does not say so itself."""
        cause = _cause.get()
        if cause is None or message.hops or not storm.is_peer(cause.from_) or message.type in storm.EXEMPT:
            return message
        metadata = message.metadata if message.reply_to else {**message.metadata, "cause": cause.id}
        return msgspec.structs.replace(
            message, hops=self.hops_after(cause), thread=message.thread or cause.thread or cause.id, metadata=metadata
        )

    def check(self, messages: Iterable[Message]) -> None:
        """Count messages that are about to be said.

        Raises:
            StormError: One of them would keep a loop of instances going.
        """
        now = self._clock()
        for message in messages:
            refusal = self._guard.refusal(message, now)
            if refusal is not None:
                raise StormError(refusal.rule, message.to, refusal.reason, storm.cause_of(message), message.thread)

    def report(self, error: StormError, instance: str) -> Message | None:
        """What is put on record of a refusal: once for a conversation within a window, and never refused itself."""
        key, now = (error.rule, error.conversation), self._clock()
        if now - self._reported.get(key, -self._window_seconds) < self._window_seconds:
            return None
        self._reported.pop(key, None)
        self._reported[key] = now
        if len(self._reported) > CONVERSATIONS_KEPT:
            del self._reported[next(iter(self._reported))]
        metadata = {
            "instance": instance, "refused": error.rule, "reason": error.problem, "to": error.to, "cause": error.cause
        }  # fmt: skip
        return new_message(instance, COORDINATOR, "status", str(error), origin="peer", metadata=metadata)


def _seconds(message: Message) -> float:
    try:
        return parse_time(message.timestamp)
    except ValueError:
        return 0.0
