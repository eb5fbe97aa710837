"""Whom a message is for: an id, ``role:builder``, ``broadcast``, ``human``, ``coordinator``, ``C2``, ``ALL``.

Only the words; who stands behind a role at a position is the room's (``core.room``).
"""

from __future__ import annotations

import difflib
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from trinity_tui.core.errors import MessageError

if TYPE_CHECKING:
    from collections.abc import Iterable

HUMAN = "human"
COORDINATOR = "coordinator"
BROADCAST = "broadcast"
EVERYWHERE = "ALL"
ROLES: tuple[str, ...] = (
    "explorer", "builder", "reflector", "lead", "guide", "observer", "visitor", "stabilizer", "mechanic",
    "architect", "oracle",
)  # fmt: skip
ROLE_ALIASES = {"coordinator": "lead"}
"""An older design called the lead's role *coordinator*; that name is accepted for it."""

_INSTANCE = re.compile(r"[a-z][a-z0-9_-]{0,31}\Z")
_COMPUTER = re.compile(r"C[1-9][0-9]{0,3}\Z")
RESERVED = frozenset({HUMAN, COORDINATOR, BROADCAST, "all", EVERYWHERE})


def is_instance_id(text: str) -> bool:
    """Whether the text can name an instance."""
    return bool(_INSTANCE.match(text)) and text not in RESERVED


def is_computer(text: str) -> bool:
    """Whether the text names a computer, such as ``C2``."""
    return bool(_COMPUTER.match(text))


def is_elsewhere(text: str) -> bool:
    """Whether the address is a computer's, or of an instance on one named with it: ``C2``, ``C2/builder-1``."""
    return is_computer(text.partition("/")[0])


def canonical(to: str) -> str:
    """The one spelling of an address: ``all`` is ``broadcast``, ``role:coordinator`` is ``role:lead``."""
    if to == "all":
        return BROADCAST
    if to.startswith("role:"):
        return "role:" + ROLE_ALIASES.get(to[5:], to[5:])
    return to


def role_of(to: str) -> str | None:
    """The role an address names, or None."""
    return canonical(to)[5:] if to.startswith("role:") else None


def group_of(who: str) -> str | None:
    """The group that commands and the configuration name with ``group:<name>``, or None; no message goes to a group."""
    return who[6:] if who.startswith("group:") else None


def is_many(to: str) -> bool:
    """Whether the address can mean more than one instance."""
    return to in (BROADCAST, "all", EVERYWHERE) or to.startswith("role:")


@lru_cache(maxsize=1024)
def check_recipient(to: str) -> None:
    """Refuse what is no address.

    Raises:
        MessageError: Naming the field ``to``.
    """
    computer, slash, instance = to.partition("/")
    if slash:
        valid = is_computer(computer) and is_instance_id(instance)
    elif to.startswith("role:"):
        valid = canonical(to)[5:] in ROLES
    else:
        valid = to in RESERVED or is_computer(to) or is_instance_id(to)
    if not valid:
        raise MessageError(
            "to", f"{to!r} is no address (an id, role:NAME, broadcast, human, coordinator, C2, C2/id, ALL)"
        )


@lru_cache(maxsize=1024)
def check_sender(sender: str) -> None:
    """Refuse a sender that is neither an instance, the coordinator, the person nor a computer's.

    Raises:
        MessageError: Naming the field ``from``.
    """
    computer, slash, instance = sender.partition("/")
    known = sender in (HUMAN, COORDINATOR) or is_instance_id(sender) or is_computer(sender)
    if not known and not (slash and is_computer(computer) and is_instance_id(instance)):
        raise MessageError("from", f"{sender!r} is no instance, computer, 'human' or 'coordinator'")


def reaches(to: str, sender: str, instance: str, role: str) -> bool:
    """Whether a message to ``to`` from ``sender`` is for this instance."""
    if to == instance:
        return True
    if to in (BROADCAST, "all", EVERYWHERE):
        return sender != instance
    return to.startswith("role:") and sender != instance and canonical(to)[5:] == role


def nearest(name: str, known: Iterable[str], likeness: float = 0.5) -> str | None:
    """The known name that looks most like the given one, for a suggestion; None where none is near.

    Args:
        name: What was given.
        known: What there is.
        likeness: How much alike they have to be, from 0 to 1.
    """
    found = difflib.get_close_matches(name, list(known), n=1, cutoff=likeness)
    return found[0] if found else None
