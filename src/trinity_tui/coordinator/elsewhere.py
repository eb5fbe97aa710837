"""Whether an address on another computer means somebody: who shares the log has a consumer there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.core import address
from trinity_tui.core.errors import ClientError

if TYPE_CHECKING:
    from collections.abc import Collection


def check(to: str, consumers: Collection[str]) -> None:
    """Refuse an address on a computer that was not heard of, or of an instance that never was there.

    Args:
        to: ``ALL``, ``C2`` or ``C2/builder-1``.
        consumers: The log's consumers; other computers, and theirs with the computer before their name.

    Raises:
        ClientError: There is nobody of that name (4).
    """
    there = sorted(filter(address.is_elsewhere, consumers))
    computers = sorted({name.partition("/")[0] for name in there})
    computer = to.partition("/")[0]
    if not computers:
        raise ClientError(f"no other computer is linked: {to!r} is not there", 4)
    if to != address.EVERYWHERE and computer not in computers:
        raise ClientError(f"no computer {computer} was heard on this log", 4, f"There are: {', '.join(computers)}.")
    if "/" in to and to not in there:
        of_it = [name for name in there if name.startswith(f"{computer}/")]
        raise ClientError(f"no instance {to} was heard on this log", 4, f"There are: {', '.join(of_it) or 'none yet'}.")
