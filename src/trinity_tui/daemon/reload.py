"""Makes a running fleet what its configuration says: follows ``instances.toml``, and applies what was changed.

What did not change is not touched. Who needs a new process gets it when its turn is over; so does who leaves.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from trinity_tui.core import reload
from trinity_tui.core.errors import ConfigError, StoreError
from trinity_tui.core.paths import CONFIG
from trinity_tui.daemon.turns import Turns
from trinity_tui.store.choices import read_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.coordinator.standing import Standing
    from trinity_tui.core.config import Config, InstanceConfig
    from trinity_tui.core.paths import Workspace
    from trinity_tui.daemon.root_watch import RootWatch
    from trinity_tui.daemon.settings import Settings
    from trinity_tui.supervision.events import InstanceSpec
    from trinity_tui.supervision.supervisor import Supervisor

LOOK_SECONDS = 2.0
"""How often the file is looked at where nothing tells of changes."""
SETTLE_SECONDS = 0.03
"""A text counts when it was read twice alike, this long apart: a program may be writing it."""
GONE_SECONDS = 0.5
"""How long the file may be missing, as while an editor replaces it, before that is said."""
SAID_SECONDS = 10.0
"""How long a sentence about what was done stays."""


class Reload:
    """Applies configurations to one fleet.

    Args:
        workspace: Whose.
        watch: Tells of changes of its file.
        settings: What should hold.
        supervisor: Has the processes.
        standing: Has the states.
        brief: Writes what an instance is told when it starts.
        spec: Says how an instance is run; asked each time, for what the person allowed counts at once.
        use_brain: Has one that runs use the brain it has now; told who wants it.
        is_busy: Whether an instance is in a turn.
        notice: Shows the person a sentence about something, or takes it back when it is empty.
    """

    def __init__(
        self,
        workspace: Workspace,
        watch: RootWatch,
        settings: Settings,
        supervisor: Supervisor,
        standing: Standing,
        *,
        brief: Callable[[str, InstanceConfig], None],
        spec: Callable[[str, InstanceConfig], InstanceSpec],
        use_brain: Callable[[str, str], None],
        is_busy: Callable[[str], bool],
        notice: Callable[[str, str], None],
    ) -> None:
        self._workspace = workspace
        self._watch = watch
        self.settings = settings
        self._supervisor = supervisor
        self._standing = standing
        self._brief = brief
        self._spec = spec
        self._use_brain = use_brain
        self._notice = notice
        self.turns = Turns(is_busy)
        self.running = settings.wanted
        """What holds now: what is wanted, but for what only counts from the next coordinator on."""
        self._leaving: dict[str, InstanceConfig] = {}
        """Who is wanted no more and ends its turn."""
        self._seen: object = None
        self._unsay: asyncio.TimerHandle | None = None

    def specs(self) -> list[InstanceSpec]:
        """How everybody who is wanted is run; for the start."""
        self._notice("overrides", self.settings.trouble)
        for name, config in self.running.instances.items():
            self._brief(name, config)
        return [self._spec(name, config) for name, config in self.running.instances.items()]

    # The file

    async def follow(self) -> None:
        """Apply what the person writes, for ever."""
        self._seen = self._mark()
        async for _ in self._watch.changes([self._workspace.config], LOOK_SECONDS):
            mark = self._mark()
            if mark != self._seen:
                self._seen = mark
                await self._look()

    def _mark(self) -> object:
        """What differs when the file was changed."""
        try:
            stat = self._workspace.config.stat()
        except OSError as error:
            return error.errno
        return stat.st_ino, stat.st_size, stat.st_mtime_ns

    async def _look(self) -> None:
        try:
            text = await self._settled()
            wanted = self.settings.take(text)
        except ConfigError as error:
            self._notice("config", f"{error}. What held before holds on.")
            return
        except StoreError as error:
            self._notice("config", str(error))
            return
        self.apply(wanted, CONFIG)

    async def _settled(self) -> str:
        """The file's text once nobody is writing it.

        Raises:
            ConfigError: It is gone, or empty, for longer than a moment.
        """
        text, patience = "", GONE_SECONDS
        while True:
            problem: ConfigError | None = None
            try:
                again = read_text(self._workspace)
            except ConfigError as error:
                again, problem = "", error
            if again.strip() and again == text:
                self._seen = self._mark()
                return text
            if not again.strip():
                patience -= SETTLE_SECONDS
                if patience < 0:
                    raise problem or ConfigError(CONFIG, "is empty")
            text = again
            await asyncio.sleep(SETTLE_SECONDS)

    # Applying

    def apply(self, wanted: Config, by: str, *, patiently: bool = True) -> reload.Change:
        """Have this hold; what was done.

        Args:
            wanted: What should hold.
            by: Who wants it.
            patiently: Whether who leaves may end its turn.
        """
        change = reload.compare(self.running, wanted)
        before, self.running = self.running, reload.holding(self.running, wanted)
        waits = [name for name in change.went if patiently and self.turns.is_busy(name)]
        self._leaving |= {name: before.instances[name] for name in waits}
        for name in change.came:
            self._leaving.pop(name, None)
            self.turns.forget(name)
        for name in (*change.came, *change.renewed, *change.adjusted):
            self._brief(name, self.running.instances[name])
        held = self._hand_over()
        for name in change.adjusted:
            self._use_brain(name, by)
        for name in waits:
            self.turns.after(name, lambda name=name: self._dismiss(name))
        for name, keys in change.renewed.items():
            self.turns.after(name, self._renewal(name, f"{by}, for its new {' and '.join(keys)}"))
        self._notice("config", reload.postponed(change))
        self._say(reload.sentence(change, by, self.turns.waiting, held))
        return change

    def _renewal(self, name: str, by: str) -> Callable[[], None]:
        run = self._supervisor.statuses()[name].epoch

        def renew() -> None:
            status = self._supervisor.statuses().get(name)
            if status is not None and status.epoch == run:
                self._supervisor.renew(name, by)

        return renew

    def _dismiss(self, name: str) -> None:
        self._leaving.pop(name, None)
        self._hand_over()

    def _hand_over(self) -> dict[str, str]:
        """Have supervision run them so; who may not be started yet, and why."""
        there = self.running.instances | self._leaving
        for name in self.turns.waiting - set(there):
            self.turns.forget(name)
        specs = [self._spec(name, config) for name, config in there.items()]
        self._supervisor.apply(specs)
        self._standing.configure(there)
        return {spec.id: spec.hold for spec in specs if spec.hold}

    def _say(self, sentence: str) -> None:
        if not sentence:
            return
        self._notice("reload", sentence)
        if self._unsay is not None:
            self._unsay.cancel()
        self._unsay = asyncio.get_running_loop().call_later(SAID_SECONDS, self._notice, "reload", "")

    def close(self) -> None:
        """No timer goes off any more."""
        self.turns.close()
        if self._unsay is not None:
            self._unsay.cancel()
