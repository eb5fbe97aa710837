"""Runs one shell text in a cell, as whoever started this, and says as JSON how it went."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any, cast

from trinity_tui.core.tools_config import ToolsConfig
from trinity_tui.tools.sandbox.cell import Cell, Kind, Sandbox


async def main() -> None:
    kind, root, text, limits = sys.argv[1:5]
    config = ToolsConfig(**cast("dict[str, Any]", json.loads(limits)))
    done = await Cell(Sandbox(cast("Kind", kind)), Path(root), config).run(["sh", "-c", text])
    sys.stdout.write(json.dumps([done.code, done.problem, done.output]))


if __name__ == "__main__":
    asyncio.run(main())
