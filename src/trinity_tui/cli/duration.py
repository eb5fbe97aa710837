"""Lengths of time as a person types them: ``30s``, ``10m``, ``2h``, ``1d``, or seconds."""

from __future__ import annotations

import re

from trinity_tui.core.errors import ClientError

_SECONDS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
_SHAPE = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,6})?)([smhd]?)")


def duration(option: str, text: str) -> float | None:
    """Seconds; None where nothing was typed.

    Args:
        option: What it was typed for, for the error.
        text: As typed.

    Raises:
        ClientError: It is no length of time (2).
    """
    if not text:
        return None
    found = _SHAPE.fullmatch(text)
    seconds = float(found[1]) * _SECONDS[found[2]] if found else 0.0
    if not 0 < seconds <= 365 * _SECONDS["d"]:
        raise ClientError(f"{option} takes a time such as 30s, 10m or 2h, at most 365d, not {text!r}", 2)
    return seconds


def spoken(seconds: float) -> str:
    """A time as a person says it, in one unit: ``12 s``, ``3 min``, ``2 h``, ``4 d``."""
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= length:
            return f"{int(seconds // length)} {unit}"
    return f"{int(seconds)} s"
