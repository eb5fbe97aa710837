"""What befalls a workspace: kills, freezes, a full disk, an edited configuration, all drawn from one seed."""

from __future__ import annotations

import heapq
import os
import signal
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from trinity_tui.client import api
from trinity_tui.core.errors import ClientError
from trinity_tui.process import identity, procfs

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from chaos.people import Helper
    from chaos.watch import Watch
    from fleet import Fleet, Served

KEEPER = "trinity_tui.harness.keeper"
ZYGOTE = "trinity_tui.harness.zygote"
LONGEST_FREEZE_SECONDS = 3.0
LONGEST_FULL_SECONDS = 1.5
LONGEST_JUMP_SECONDS = 3600.0
SKEWED = str(Path(__file__).with_name("skewed.py"))
BALLAST_BYTES = 256 * 1024
SPOILED = '\n[instances.lead-1\nrole = "le'
"""What a person's editor saves in the middle of a thought."""


class Strikes:
    """Draws what happens next, does it, and counts.

    Args:
        fleet: The workspace.
        watch: Who lives.
        helpers: Senders and faces.
        instances: The names of the instances.
        chance: The seed's.
        has_own_disk: Whether the workspace lies on a file system that may be filled.
    """

    def __init__(
        self,
        fleet: Fleet,
        watch: Watch,
        helpers: list[Helper],
        instances: list[str],
        chance: random.Random,
        *,
        has_own_disk: bool,
    ) -> None:
        self.counts: Counter[str] = Counter()
        self._fleet = fleet
        self._watch = watch
        self._helpers = helpers
        self._instances = instances
        self._chance = chance
        self._config = (fleet.root / "instances.toml").read_text()
        self._later: list[tuple[float, int, Callable[[], None]]] = []
        self._offset = fleet.root / "clock"
        self._coordinator = self._serve(ready=True)
        self._kinds: dict[Callable[[], None], int] = {
            self._kill_instance: 8, self._freeze_instance: 4, self._kill_child: 1, self._restart_instance: 1,
            self._kill_zygote: 2, self._freeze_zygote: 1,
            self._kill_keeper: 3, self._freeze_keeper: 1, self._kill_coordinator: 3, self._freeze_coordinator: 1,
            self._end_coordinator: 1, self._kill_helper: 6, self._freeze_helper: 3, self._edit_config: 2,
            self._jump_clock: 1,
            self._fill_disk: 1 if has_own_disk else 0,
        }  # fmt: skip

    @property
    def kills(self) -> int:
        """How many processes were killed."""
        return sum(count for what, count in self.counts.items() if what.startswith("killed"))

    def strike(self) -> None:
        """One of them."""
        [kind] = self._chance.choices(list(self._kinds), list(self._kinds.values()))
        kind()

    def tend(self) -> None:
        """Do what is due: thaw, make room, and start again what a person would."""
        while self._later and self._later[0][0] <= time.monotonic():
            heapq.heappop(self._later)[2]()
        for helper in self._helpers:
            helper.revive()
        self.tend_coordinator()

    def tend_coordinator(self) -> None:
        """Start the next coordinator where one is gone."""
        if self._coordinator.poll() is not None:
            self._coordinator = self._serve(ready=False)
            self.counts["coordinators started"] += 1

    def _serve(self, *, ready: bool) -> Served:
        return self._fleet.serve(ready=ready, program=(SKEWED, str(self._offset)))

    def relent(self) -> None:
        """Undo whatever is still in force."""
        for _, _, undo in sorted(self._later, key=lambda entry: entry[:2]):
            undo()
        self._later.clear()
        self._write_config(self._config)
        self.tend()

    def _after(self, seconds: float, do: Callable[[], None]) -> None:
        heapq.heappush(self._later, (time.monotonic() + seconds, len(self._later) + self.counts.total(), do))

    def _kill(self, pid: int, what: str) -> None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            self.counts[f"killed {what}"] += 1

    def _freeze(self, pid: int, what: str) -> None:
        there = identity.identify(pid)
        if there is None:
            return
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGSTOP)
            self.counts[f"froze {what}"] += 1
            seconds = self._chance.uniform(0.05, LONGEST_FREEZE_SECONDS)
            self._after(seconds, lambda: self._thaw(there.pid, there.start_time))

    def _thaw(self, pid: int, start_time: int) -> None:
        stat = procfs.read_stat(pid)
        if stat is not None and stat.start_time == start_time:
            identity.send(pid, start_time, signal.SIGCONT)

    def _kill_instance(self) -> None:
        for pid in self._watch.leaders(self._chance.choice(self._instances)):
            self._kill(pid, "instance")

    def _freeze_instance(self) -> None:
        for pid in self._watch.leaders(self._chance.choice(self._instances)):
            self._freeze(pid, "instance")

    def _kill_child(self) -> None:
        children = [one.pid for one in self._watch.alive() if not one.is_leader]
        if children:
            self._kill(self._chance.choice(children), "child of an instance")

    def _restart_instance(self) -> None:
        with suppress(ClientError):
            api.call(self._fleet.workspace, "POST", "/restart", {"who": self._chance.choice(self._instances)}, 2.0)
            self.counts["restarted instance"] += 1

    def _kill_zygote(self) -> None:
        for pid in self._watch.with_module(ZYGOTE):
            self._kill(pid, "zygote")

    def _freeze_zygote(self) -> None:
        for pid in self._watch.with_module(ZYGOTE):
            self._freeze(pid, "zygote")

    def _kill_keeper(self) -> None:
        for pid in self._watch.with_module(KEEPER):
            self._kill(pid, "keeper")

    def _freeze_keeper(self) -> None:
        for pid in self._watch.with_module(KEEPER):
            self._freeze(pid, "keeper")

    def _kill_coordinator(self) -> None:
        if self._coordinator.poll() is None:
            self._kill(self._coordinator.pid, "coordinator")

    def _freeze_coordinator(self) -> None:
        if self._coordinator.poll() is None:
            self._freeze(self._coordinator.pid, "coordinator")

    def _end_coordinator(self) -> None:
        if self._coordinator.poll() is None:
            self._coordinator.send_signal(signal.SIGTERM)
            self.counts["ended coordinator"] += 1

    def _kill_helper(self) -> None:
        helper = self._chance.choice(self._helpers)
        if helper.pid:
            self._kill(helper.pid, helper.name.partition("-")[0])

    def _freeze_helper(self) -> None:
        helper = self._chance.choice(self._helpers)
        if helper.pid:
            self._freeze(helper.pid, helper.name.partition("-")[0])

    def _edit_config(self) -> None:
        change = self._chance.choice((SPOILED, "\n# a thought\n", "\n[swarm]\npropose_from = 'low'\n", ""))
        self._write_config(self._config + change)
        if change == SPOILED:
            self._after(self._chance.uniform(0.1, LONGEST_FREEZE_SECONDS), lambda: self._write_config(self._config))
        self.counts["edited configuration"] += 1

    def _write_config(self, text: str) -> None:
        with suppress(OSError):  # On a full disk an editor saves nothing either.
            (self._fleet.root / "instances.toml.new").write_text(text)
            os.replace(self._fleet.root / "instances.toml.new", self._fleet.root / "instances.toml")

    def _jump_clock(self) -> None:
        with suppress(OSError):
            beside = self._offset.with_suffix(".new")
            beside.write_text(str(self._chance.uniform(-LONGEST_JUMP_SECONDS, LONGEST_JUMP_SECONDS)))
            os.replace(beside, self._offset)
            self.counts["made the coordinator's clock jump"] += 1

    def _fill_disk(self) -> None:
        ballast = self._fleet.root / "ballast"
        if ballast.exists():
            return
        _fill(ballast)
        self.counts["filled disk"] += 1
        self._after(self._chance.uniform(0.1, LONGEST_FULL_SECONDS), lambda: ballast.unlink(missing_ok=True))


def _fill(ballast: Path) -> None:
    with open(ballast, "wb", buffering=0) as file:
        for size in (BALLAST_BYTES, 4096, 1):
            with suppress(OSError):
                while file.write(b"\0" * size):
                    continue
