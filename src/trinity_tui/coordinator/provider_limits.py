"""Which providers take no more requests, and until when: what one of its users was told holds for all of them.

It is kept in a file, so that it holds for the next coordinator as well, also for who asks that provider only then.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.errors import StoreError
from trinity_tui.core.wall_clock import found_end
from trinity_tui.store import document

if TYPE_CHECKING:
    from pathlib import Path

LONGEST_SECONDS = 86_400.0
"""No provider's word keeps anyone from asking longer than this."""
SAID_CHARACTERS = 200
log = logging.getLogger("limits")


class ProviderLimit(msgspec.Struct, frozen=True):
    """That a provider takes no more requests."""

    until: float = 0.0
    """Seconds since the epoch."""
    said: str = ""
    """Who says so, and why."""
    seconds: float = 0.0
    """For how long it refused."""


class ProviderLimits:
    """The limits of all providers.

    Args:
        path: Their file.
        now: Seconds since the epoch.
    """

    def __init__(self, path: Path, now: float) -> None:
        self._path = path
        try:
            found = document.read(path, dict[str, ProviderLimit]) or {}
        except StoreError as error:
            # Whoever asks in vain is told again: nothing is lost but that one request.
            log.warning("limits of providers are not known any more: %s", error)
            found = {}
        self._limits = {
            provider: msgspec.structs.replace(limit, until=found_end(limit.until, limit.seconds, now))
            for provider, limit in found.items()
        }

    def of(self, provider: str) -> ProviderLimit:
        """The limit of one; long over where it has none."""
        return self._limits.get(provider, ProviderLimit())

    def refused(self, provider: str, seconds: float, problem: str, now: float) -> None:
        """It refused one of its users for so long."""
        said = f"{provider} takes no more requests" + (f": {problem}" if problem else "")
        seconds = min(seconds, LONGEST_SECONDS)
        limit = ProviderLimit(now + seconds, said[:SAID_CHARACTERS], seconds)
        if limit.until <= self.of(provider).until:
            return
        self._limits = {name: one for name, one in self._limits.items() if one.until > now} | {provider: limit}
        self._keep()

    def move(self, seconds: float) -> None:
        """The wall clock was set so far."""
        if self._limits:
            self._limits = {
                provider: msgspec.structs.replace(limit, until=limit.until + seconds)
                for provider, limit in self._limits.items()
            }
            self._keep()

    def _keep(self) -> None:
        try:
            document.write(self._path, self._limits, durable=False)
        except StoreError as error:
            log.warning("the limits of providers hold for this coordinator only: %s", error)
