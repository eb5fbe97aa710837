"""What a model writes about what records say together, of which only sentences that rest on those records are kept.

The records are others' texts, and so is what it makes of them: a sentence is kept where the ids in it are among those
it was given, whatever it says (``core.prose``). What was refused is counted and stands in the trace.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core import fence, trace
from trinity_tui.core.message import format_time
from trinity_tui.core.prose import sift
from trinity_tui.core.redact import redact

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from trinity_tui.core.memory import Record
    from trinity_tui.core.prose import Sifted
    from trinity_tui.harness.thinking.aside import Aside
    from trinity_tui.harness.thinking.conversation import Closed
    from trinity_tui.memory.insights import Insight

RECORDS_EACH = 5
"""Of what an insight rests on, the newest so many are shown."""
RECORDS_MOST = 60
RECORD_BYTES = 400
PROSE_CHARACTERS = 3_000
"""What comes after so many is no part of it."""
REFUSED_TOLD = 10
ASKED = """\
Below are records of the shared memory, each with its id. Write what they say together: what several found, what
contradicts, what failed and what helped. At most ten short sentences, no headings and no lists.
End every sentence with the ids of the records it rests on, in brackets: The server listens on 8002 [id, id].
Use no id that is not below. What no record says, do not say. Use no tools."""


class Prose(msgspec.Struct, frozen=True):
    """What a model wrote, as far as it may be kept."""

    text: str
    """Empty where nothing may."""
    names: tuple[str, ...]
    """The records it rests on."""
    refused_count: int
    brain: str


async def write(aside: Aside, found: Mapping[str, Insight], records: Iterable[Record]) -> Prose | None:
    """Have a model write it; None where there is no model, or nothing came of it.

    Args:
        aside: The way to it.
        found: What records say together.
        records: Those that hold.
    """
    shown = _shown(found, {record.id: record for record in records})
    if not shown:
        return None
    began = time.monotonic()
    closed = await aside.ask("writes what the records say together", ASKED, "\n".join(map(_line, shown)), "records")
    if closed is None or (closed.cut and not closed.text.strip()):
        return None
    known = frozenset(record.id for record in shown)
    sifted = sift(fence.clean(closed.text[:PROSE_CHARACTERS]), known)
    aside.note(_use(closed, known, sifted, time.monotonic() - began))
    return Prose(redact(" ".join(sifted.kept)), sifted.names, len(sifted.refused), closed.brain)


def _shown(found: Mapping[str, Insight], records: Mapping[str, Record]) -> list[Record]:
    names = dict.fromkeys(name for one in found.values() for name in one.record_ids[-RECORDS_EACH:] if name in records)
    return [records[name] for name in list(names)[:RECORDS_MOST]]


def _line(record: Record) -> str:
    said = f"[{record.id}] {record.kind} of {', '.join(record.authors)}: {record.text}"
    return " ".join(fence.cut(said, RECORD_BYTES).split())


def _use(closed: Closed, known: Collection[str], sifted: Sifted, seconds: float) -> trace.Use:
    kept, refused = len(sifted.kept), len(sifted.refused)
    told = "\n".join(f"refused, {one.why}: {one.sentence}" for one in sifted.refused[:REFUSED_TOLD])
    return trace.Use(
        format_time(time.time()), closed.id, closed.id, "synthesis", {"records": len(known)},
        f"{kept} of {kept + refused} sentences kept", "allow", "each sentence names records it was given", "rule",
        "refused" if refused else "done", told, round(seconds, 3),
    )  # fmt: skip
