"""Who is on which file: advice for instances that share a tree. A lease forbids nothing; a conflict is said.

One document in the workspace's runtime folder. A lease ends after ``TTL_SECONDS``, and with the process of its holder.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.errors import StoreError
from trinity_tui.store import document
from trinity_tui.store.lock import Lock, holder

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.core.paths import Workspace

TTL_SECONDS = 3600.0
KEPT = 500
"""More leases than these are not remembered; the oldest go."""


class Lease(msgspec.Struct, frozen=True):
    """Who changed a file last, and when in seconds since the epoch."""

    holder: str
    at: float


class Leases:
    """The leases of a workspace, as one instance takes them.

    Args:
        workspace: Whose.
        me: Who takes them.
        now: Seconds since the epoch.
    """

    def __init__(self, workspace: Workspace, me: str, now: Callable[[], float]) -> None:
        self._workspace = workspace
        self._path = workspace.runtime / "leases.json"
        self._me = me
        self._now = now

    def take(self, place: str) -> str:
        """Say that we are on a file; who else is, in a sentence, empty where nobody is."""
        try:
            lock = Lock.acquire(self._path.with_suffix(".lock"))
            if isinstance(lock, int):
                return ""  # Another one is just saying so; advice is not worth waiting for.
            with lock:
                return self._take(place)
        except StoreError:
            return ""

    def _take(self, place: str) -> str:
        now = self._now()
        leases = document.read(self._path, dict[str, Lease]) or {}
        living = {path: lease for path, lease in leases.items() if now - lease.at < TTL_SECONDS}
        other = living.get(place)
        living[place] = Lease(self._me, now)
        newest = sorted(living.items(), key=lambda item: item[1].at)[-KEPT:]
        document.write(self._path, dict(newest), durable=False)
        if other is None or other.holder == self._me or not self._lives(other.holder):
            return ""
        minutes = int((now - other.at) / 60)
        return f"{other.holder} changed {place} {minutes} min ago and may be on it still: tell it what you did."

    def _lives(self, instance: str) -> bool:
        return holder(self._workspace.instance(instance).lock) is not None
