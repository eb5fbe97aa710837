"""Which stream on which servers, and who we are there."""

from __future__ import annotations

from pathlib import Path

import msgspec

from trinity_tui.core import carrier
from trinity_tui.core.errors import BusError

_JWT = "BEGIN NATS USER JWT"


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a workspace's log is."""

    servers: list[str]
    """With name and password, where they are written there: never to be logged."""
    stream: str
    computer: str = "C1"
    """How the others on this stream call us."""
    credentials: str = ""
    """The path of a file with ``user:password`` or a token."""

    @property
    def shown(self) -> str:
        """The servers as a person may read them."""
        return carrier.shown(",".join(self.servers))

    def login(self) -> dict[str, str]:
        """What the connection is opened with, read from the credentials' file.

        Raises:
            BusError: The file cannot be read, or is of a kind that is not supported.
        """
        if not self.credentials:
            return {}
        try:
            secret = Path(self.credentials).expanduser().read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise BusError(f"the credentials for {self.shown} cannot be read from {self.credentials}") from error
        if _JWT in secret:
            raise BusError(f"{self.credentials} holds a JWT; user:password or a token is what is supported")
        user, colon, password = secret.partition(":")
        return {"user": user, "password": password} if colon else {"token": secret}
