"""Who is on a connection, and what that allows: the person, an instance, or somebody who may only look.

On a unix socket the kernel names the peer's process; one that descends from the keeper or from an instance is an
instance, whatever token it shows. Over TCP only the token counts. Without the token nobody gets anything.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from trinity_tui.core.errors import ClientError
from trinity_tui.process.procfs import ancestors
from trinity_tui.store import secret

if TYPE_CHECKING:
    from collections.abc import Callable


class Rights(StrEnum):
    """What a connection may ask for."""

    PERSON = "person"
    INSTANCE = "instance"
    OBSERVER = "observer"


class TokenError(ClientError):
    """The token is missing, or not this workspace's."""


class Gate:
    """Tells rights from a token and a peer.

    Args:
        token: The workspace's.
        ours: The pids of the keeper and of every instance that lives.
        is_without_keeper: Whether an instance lives that no keeper is the parent of.
    """

    def __init__(self, token: str, ours: Callable[[], set[int]], is_without_keeper: Callable[[], bool]) -> None:
        self._token = token
        self._ours = ours
        self._is_without_keeper = is_without_keeper

    def rights(self, token: str, peer_pid: int | None, *, read_only: bool = False) -> Rights:
        """What this connection may ask for.

        Args:
            token: As it was shown.
            peer_pid: The peer's process on a unix socket; None over TCP; 0 where the kernel cannot name it.
            read_only: It asked for no more than to look.

        Raises:
            ClientError: The token is not this workspace's.
        """
        if not secret.matches(token, self._token):
            raise TokenError("the token is missing or not this workspace's", 1, "It stands in .trinity/token.")
        if peer_pid is not None and self._is_instance(peer_pid):
            return Rights.INSTANCE
        return Rights.OBSERVER if read_only else Rights.PERSON

    def _is_instance(self, pid: int) -> bool:
        line = [pid, *ancestors(pid)] if pid else []
        if len(line) < 2:
            # It ended, or lives where we cannot see it: nobody can tell whose child it is.
            return self._is_without_keeper()
        return not self._ours().isdisjoint(line)


def need_person(rights: Rights, what: str) -> None:
    """Refuse what only the person may do.

    Raises:
        ClientError: The connection is an instance's or an observer's.
    """
    if rights is not Rights.PERSON:
        who = "an instance" if rights is Rights.INSTANCE else "a connection that only looks"
        raise ClientError(f"{who} may not {what}; that is the person's to do", 1)
