"""The swarm of then: as the Room's, with what the log knows of each brain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from trinity_tui.tui.past.brain import thought_with
from trinity_tui.tui.safe_text import clean
from trinity_tui.tui.widgets.swarm import Swarm

if TYPE_CHECKING:
    from trinity_tui.client.mirror import Mirror
    from trinity_tui.core.room import InstanceView
    from trinity_tui.tui.node import NodeText


class PastSwarm(Swarm):
    """The swarm of then."""

    def _describe(self, mirror: Mirror, view: InstanceView) -> NodeText:
        brain = clean(thought_with(mirror.room, view, self._clock.now()))
        return msgspec.structs.replace(super()._describe(mirror, view), brain=self._glyphs.text(brain))
