"""Pauses made real: kept with the states, and told to the instance over its live lane."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.coordinator.standing import LIFTED_BY_PERSON
from trinity_tui.core.budget import RATE
from trinity_tui.core.instance import PERSON
from trinity_tui.core.wire import live

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.coordinator.standing import Standing


class Pauses:
    """Who may begin nothing now.

    Args:
        standing: Keeps them, each with who said so.
        send: Says something to one instance.
        nudge: Called when what is shown of one may have changed.
    """

    def __init__(
        self, standing: Standing, send: Callable[[str, live.FromCoordinator], bool], nudge: Callable[[], None]
    ) -> None:
        self._standing = standing
        self._send = send
        self._nudge = nudge

    def hold(self, instance: str, reason: str, by: str, until: int = 0) -> None:
        """Have it begin nothing, and cut its turn where more than a provider's limit asks for it."""
        self._standing.pause(instance, reason, by, until)
        self.tell(instance)

    def release(self, instance: str, by: str) -> None:
        """One reason less; without any it goes on."""
        self._standing.pause(instance, "", by)
        if not self.tell(instance):
            self._send(instance, live.Resume())

    def tell(self, instance: str) -> bool:
        """Say to an instance that it is paused, where it is; whether it is."""
        by, pause = self._standing.top(instance)
        if pause.reason:
            self._send(instance, live.Pause(pause.reason, cuts=by != RATE))
        return bool(pause.reason)

    def pause(self, instance: str) -> None:
        """The person pauses it."""
        self.hold(instance, "by you", PERSON)
        self._nudge()

    def resume(self, instance: str) -> str:
        """The person lets it go on, as far as that is the person's; why it does not, empty where it does."""
        for by in LIFTED_BY_PERSON:
            self._standing.pause(instance, "", by)
        if not self.tell(instance):
            self._send(instance, live.Resume())
        self._nudge()
        return self._standing.paused(instance)
