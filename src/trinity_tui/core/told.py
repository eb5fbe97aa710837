"""What happened in words: the first line of a digest, what each of its rows is, how long something took."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_BY_PERSON = re.compile(r"\bby person\b")
LABELS = {
    "waits": "waits", "parked": "gave up", "gap": "unwatched", "crash": "crashed", "storm": "in a loop",
    "failed": "failed", "done": "done", "alert": "alert", "to_you": "to you", "finding": "found",
}  # fmt: skip
_COUNTED = (
    ("waiting", "waits for you", "wait for you"), ("gap", "time unwatched", "times unwatched"),
    ("crash", "crashed", "crashed"), ("restart", "restart", "restarts"), ("parked", "gave up", "gave up"),
    ("done", "task done", "tasks done"), ("failed", "task failed", "tasks failed"),
    ("findings", "finding", "findings"), ("to_you", "message to you", "messages to you"),
)  # fmt: skip
"""By what is counted: how one is called, and how several are."""


def to_you(reason: str) -> str:
    """A reason as it is said to the person: what the person had done is theirs."""
    return _BY_PERSON.sub("by you", reason)


def label(sort: str) -> str:
    """What a row is, in a word or two."""
    return LABELS.get(sort, sort)


def counted(number: int, one: str, many: str = "") -> str:
    """How many of something, as it is said: ``1 line``, ``2 lines``, ``3 entries`` where its plural is given."""
    return f"{number} {one}" if number == 1 else f"{number} {many or one + 's'}"


def headline(counts: Mapping[str, int]) -> str:
    """How much of what happened, and what it cost, in a line."""
    parts = [counted(count, one, many) for name, one, many in _COUNTED if (count := counts.get(name, 0))]
    if money := counts.get("microdollars", 0):
        parts.append(f"{money / 1e6:.2f} $")
    elif tokens := counts.get("input_tokens", 0) + counts.get("output_tokens", 0):
        parts.append(f"{tokens} tokens")
    return ", ".join(parts) or "nothing happened"


def duration(seconds: float) -> str:
    """A span of time in the one unit a glance needs: ``12s``, ``4m``, ``2h``, ``3d``."""
    whole = max(0, int(seconds))
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "m")):
        if whole >= size:
            return f"{whole // size}{unit}"
    return f"{whole}s"
