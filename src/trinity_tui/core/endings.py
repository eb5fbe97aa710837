"""How messages end that nobody read: decided once, by the one authority, over the deliveries it folded.

::

    ack_by passed, not read            failed    "not read by 12:00:05"
    expires_at passed, not read        expired   "not read before 12:10:00, when it expired"
    nobody of that name or role        failed    "builder-1 is not configured"
    given up by its consumer           dead      as the dead letter says

A message of another computer on this log ends here only for want of a recipient here; its times are kept where it was
sent, by the coordinator of whoever waits for it.

An ending is an entry of a ``receipt`` record of the coordinator's; what is on record is not decided again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import msgspec

from trinity_tui.core import address, dead
from trinity_tui.core.dead import Letter
from trinity_tui.core.message import parse_time

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from trinity_tui.core.dead import DeadLetters
    from trinity_tui.core.delivery import Deliveries, Delivery

EXPIRY_GRACE_SECONDS = 2.0
"""A running recipient says so itself; only after this does the coordinator say it for one that does not run."""
MOST = 200
"""Decided at a time; the rest a moment later."""
PER_RECORD = 8
"""Endings in one record, which stays below the limit of metadata with the longest words."""


class Ending(msgspec.Struct, frozen=True):
    """That a message came to nothing."""

    id: str
    stage: Literal["failed", "expired", "dead"]
    reason: str
    from_: str
    to: str
    letter: Letter | None = None

    def metadata(self) -> dict[str, Any]:
        """As it stands in the record."""
        entry: dict[str, Any] = {"id": self.id, "stage": self.stage, "reason": self.reason}
        return entry | ({"letter": dead.metadata_of(self.letter)} if self.letter else {})


def decide(
    deliveries: Deliveries, there: Mapping[str, str], now: float, outsiders: Collection[str] = ()
) -> list[Ending]:
    """What ends now.

    Args:
        deliveries: The ways that are known.
        there: Who is configured, with the role of each.
        now: Seconds since the epoch.
        outsiders: Who finds what is said to it in a file.
    """
    found: list[Ending] = []
    exempt = frozenset((address.COORDINATOR, *outsiders))
    nobody: dict[str, str] = {}
    for delivery in deliveries.by_id.values():
        if delivery.ended or delivery.answer or delivery.read_at or (to := delivery.to) in exempt:
            continue
        # Of thousands that wait most go to the same few, and nothing is due.
        if to not in nobody:
            nobody[to] = _nobody(to, there)
        if nobody[to]:
            found.append(_ended(delivery, "failed", nobody[to]))
        elif (delivery.ack_by or delivery.expires_at) and (late := _late(deliveries, delivery, there, now)):
            found.append(late)
        if len(found) >= MOST:
            break
    return found


def buried(letters: Iterable[Letter], known: DeadLetters) -> list[Ending]:
    """The dead letters that are not on record yet, the oldest of each consumer first."""
    new = sorted((letter for letter in letters if known.is_new(letter)), key=lambda letter: letter.mark)
    return [Ending(one.id, "dead", one.reason, one.from_, one.to, one) for one in new[:MOST]]


def records(endings: list[Ending]) -> Iterator[dict[str, Any]]:
    """The metadata of the records that say so."""
    for first in range(0, len(endings), PER_RECORD):
        yield {"endings": [ending.metadata() for ending in endings[first : first + PER_RECORD]]}


def _late(deliveries: Deliveries, delivery: Delivery, there: Mapping[str, str], now: float) -> Ending | None:
    """How one ends that was to be read by a time, if that is over and it was not."""
    if address.is_elsewhere(delivery.from_):
        return None
    to = delivery.to
    late = _is_past(delivery.ack_by, now)
    if not late and not _is_past(delivery.expires_at, now - EXPIRY_GRACE_SECONDS):
        return None
    members = [name for name, role in there.items() if address.reaches(to, delivery.from_, name, role)]
    if address.is_many(to):
        unread = deliveries.unread(delivery, members)
        if not unread:
            return None
        by = f" by {', '.join(unread[:8])}" + (f" and {len(unread) - 8} more" if len(unread) > 8 else "")
    else:
        by = ""
    if late:
        return _ended(delivery, "failed", f"not read{by} by {_clock(delivery.ack_by)}")
    return _ended(delivery, "expired", f"not read{by} before {_clock(delivery.expires_at)}, when it expired")


def _nobody(to: str, there: Mapping[str, str]) -> str:
    role = address.role_of(to)
    if role is not None:
        return "" if role in there.values() else f"nobody has the role {role}"
    return f"{to} is not configured" if address.is_instance_id(to) and to not in there else ""


def _ended(delivery: Delivery, stage: Literal["failed", "expired"], reason: str) -> Ending:
    return Ending(delivery.id, stage, reason, delivery.from_, delivery.to)


def _is_past(time: str, now: float) -> bool:
    if not time:
        return False
    try:
        return parse_time(time) <= now
    except ValueError:
        return False


def _clock(time: str) -> str:
    """The time of day in UTC, as everything in the log is."""
    return time[11:19]
