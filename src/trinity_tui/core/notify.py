"""``[notify]``: telling a person who has no screen open that something waits, seldom, and each thing once.

A rule without a clock: what waits, what was told, and the time make what is due. What was told is kept by its key for
as long as it waits, so a coordinator that comes after another one tells nothing twice and loses nothing; one that is
killed while it tells repeats it under the same id.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from trinity_tui.core import web_address
from trinity_tui.core.inbox import Item
from trinity_tui.core.redact import redact
from trinity_tui.core.wall_clock import found_end

if TYPE_CHECKING:
    from collections.abc import Sequence


BURST = 3.0
"""So many may be told at once before the pace counts."""
FIRST_RETRY_SECONDS = 15.0
LONGEST_RETRY_SECONDS = 900.0
ITEMS_TOLD = 20
"""Of many that wait, so many are told one by one."""
TEXT_CHARACTERS = 300


class NotifyConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[notify]``: how a person is told what waits while no screen is looked at. Off where both are empty."""

    command: tuple[str, ...] = ()
    """A program with its arguments; no shell. What waits comes as JSON on its stdin and in ``TRINITY_…`` variables."""
    webhook: str = ""
    """An address that JSON is posted to."""
    away_minutes: Annotated[float, msgspec.Meta(ge=0, le=1440)] = 5.0
    """After so long without a key or the mouse, an open screen counts as none."""
    every_seconds: Annotated[float, msgspec.Meta(ge=1, le=86_400)] = 300.0
    """At most one in so long, after the first three; what comes meanwhile is told together."""
    seconds: Annotated[float, msgspec.Meta(ge=0.1, le=300)] = 20.0
    """After this the command is stopped, or the webhook given up."""

    @property
    def is_on(self) -> bool:
        """Whether anybody is to be told."""
        return bool(self.command or self.webhook)


def problem_of(config: NotifyConfig) -> tuple[str, str] | None:
    """The first key that cannot be used, and why; None where all can."""
    if config.webhook and not web_address.is_usable(config.webhook):
        return "webhook", "must be http(s)://HOST/…, without a user or a password"
    return None


class Told(msgspec.Struct, frozen=True):
    """What was told, and when the next one may be."""

    keys: tuple[str, ...] = ()
    """Of what still waits: that much was told, or seen on a screen."""
    tokens: float = BURST
    at: float = 0.0
    """When the tokens were counted, seconds since the epoch."""
    failures: int = 0
    """How often in a row it could not be told."""
    retry_at: float = 0.0


class Plan(msgspec.Struct, frozen=True):
    """What to do now.

    Attributes:
        told: What was told so far, and the pace.
        due: What is to be told now.
        wake_at: When to ask again at the latest, where something waits for its time.
    """

    told: Told
    due: tuple[Item, ...] = ()
    wake_at: float | None = None


def plan(waiting: Sequence[Item], told: Told, now: float, every_seconds: float, *, is_watched: bool) -> Plan:
    """What is due.

    Args:
        waiting: Everything that waits.
        told: What was told before.
        now: Seconds since the epoch.
        every_seconds: The pace.
        is_watched: Whether somebody looks at a screen: then what waits is seen there, and not told.
    """
    keys = {item.key for item in waiting}
    tokens = min(BURST, told.tokens + max(0.0, now - told.at) / every_seconds)
    # What an earlier coordinator left may be of a clock that was ahead.
    retry_at = found_end(told.retry_at, _delay(told.failures - 1), now)
    told = msgspec.structs.replace(
        told, keys=tuple(key for key in told.keys if key in keys), tokens=tokens, at=now, retry_at=retry_at
    )
    if is_watched:
        return Plan(msgspec.structs.replace(told, keys=tuple(sorted(keys)), failures=0, retry_at=0.0))
    due = tuple(item for item in waiting if item.key not in told.keys)
    if not due:
        return Plan(told)
    wake_at = max(told.retry_at, now if tokens >= 1 else now + (1 - tokens) * every_seconds)
    return Plan(told, due if wake_at <= now else (), wake_at)


def delivered(told: Told, items: Sequence[Item]) -> Told:
    """They were told."""
    keys = dict.fromkeys((*told.keys, *(item.key for item in items)))
    return msgspec.structs.replace(told, keys=tuple(keys), tokens=told.tokens - 1, failures=0, retry_at=0.0)


def failed(told: Told, now: float) -> Told:
    """They could not be told; the next try comes later each time."""
    return msgspec.structs.replace(told, failures=told.failures + 1, retry_at=now + _delay(told.failures))


def _delay(failures: int) -> float:
    return min(LONGEST_RETRY_SECONDS, FIRST_RETRY_SECONDS * 2 ** max(0, min(failures, 10)))


def moved(told: Told, seconds: float) -> Told:
    """The wall clock was set so far: what waits for its time does so no longer and no shorter."""
    retry_at = told.retry_at and told.retry_at + seconds
    return msgspec.structs.replace(told, at=told.at + seconds, retry_at=retry_at)


def identity(items: Sequence[Item]) -> str:
    """The same for the same things, so that who is told twice can know it."""
    return hashlib.sha256("\n".join(sorted(item.key for item in items)).encode()).hexdigest()[:16]


def sentence(items: Sequence[Item]) -> str:
    """What is told in one line."""
    if len(items) != 1:
        return f"{len(items)} wait for you"
    item = items[0]
    return _line(f"{item.sender}: {item.command or item.text}", TEXT_CHARACTERS)


def payload(items: Sequence[Item], workspace: str, path: str, computer: str) -> dict[str, Any]:
    """What is told as JSON; keys and passwords in it are hidden.

    Args:
        items: What waits.
        workspace: Its name.
        path: Its folder.
        computer: How others call this one.
    """
    return {
        "id": identity(items), "workspace": workspace, "path": path, "computer": computer, "count": len(items),
        "text": sentence(items),
        "items": [
            {"kind": item.kind, "id": item.id, "from": item.sender, "at": item.timestamp,
             "text": _line(item.text, TEXT_CHARACTERS), "command": _line(item.command, TEXT_CHARACTERS)}
            for item in items[:ITEMS_TOLD]
        ],
    }  # fmt: skip


def _line(text: str, most: int) -> str:
    """A text as one redacted line that no terminal obeys."""
    shown = "".join(character if character.isprintable() else " " for character in redact(text[: 4 * most]))
    return " ".join(shown.split())[:most]
