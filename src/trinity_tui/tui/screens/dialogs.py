"""The dialogs a screen opens. Each is loaded when it is first named: the first frame waits for none of them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trinity_tui.tui.widgets.add import AddDialog as AddDialog
    from trinity_tui.tui.widgets.approval import ApprovalDialog as ApprovalDialog
    from trinity_tui.tui.widgets.away import AwayDialog as AwayDialog
    from trinity_tui.tui.widgets.brain import BrainDialog as BrainDialog
    from trinity_tui.tui.widgets.call import CallDialog as CallDialog
    from trinity_tui.tui.widgets.changes import ChangesDialog as ChangesDialog
    from trinity_tui.tui.widgets.confirm import Confirm as Confirm
    from trinity_tui.tui.widgets.detail import Detail as Detail
    from trinity_tui.tui.widgets.help import Help as Help
    from trinity_tui.tui.widgets.notices import NoticesDialog as NoticesDialog
    from trinity_tui.tui.widgets.themes import ThemeDialog as ThemeDialog
    from trinity_tui.tui.widgets.usage import UsageDialog as UsageDialog
    from trinity_tui.tui.widgets.why import Why as Why
    from trinity_tui.tui.widgets.workspaces import WorkspaceDialog as WorkspaceDialog

_MODULES = {
    "AddDialog": "add", "ApprovalDialog": "approval", "AwayDialog": "away", "BrainDialog": "brain",
    "CallDialog": "call", "ChangesDialog": "changes", "Confirm": "confirm", "Detail": "detail", "Help": "help",
    "NoticesDialog": "notices", "ThemeDialog": "themes", "UsageDialog": "usage", "Why": "why",
    "WorkspaceDialog": "workspaces",
}  # fmt: skip
"""Where each of them is, among the widgets."""


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"no dialog is called {name}")
    found = globals()[name] = getattr(import_module(f"trinity_tui.tui.widgets.{_MODULES[name]}"), name)
    return found
