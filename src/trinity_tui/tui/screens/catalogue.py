"""The screens besides the Room. Each is loaded when it is first wanted: the first frame does not wait for it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trinity_tui.tui.screens.shared import Shared
    from trinity_tui.tui.screens.stage import Stage

SCREENS = {
    "tasks": "TasksScreen",
    "chat": "ChatScreen",
    "logs": "LogsScreen",
    "memory": "MemoryScreen",
    "docs": "DocsScreen",
    "inbox": "InboxScreen",
    "replay": "ReplayScreen",
    "search": "SearchScreen",
}
"""By the module in this folder, which is also the verb of the action ``screen.…``, the class in it."""


def make(name: str, shared: Shared) -> Stage:
    """A screen of the catalogue, new."""
    return getattr(import_module(f"{__package__}.{name}"), SCREENS[name])(shared)
