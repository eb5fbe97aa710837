"""A folder without a configuration: it is welcomed, and made a workspace once the person wants that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.core.errors import TrinityError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from textual.app import App

    from trinity_tui.tui.widgets.welcome import Welcome

TAKEN_SECONDS = 20.0
"""For so long it is shown what was taken over from another program: nobody looks for it later."""


class FirstRun:
    """The welcome of one program.

    Args:
        app: The program.
        root: The folder.
        init: Writes ``instances.toml`` and says what the person should know of that; raises ``TrinityError``.
        begin: Goes on as where a configuration was there.
    """

    def __init__(
        self, app: App[None], root: Path, init: Callable[[], Awaitable[str]], begin: Callable[[], None]
    ) -> None:
        self._app = app
        self._root = root
        self._init = init
        self._begin = begin
        self._welcome: Welcome | None = None

    async def welcome(self) -> None:
        """Show the welcome over the Room."""
        # Most programs never need it.
        from trinity_tui.tui.widgets.welcome import Welcome

        self._welcome = Welcome(self._root)
        await self._app.push_screen(self._welcome)

    async def wanted(self) -> None:
        """The person wants the file: write it, then go to the Room."""
        if self._welcome is None:
            return
        try:
            said = await self._init()
        except TrinityError as error:
            self._welcome.refused(error.sentence())
        else:
            self._welcome.dismiss(None)
            if said:
                self._app.notify(said, timeout=TAKEN_SECONDS, markup=False)
            self._begin()
