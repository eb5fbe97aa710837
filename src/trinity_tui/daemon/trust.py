"""What the person allowed for good: in the workspace to be read, and counted only where the user's own state agrees.

``.trinity/grants.jsonl`` says it in words; a folder that came from somewhere else may bring such a file, so a grant
counts only if its hash stands in the user's state, which no workspace can write.
"""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

import msgspec
from platformdirs import user_state_path

from trinity_tui.core.address import COORDINATOR
from trinity_tui.core.budget import Budget
from trinity_tui.core.message import format_time
from trinity_tui.store import document

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from trinity_tui.core.paths import Workspace


class Grant(msgspec.Struct, frozen=True):
    """One thing the person allowed for good."""

    instance: str
    command: str
    at: str
    workspace: str

    @property
    def fingerprint(self) -> str:
        """What the user's state remembers of it."""
        text = "\0".join((self.workspace, self.instance, self.command))
        return hashlib.sha256(text.encode()).hexdigest()


class Trust(msgspec.Struct):
    """The user's state, by fingerprint."""

    granted: dict[str, str] = msgspec.field(default_factory=dict[str, str])
    """When it was granted."""
    ceilings: dict[str, Budget] = msgspec.field(default_factory=dict[str, Budget])
    """How much was allowed at most of what has a limit."""


def user_state() -> Path:
    """Where the user's state lies; made private when it is first needed."""
    return user_state_path("trinity") / "trust.json"


class Grants:
    """The grants of one workspace.

    Args:
        workspace: Whose.
        state: The user's own file.
        now: Seconds since the epoch.
    """

    def __init__(self, workspace: Workspace, state: Path, now: Callable[[], float]) -> None:
        self._workspace = workspace
        self._state = state
        self._now = now

    def is_granted(self, instance: str, command: str) -> bool:
        """Whether the person allowed this instance this command in this folder for good."""
        return bool(self.granted_at(instance, command))

    def granted_at(self, instance: str, command: str) -> str:
        """When the person did, RFC 3339; empty: not at all."""
        trust = document.read(self._state, Trust)
        return trust.granted.get(self._grant(instance, command).fingerprint, "") if trust is not None else ""

    def grant(self, instance: str, command: str) -> None:
        """Remember that the person did."""
        grant = self._grant(instance, command)
        trust = document.read(self._state, Trust) or Trust()
        trust.granted[grant.fingerprint] = grant.at
        self._write(trust)
        descriptor = os.open(self._workspace.grants, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, msgspec.json.encode(grant) + b"\n")
        finally:
            os.close(descriptor)

    def ceiling(self, about: str) -> Budget | None:
        """How much the person allowed of something in this folder for good; None: nothing."""
        trust = document.read(self._state, Trust)
        return trust.ceilings.get(self._grant(COORDINATOR, about).fingerprint) if trust is not None else None

    def set_ceiling(self, about: str, budget: Budget) -> None:
        """Remember how much the person did."""
        trust = document.read(self._state, Trust) or Trust()
        trust.ceilings[self._grant(COORDINATOR, about).fingerprint] = budget
        self._write(trust)

    def _write(self, trust: Trust) -> None:
        self._state.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
        document.write(self._state, trust)

    def _grant(self, instance: str, command: str) -> Grant:
        return Grant(instance, command, format_time(self._now()), str(self._workspace.root))
