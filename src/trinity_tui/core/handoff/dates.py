"""Dates as people write them, found in their texts: in UTC, to the day where no hour is given."""

from __future__ import annotations

import re
from datetime import UTC, datetime

DAY_SECONDS = 86_400
LOOKED_AT_CHARACTERS = 500
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2}))?)?")
_MONTH_FIRST = re.compile(rf"(?i)\b{_MONTH}\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})\b")
_DAY_FIRST = re.compile(rf"(?i)\b(\d{{1,2}})(?:st|nd|rd|th|\.)?\s+{_MONTH},?\s+(\d{{4}})\b")
_UPDATED = re.compile(r"(?i)\b(?:last\s+)?(?:updated|refreshed|revised|modified|as of|date|status)\b")


def find(text: str) -> float | None:
    """The first date in a text, in seconds since the epoch; None where there is none."""
    text = text[:LOOKED_AT_CHARACTERS]
    if match := _ISO.search(text):
        year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
        return _seconds(year, month, day, hour, minute, second)
    if match := _MONTH_FIRST.search(text):
        return _seconds(int(match[3]), _month(match[1]), int(match[2]))
    if match := _DAY_FIRST.search(text):
        return _seconds(int(match[3]), _month(match[2]), int(match[1]))
    return None


def updated(line: str) -> float | None:
    """The day a document says it was brought up to date, where this line says it."""
    return find(line) if len(line) < 200 and _UPDATED.search(line) else None


def day(seconds: float) -> int:
    """Days since the epoch."""
    return int(seconds // DAY_SECONDS)


def said(seconds: float) -> str:
    """A moment for a person."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def said_day(seconds: float) -> str:
    """A day for a person."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d")


def _month(word: str) -> int:
    return _MONTHS.index(word[:3].casefold()) + 1


def _seconds(*parts: int) -> float | None:
    try:
        return datetime(*parts, tzinfo=UTC).timestamp()  # pyright: ignore[reportArgumentType] - at most six whole numbers
    except ValueError:
        return None
