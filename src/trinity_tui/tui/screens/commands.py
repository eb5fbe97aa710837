"""What the command palette finds: every action, every instance, every theme. Only what can be done now."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual.command import DiscoveryHit, Hit, Hits, Provider

from trinity_tui.tui import actions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from trinity_tui.tui.screens.stage import Stage

Command = tuple[str, str, "Callable[[], object]"]


class Commands(Provider):
    """The commands of a screen, named ``area: what``."""

    @property
    def stage(self) -> Stage:
        """The screen the palette was opened on."""
        from trinity_tui.tui.screens.stage import Stage

        assert isinstance(self.screen, Stage)
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
        for name in self.stage.names:
            yield f"message: to {name}", f"Write to {name}.", partial(self.stage.write_to, name)
            yield f"node: choose {name}", f"Choose {name} in the swarm.", partial(self.stage.choose, name)
        for theme in sorted(self.app.available_themes):
            yield f"theme: {theme}", "Paint the screen in these colours.", partial(setattr, self.app, "theme", theme)

    def _is_possible(self, action: actions.Action) -> bool:
        home = f"screen.{action.id.partition('.')[0]}"
        if home in actions.BY_ID and home != self.stage.TAB:
            # What a screen of its own is for is done there.
            return False
        needs_node = action.id.startswith(("instance.", "answer.")) or action.id == "message.chosen"
        return bool(self.stage.chosen) or not needs_node

    async def _run(self, method: str) -> None:
        await self.stage.run_action(f"app.{method}" if method.startswith(("app_", "screen_", "workspace_")) else method)

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
