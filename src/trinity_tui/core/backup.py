"""Who stands in for an instance that is down: when its backup begins, when it ends, and who gets its work meanwhile.

Down is counted from the first crash, whatever is tried in between, and ends once the instance works again. What was
begun is on record, so that it outlives a coordinator; the caller carries it out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

DOWN_SECONDS = 10.0
"""So long an instance is down before its backup stands in."""
STABLE_SECONDS = 10.0
"""So long it has worked again before the backup's time is over."""
WELL = frozenset({"ONLINE", "BUSY", "DEGRADED"})
DOWN = frozenset({"CRASHED", "PARKED"})


class Post(msgspec.Struct, frozen=True):
    """One instance as this rule sees it; times in monotonic seconds."""

    state: str = "OFFLINE"
    down_since: float | None = None
    """When it first crashed, or was given up, since it last worked."""
    well_since: float | None = None

    def is_down(self, now: float) -> bool:
        """Whether it is down, and has been for long enough."""
        return self.state in DOWN and self.down_since is not None and now - self.down_since >= DOWN_SECONDS

    def is_back(self, now: float) -> bool:
        """Whether it has worked for long enough."""
        return self.well_since is not None and now - self.well_since >= STABLE_SECONDS


def observe(post: Post, state: str, now: float) -> Post:
    """The post with the state that is shown now."""
    if state in WELL:
        return Post(state, None, now if post.well_since is None else post.well_since)
    if state in DOWN:
        return Post(state, now if post.down_since is None else post.down_since)
    return Post(state) if state == "OFFLINE" else replace(post, state=state, well_since=None)


class Change(msgspec.Struct, frozen=True):
    """A backup stands in for an instance from now on, or for none any more."""

    backup: str
    primary: str
    begins: bool


def decide(
    backups: Mapping[str, str],
    posts: Mapping[str, Post],
    stand_ins: Mapping[str, str],
    unavailable: Collection[str],
    now: float,
) -> list[Change]:
    """What changes now.

    Args:
        backups: As configured: instance → its backup.
        posts: Every instance.
        stand_ins: Who stands in at the moment: backup → for whom.
        unavailable: Those that cannot stand in, for they are given up or a person keeps them down.
        now: Monotonic seconds.
    """
    nobody = Post()
    changes: list[Change] = []
    for backup, primary in stand_ins.items():
        is_over = backups.get(primary) != backup or posts.get(primary, nobody).is_back(now)
        if is_over:
            changes.append(Change(backup, primary, begins=False))
    ended = {change.backup for change in changes}
    engaged = set(stand_ins) - ended
    for primary, backup in backups.items():
        if backup in engaged or backup in ended or backup in unavailable:
            continue
        if posts.get(primary, nobody).is_down(now):
            engaged.add(backup)
            changes.append(Change(backup, primary, begins=True))
    return changes


def deputies(backups: Mapping[str, str], posts: Mapping[str, Post], now: float) -> dict[str, str]:
    """Who gets the work of whom: those that are down, each with its backup."""
    return {primary: backup for primary, backup in backups.items() if posts.get(primary, Post()).is_down(now)}
