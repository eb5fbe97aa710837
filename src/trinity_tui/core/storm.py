"""Against instances that keep one another busy: what a message was caused by, and when there has been enough of it.

Only messages of a peer that a peer's message caused are counted. What the person or the coordinator began, an
instance's own work and what a tool printed are not: a command's repeated output is no storm. Three limits:

======= ===================================================================================
hops    so many messages of peers caused this one, one after the other
rate    so many a minute from one sender
repeats the same text again, from one to the same one, in one conversation, within a window
======= ===================================================================================

``Guard`` keeps them in the sending process, before anything is written. What goes round is ``core.storm_watch``'s.
"""

from __future__ import annotations

import zlib
from collections import deque
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec

from trinity_tui.core import address, typed
from trinity_tui.core.message import UNTRACKED

if TYPE_CHECKING:
    from trinity_tui.core.message import Message

Rule = Literal["hops", "rate", "repeats"]
SOURCE = "storm guard"
"""Who says so, where an instance is paused by it."""
EXEMPT = UNTRACKED | {"alert", "approval", "task", "task_update", "task_complete", "consensus", "vote"}
"""Kinds that are never refused: bookkeeping, and what has limits of its own."""
KEYS_KEPT = 4_096
PASSED_KEPT = 256
MINUTE_SECONDS = 60.0


class StormConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[storm]``: when instances that answer one another are stopped."""

    enabled: bool = True
    max_hops: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 16
    """How many messages of instances may cause one another before the person is asked."""
    per_minute: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 60
    """How many messages an instance may send a minute because of what others sent."""
    repeats: Annotated[int, msgspec.Meta(ge=2, le=10_000)] = 4
    """The same text to the same one, in one conversation: this one is refused."""
    window_seconds: Annotated[float, msgspec.Meta(ge=0.1, le=31_536_000)] = 300.0
    """For how long a text is remembered."""


class Refusal(msgspec.Struct, frozen=True):
    """Why a message is not sent."""

    rule: Rule
    reason: str


def is_peer(sender: str) -> bool:
    """Whether a sender is an instance, here or elsewhere: neither the person nor the coordinator."""
    return sender not in (address.HUMAN, address.COORDINATOR)


def cause_of(message: Message) -> str:
    """The id of the message that caused this one, as its sender says; empty where it says nothing."""
    return message.reply_to or typed.text(message.metadata, "cause")


def hops_after(cause: Message) -> int:
    """The hops of what this message causes: a word of the person or the coordinator begins anew."""
    return cause.hops + 1 if is_peer(cause.from_) else 0


class Bucket:
    """So many at once, then so many a minute."""

    __slots__ = ("_at", "_left", "_size")

    def __init__(self, size: int, now: float) -> None:
        self._size = size
        self._left = float(size)
        self._at = now

    def take(self, per_minute: int, now: float) -> bool:
        """Take one; whether there was one."""
        self._left = min(self._size, self._left + max(0.0, now - self._at) * per_minute / MINUTE_SECONDS)
        self._at = max(self._at, now)
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True


class Repeats:
    """How often each text was said within a window."""

    def __init__(self, window_seconds: float) -> None:
        self._window_seconds = window_seconds
        self._times: dict[tuple[str, str, int, str], deque[float]] = {}

    def count(self, message: Message, conversation: str, now: float) -> int:
        """How often it was said within the window, this time included; nothing is noted."""
        times = self._times.get(_key(message, conversation), ())
        return 1 + sum(now - at < self._window_seconds for at in times)

    def note(self, message: Message, conversation: str, now: float, most: int) -> None:
        """It was said; of one text the newest ``most`` times are kept."""
        key = _key(message, conversation)
        times = self._times.pop(key, None) or deque[float]()
        times.append(now)
        while len(times) > most:
            times.popleft()
        self._times[key] = times
        if len(self._times) > KEYS_KEPT:
            del self._times[next(iter(self._times))]


def _key(message: Message, conversation: str) -> tuple[str, str, int, str]:
    return message.from_, message.to, zlib.crc32(message.content.encode(errors="replace")), conversation


class Guard:
    """The limits in the process that sends. Times are seconds of one monotonic clock.

    Args:
        limits: As configured.
    """

    def __init__(self, limits: StormConfig) -> None:
        self._limits = limits
        self._passed: deque[str] = deque(maxlen=PASSED_KEPT)
        self.forgive()

    def forgive(self) -> None:
        """Begin to count anew: the person let the instance go on."""
        self._bucket: Bucket | None = None
        self._repeats = Repeats(self._limits.window_seconds)

    def refusal(self, message: Message, now: float) -> Refusal | None:
        """Why it may not be sent; None counts it as sent. The same id is counted once, however often it is tried."""
        limits = self._limits
        if not limits.enabled or not message.hops or message.type in EXEMPT or message.id in self._passed:
            return None
        if message.hops > limits.max_hops:
            return Refusal("hops", hops_reason(message.hops, limits))
        conversation = message.thread or cause_of(message)
        count = self._repeats.count(message, conversation, now)
        if count >= limits.repeats:
            return Refusal("repeats", repeats_reason(message.to, count, limits))
        self._bucket = self._bucket or Bucket(limits.per_minute, now)
        if not self._bucket.take(limits.per_minute, now):
            return Refusal("rate", rate_reason(limits))
        self._repeats.note(message, conversation, now, limits.repeats)
        self._passed.append(message.id)
        return None


def hops_reason(hops: int, limits: StormConfig) -> str:
    """The sentence of the first limit."""
    return f"{hops} messages of instances caused it, one after the other; {limits.max_hops} are allowed"


def rate_reason(limits: StormConfig) -> str:
    """The sentence of the second limit."""
    return f"more than {limits.per_minute} messages a minute that messages of others caused"


def repeats_reason(to: str, count: int, limits: StormConfig) -> str:
    """The sentence of the third limit."""
    return f"the same text to {to} {count} times within {limits.window_seconds:g} s, in one conversation"
