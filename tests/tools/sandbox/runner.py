"""Runs one shell text in a cell, as whoever started this, and says as JSON how it went."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any, cast

import trinity_tui
from trinity_tui.core.tools_config import ToolsConfig
from trinity_tui.tools.sandbox import cell
from trinity_tui.tools.sandbox.cell import Cell, Kind, Sandbox

LIBRARY = str(Path(trinity_tui.__file__).parents[1])
START = f"import sys; sys.path.insert(0, {LIBRARY!r}); from trinity_tui.tools.sandbox.launch import main; main()"
"""The interpreter that others than root can start has our program not installed."""


async def main() -> None:
    kind, root, text, limits = sys.argv[1:5]
    cell.LAUNCHER = (sys.executable, "-P", "-c", START)
    config = ToolsConfig(**cast("dict[str, Any]", json.loads(limits)))
    done = await Cell(Sandbox(cast("Kind", kind)), Path(root), config).run(["sh", "-c", text])
    sys.stdout.write(json.dumps([done.code, done.problem, done.output]))


if __name__ == "__main__":
    asyncio.run(main())
