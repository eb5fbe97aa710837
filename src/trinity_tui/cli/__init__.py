"""The command ``trinity``: one module a group, each importing what it needs inside its commands."""

from __future__ import annotations

from trinity_tui.cli.main import main

__all__ = ["main"]
