"""What keeps the log's folder in order: its chunks, the consumers' marks, dropping, packing, collecting.

Steps on files for a thread, each safe to be killed in and to be done again. One process at a time takes them: the
coordinator, or who holds its lock. Readers and writers need not know.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from trinity_tui.bus import acks, bells, blobs, dead, files, layout, reading, segments, sidecar
from trinity_tui.bus.carrier import Stats
from trinity_tui.bus.dead import DeadLetter
from trinity_tui.core import address, message, record
from trinity_tui.core.errors import BusError
from trinity_tui.core.record import DamagedLine
from trinity_tui.core.retention import Chunk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from trinity_tui.bus.layout import Format, Layout
    from trinity_tui.bus.source import Line
    from trinity_tui.core.record import Position, Routing

_LETTERS_AT_ONCE = 500


def chunks(paths: Layout) -> list[Chunk]:
    """The segments; what is not summed up yet is summed up here.

    Raises:
        OSError: The log cannot be read.
    """
    bases = paths.bases()
    sealed = [_sealed(paths, base, end) for base, end in zip(bases, bases[1:], strict=False)]
    return [*sealed, *(_open(paths, base) for base in bases[-1:])]


def _sealed(paths: Layout, base: Position, end: Position) -> Chunk:
    summary = sidecar.load(paths, base)
    if summary is None:
        sidecar.write(paths, base)
        summary = sidecar.load(paths, base)
    is_packed = not paths.segment(base).exists()
    state = (paths.packed(base) if is_packed else paths.segment(base)).stat()
    return Chunk(
        start=base, end=end, bytes=state.st_size, count=summary.count if summary else 0, last_time=state.st_mtime,
        is_packed=is_packed,
    )  # fmt: skip


def _open(paths: Layout, base: Position) -> Chunk:
    path = paths.segment(base)
    data, state = path.read_bytes(), path.stat()
    return Chunk(
        start=base, end=base + len(data), bytes=len(data), count=data.count(b"\n"), last_time=state.st_mtime,
        is_sealed=False,
    )  # fmt: skip


def lows(paths: Layout, format_: Format) -> dict[str, Position]:
    """Below it each consumer is done with everything, as far as it has noted that on the disk."""
    found: dict[str, Position] = {}
    for path in sorted(paths.consumers.glob("*/acks.jsonl")):
        try:
            marks = acks.read_marks(path)
        except BusError:
            found[path.parent.name] = 0  # Its owner will say so; until it is mended nothing of its own goes.
            continue
        if marks is not None:
            found[path.parent.name] = format_.clamp(marks.low, marks.header.generation)
    return found


def drop_before(paths: Layout, position: Position) -> list[Position]:
    """Remove the finished segments that end at a position or before; which those were, by their start.

    Raises:
        OSError: The disk refused.
    """
    bases = paths.bases()
    gone = [base for base, end in zip(bases, bases[1:], strict=False) if end <= position]
    for base in gone:  # The oldest first: killed in between, what is kept is whole.
        segments.unlink(paths, base)
    if gone:
        files.sync_folder(paths.log)
    return gone


def sweep(paths: Layout) -> None:
    """Remove what who was killed left behind: half-written files, summaries of segments that are gone.

    Raises:
        OSError: The disk refused.
    """
    there = set(paths.bases())
    for path in paths.log.glob("*.idx.json"):
        if int(path.name[:20]) not in there:
            path.unlink(missing_ok=True)
    for path in paths.log.glob("*.tmp"):
        if not _is_writers_alive(path.name):
            path.unlink(missing_ok=True)


def _is_writers_alive(name: str) -> bool:
    """Whether the process that writes a temporary file still runs: its pid is in the name."""
    pid = name.split(".")[-2].split("-")[0]
    return pid.isdigit() and os.path.exists(f"/proc/{pid}")


def move_on(
    paths: Layout, format_: Format, name: str, position: Position, reason: str, wall_clock: Callable[[], float]
) -> int:
    """Keep as dead letters what a consumer has not done with of what will go; how many.

    Its own file is left to it: it begins at the oldest message that is kept by itself.

    Args:
        paths: The bus's folder.
        format_: The log's.
        name: The consumer.
        position: Where the kept log will begin.
        reason: Why it is moved on.
        wall_clock: Seconds since the epoch.

    Raises:
        BusError: They could not be kept, or the log or the marks not be read; nothing may go then.
    """
    marks = acks.read_marks(paths.acks(name))
    if marks is None:
        return 0
    low = format_.clamp(marks.low, marks.header.generation)
    at, letters, count = message.format_time(wall_clock()), list[DeadLetter](), 0
    for place, text in _undone(paths, marks, name, low, position):
        attempts = marks.retries.get(place, (1, 0.0))[0] - 1
        line = text.decode(errors="replace")
        letters.append(DeadLetter(consumer=name, position=place, attempts=attempts, reason=reason, at=at, line=line))
        count += 1
        if len(letters) == _LETTERS_AT_ONCE:
            dead.bury(paths.dead, *letters)
            letters.clear()
    if letters:
        dead.bury(paths.dead, *letters)
    return count


def _undone(paths: Layout, marks: acks.Marks, name: str, low: Position, stop: Position) -> Iterator[Line]:
    for place, text in lines(paths, low, stop):
        try:
            routing = record.decode_routing(text)
        except DamagedLine:
            continue
        is_passed = place in marks.acked or (routing.to != name and place < marks.header.many_from)
        if not is_passed and _is_for(routing, name, marks.header.role):
            yield place, text


def _is_for(routing: Routing, name: str, role: str | None) -> bool:
    if routing.type in bells.BOOKKEEPING:
        return False
    # Whose role is not known may have had any: a letter too many is read, one too few is lost.
    roles = address.ROLES if role is None else (role,)
    return any(address.reaches(routing.to, routing.from_, name, one) for one in roles)


def lines(paths: Layout, start: Position, stop: Position) -> Iterator[Line]:
    """The lines from a position up to another, damaged ones too.

    Raises:
        BusError: The log cannot be read.
    """
    reader = reading.LogReader(paths, layout.SEGMENT_BYTES, start, Stats())
    try:
        while found := reader.lines():
            for line in found:
                if line[0] >= stop:
                    return
                yield line
    finally:
        reader.close()


def collect(paths: Layout, now: float) -> int:
    """Remove old contents that no line names, and leftovers; how many contents.

    Raises:
        BusError: It is not known what the lines name.
        OSError: The disk refused.
    """
    sweep(paths)
    return len(blobs.collect(paths.blobs, lambda: named_contents(paths), now))


def named_contents(paths: Layout) -> set[str]:
    """The contents that kept lines and dead letters name.

    Raises:
        BusError: A segment cannot be summed up; then it is not known what it names.
    """
    bases = paths.bases()
    names: set[str] = set()
    for base in bases[:-1]:
        summary = sidecar.load(paths, base)
        if summary is None:
            sidecar.write(paths, base)
            summary = sidecar.load(paths, base)
        if summary is None:
            raise BusError(f"{paths.segment(base)} cannot be summed up")
        names.update(summary.blobs or ())
    texts = [text for _, text in lines(paths, bases[-1], paths.end())] if bases else []
    texts += [letter.line.encode() for letter in dead.dead_letters(paths.root)]
    return names | {name for text in texts if (name := sidecar.blob_of(text))}
