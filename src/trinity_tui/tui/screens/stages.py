"""The full screens of one program: each is made when it is first wanted, kept from then on, and one of them is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from trinity_tui.tui.screens import catalogue
from trinity_tui.tui.screens.room import RoomScreen
from trinity_tui.tui.screens.stage import Stage

if TYPE_CHECKING:
    from textual.app import App

    from trinity_tui.client.mirror import Mirror
    from trinity_tui.tui.bridge import AreaChanged
    from trinity_tui.tui.screens.shared import Shared

ROOM = "room"


class Stages:
    """The Room and those that were opened beside it.

    Args:
        app: The program they are screens of.
        shared: What all of them work with.

    Attributes:
        room: The first one.
        mirror: What all of them show; None until the connection is there.
    """

    def __init__(self, app: App[None], shared: Shared) -> None:
        self._app = cast("App[Any]", app)  # Textual says of no screen what it results in
        self._shared = shared
        self._made: dict[str, Stage] = {}
        self.room = RoomScreen(shared)
        self.mirror: Mirror | None = None

    @property
    def all(self) -> list[Stage]:
        """Those that were opened so far."""
        return [self.room, *self._made.values()]

    @property
    def seen(self) -> Stage:
        """The one that is seen, be it below a dialog."""
        return next((screen for screen in reversed(self._app.screen_stack) if isinstance(screen, Stage)), self.room)

    def made(self, name: str) -> Stage:
        """A screen by its name, made when it is first wanted."""
        if name == ROOM:
            return self.room
        if name not in self._made:
            stage = self._made[name] = catalogue.make(name, self._shared)
            self._app.install_screen(stage, name)  # pyright: ignore[reportUnknownMemberType]
            if self.mirror is not None:
                stage.open(self.mirror)
        return self._made[name]

    def open(self, mirror: Mirror) -> None:
        """Show this mirror on all of them from now on."""
        self.mirror = mirror
        for stage in self.all:
            stage.open(mirror)

    def area_changed(self, message: AreaChanged) -> None:
        """Something changed in the mirror."""
        for stage in self.all:
            stage.area_changed(message)

    def renew_tabs(self) -> None:
        """Something is new behind a tab, or no more."""
        for stage in self.all:
            stage.tabs.refresh()

    async def visit(self, name: str) -> None:
        """See a screen; it is told who was chosen where the person came from."""
        chosen, stage = self.seen.chosen, self.made(name)
        await self._see(stage)
        if stage is not self.room:
            stage.visited(chosen)

    async def _see(self, stage: Stage) -> None:
        # The Room lies below all others. A screen that has a name is kept when it is left.
        here = self.seen
        if self._app.screen is not here or here is stage:
            return
        if stage is self.room:
            await self._app.pop_screen()
        elif here is self.room:
            await self._app.push_screen(stage)
        else:
            await self._app.switch_screen(stage)  # pyright: ignore[reportUnknownMemberType]
