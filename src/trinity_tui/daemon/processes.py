"""What supervision knows of the instances' processes, asked by those who only need to know."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trinity_tui.daemon.hub import Hub
    from trinity_tui.supervision.supervisor import Supervisor


class Processes:
    """Answers about what runs.

    Args:
        supervisor: Who has started it.
        hub: What it does now.
    """

    def __init__(self, supervisor: Supervisor, hub: Hub) -> None:
        self._supervisor = supervisor
        self._hub = hub

    def is_busy(self, instance: str) -> bool:
        """Whether it runs, and not idly."""
        status = self._supervisor.statuses().get(instance)
        return status is not None and status.pid is not None and self._hub.view(instance).activity != "idle"

    def epoch(self, instance: str) -> int:
        """Which of its lives this is; 0 where it had none."""
        status = self._supervisor.statuses().get(instance)
        return status.epoch if status is not None else 0

    def pids(self) -> set[int]:
        """Of the instances, and of the keeper."""
        pids = {status.pid for status in self._supervisor.statuses().values() if status.pid}
        return pids | ({self._supervisor.keeper_pid} if self._supervisor.keeper_pid else set())

    def is_without_keeper(self) -> bool:
        """Whether something runs that the keeper does not hold."""
        return any(status.pid and not status.kept for status in self._supervisor.statuses().values())
