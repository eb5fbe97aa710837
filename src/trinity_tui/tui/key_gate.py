"""Lets the terminal's input through one at a time: a key reaches what is there once the one before has done its work.

Textual puts a key into the queue of the widget that has the focus at that moment. Of keys that come in one burst the
first may open a line, a dialog or another screen, and the others would go to what was there before. So after a key
that may move something, a mark is sent the way the key went, queue after queue, up to the app; what the key set going
runs before it. Once a whole way went by and nothing moved, the next one is let in. Letters typed into a line move
nothing and do not wait for each other.

::

    key ─▶ pane ─▶ screen ─▶ app ─▶ action ─▶ focus
    mark ──▶ pane ─▶ screen ─▶ app ──────────────▶ app: moved? once more : the next key
"""

from __future__ import annotations

from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import msgspec
from textual import events
from textual.errors import NoWidget
from textual.message_pump import MessagePump

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.app import App
    from textual.screen import Screen
    from textual.widget import Widget

    from trinity_tui.tui.right_of_way import RightOfWay

PATIENCE_SECONDS = 1.0
"""A handler that waits for so long waits for a key: the next one is let in."""
LAPS_LEAST = 2
"""What an action sends to its screen is only there on the second way."""
LAPS_MOST = 12
"""More dialogs than this do not open one another."""

Place = tuple["Screen[Any]", "Widget | None"]
"""Where a key goes: the screen that is seen, and what has the focus."""


class Lap(msgspec.Struct):
    """One way of the mark.

    Attributes:
        number: How many there were for this key.
        place: Where the next key would have gone when it set out.
        ahead: The queues it still has to go through.
    """

    number: int
    place: Place
    ahead: deque[MessagePump]


class KeyGate:
    """Holds input until the one before was handled.

    Args:
        app: Whose input.
        handle: Handles one event, as the app would without a gate.
        way: What is held up while input is on its way.
    """

    def __init__(self, app: App[Any], handle: Callable[[events.Event], Awaitable[None]], way: RightOfWay) -> None:
        self._app = app
        self._handle = handle
        self._way = way
        self._held: deque[events.Event] = deque()
        self._is_busy = False
        self._lap: Lap | None = None
        self._is_watched = False

    @staticmethod
    def concerns(event: events.Event) -> bool:
        """Whether this is input that may move something: a key, a pressed button, a paste."""
        kinds = (events.Key, events.Paste, events.MouseDown, events.MouseUp)
        return isinstance(event, kinds) and not event.is_forwarded

    async def take(self, event: events.Event) -> None:
        """Let this in, or hold it behind the others."""
        self._way.take()
        if not self._is_busy:
            await self._let_in(event)
            return
        self._held.append(event)
        self._watch()

    async def _let_in(self, event: events.Event) -> None:
        self._way.take()
        target = self._target(event)
        if isinstance(event, events.Key) and target.check_consume_key(event.key, event.character):
            await self._handle(event)
            return
        self._is_busy = True
        place = self._place
        await self._handle(event)
        self._send(1, place, target)

    def _target(self, event: events.Event) -> Widget:
        screen = self._app.screen
        if isinstance(event, events.MouseUp):
            try:
                return screen.get_widget_at(event.x, event.y)[0]
            except NoWidget:
                return screen
        return screen.focused or screen

    @property
    def _place(self) -> Place:
        screen = cast("Screen[Any]", self._app.screen)
        return screen, screen.focused

    def _send(self, number: int, place: Place, target: Widget) -> None:
        # The app stands at the end twice: what an action asks for is queued there behind the mark.
        ahead: deque[MessagePump] = deque(node for node in target.ancestors_with_self if node is not self._app)
        ahead.extend((self._app, self._app))
        self._lap = Lap(number, place, ahead)
        self._pass_on(self._lap)

    def _pass_on(self, lap: Lap) -> None:
        # A queue that is closed takes no mark: what was in it was handled, or went with its widget.
        while lap is self._lap and lap.ahead:
            if lap.ahead.popleft().call_later(self._passed, lap):
                return

    async def _passed(self, lap: Lap) -> None:
        if lap is not self._lap:
            return
        if lap.ahead:
            self._pass_on(lap)
            return
        place = self._place
        has_moved = place != lap.place or lap.number < LAPS_LEAST
        if has_moved and lap.number < LAPS_MOST:
            self._send(lap.number + 1, place, place[1] or place[0])
        else:
            await self._open()

    async def _open(self) -> None:
        self._lap, self._is_busy = None, False
        self._way.release()
        while self._held and not self._is_busy:
            await self._let_in(self._held.popleft())

    def _watch(self) -> None:
        """See to it that a handler that never ends holds up nobody for ever."""
        lap = self._lap
        if lap is not None and not self._is_watched:
            self._is_watched = True
            self._app.set_timer(PATIENCE_SECONDS, partial(self._look_after, lap, len(lap.ahead)), name="keys")

    async def _look_after(self, lap: Lap, left: int) -> None:
        self._is_watched = False
        if lap is self._lap and len(lap.ahead) == left:
            await self._open()
        if self._held:
            self._watch()
