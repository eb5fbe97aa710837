"""The files of a workspace that carry a format: a newer one is refused before anything is touched, an older one is
brought forward."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.bus import layout
from trinity_tui.core.errors import ConfigError, FormatError
from trinity_tui.core.migrate import format_of
from trinity_tui.store import document
from trinity_tui.store.choices import read_overrides
from trinity_tui.supervision import records

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from trinity_tui.core.migrate import Document, Formats
    from trinity_tui.core.paths import Workspace

log = logging.getLogger("formats")


def check(workspace: Workspace) -> None:
    """Make sure that no newer program has worked here.

    Raises:
        FormatError: One has; nothing was touched.
    """
    for path, formats, found in [*_logs(workspace), *_records(workspace)]:
        if format_of(found) > formats.newest:
            raise FormatError(str(path), format_of(found), formats.newest)
    try:
        read_overrides(workspace)
    except FormatError:
        raise
    except ConfigError:
        return


def bring_forward(workspace: Workspace) -> None:
    """Rewrite what an older program wrote, each file whole or not at all; the caller is the only coordinator.

    The log brings itself forward when it is opened, under the lock that instances respect as well.

    Raises:
        StoreError: The disk refused; what was not rewritten yet is as it was.
    """
    for path, formats, found in _records(workspace):
        if format_of(found) < formats.newest:
            document.write(path, formats.forward(found, str(path)))
            log.info("%s: format %d is now %d", path, format_of(found), formats.newest)


def _logs(workspace: Workspace) -> Iterator[tuple[Path, Formats, Document]]:
    for folder in (workspace.bus, workspace.bus / layout.NATS_FOLDER):
        yield from _read(layout.Layout(folder).format, layout.FORMATS)


def _records(workspace: Workspace) -> Iterator[tuple[Path, Formats, Document]]:
    for place in sorted(workspace.instances.glob("*/process.json")):
        yield from _read(place, records.FORMATS)


def _read(path: Path, formats: Formats) -> Iterator[tuple[Path, Formats, Document]]:
    """What can be read; a file that is damaged is said by who needs it."""
    try:
        found = msgspec.json.decode(path.read_bytes())
    except (OSError, msgspec.DecodeError):
        return
    if isinstance(found, dict):
        yield path, formats, found
