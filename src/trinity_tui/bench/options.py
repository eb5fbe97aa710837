"""What a person may ask of a benchmark."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.errors import ClientError

if TYPE_CHECKING:
    from collections.abc import Sequence

ROUNDS = 5
QUICK_ROUNDS = 1


class Options(msgspec.Struct, frozen=True):
    """How it is run."""

    quick: bool = False
    peers: str = "all"
    """Names with commas between them, ``all`` that are installed, or ``none``."""
    rounds: int = 0
    """How many, interleaved; 0 for the usual number."""

    @property
    def round_count(self) -> int:
        """How many rounds to run."""
        return self.rounds or (QUICK_ROUNDS if self.quick else ROUNDS)

    def chosen(self, known: Sequence[str]) -> tuple[str, ...]:
        """The peers meant, of those there are.

        Raises:
            ClientError: One is not known.
        """
        if self.peers in ("all", "none"):
            return tuple(known) if self.peers == "all" else ()
        names = tuple(name.strip() for name in self.peers.split(",") if name.strip())
        for name in names:
            if name not in known:
                raise ClientError(f"there is no peer {name!r} ({', '.join(known)}, all, none)", 2)
        return names
