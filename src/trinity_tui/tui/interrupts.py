"""Ctrl+C while the terminal is another program's: it is for that program, and does not end this one."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator
    from types import FrameType


def _pass_over(number: int, frame: FrameType | None) -> None:
    """Nothing is ended by it."""


@contextmanager
def left_to_it() -> Generator[None]:
    """Pass over interrupts meanwhile."""
    # Not ignored, which the other program would inherit.
    before = signal.signal(signal.SIGINT, _pass_over)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
