"""What a check finds: where, which rule, how grave, in a sentence."""

from __future__ import annotations

from typing import Literal

import msgspec

Severity = Literal["error", "warning", "note"]
"""``error``: a fresh instance is told nothing, or something false. ``warning``: it is told less than it needs, or too
much. ``note``: worth a look; it fails no check."""


class Problem(msgspec.Struct, frozen=True):
    """One thing that is not as it should be."""

    file: str
    line: int
    """1-based; 1 where a whole file is meant."""
    rule: str
    severity: Severity
    text: str

    @property
    def place(self) -> str:
        """As an editor opens it."""
        return f"{self.file}:{self.line}"
