"""How the instances stand as faces are shown it: as the log has it, unless this coordinator knows otherwise.

Two times it does: from its start until it has looked at the processes, and while the log takes nothing.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from msgspec.structs import replace

from trinity_tui.core.message import format_time

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.coordinator.folding import Folding
    from trinity_tui.coordinator.standing import Standing
    from trinity_tui.core.room import InstanceView, Room

LOOK_SECONDS = 5.0
"""How long who asks waits for the first look: the end of a very long log may be further away."""
NOT_LOOKED = "not looked at yet: the coordinator has just begun"


class Shown:
    """Knows what differs from the log.

    Args:
        folding: What the log says.
        standing: What is known of the instances.
        renew: Have every face begin anew with what is shown now.

    Attributes:
        has_looked: Set once it was decided how the instances stand, and the log took it or said why not.
    """

    def __init__(self, folding: Folding, standing: Standing, renew: Callable[[], None]) -> None:
        self._folding = folding
        self._standing = standing
        self._renew = renew
        self._unsaid: dict[str, InstanceView] = {}
        """How those stand of whom the log says something else, and does not take what is so."""
        self.has_looked = asyncio.Event()

    @property
    def is_as_recorded(self) -> bool:
        """Whether what is shown is what the log says."""
        return self.has_looked.is_set() and not self._unsaid

    async def first_look(self) -> None:
        """Wait for it, but not for ever."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_SECONDS):
                await self.has_looked.wait()

    def room(self) -> Room:
        """The room with its instances as they are to be shown."""
        room = self._folding.room
        return room if self.is_as_recorded else replace(room, instances=self.instances())

    def instances(self) -> dict[str, InstanceView]:
        """Each instance as it is to be shown."""
        views = self._folding.room.instances
        if self._folding.caught_up.is_set():
            if not self.has_looked.is_set():
                self._unsaid = self._differing()
            return views | self._unsaid
        unknown = {"state": "UNKNOWN", "reason": NOT_LOOKED, "source": "coordinator", "since": "", "pid": 0}
        return {name: replace(view, **unknown) for name, view in views.items()}

    def decided(self, *, is_said: bool) -> None:
        """It was decided how the instances stand, and the log took it or not."""
        was_as_recorded, before = self.is_as_recorded, self._unsaid
        self._unsaid = {} if is_said else self._differing()
        self.has_looked.set()
        if before != self._unsaid or was_as_recorded != self.is_as_recorded:
            self._renew()

    def _differing(self) -> dict[str, InstanceView]:
        found: dict[str, InstanceView] = {}
        recorded, present = self._folding.room.instances, self._standing.present()
        for name in recorded.keys() & present.keys():
            view, now = recorded[name], present[name]
            # Who else found it well is no news, nor is it on record.
            if now.state == view.state and (now.state == "ONLINE" or now.reason == view.reason):
                continue
            shown = self._unsaid.get(name, view)
            since = shown.since if now.state == shown.state else format_time(time.time())
            found[name] = replace(view, state=now.state, reason=now.reason, source=now.source, pid=now.pid, since=since)
        return found
