"""What the outputs of a whole fleet may take, and which of them go first. A rule: nothing is removed here.

First the oldest of the runs that are over, whoever they were of. When only runs that go on are left, all of those that
take more than an equal share give back their heads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence

LEAVE_PARTS = 0.9
"""How much of the quota is left in use, so that not every line that is printed costs another pass."""
LEAST_BYTES = 64 * 1024
"""What a run that goes on always keeps."""


class OutputFile(msgspec.Struct, frozen=True):
    """The output of one run."""

    instance: str
    epoch: int
    disk_bytes: int
    """What it takes on the disk; its holes take nothing."""
    written_at: float
    """When it was last written to, seconds since the epoch."""
    is_over: bool
    """Whether the run has ended."""


class Removal(msgspec.Struct, frozen=True):
    """The output of a run that is over goes."""

    file: OutputFile


class Trim(msgspec.Struct, frozen=True):
    """The head of the output of a run goes."""

    file: OutputFile
    keep_bytes: int


def to_free(files: Sequence[OutputFile], quota_bytes: int) -> list[Removal | Trim]:
    """What has to go for the files to be within the quota; nothing while they are.

    Args:
        files: The outputs of all runs of all instances.
        quota_bytes: What they may take together; 0 for no limit.
    """
    taken = sum(file.disk_bytes for file in files)
    if not quota_bytes or taken <= quota_bytes:
        return []
    leave = int(quota_bytes * LEAVE_PARTS)
    found: list[Removal | Trim] = []
    for file in sorted((file for file in files if file.is_over), key=lambda file: (file.written_at, file.epoch)):
        if taken <= leave:
            return found
        found.append(Removal(file))
        taken -= file.disk_bytes
    if taken > leave:
        found += _trims([file for file in files if not file.is_over], leave)
    return found


def _trims(files: Sequence[OutputFile], leave_bytes: int) -> list[Trim]:
    share = max(LEAST_BYTES, _share(sorted(file.disk_bytes for file in files), leave_bytes))
    return [Trim(file, share) for file in files if file.disk_bytes > share]


def _share(sizes: Sequence[int], leave_bytes: int) -> int:
    """What each may keep so that all are within the bound; what smaller ones do not need goes to the others."""
    left = leave_bytes
    for index, size in enumerate(sizes):
        share = left // (len(sizes) - index)
        if size > share:
            return share
        left -= size
    return leave_bytes
