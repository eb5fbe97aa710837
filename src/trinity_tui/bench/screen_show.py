"""The screen on a workspace, as the benchmark starts it: ``python -m trinity_tui.bench.screen_show FOLDER``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from trinity_tui.core.paths import Workspace
from trinity_tui.core.preferences import STANDARD
from trinity_tui.tui.running import run

if TYPE_CHECKING:
    from trinity_tui.client.connection import Connection


def main(folder: str) -> int:
    """Show it until it is ended."""
    workspace = Workspace(Path(folder))

    async def connect() -> Connection:
        from trinity_tui.client.connection import Connection

        return Connection(workspace)

    return run(workspace.root, connect, preferences=STANDARD).exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
