"""``process.json``: what has to be known of an instance's process when everything but the process is gone."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.errors import StoreError
from trinity_tui.core.migrate import Formats
from trinity_tui.core.wire.keeper import ExitRecord, How, KeeperRecord
from trinity_tui.process.identity import Identity, alive
from trinity_tui.store import document
from trinity_tui.store.private import make_private

if TYPE_CHECKING:
    from trinity_tui.core.paths import InstancePlaces, Workspace

_log = logging.getLogger(__name__)


FORMATS = Formats(1, {0: lambda found: found})
"""Format 0 was the same without its number."""


class ProcessRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One instance's process, and what a person decided about it."""

    format: int = FORMATS.newest
    epoch: int = 0
    pid: int | None = None
    """None while there is no process."""
    start_time: int = 0
    boot_id: str = ""
    started_at: float = 0.0
    how: How = "exec"
    """How the process began, for when the keeper that began it is gone as well."""
    restarts: int = 0
    override: str = ""
    """What is wanted instead of the configuration: by a person up or down, or lent as a backup; or nothing said."""
    rest: str = ""
    """``parked`` or ``completed`` where it is not to be started again by itself."""
    reason: str = ""


def load(places: InstancePlaces) -> ProcessRecord:
    """The record; one that cannot be read counts as none, for a process is also found without."""
    try:
        return document.read(places.process, ProcessRecord, FORMATS) or ProcessRecord()
    except StoreError as error:
        _log.warning("%s", error)
        return ProcessRecord()


def living(workspace: Workspace) -> dict[str, int]:
    """Who lives by what is on record, with the pid: the keeper and the instances of a workspace."""
    found: dict[str, int] = {}
    try:
        keeper = document.read(workspace.keeper, KeeperRecord)
    except StoreError:
        keeper = None
    if keeper is not None and alive(Identity(keeper.pid, keeper.start_time, keeper.boot_id)):
        found["the keeper"] = keeper.pid
    for folder in sorted(workspace.instances.glob("*")):
        record = load(workspace.instance(folder.name))
        if record.pid is not None and alive(Identity(record.pid, record.start_time, record.boot_id)):
            found[folder.name] = record.pid
    return found


def how_it_ended(places: InstancePlaces, epoch: int) -> ExitRecord | None:
    """What the keeper wrote down about the end of this run."""
    try:
        ended = document.read(places.exit, ExitRecord)
    except StoreError as error:
        _log.warning("%s", error)
        return None
    return ended if ended is not None and ended.epoch == epoch else None


def last_epoch(places: InstancePlaces, record: ProcessRecord) -> int:
    """The number of the newest run anything is left of; the next one gets a higher one."""
    try:
        ended = document.read(places.exit, ExitRecord)
    except StoreError:
        ended = None
    epochs = [record.epoch, ended.epoch if ended else 0]
    if places.output.is_dir():
        epochs += [int(file.stem) for file in places.output.glob("*.log") if file.stem.isdigit()]
    return max(epochs)


def save(places: InstancePlaces, record: ProcessRecord, *, durable: bool) -> str:
    """Write it; a disk that is full must not stop an instance. Why it could not be, empty where it was.

    Args:
        places: The instance's files.
        record: What to write.
        durable: Whether it has to outlive a power cut, as a person's decision does.
    """
    try:
        make_private(places.folder)
        document.write(places.process, record, durable=durable)
    except StoreError as error:
        return str(error)
    return ""
