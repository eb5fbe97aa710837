"""The app as a terminal's program: input is let in one at a time and goes before everything else; output may be late.

Which screens there are and what becomes of messages is for the app that is built on this.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, cast

from textual import events
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver

from trinity_tui.tui.key_gate import KeyGate
from trinity_tui.tui.right_of_way import RightOfWay
from trinity_tui.tui.terminal import Terminal

if TYPE_CHECKING:
    from textual.driver import Driver
    from textual.message import Message


class GatedApp(App[None]):
    """An app whose keys wait for one another and for nothing else."""

    def __init__(self) -> None:
        super().__init__(ansi_color=True if "NO_COLOR" in os.environ else None)
        self._way = RightOfWay()
        self._gate = KeyGate(cast("App[Any]", self), super().on_event, self._way)

    def get_driver_class(self) -> type[Driver]:
        """Where the screen is written to: where that is a terminal, one that says whether it is behind."""
        usual = super().get_driver_class()
        return Terminal if usual is LinuxDriver else usual

    def post_message(self, message: Message) -> bool:
        """Have a key known of as soon as it is read; those nobody took come back here, forwarded."""
        if isinstance(message, events.Key) and not message.is_forwarded:
            self._way.announce()
        return super().post_message(message)

    async def on_event(self, event: events.Event) -> None:
        """Notice that somebody is there, and let one key do its work before the next one comes."""
        if isinstance(event, events.InputEvent | events.AppFocus):
            self.somebody_is_there()
        if self._gate.concerns(event):
            await self._gate.take(event)
        else:
            await super().on_event(event)

    def somebody_is_there(self) -> None:
        """A key, the pointer, or the window that came to the front."""

    def on_unmount(self) -> None:
        """Hold up nothing any more: the key that ended the screen is never painted."""
        self._way.release()
