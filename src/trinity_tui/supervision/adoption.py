"""What an earlier coordinator left: processes that live, ends nobody saw, and strays that belong to no run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.wire.keeper import How
from trinity_tui.process import procfs
from trinity_tui.process.identity import Identity, alive
from trinity_tui.supervision.records import ProcessRecord, how_it_ended, last_epoch, load

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trinity_tui.core.paths import InstancePlaces
    from trinity_tui.core.wire.keeper import Child


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What there is of one instance."""

    record: ProcessRecord
    epoch: int
    """Of the newest run."""
    living: Identity | None = None
    is_kept: bool = False
    how: How = "exec"
    started_at: float = 0.0
    ended: End | None = None
    """How the last run ended, when it ran until after the record was written and is gone."""


class End(msgspec.Struct, frozen=True):
    """An end nobody was there to see; neither code nor signal means nobody can tell."""

    code: int | None
    signal: int | None
    at: float


def find(places: InstancePlaces, child: Child | None) -> Found:
    """Look for an instance's process: among the keeper's children first, then by its record.

    Args:
        places: The instance's files.
        child: What the keeper says of it.
    """
    record = load(places)
    epoch = max(last_epoch(places, record), child.epoch if child else 0)
    boot_id = procfs.boot_id()
    if child is not None and child.exited is None:
        living = Identity(child.pid, child.start_time, boot_id)
        started_at = record.started_at if record.epoch == child.epoch else 0.0
        return Found(
            record=record, epoch=child.epoch, living=living, is_kept=True, how=child.how, started_at=started_at
        )
    if record.pid is None or record.boot_id != boot_id:
        return Found(record=record, epoch=epoch)
    recorded = Identity(record.pid, record.start_time, record.boot_id)
    if alive(recorded):
        return Found(record=record, epoch=record.epoch, living=recorded, how=record.how, started_at=record.started_at)
    ended = _end(places, record.epoch, child)
    return Found(record=record, epoch=epoch, started_at=record.started_at, ended=ended)


def _end(places: InstancePlaces, epoch: int, child: Child | None) -> End:
    if child is not None and child.exited is not None and child.epoch == epoch:
        told = child.exited
        return End(told.code, told.signal, told.at)
    written = how_it_ended(places, epoch)
    return End(written.code, written.signal, written.at) if written else End(None, None, 0.0)


def strays(markers: Mapping[int, str], workspace_hash: str, adopted: set[str]) -> set[str]:
    """The markers of processes that belong to this workspace and to no run that was taken over.

    Args:
        markers: Every process with a marker.
        workspace_hash: Which workspace is meant.
        adopted: The markers of the runs that were.
    """
    ours = {marker for marker in markers.values() if marker.endswith(f":{workspace_hash}")}
    return ours - adopted
