"""Waiting for what no event tells, as of another process or a file: the one place where tests ask again and again."""

from __future__ import annotations

import asyncio
import time
from inspect import isawaitable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

PATIENCE_SECONDS = 90.0
"""For a machine that is busy with something else; who waits in vain has failed anyhow."""
FIRST_PAUSE_SECONDS = 0.002
LONGEST_PAUSE_SECONDS = 0.05


def wait_until(is_so: Callable[[], Any], what: str = "what is waited for", seconds: float = PATIENCE_SECONDS) -> Any:
    """Ask until it is so, and return what was answered; the test fails with ``what`` when it never is."""
    for pause in _pauses(what, seconds):
        if answer := is_so():
            return answer
        time.sleep(pause)


async def until(is_so: Callable[[], Any], what: str = "what is waited for", seconds: float = PATIENCE_SECONDS) -> Any:
    """The same while the loop goes on; what is asked may itself be waited for."""
    for pause in _pauses(what, seconds):
        answer = is_so()
        if isawaitable(answer):
            answer = await answer
        if answer:
            return answer
        await asyncio.sleep(pause)


def _pauses(what: str, seconds: float) -> Generator[float]:
    deadline = time.monotonic() + seconds
    pause = FIRST_PAUSE_SECONDS
    while time.monotonic() < deadline:
        yield pause
        pause = min(pause * 1.5, LONGEST_PAUSE_SECONDS)
    raise AssertionError(f"not within {seconds:g} s: {what}")
