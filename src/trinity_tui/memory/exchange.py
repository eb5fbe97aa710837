"""Lines of memory to and from other programs: the same lines as in the files, one JSON object each.

Out go the lines as they are. In may come lines that say less: ``{"text": "…"}`` is enough. What they leave out is
filled in so that the order of the file is the order of the memory, and so that the same file taken in twice says
everything once.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from trinity_tui.core import memory
from trinity_tui.core.memory import Operation
from trinity_tui.core.memory_message import masked_operation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from trinity_tui.memory.index import Index

LINE_BYTES = 64 * 1024
"""A longer line is no record but a document."""


class Refused(msgspec.Struct, frozen=True):
    """A line that was not taken in."""

    number: int
    """1-based."""
    problem: str


class Imported(msgspec.Struct, frozen=True):
    """What a file holds for the memory."""

    operations: list[Operation]
    """In the order of the file; secrets masked."""
    refused: list[Refused]


def exported(index: Index, now: float, *, everything: bool = False) -> Iterator[bytes]:
    """The lines of the memory in the order they were said, without their ends.

    Args:
        index: Over the files.
        now: Seconds since the epoch.
        everything: Also what was superseded, retracted or is over, and what did that to it.

    Raises:
        StoreError: The index is damaged, or gone.
    """
    with index.snapshot():
        lines = (memory.decode(line) for (line,) in index.query("SELECT line FROM lines"))
        chosen = lines if everything else _standing(index, now, lines)
        for operation in sorted(chosen, key=memory.order):
            yield memory.encode(operation)


def _standing(index: Index, now: float, lines: Iterable[Operation]) -> list[Operation]:
    """What says something that stands."""
    names = {name for record in index.all_records() if record.holds(now) for name in record.sources}
    return [one for one in lines if one.op == "add" and one.id in names]


def imported(lines: Iterable[bytes], author: str, computer: str, now: float, first: int = 1) -> Imported:
    """What lines from elsewhere say.

    Args:
        lines: Of the file, in its order; empty ones are passed over.
        author: Whose they are where they do not say it.
        computer: Where they were said where they do not say it.
        now: When they were said where they do not say it, the first of them; seconds since the epoch.
        first: Which line of its file the first is, where the file comes in parts.
    """
    # In whole microseconds: sums of fractions of a second can come out alike for two lines.
    start = round(now * 1_000_000)
    operations: list[Operation] = []
    refused: list[Refused] = []
    for number, line in enumerate(lines, 1):
        if not (line := line.strip()):
            continue
        try:
            given = {"author": author, "computer": computer, "time": _time(start + first + number)}
            operations.append(_operation(line, given))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError) as error:
            refused.append(Refused(number, str(error)))
    return Imported(operations, refused)


def _operation(line: bytes, given: dict[str, Any]) -> Operation:
    """The operation a line says, with what it leaves out.

    Raises:
        ValueError: It says nothing that can be kept.
    """
    if len(line) > LINE_BYTES:
        raise ValueError(f"is over {LINE_BYTES} bytes")
    fields = msgspec.json.decode(line, type=dict[str, Any])
    named = hashlib.sha256(msgspec.json.encode(fields, order="deterministic")).hexdigest()[:32]
    operation = masked_operation(msgspec.convert({"id": f"import-{named}", **given, **fields}, Operation))
    if operation.op == "add" and not operation.text:
        raise ValueError("has no text")
    if operation.op in ("retract", "resolve") and not operation.target:
        raise ValueError("has no target")
    return operation


def _time(microseconds: int) -> str:
    return (datetime.fromtimestamp(0, UTC) + timedelta(microseconds=microseconds)).isoformat()
