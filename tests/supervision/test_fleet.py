"""A fleet without processes: whatever happens to its members and in whatever order, the line moves on."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from trinity_tui.core import lifecycle_events as events
from trinity_tui.core.lifecycle_state import Actual
from trinity_tui.core.paths import Workspace
from trinity_tui.core.restart import Rules
from trinity_tui.supervision import InstanceSpec, SupervisionEvent
from trinity_tui.supervision.fleet import Fleet
from trinity_tui.supervision.instance import Supervised

NAMES = "abcdef"
AFTER = {"c": ("a",), "f": ("b", "e")}
HAPPENINGS = (
    "spawned", "ready", "refused", "dies", "is gone", "time", "wanted up", "wanted down", "restart", "removed",
)  # fmt: skip


class World:
    """Members, and a keeper that answers when it is told to."""

    def __init__(self, root: Path, most: int) -> None:
        self.now = 0.0
        self.most = most
        self.most_starting = 0
        self.fleet = Fleet(lambda: self.now, lambda: 0.5, lambda one, effect: None, self._look, most)
        for name in NAMES:
            spec = InstanceSpec(name, ["true"], {}, str(root), after=AFTER.get(name, ()), restart="always")
            one = Supervised(spec, Rules(), Workspace(root).instance(name), "hash")
            self.fleet.members[name] = one
            self.fleet.feed(one, events.WantUp("configuration"))

    def in_state(self, *wanted: Actual) -> list[str]:
        return [name for name, one in self.fleet.members.items() if one.state.actual in wanted]

    def _look(self, event: SupervisionEvent) -> None:
        self.most_starting = max(self.most_starting, len(self.in_state(Actual.STARTING)))

    def happens(self, what: str, name: str) -> None:
        one = self.fleet.members.get(name)
        if one is None:
            return
        epoch = one.state.epoch
        if what == "time":
            self.now += 100.0
            for other in list(self.fleet.members.values()):
                self.fleet.feed(other, events.Elapsed())
        elif what == "removed":
            one.is_removed = True
            self.fleet.feed(one, events.WantDown("configuration"))
        else:
            made: dict[str, events.Event] = {
                "spawned": events.Spawned(epoch, 1), "ready": events.Ready(epoch),
                "refused": events.SpawnFailed(epoch, "no"), "dies": events.Exited(epoch, 1, None, remains=False),
                "is gone": events.TreeGone(epoch), "wanted up": events.WantUp("person"),
                "wanted down": events.WantDown("person"), "restart": events.Restart("person"),
            }  # fmt: skip
            self.fleet.feed(one, made[what])

    def check(self) -> None:
        """No more than may were starting, and nobody waits for a turn while there is room."""
        assert self.most_starting <= self.most
        waiting = [self.fleet.members[name].state.reason for name in self.in_state(Actual.WAITING)]
        in_line = [reason for reason in waiting if "its turn" in reason]
        assert not in_line or len(self.in_state(Actual.STARTING)) == self.most
        assert set(in_line) <= {f"waits for its turn: {self.most} are starting"}


async def live(root: Path, most: int, happenings: list[tuple[str, str]]) -> None:
    world = World(root, most)
    for what, name in happenings:
        world.happens(what, name)
        await asyncio.sleep(0)
        world.check()
    # In the end everyone who may comes up, one after the other.
    for _ in NAMES:
        for name in world.in_state(Actual.STARTING):
            world.happens("ready", name)
        await asyncio.sleep(0)
    in_line = [name for name in world.in_state(Actual.WAITING) if "turn" in world.fleet.members[name].state.reason]
    assert world.in_state(Actual.STARTING) == in_line == []
    world.fleet.close()


@example(2, [("removed", "b"), ("wanted up", "b"), ("is gone", "b")])
@given(st.integers(1, 3), st.lists(st.tuples(st.sampled_from(HAPPENINGS), st.sampled_from(NAMES)), max_size=40))
def test_never_more_than_may_and_nobody_waits_while_there_is_room(most: int, happenings: list[tuple[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(live(Path(folder), most, happenings))
