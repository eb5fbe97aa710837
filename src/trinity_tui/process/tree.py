"""The plan of stopping a process with all it started: TERM to its group, the grace, KILL to every member, none left.

It is advanced by whoever has a loop: the keeper with its own, ``process.stop`` with asyncio.
"""

from __future__ import annotations

import os
import signal as signals
from typing import TYPE_CHECKING

from trinity_tui.process import identity

if TYPE_CHECKING:
    from trinity_tui.process.census import Census, Root
    from trinity_tui.process.procfs import ProcessStat

STRAGGLER_SECONDS = 1.0
"""What those get that live on when the leader is gone: they were sent TERM later than it."""
VERIFY_SECONDS = 0.8
"""After KILL, how long to look until whoever is left, and cannot die of it, counts as a survivor."""
DYING_SECONDS = 10.0
"""How long to look for the end of those who can: to die takes a processor, for which a busy machine lets them wait."""
UNINTERRUPTIBLE = "D"
_FIRST_LOOK_SECONDS = 0.005
_LONGEST_LOOK_SECONDS = 0.1


class TreeKill:
    """One stop under way.

    Args:
        root: Where the family begins.
        grace_seconds: Between TERM and KILL.
        now: Monotonic seconds.
    """

    def __init__(self, root: Root, grace_seconds: float, now: float) -> None:
        self.root = root
        self.next_look_at = now
        """When to advance again at the latest; the death of a member is a reason to do it sooner."""
        self._kill_at = now + grace_seconds
        self._look_seconds = _FIRST_LOOK_SECONDS
        self._told: set[tuple[int, int]] = set()
        self._was_led = True
        self._killed_at: float | None = None
        self._refused: set[tuple[int, int]] = set()
        """Who is not ours to stop."""

    def advance(self, census: Census, now: float) -> list[int] | None:
        """Do what is due.

        Args:
            census: A census taken just now.
            now: Monotonic seconds.

        Returns:
            None while it is under way, then the pids that could not be killed.
        """
        family = census.family(self.root)
        if not family:
            return []
        if self._is_in_vain(family, now):
            return [member.pid for member in family]
        if now >= self._kill_at:
            self._kill(family, now)
        else:
            self._ask(family, now)
        self.next_look_at = now + self._look_seconds
        self._look_seconds = min(self._look_seconds * 2, _LONGEST_LOOK_SECONDS)
        return None

    def _ask(self, family: list[ProcessStat], now: float) -> None:
        leader = (self.root.pid, self.root.start_time)
        if any((member.pid, member.start_time) == leader for member in family):
            if leader not in self._told:
                self._told.add(leader)
                self._tell_group(family)
            return
        if self._was_led:
            self._was_led = False
            self._kill_at = min(self._kill_at, now + STRAGGLER_SECONDS)
            self._look_seconds = _FIRST_LOOK_SECONDS
        for member in family:
            key = (member.pid, member.start_time)
            if key not in self._told:
                self._told.add(key)
                self._send(member, signals.SIGTERM)
                self._send(member, signals.SIGCONT)

    def _tell_group(self, family: list[ProcessStat]) -> None:
        self._told.update((member.pid, member.start_time) for member in family if member.group == self.root.pid)
        try:
            os.killpg(self.root.pid, signals.SIGTERM)
            # A stopped process takes no signal until it goes on.
            os.killpg(self.root.pid, signals.SIGCONT)
        except (ProcessLookupError, PermissionError):
            return

    def _kill(self, family: list[ProcessStat], now: float) -> None:
        if self._killed_at is None:
            self._killed_at = now
            self._look_seconds = _FIRST_LOOK_SECONDS
        for member in family:
            self._send(member, signals.SIGKILL)

    def _is_in_vain(self, family: list[ProcessStat], now: float) -> bool:
        if self._killed_at is None:
            return False
        may_die = any(
            member.state != UNINTERRUPTIBLE and (member.pid, member.start_time) not in self._refused
            for member in family
        )
        return now >= self._killed_at + (DYING_SECONDS if may_die else VERIFY_SECONDS)

    def _send(self, member: ProcessStat, signal: int) -> None:
        try:
            identity.send(member.pid, member.start_time, signal)
        except PermissionError:
            self._refused.add((member.pid, member.start_time))
