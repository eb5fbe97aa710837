"""The control room from beginning to end: the app is made with what this terminal can do, run, and left."""

from __future__ import annotations

import gc
import locale
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.errors import StoreError

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable, Callable

    from trinity_tui.client.looks import Looks
    from trinity_tui.client.workspaces import Place
    from trinity_tui.core.preferences import Preferences
    from trinity_tui.tui.linked import Linked

GARBAGE_THRESHOLDS = (5_000, 10, 50)
"""With Python's own everything is looked through more often, which shows in the slowest one of a hundred keys."""
SWITCH_SECONDS = 0.001
"""So long whoever reads keys or writes what was painted waits for the loop at most; Python's own is five times that."""


class Left(msgspec.Struct, frozen=True):
    """How the control room was left.

    Attributes:
        exit_code: What the command ends with: 0, or 1 after an error that was shown.
        goes_to: The workspace the person wants to see instead; None where they are done.
    """

    exit_code: int
    goes_to: Path | None = None


def run(
    root: Path,
    connect: Callable[[], Awaitable[Linked]],
    *,
    init: Callable[[], Awaitable[str]] | None = None,
    places: Callable[[], list[Place]] | None = None,
    drafts: Path | None = None,
    preferences: Preferences,
    looks: Looks | None = None,
    is_here: bool = True,
    loop: asyncio.AbstractEventLoop | None = None,
) -> Left:
    """Show the control room until the person leaves it."""
    # Until all that stays is there: nothing of it is garbage, and the first picture waits for it. What is loaded is the
    # larger part of that.
    gc.disable()
    from trinity_tui.client.via import via
    from trinity_tui.tui import glyphs, theme
    from trinity_tui.tui.app import TrinityApp

    sys.setswitchinterval(SWITCH_SECONDS)
    signs = glyphs.choose(os.environ, locale.getpreferredencoding(False), preferences.signs)
    app = TrinityApp(
        root, connect, init=init, places=places, drafts=drafts, signs=signs, preferences=preferences,
        is_here=is_here, looks=looks, has_few_colors=theme.has_few_colors(os.environ), via=via("screen"),
    )  # fmt: skip
    app.when_settled = _settle
    app.run(loop=loop)
    with suppress(StoreError):
        app.keep_drafts()
    return Left(app.return_code or 0, app.goes_to)


def _settle() -> None:
    # What the screen is made of never becomes garbage; looking through it again and again holds up keys.
    gc.freeze()
    gc.set_threshold(*GARBAGE_THRESHOLDS)
    gc.enable()
