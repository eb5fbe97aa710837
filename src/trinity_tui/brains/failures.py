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
    # What stands between us and a provider answers with pages, which say nothing in a sentence.
    reason = ": it answered a web page" if why.startswith("<") else f": {why}" if why else ""
    match status:
        case 429:
            return BrainError("rate", f"{who} was asked too often{reason}", retry_seconds)
        case 503 | 529:
            return BrainError("overloaded", f"{who} is overloaded{reason}", retry_seconds)
        case 504:
            return BrainError("overloaded", f"{who} did not answer the server before it{reason}", retry_seconds)
        case _ if status >= 500:
            return BrainError("overloaded", f"{who} failed with {status}{reason}", retry_seconds)
        case _:
            kind, problem, hint = _FOR_GOOD.get(status, ("refused", f"refused with {status}", ""))
            if 300 <= status < 400:
                kind, problem, hint = "refused", f"answers that it is elsewhere ({status})", ELSEWHERE
            return BrainError(kind, f"{who} {problem}{reason}", hint=hint)


ELSEWHERE = "What you say is not carried on to where nobody named: give the address it has now."
_FOR_GOOD: dict[int, tuple[str, str, str]] = {
    401: ("refused", "does not accept the key", "Look at the key, and begin the instance anew with it."),
    402: ("refused", "wants to be paid first", "The account of the key has nothing left."),
    403: ("refused", "does not allow that with this key", ""),
    404: ("missing", "is not there", "Look at the model's name: `trinity brain` lists those that are known."),
    407: ("refused", "is behind a proxy that wants a password", "Look at HTTPS_PROXY and NO_PROXY."),
    408: ("late", "waited too long for the question", ""),
    413: ("refused", "finds the question too long", "A new conversation is shorter; so is a smaller file."),
    422: ("refused", "does not understand the question", "The server may be of another version."),
}
"""What another try does not change: the kind of error, what happened, and the next step."""


def cut(who: str, why: str = "") -> BrainError:
    """An answer that broke off."""
    return BrainError("cut", f"the answer of {who} broke off{f': {why}' if why else ''}")


def page(who: str, kind: str) -> BrainError:
    """What came is of a kind no model's server sends.

    Args:
        who: The brain, as it is named.
        kind: The ``Content-Type``; empty where there was none.
    """
    what = "a web page" if "html" in kind else said(kind) or "what has no type"
    hint = "Look at its address: another server, or a proxy's login, answers there."
    return BrainError("malformed", f"{who} answered {what}, which is no stream of a model", hint=hint)


def check_kind(who: str, kind: str) -> None:
    """See to it that what comes is a stream of events.

    Raises:
        BrainError: It is something else.
    """
    if "event-stream" not in kind:
        raise page(who, kind)


def no_call(who: str, tool: str) -> BrainError:
    """A tool call that cannot be read."""
    named = said(tool) or "a tool without a name"
    return BrainError("malformed", f"{who} wants {named} used with arguments that are no JSON object")


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
