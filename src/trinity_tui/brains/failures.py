"""What providers say when they fail, as errors of ours: short, printable, and without any key."""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from trinity_tui.core.errors import BrainError

if TYPE_CHECKING:
    from collections.abc import Mapping

SAID_CHARACTERS = 300
_SECRET = re.compile(r"\b(sk-[A-Za-z0-9_-]{6,}|Bearer\s+\S+)")


def said(text: object, *secrets: str) -> str:
    """A provider's words as they may stand in a sentence of ours."""
    words = str(text)
    for secret in secrets:
        words = words.replace(secret, "…") if secret else words
    words = " ".join("".join(c if c.isprintable() else " " for c in _SECRET.sub("…", words)).split())
    return words if len(words) <= SAID_CHARACTERS else words[: SAID_CHARACTERS - 1] + "…"


def of_status(status: int, who: str, why: str, retry_seconds: float | None = None) -> BrainError:
    """The error an HTTP status means.

    Args:
        status: What the provider answered.
        who: The brain, as it is named.
        why: The provider's reason, as ``said``.
        retry_seconds: When it may be asked again, where the provider said so.
    """
    reason = f": {why}" if why else ""
    match status:
        case 401 | 403:
            return BrainError("refused", f"{who} does not accept the key{reason}")
        case 404:
            return BrainError("missing", f"{who} is not there{reason}")
        case 429:
            return BrainError("rate", f"{who} was asked too often{reason}", retry_seconds)
        case 503 | 529:
            return BrainError("overloaded", f"{who} is overloaded{reason}", retry_seconds)
        case _ if status >= 500:
            return BrainError("overloaded", f"{who} failed with {status}{reason}", retry_seconds)
        case _:
            return BrainError("refused", f"{who} refused with {status}{reason}")


def cut(who: str, why: str = "") -> BrainError:
    """An answer that broke off."""
    return BrainError("cut", f"the answer of {who} broke off{f': {why}' if why else ''}")


def malformed(who: str, why: str) -> BrainError:
    """An answer that is none of the protocol's."""
    return BrainError("malformed", f"{who} answered what is no answer of a model: {why}")


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """The seconds a provider asks to wait: ``Retry-After`` as a number or a date.

    Args:
        headers: Of its answer, names in lower case or in a mapping that does not mind.
        now: Seconds since the epoch.
    """
    value = headers.get("retry-after", "").strip()
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(value).timestamp() - now
        except (ValueError, TypeError, IndexError):
            return None
    return seconds if 0.0 <= seconds < 1e7 else None
