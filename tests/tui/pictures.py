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

from board_demo import board
from docs_demo import DocsConnection, docs
from inbox_demo import waiting
from logs_demo import logs
from memory_demo import recalled, remembering
from msgspec.structs import replace
from past_demo import is_found, is_shown, past
from tui_demo import FakeConnection, app_of, demo, talk, until

from trinity_tui.core.preferences import STANDARD
from trinity_tui.tui import theme
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
    **more: Any,
) -> str:  # fmt: skip
    """One picture."""
    link = link or FakeConnection()
    fill(link)
    app = app_of(link, **more)
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: bool(app.room.swarm.seats))
        await pilot.press(*keys)
        await until(lambda: is_ready(app))
        await pilot.pause(0.5)
        svg = app.export_screenshot(title="Trinity")
    fonts = "'Fira Code', 'DejaVu Sans Mono', Menlo, Consolas, monospace"
    drawn = _FONT.sub("\n", svg).replace("font-family: Fira Code, monospace", f"font-family: {fonts}")
    # Some viewers leave out the spaces a run begins with, unless told.
    return drawn.replace("<text ", '<text xml:space="preserve" ')


def _is_read(app: TrinityApp) -> bool:
    screen = app.made("docs")
    return isinstance(screen, DocsScreen) and screen.tiers.total() > 0 and screen.is_settled


def main() -> int:
    """Draw all of them."""
    (DOCS / "room.svg").write_text(asyncio.run(draw(lambda link: demo(link.mirror))))
    (DOCS / "tasks.svg").write_text(asyncio.run(draw(board, ["f2", *["right"] * 3])))
    for name, key, fill in (("logs", "f4", logs), ("inbox", "f8", waiting)):
        (DOCS / f"{name}.svg").write_text(asyncio.run(draw(fill, [key])))
    (DOCS / "chat.svg").write_text(asyncio.run(draw(talk, ["f3"])))
    with tempfile.TemporaryDirectory() as root:
        link, keys = DocsConnection(root=Path(root)), ["f6", *["down"] * 7]
        (DOCS / "handoff.svg").write_text(asyncio.run(draw(docs, keys, _is_read, link)))
    (DOCS / "memory.svg").write_text(asyncio.run(draw(remembering, ["f5", "down", "down", "down"], recalled)))
    (DOCS / "replay.svg").write_text(asyncio.run(draw(past, ["f9", *["left_square_bracket"] * 3], is_shown)))
    (DOCS / "search.svg").write_text(asyncio.run(draw(past, ["ctrl+f", *"refresh", "enter", "down"], is_found)))
    for name in theme.names():
        if name == theme.DEFAULT_THEME:
            continue
        preferred = replace(STANDARD, theme=name)
        drawn = asyncio.run(draw(lambda link: demo(link.mirror), preferred=preferred))
        (DOCS / f"theme-{name}.svg").write_text(drawn)
    return 0


if __name__ == "__main__":
    sys.exit(main())
