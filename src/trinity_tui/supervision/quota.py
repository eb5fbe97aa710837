"""Keeps the outputs of a whole fleet within its quota; which of them go is ``core.output_quota``'s to say."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from trinity_tui.core.output_quota import OutputFile, Removal, to_free
from trinity_tui.supervision import output

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from trinity_tui.core.paths import Workspace

LOOK_SECONDS = 10.0
_log = logging.getLogger(__name__)


class OutputQuota:
    """The outputs of a workspace, those of instances that are configured no more included.

    Args:
        workspace: Whose.
        quota_bytes: What they may take on the disk; 0 for no limit.
        running: The number of the run of each instance that goes on.
        clock: Monotonic seconds.
    """

    def __init__(
        self,
        workspace: Workspace,
        quota_bytes: int,
        running: Callable[[], dict[str, int]],
        clock: Callable[[], float],
    ) -> None:
        self._workspace = workspace
        self._quota_bytes = quota_bytes
        self._running = running
        self._clock = clock
        self._look_at = clock() + LOOK_SECONDS

    def look(self) -> None:
        """Bring them within the quota, when it is time to look again."""
        now = self._clock()
        if self._quota_bytes and now >= self._look_at:
            self._look_at = now + LOOK_SECONDS
            self.apply()

    def apply(self) -> None:
        """Bring them within the quota."""
        for action in to_free(list(self._files()), self._quota_bytes):
            file = action.file
            path = self._workspace.instance(file.instance).output_of(file.epoch)
            try:
                if isinstance(action, Removal):
                    output.remove(path)
                else:
                    output.bound(path, action.keep_bytes, action.keep_bytes)
            except OSError as error:
                _log.warning("output of %s: %s", file.instance, error)
            else:
                what = "was removed" if isinstance(action, Removal) else "gave back its head"
                _log.info("%s: the output of run %d %s: the fleet's quota is spent", file.instance, file.epoch, what)

    def _files(self) -> Iterator[OutputFile]:
        running = self._running()
        for folder in sorted(self._workspace.instances.glob("*/output")):
            name = folder.parent.name
            for path in folder.glob("*.log"):
                if path.stem.isdigit() and (taken := _taken(path)) is not None:
                    epoch = int(path.stem)
                    yield OutputFile(name, epoch, *taken, is_over=running.get(name) != epoch)


def _taken(path: Path) -> tuple[int, float] | None:
    """What a run's output takes with what was moved beside it, and when it was last written to."""
    status = _status(path)
    if status is None:
        return None
    beside = _status(path.with_suffix(".before"))
    return (status.st_blocks + (beside.st_blocks if beside else 0)) * 512, status.st_mtime


def _status(path: Path) -> os.stat_result | None:
    """Asked once: old runs are removed beside this, so a file that was there may be gone the next moment."""
    try:
        return path.stat()
    except FileNotFoundError:
        return None
