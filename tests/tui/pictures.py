"""Draws the pictures of the documents anew, from the room that the tests show: ``make pictures``.

Nobody's real room is in them, and nothing in them is fetched when they are looked at.
"""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docs_demo import DocsConnection, docs
from memory_demo import recalled, remembering
from tui_demo import FakeConnection, app_of, demo, talk, until

from trinity_tui.tui.screens.docs import DocsScreen

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from trinity_tui.tui.app import TrinityApp

DOCS = Path(__file__).parents[2] / "docs"
SIZE = (120, 36)
_FONT = re.compile(r"\s*@font-face \{.*?\}\n", re.DOTALL)


async def draw(
    fill: Callable[[Any], object], keys: Sequence[str] = (),
    is_ready: Callable[[TrinityApp], bool] = lambda app: True, link: FakeConnection | None = None,
) -> str:  # fmt: skip
    """One picture."""
    link = link or FakeConnection()
    fill(link)
    app = app_of(link)
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: bool(app.room.swarm.seats))
        await pilot.press(*keys)
        await until(lambda: is_ready(app))
        await pilot.pause(0.5)
        svg = app.export_screenshot(title="Trinity")
    fonts = "'Fira Code', 'DejaVu Sans Mono', Menlo, Consolas, monospace"
    return _FONT.sub("\n", svg).replace("font-family: Fira Code, monospace", f"font-family: {fonts}")


def _is_read(app: TrinityApp) -> bool:
    screen = app.made("docs")
    return isinstance(screen, DocsScreen) and screen.tiers.total() > 0 and screen.is_settled


def main() -> int:
    """Draw all of them."""
    (DOCS / "room.svg").write_text(asyncio.run(draw(lambda link: demo(link.mirror))))
    (DOCS / "chat.svg").write_text(asyncio.run(draw(talk, ["f3"])))
    with tempfile.TemporaryDirectory() as root:
        link, keys = DocsConnection(root=Path(root)), ["f6", *["down"] * 7]
        (DOCS / "handoff.svg").write_text(asyncio.run(draw(docs, keys, _is_read, link)))
    (DOCS / "memory.svg").write_text(asyncio.run(draw(remembering, ["f5", "down", "down", "down"], recalled)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
