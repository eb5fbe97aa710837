"""What the command palette finds: every action, every instance, every theme. Only what can be done now."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual.command import DiscoveryHit, Hit, Hits, Provider

from trinity_tui.tui.wardrobe import ThemeChosen

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
        for action in self.stage.doable.by_name:
            area, _, verb = action.id.partition(".")
            title, label = verb if action.title == area else action.title, self.stage.key_label(action)
            yield f"{area}: {title}", f"{action.help} ({label})", partial(self.stage.doable.do, action)
        for name in self.stage.names:
            if not self.stage.refusal:
                yield f"message: to {name}", f"Write to {name}.", partial(self.stage.write_to, name)
            yield f"node: choose {name}", f"Choose {name} in the swarm.", partial(self.stage.choose, name)
        for theme in self.stage.themes:
            wear = partial(self.stage.post_message, ThemeChosen(theme))
            yield f"theme: {theme}", "Paint the screen in these colours.", wear

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
