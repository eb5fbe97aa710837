"""What the command palette finds in the Room: every action, every instance, every theme. Only what can be done now."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual.command import DiscoveryHit, Hit, Hits, Provider

from trinity_tui.tui import actions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from trinity_tui.tui.screens.room import RoomScreen

Command = tuple[str, str, "Callable[[], object]"]


class Commands(Provider):
    """The commands of the Room, named ``area: what``."""

    @property
    def room(self) -> RoomScreen:
        """The screen the palette was opened on."""
        from trinity_tui.tui.screens.room import RoomScreen

        assert isinstance(self.screen, RoomScreen)
        return self.screen

    def _commands(self) -> Iterator[Command]:
        for action in actions.ACTIONS:
            if action.palette and self._is_possible(action):
                area = action.id.partition(".")[0]
                yield (
                    f"{area}: {action.title}",
                    f"{action.help} ({action.key_label})",
                    partial(self._run, action.method),
                )
        for name in self.room.swarm.seats:
            yield f"message: to {name}", f"Write to {name}.", partial(self.room.write_to, name)
            yield f"node: choose {name}", f"Choose {name} in the swarm.", partial(self.room.swarm.choose, name)
        for theme in sorted(self.app.available_themes):
            yield f"theme: {theme}", "Paint the screen in these colours.", partial(setattr, self.app, "theme", theme)

    def _is_possible(self, action: actions.Action) -> bool:
        needs_node = action.id.startswith("instance.") or action.id == "message.chosen"
        return bool(self.room.swarm.chosen) or not needs_node

    async def _run(self, method: str) -> None:
        await self.room.run_action(method if method != "app_leave" else "app.app_leave")

    async def discover(self) -> Hits:
        """Everything, before anything is typed."""
        for title, about, run in self._commands():
            yield DiscoveryHit(title, run, help=about)

    async def search(self, query: str) -> Hits:
        """What matches what is typed."""
        matcher = self.matcher(query)
        for title, about, run in self._commands():
            score = matcher.match(title)
            if score > 0:
                yield Hit(score, matcher.highlight(title), run, help=about)
