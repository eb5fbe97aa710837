"""What instances are for. A new role is one file here and one line in ``_ROLES``."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trinity_tui.harness.loop import Role

_ROLES = {
    "explorer": "explorer:Explorer",
    "builder": "builder:Builder",
    "reflector": "reflector:Reflector",
    "lead": "lead:Lead",
}


def role_of(name: str) -> Role:
    """The role of that name; one without work of its own answers questions."""
    module, _, kind = _ROLES.get(name, "companion:Companion").partition(":")
    return getattr(import_module(f"{__name__}.{module}"), kind)()
