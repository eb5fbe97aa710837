"""A coordinator in which whoever goes on waits for what is left to it, however long that takes on a busy machine."""

from __future__ import annotations

import runpy

from trinity_tui.daemon import succession

succession.PATIENCE_SECONDS = 3_600.0
runpy.run_module("trinity_tui", run_name="__main__", alter_sys=True)
