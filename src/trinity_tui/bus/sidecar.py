"""What a finished segment holds, in a small file beside it, so that a start can pass over it. A cache, made at need."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

import msgspec

from trinity_tui.bus import bells, blobs, files, segments
from trinity_tui.bus.carrier import Stats
from trinity_tui.bus.reading import LogReader
from trinity_tui.core import address, record
from trinity_tui.core.errors import BusError
from trinity_tui.core.record import DamagedLine, Position

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.bus.layout import Layout
    from trinity_tui.bus.source import Line

INDEX_EVERY = 256


class _Delivered(msgspec.Struct, frozen=True):
    """The part of a sidecar that a consumer's start reads."""

    size: int
    recipients: dict[str, dict[str, int]]
    repliers: list[str]


class Sidecar(msgspec.Struct, kw_only=True):
    """The summary of one segment; positions are the log's, not the segment's."""

    size: int
    count: int = 0
    damaged: int = 0
    first: str = ""
    last: str = ""
    """Timestamps of the first and the last message."""
    recipients: dict[str, dict[str, int]] = {}
    """How many messages for each address and priority, those apart that only projections read."""
    repliers: list[str] = []
    """Who answered something here."""
    index: list[tuple[int, Position]] = []
    """Every 256th message: its number in the segment and its position."""
    blobs: list[str] | None = None
    """The contents that lines here name; None where an older version wrote the sidecar."""


_Kind = TypeVar("_Kind", Sidecar, _Delivered)


def build(layout: Layout, base: Position) -> Sidecar:
    """Read a finished segment through. Made for a thread: it lets the others run between two chunks.

    Raises:
        BusError: The segment cannot be read.
        OSError: It is not there.
    """
    size = segments.size_of(layout, base)
    summary = Sidecar(size=size, blobs=[])
    reader = LogReader(layout, size, base, Stats())
    repliers: set[str] = set()
    bounds: list[Line] = []
    try:
        while reader.position < base + size and (lines := reader.lines()):
            _add(summary, [line for line in lines if line[0] < base + size], repliers, bounds)
            time.sleep(0)
    finally:
        reader.close()
    summary.repliers = sorted(repliers)
    if bounds:
        summary.first, summary.last = (record.decode(text).timestamp for _, text in (bounds[0], bounds[-1]))
    return summary


def _add(summary: Sidecar, lines: list[Line], repliers: set[str], bounds: list[Line]) -> None:
    for line in lines:
        try:
            routing = record.decode_routing(line[1])
        except DamagedLine:
            summary.damaged += 1
            continue
        if summary.count % INDEX_EVERY == 0:
            summary.index.append((summary.count, line[0]))
        summary.count += 1
        bounds[1:] = [line]
        if routing.type not in bells.BOOKKEEPING:
            counts = summary.recipients.setdefault(routing.to, {})
            counts[routing.priority] = counts.get(routing.priority, 0) + 1
        if routing.reply_to:
            repliers.add(routing.from_)
        if summary.blobs is not None and (name := blob_of(line[1])) and name not in summary.blobs:
            summary.blobs.append(name)


def blob_of(text: bytes) -> str | None:
    """The content a line names. The cheap look first: hardly any does."""
    if b'"blob"' not in text:
        return None
    try:
        reference = blobs.reference_of(record.decode(text))
    except DamagedLine:
        return None
    return reference[0] if reference else None


def write(layout: Layout, base: Position) -> None:
    """Sum up a finished segment into its file; a failure leaves it to whoever needs it next."""
    try:
        files.replace(layout.sidecar(base), msgspec.json.encode(build(layout, base)) + b"\n")
    except (OSError, BusError, DamagedLine):
        return


def load(layout: Layout, base: Position) -> Sidecar | None:
    """A segment's summary; None where it is absent, damaged, of another size or older than this version."""
    found = _load(layout, base, Sidecar)
    return found if found is not None and found.blobs is not None else None


def _load(layout: Layout, base: Position, kind: type[_Kind]) -> _Kind | None:
    try:
        found = msgspec.json.decode(layout.sidecar(base).read_bytes(), type=kind)
        return found if found.size == segments.size_of(layout, base) else None
    except (OSError, msgspec.DecodeError):
        return None


def wanted_by(layout: Layout, name: str, role: str, absent: Callable[[Position], None]) -> Callable[[Position], bool]:
    """Whether a finished segment holds something for a consumer, or an answer of its own.

    Args:
        layout: The bus's folder.
        name: The consumer.
        role: Its role.
        absent: Told the segments that have no valid summary.
    """

    def is_wanted(base: Position) -> bool:
        found = _load(layout, base, _Delivered)
        if found is None:
            absent(base)
            return True
        return name in found.repliers or any(address.reaches(to, "", name, role) for to in found.recipients)

    return is_wanted
