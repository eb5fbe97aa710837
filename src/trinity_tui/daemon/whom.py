"""Who is meant by what a person names: an instance, a role, a group, all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.core import address
from trinity_tui.core.config_fleet import groups_of
from trinity_tui.core.errors import ClientError

if TYPE_CHECKING:
    from trinity_tui.daemon.house import House


def those(house: House, who: str) -> list[str]:
    """The instances behind an id, a role, a group, or all of them.

    Raises:
        ClientError: Nobody is (4).
    """
    room = house.coordinator.room
    if address.is_many(who) or who == "all":
        names = room.members(address.canonical(who), "")
        if not names:
            raise ClientError(f"nobody is {who}", 4)
        return names
    group = address.group_of(who)
    if group is not None:
        return _group(house, group)
    return [one(house, who)]


def _group(house: House, group: str) -> list[str]:
    groups = groups_of(house.config.instances)
    if group not in groups:
        near = address.nearest(group, groups)
        hint = f"Did you mean group:{near}?" if near else f"Groups here: {', '.join(groups) or 'none'}."
        raise ClientError(f"no group is called {group!r}", 4, hint)
    return groups[group]


def one(house: House, who: str) -> str:
    """An instance there is.

    Raises:
        ClientError: There is none of that name (4).
    """
    known = house.coordinator.room.instances
    if who not in known:
        near = address.nearest(who, known)
        hint = f"Did you mean {near}?" if near else f"There are: {', '.join(known) or 'none'}."
        raise ClientError(f"no instance is called {who!r}", 4, hint)
    return who
