"""A moment as a person types it: ``14:02``, ``yesterday 9:30``, ``2026-11-21``, ``11-21 14:02``, ``2h ago``."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from trinity_tui.core import filters

if TYPE_CHECKING:
    from datetime import tzinfo

_DAY = r"(?:(?P<name>today|yesterday)|(?:(?P<year>[0-9]{4})-)?(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2}))"
_TIME = r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2}))?"
_MOMENT = re.compile(rf"(?:at\s+)?(?:{_DAY})?(?:(?:\s+|T|\A|(?<=at ))(?:{_TIME}))?", re.IGNORECASE)
_AGO = re.compile(r"(\S{2,6})\s+ago", re.IGNORECASE)


def moment_of(text: str, now: float, zone: tzinfo | None) -> float | None:
    """Seconds since the epoch; None where the text is no moment.

    Args:
        text: As typed.
        now: Of which day a time is, and what an age counts from. A time that is still to come today was yesterday.
        zone: The person's; None: this machine's.
    """
    text = text.strip()
    ago = _AGO.fullmatch(text)
    if ago is not None:
        seconds = filters.age_seconds(ago[1])
        return None if seconds is None else now - seconds
    found = _MOMENT.fullmatch(text)
    if not text or found is None or not any(found.groupdict().values()):
        return None
    try:
        return _moment(found.groupdict(), datetime.fromtimestamp(now, zone))
    except (ValueError, OverflowError):
        return None


def _moment(parts: dict[str, str | None], today: datetime) -> float:
    has_day = bool(parts["name"] or parts["month"])
    day = today - timedelta(days=1) if (parts["name"] or "").lower() == "yesterday" else today
    if parts["month"]:
        year = int(parts["year"] or today.year)
        day = day.replace(year=year, month=int(parts["month"]), day=int(parts["day"] or 1))
    hour, minute, second = (int(parts[name] or 0) for name in ("hour", "minute", "second"))
    moment = day.replace(hour=hour, minute=minute, second=second, microsecond=0)
    if not has_day and moment > today:
        moment -= timedelta(days=1)
    return moment.timestamp()
