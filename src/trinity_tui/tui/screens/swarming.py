"""A full screen on which the swarm is seen, beside it what they say and what they learned: now, or at another time."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on

from trinity_tui.tui.screens.stage import Stage
from trinity_tui.tui.widgets.body import Body
from trinity_tui.tui.widgets.flow import Flow
from trinity_tui.tui.widgets.memory import Memory
from trinity_tui.tui.widgets.tail import Tail

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from trinity_tui.tui.clock import Clock
    from trinity_tui.tui.screens.shared import Shared
    from trinity_tui.tui.widgets.swarm import Swarm


class Swarming(Stage):
    """A screen of the swarm.

    Args:
        shared: What all screens work with.
        swarm: The swarm.
        clock: The time of what is shown.
    """

    COLUMN: ClassVar = ("flow", "memory")

    def __init__(self, shared: Shared, swarm: Swarm, clock: Clock) -> None:
        super().__init__(shared)
        self.swarm = swarm
        self.flow = Flow(clock, shared.glyphs)
        self.memory = Memory(clock, shared.glyphs)

    def panes(self) -> ComposeResult:
        """The swarm, beside it what they say and learned."""
        yield Body(self.swarm, self.flow, self.memory)

    def begun(self) -> None:
        """Say what this is."""
        self.swarm.border_title = "Swarm"

    @property
    def chosen(self) -> str:
        """The chosen node."""
        return self.swarm.chosen

    def choose(self, name: str) -> None:
        """Choose a node."""
        self.swarm.choose(name)

    def arranged(self, *, is_narrow: bool, is_tabbed: bool) -> None:
        """Show the swarm as rows where it is narrow, and name in the frames what lies behind them."""
        self.swarm.use_density("line" if self.is_plain else "row" if is_narrow else None)
        self.flow.stand_beside(after="Memory" if is_tabbed else "")
        self.memory.stand_beside(before="Flow" if is_tabbed else "")

    @on(Tail.OpenRequested)
    def _open_row(self, event: Tail.OpenRequested) -> None:
        if isinstance(event.pane, Flow):
            self.errands.open_message(event.pane.row(event.index))
        elif isinstance(event.pane, Memory):
            finding = event.pane.finding(event.index)
            self.errands.open_finding(finding, self.flow.find(finding.id))
