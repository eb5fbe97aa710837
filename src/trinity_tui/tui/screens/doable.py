"""What can be done on a screen: by a command's name, typed or found in the palette, and by a key where one is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.tui import actions, line_command

if TYPE_CHECKING:
    from trinity_tui.tui.actions import Action
    from trinity_tui.tui.screens.stage import Stage

NEEDS_ONE = frozenset({"instance", "answer"})
"""Areas whose actions are about the chosen instance."""


class Doable:
    """The actions of one screen.

    Args:
        screen: Which.
    """

    def __init__(self, screen: Stage) -> None:
        self._screen = screen

    @property
    def by_name(self) -> list[Action]:
        """What a command can do here and now."""
        return [action for action in actions.ACTIONS if action.palette and self._can(action)]

    def _can(self, action: Action) -> bool:
        home = f"screen.{action.area}"
        if home in actions.BY_ID and home != self._screen.TAB:
            # What a screen of its own is for is done there.
            return False
        needs_one = action.area in NEEDS_ONE or action.id == "message.chosen"
        return (bool(self._screen.chosen) or not needs_one) and self._is_allowed(action)

    def _is_allowed(self, action: Action) -> bool:
        return not (action.acts and self._screen.refusal)

    def by_key(self) -> list[Action]:
        """What a key does where the person is now."""
        bound = self._screen.active_bindings.values()
        there = {found.binding.id for found in bound if _is_done_by(found.node, found.binding.action)}
        return [
            action
            for action in actions.ACTIONS
            if self._is_allowed(action) and there & {binding.id for binding in actions.bindings_of(action)}
        ]

    async def do(self, action: Action) -> None:
        """Do what its key does."""
        namespace = "app." if action.area in actions.OF_APP else ""
        await self._screen.run_action(f"{namespace}{action.method}")

    async def do_typed(self, line: str) -> str:
        """Do what a line with a slash asks for.

        Returns:
            Why that is nothing; empty where it is done.
        """
        screen = self._screen
        found = line_command.read(line, self.by_name, screen.names, screen.chosen)
        if isinstance(found, str):
            return found
        screen.bar.understood(line)
        if found.word in line_command.REQUESTS:
            screen.bridge.ask(found.word, who=found.who)
            return ""
        if found.who:
            screen.choose(found.who)
        await self.do(actions.BY_ID[found.word])
        return ""

    def completions(self, begun: str) -> list[str]:
        """What a command that was begun may become."""
        return line_command.completions(begun, self.by_name, self._screen.names)


def _is_done_by(node: object, action: str) -> bool:
    """Whether a node has what its binding calls: screens share bindings, and not each can do all of them."""
    return hasattr(node, f"action_{action.partition('(')[0]}")
