"""The sign of each state, once for terminals that have them and once in ASCII. No two states share one in ASCII."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trinity_tui.core.preferences import Signs

STATES: Mapping[str, str] = {
    "ONLINE": "●", "BUSY": "◐", "STARTING": "◌", "DEGRADED": "◍", "OFFLINE": "○", "CRASHED": "✖", "PAUSED": "‖",
    "PARKED": "‖", "UNKNOWN": "?",
}  # fmt: skip
STATES_ASCII: Mapping[str, str] = {
    "ONLINE": "o", "BUSY": "@", "STARTING": ":", "DEGRADED": "%", "OFFLINE": ".", "CRASHED": "X", "PAUSED": "=",
    "PARKED": "#", "UNKNOWN": "?",
}  # fmt: skip


def is_ascii(environ: Mapping[str, str], encoding: str, signs: Signs = "auto") -> bool:
    """Whether only ASCII may be shown: where ``TRINITY_ASCII`` asks for it or the locale is none of UTF-8.

    Args:
        environ: The environment; ``TRINITY_ASCII`` has the last word.
        encoding: What the terminal's locale is encoded in.
        signs: What the person prefers.
    """
    asked = environ.get("TRINITY_ASCII", "") or {"ascii": "1", "unicode": "0", "auto": ""}[signs]
    return asked != "0" if asked else encoding.lower().replace("-", "") != "utf8"


def sign_of(state: str, signs: Mapping[str, str] = STATES) -> str:
    """The sign of a state; of one that is not known, that of UNKNOWN."""
    return signs.get(state, signs["UNKNOWN"])
