"""Looks at every process all the time: who lives for an instance, and whether anybody ever did so twice."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.wire.keeper import MARKER
from trinity_tui.process import procfs
from trinity_tui.supervision import workspace_hash

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.core.paths import Workspace

LOOK_SECONDS = 0.1


class Seen(msgspec.Struct, frozen=True):
    """One living process of one run of one instance."""

    pid: int
    start_time: int
    instance: str
    epoch: str
    is_leader: bool

    def lives(self) -> bool:
        """Whether it is still there."""
        stat = procfs.read_stat(self.pid)
        return stat is not None and not stat.is_dead and stat.start_time == self.start_time


class Watch(threading.Thread):
    """Looks until it is told to stop.

    Args:
        workspace: Whose processes.
        is_waited_for: Whether somebody else collects a child of ours with this pid.

    Attributes:
        twice: A sentence for each pair of runs of one instance that lived at one moment.
    """

    def __init__(self, workspace: Workspace, is_waited_for: Callable[[int], bool]) -> None:
        super().__init__(name="watch", daemon=True)
        self.twice: list[str] = []
        self.looks = 0
        self._hash = workspace_hash(workspace)
        self._root = os.fsencode(workspace.root)
        self._is_waited_for = is_waited_for
        self._told = threading.Event()

    def run(self) -> None:
        """Look again and again."""
        while not self._told.wait(LOOK_SECONDS):
            self.look()

    def stop(self) -> None:
        """Look no more."""
        self._told.set()
        self.join()

    def look(self) -> None:
        """Look once."""
        self.looks += 1
        first: dict[str, Seen] = {}
        for one in self.alive():
            other = first.setdefault(one.instance, one)
            if other.epoch != one.epoch and other.lives() and one.lives() and other.lives():
                self.twice.append(f"{one.instance}: run {other.epoch} as {other.pid} and run {one.epoch} as {one.pid}")

    def alive(self) -> list[Seen]:
        """The living processes of the instances; what was left to us and died is collected on the way."""
        found: list[Seen] = []
        for pid, stat in procfs.scan().items():
            if stat.is_dead:
                if stat.ppid == os.getpid() and not self._is_waited_for(pid):
                    with suppress(ChildProcessError):
                        os.waitpid(pid, os.WNOHANG)
                continue
            name, _, owner = procfs.variable(pid, MARKER.encode()).partition(":")
            epoch = procfs.variable(pid, b"TRINITY_EPOCH")
            if owner == self._hash and epoch:
                found.append(Seen(pid, stat.start_time, name, epoch, stat.session == pid))
        return found

    def leaders(self, instance: str) -> tuple[int, ...]:
        """The processes that are this instance."""
        return tuple(one.pid for one in self.alive() if one.instance == instance and one.is_leader)

    def all_of_ours(self) -> dict[int, str]:
        """Every living process of this workspace, and whatever descends from us: pid and command."""
        stats = procfs.scan()
        found: dict[int, str] = {}
        for pid, stat in stats.items():
            command = procfs.read(f"/proc/{pid}/cmdline") or b""
            marker = procfs.variable(pid, MARKER.encode())
            is_ours = self._root in command.split(b"\0") or marker.endswith(f":{self._hash}")
            descends = os.getpid() in procfs.ancestors(pid)
            if not stat.is_dead and pid != os.getpid() and (is_ours or descends):
                found[pid] = command.replace(b"\0", b" ").decode(errors="replace")
        return found

    def with_module(self, module: str) -> list[int]:
        """The living processes under us that run a module of ours."""
        words = b"\0-m\0%s\0" % module.encode()
        return [
            pid
            for pid, stat in procfs.scan().items()
            if not stat.is_dead
            and words in (procfs.read(f"/proc/{pid}/cmdline") or b"")
            and os.getpid() in procfs.ancestors(pid)
        ]
