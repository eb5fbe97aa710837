"""What holds for every provider's stream: silence ends it, its length is bounded, a first failure is tried again."""

from __future__ import annotations

import asyncio
import random
from contextlib import aclosing
from typing import TYPE_CHECKING, TypeVar

import msgspec

from trinity_tui.core.brain_retry import wait_seconds
from trinity_tui.core.conversation import Called, Counted, End, Text, Thinking, Usage, Waiting
from trinity_tui.core.errors import BrainError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Callable

    from trinity_tui.core.conversation import Event

ANSWER_CHARACTERS = 4 * 1024 * 1024
"""No answer of a model is longer; what is comes from something else."""
_Item = TypeVar("_Item")


async def guarded(who: str, attempt: Callable[[], AsyncGenerator[Event]]) -> AsyncGenerator[Event]:
    """The events of an exchange: tried again while nothing was said and the failure may pass.

    Args:
        who: The brain, as it is named.
        attempt: Begins the exchange anew.

    Raises:
        BrainError: It failed for good; or its stream ended without ``End``.
    """
    number, used = 1, Usage()
    while True:
        meter = _Meter(who, used)
        try:
            async with aclosing(attempt()) as events:
                async for event in events:
                    yield meter.take(event)
            meter.check()
            return
        except BrainError as error:
            wait = None if meter.has_begun else wait_seconds(error.kind, number, error.retry_seconds, random.random())
            if wait is None:
                raise
            reason, used = f"{error.problem}, again in {wait:.1f} s", meter.used
        yield Waiting(reason)
        await asyncio.sleep(wait)
        number += 1


async def next_of(who: str, items: AsyncIterator[_Item], seconds: float) -> _Item | None:
    """The next item; None where there is none.

    Raises:
        BrainError: Nothing came in time.
    """
    try:
        async with asyncio.timeout(seconds):
            return await anext(items, None)
    except TimeoutError:
        raise BrainError("late", f"{who} said nothing for {seconds:g} s") from None


class _Meter:
    """How far an exchange got.

    Args:
        who: The brain, as it is named.
        before: What attempts before used: they are paid as well.

    Attributes:
        used: All together, as far as the provider said it.
    """

    def __init__(self, who: str, before: Usage) -> None:
        self._who = who
        self._before = self.used = before
        self._characters = 0
        self._is_whole = False
        self.has_begun = False

    def take(self, event: Event) -> Event:
        """One event more; as it is given out."""
        match event:
            case Text() | Thinking():
                self._characters += len(event.text)
            case Called():
                self._characters += len(str(event.call.arguments))
            case End():
                self._is_whole = True
                event = msgspec.structs.replace(event, usage=self._before + event.usage)
            case Counted():
                self.used = self._before + event.usage
                return Counted(self.used)
            case Waiting():
                return event
        self.has_begun = True
        if self._characters > ANSWER_CHARACTERS:
            raise BrainError("malformed", f"{self._who} does not stop: more than {ANSWER_CHARACTERS:,} characters")
        return event

    def check(self) -> None:
        """At the end of the events: the answer must be whole."""
        if not self._is_whole:
            raise BrainError("cut", f"the answer of {self._who} broke off")
