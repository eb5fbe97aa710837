"""Being woken: readers say which bells are theirs and are called when one rings, or when the log grew unheard.

By inotify where it tells the truth, else by looking at the log's size: 5 ms after news, then less and less often.
Whichever it is, once a second everybody is called if the log grew: a lost ring costs a second, never a message.
"""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

from trinity_tui.bus import bells
from trinity_tui.core.errors import BusError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from trinity_tui.bus.carrier import Wakeup
    from trinity_tui.bus.inotify import Inotify
    from trinity_tui.bus.layout import Layout

SAFETY_SECONDS = 1.0
POLL_SECONDS = 0.005
LONGEST_POLL_SECONDS = 0.25


class Watcher:
    """Calls a bus's readers when there may be something new. Belongs to the running loop.

    Args:
        layout: The bus's folder.
        wakeup: How to learn of news.
        end: The log's end now, cheaply.
    """

    def __init__(self, layout: Layout, wakeup: Wakeup, end: Callable[[], int]) -> None:
        self._layout = layout
        self._end = end
        self._loop = asyncio.get_running_loop()
        self._inotify = _choose(layout, wakeup)
        self._numbers: dict[str, int] = {}
        self._listeners: dict[Callable[[], None], set[int]] = {}
        self._seen_end = -1
        self._timer: asyncio.TimerHandle | None = None
        self._pause = SAFETY_SECONDS if self._inotify else POLL_SECONDS
        if self._inotify:
            self._loop.add_reader(self._inotify.descriptor, self._rung)

    @property
    def wakeup(self) -> str:
        """What it came to: ``inotify`` or ``poll``."""
        return "inotify" if self._inotify else "poll"

    def listen(self, names: Iterable[str], call: Callable[[], None]) -> None:
        """Have a callback called whenever one of the named bells rings."""
        self._listeners[call] = {self._number(name) for name in names}
        if self._timer is None:
            self._look_after(self._pause)

    def _look_after(self, pause: float) -> None:
        if self._timer:
            self._timer.cancel()
        self._pause = pause
        self._timer = self._loop.call_later(pause, self._look)

    def _number(self, name: str) -> int:
        if name not in self._numbers:
            self._numbers[name] = self._watch(name)
        return self._numbers[name]

    def _watch(self, name: str) -> int:
        try:
            os.close(bells.hang(str(self._layout.bells), name))
            return self._inotify.watch(self._layout.bells / name) if self._inotify else 0
        except OSError:
            # The limit of watches is spent: from here on the log's size is looked at.
            self._stop_inotify()
            self._look_after(POLL_SECONDS)
            return 0

    def forget(self, call: Callable[[], None]) -> None:
        """Stop calling a callback."""
        self._listeners.pop(call, None)
        if not self._listeners and self._timer:
            self._timer.cancel()
            self._timer = None

    def _rung(self) -> None:
        if self._inotify is None:
            return
        rung = self._inotify.drain()
        for call, numbers in list(self._listeners.items()):
            if not rung.isdisjoint(numbers) or -1 in rung:
                call()

    def _look(self) -> None:
        """The timer's turn: call everybody if the log grew since the last one."""
        grown = False
        try:
            end = self._end()
            grown, self._seen_end = end != self._seen_end, end
        except (OSError, BusError):
            grown = True  # The log is gone: its readers find that out and say so.
        if self._inotify:
            self._look_after(SAFETY_SECONDS)
        else:
            self._look_after(POLL_SECONDS if grown else min(self._pause * 2, LONGEST_POLL_SECONDS))
        if grown:
            self.call_all()

    def call_all(self) -> None:
        """Have every reader look."""
        for call in list(self._listeners):
            call()

    def _stop_inotify(self) -> None:
        if self._inotify:
            self._loop.remove_reader(self._inotify.descriptor)
            self._inotify.close()
            self._inotify = None

    def close(self) -> None:
        """Call nobody any more, give the descriptor back."""
        self._listeners.clear()
        if self._timer:
            self._timer.cancel()
            self._timer = None
        self._stop_inotify()


def _choose(layout: Layout, wakeup: Wakeup) -> Inotify | None:
    if wakeup == "poll":
        return None
    # ctypes and libc's names cost memory a polling process need not spend.
    from trinity_tui.bus import inotify

    if wakeup == "auto" and inotify.is_distant(layout.root):
        return None
    try:
        return inotify.Inotify()
    except OSError as error:
        if wakeup == "inotify":
            raise BusError(f"inotify is not to be had: {error.strerror}") from error
        return None
