"""What is noticed beside what is shown: who is there, what begins to wait, what is new, what happened meanwhile."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from trinity_tui.tui.attention import Attention, Presence
from trinity_tui.tui.homecoming import Homecoming
from trinity_tui.tui.newness import Newness
from trinity_tui.tui.screens import catalogue, dialogs
from trinity_tui.tui.screens.stages import ROOM

if TYPE_CHECKING:
    from textual.app import App

    from trinity_tui.core.digest import Digest
    from trinity_tui.core.preferences import Preferences
    from trinity_tui.tui.bridge import Answered, Refused
    from trinity_tui.tui.screens.shared import Shared
    from trinity_tui.tui.screens.stages import Stages


class Noticing:
    """Notices for all screens of one program.

    Args:
        app: The program.
        stages: Its screens.
        shared: What they work with.
        preferences: How the person wants to be told.
    """

    def __init__(self, app: App[None], stages: Stages, shared: Shared, preferences: Preferences) -> None:
        self._app = app
        self._stages = stages
        self._clock = shared.clock
        now = shared.clock.now
        self._presence = Presence(now, lambda: app.app_focus)
        self._attention = Attention(
            self._presence, preferences, shared.badges, now, app.set_timer, stages.renew_tabs, self._send, os.environ
        )
        self._homecoming = Homecoming(shared.bridge, now, self._show_digest)
        self._newness = Newness(shared.bridge, shared.badges, app.set_timer, stages.renew_tabs)

    def somebody_is_there(self) -> None:
        """A key, the pointer, or the window that came to the front."""
        self._homecoming.noticed(self._presence.noticed())

    def changed(self, area: str) -> None:
        """Something changed in the mirror."""
        self._newness.changed(area)
        if self._stages.mirror is not None:
            self._attention.changed(area, self._stages.mirror.room)
        if area == "greeting":
            self._homecoming.opened()

    def takes(self, message: Answered | Refused) -> bool:
        """Take the end of a request that was made from here; whether it was one."""
        return self._newness.takes(message) or self._homecoming.takes(message)

    def wish_digest(self) -> None:
        """The person wants to know what happened."""
        self._homecoming.wish()

    def _show_digest(self, digest: Digest, is_offered: bool) -> bool:
        # What nobody asked for comes over nothing else, and takes no key that is meant for a message.
        room = self._stages.room
        if is_offered and (self._app.screen is not room or room.bar.entry.has_focus):
            return False
        dialog = dialogs.AwayDialog(digest, self._clock, {ROOM, *catalogue.SCREENS})
        self._app.push_screen(dialog, lambda _: self._homecoming.was_told())
        return True

    def _send(self, sequence: str) -> None:
        # Through Textual's driver: what is written past it would get in between what it writes.
        driver = self._app._driver  # pyright: ignore[reportPrivateUsage]  # an app does not show what it writes to
        if driver is not None:
            driver.write(sequence)
            driver.flush()
