"""What a supervisor has to keep: which children, how many, in which mode."""

from __future__ import annotations

import msgspec


class Scene(msgspec.Struct, frozen=True, kw_only=True):
    """One arrangement."""

    program: list[str]
    """How the child is called, before its arguments."""
    socket: str
    """Where they report."""
    modes: list[str]
    """Of each child, in order."""
    preload: tuple[str, ...] = ()
    """What ours may load before it forks them."""

    def children(self) -> list[tuple[str, list[str]]]:
        """The name and the argv of each."""
        return [
            (f"child-{number}", [*self.program, self.socket, mode, f"child-{number}"])
            for number, mode in enumerate(self.modes, 1)
        ]
