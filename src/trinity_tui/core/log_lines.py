"""What a printed line says of itself: how grave it is and when it was printed. Guessed from its words.

Programs print as they like, so a level is what the words say, not what anybody promised; a line without such words is
plain.
"""

from __future__ import annotations

import re
from typing import Literal

Level = Literal["error", "warning", "plain", "debug"]
LOOKED_AT_CHARACTERS = 400
"""Of a line: what it is comes first."""
DAY_SECONDS = 86_400
AHEAD_SECONDS = 60.0
"""A time so far ahead of now is no mistake of a clock but yesterday's."""

_NOTHING_WRONG = r"(?<!\b0 )(?<!\bno )"
_ERROR = re.compile(
    rf"\b{_NOTHING_WRONG}(?:errors?|critical|fatal|panic(?:ked)?|failed|failures?|exception)\b"
    r"|\bTraceback \(|(?-i:\b[A-Z]\w*(?:Error|Exception)\b)",
    re.IGNORECASE,
)
_WARNING = re.compile(
    rf"\b{_NOTHING_WRONG}(?:warn(?:ings?)?|deprecated|refused|retry(?:ing)?)\b|(?-i:\b[A-Z]\w*Warning\b)",
    re.IGNORECASE,
)
_DEBUG = re.compile(r"\b(?:debug|trace)\b", re.IGNORECASE)
_CLOCK = re.compile(r"(?:\d{4}-\d\d-\d\d[T ])?([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:[.,]\d+)?(?:Z\b|[+-]\d\d:\d\d)?\s?")


def level_of(text: str) -> Level:
    """How grave a line is, by its words."""
    head = text[:LOOKED_AT_CHARACTERS]
    small = head.lower()
    if _may_be_error(small) and _ERROR.search(head):
        return "error"
    if _may_be_warning(small) and _WARNING.search(head):
        return "warning"
    return "debug" if ("debug" in small or "trace" in small) and _DEBUG.search(head) else "plain"


# Most lines have no such word, which a chain of `in` knows a hundred times sooner than a pattern or a loop.


def _may_be_error(small: str) -> bool:
    return (
        "error" in small or "fail" in small or "exception" in small or "traceback" in small or "critical" in small
        or "fatal" in small or "panic" in small
    )  # fmt: skip


def _may_be_warning(small: str) -> bool:
    return "warn" in small or "deprecat" in small or "refused" in small or "retry" in small


def clock_of(text: str) -> tuple[int, int] | None:
    """The second of the day a line begins with, and how many characters that takes; None where it says none."""
    found = _CLOCK.match(text)
    if found is None:
        return None
    hours, minutes, seconds = (int(part) for part in found.groups())
    return hours * 3_600 + minutes * 60 + seconds, found.end()


def moment_of(second_of_day: int, now: float, offset: float) -> float:
    """The last moment before now at which a wall clock showed this second of the day.

    Args:
        second_of_day: As the clock showed it.
        now: Seconds since the epoch.
        offset: How far that clock is ahead of UTC, in seconds.
    """
    moment = (now + offset) // DAY_SECONDS * DAY_SECONDS + second_of_day - offset
    return moment - DAY_SECONDS if moment > now + AHEAD_SECONDS else moment
