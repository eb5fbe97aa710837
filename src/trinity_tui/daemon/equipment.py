"""What an instance is started with: its brief, its command line and environment, the brain and tools that count.

When the person's word or the configuration changes what counts, who runs is told, or begins anew where it must.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from trinity_tui.core import brains_config
from trinity_tui.core.config import carriage
from trinity_tui.core.instance import Brief
from trinity_tui.core.wire import live
from trinity_tui.daemon.minds import Minds
from trinity_tui.daemon.surroundings import Allowed
from trinity_tui.store import document
from trinity_tui.supervision import events

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.coordinator.standing import Standing
    from trinity_tui.core.config import Config, InstanceConfig
    from trinity_tui.core.paths import Workspace
    from trinity_tui.daemon.ceilings import Ceilings
    from trinity_tui.daemon.lanes import Lanes
    from trinity_tui.daemon.minds import Mind
    from trinity_tui.daemon.words import Words

PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "USER", "LOGNAME", "VIRTUAL_ENV",
             "XDG_STATE_HOME", "TRINITY_DEPTH", "PYTHONPATH", "COVERAGE_PROCESS_START")  # fmt: skip
"""What every instance gets of the coordinator's environment; keys and tokens are not among it. One with a brain that
needs a key gets that one (``core.brain_needs``)."""
PROGRAM = "trinity_tui.harness"


class Equipment:
    """Equips the instances of one workspace.

    Args:
        workspace: Whose.
        config: What holds now.
        words: What the person said.
        ceilings: How much the person allowed brains to use.
        standing: Is told who lacks the brain it was given.

    Attributes:
        minds: Which brains and tools they may use.
    """

    def __init__(
        self,
        workspace: Workspace,
        config: Callable[[], Config],
        words: Words,
        ceilings: Ceilings,
        standing: Standing,
    ) -> None:
        self._workspace = workspace
        self._config = config
        self._words = words
        self._allowed = Allowed(workspace.root, words)
        self.minds = Minds(words, ceilings, config)
        self._standing = standing
        self._told: dict[str, Mind] = {}

    def brief(self, name: str, config: InstanceConfig) -> None:
        """Write what it is told when it starts."""
        whole, mind = self._config(), self._mind(name, config)
        places = self._workspace.instance(name)
        places.folder.mkdir(parents=True, mode=0o700, exist_ok=True)
        brief = Brief(
            id=name, role=config.role, workspace=str(self._workspace.root), brain=mind.brain, persona=config.persona,
            checks=whole.workspace.checks, check_seconds=whole.workspace.check_seconds,
            survey_seconds=whole.workspace.survey_seconds, orphan_ttl_seconds=whole.workspace.orphan_ttl_seconds,
            propose_from=whole.swarm.propose_from, durability=whole.bus.durability, storm=whole.storm,
            carriage=carriage(whole, self._workspace.root), brains=brains_config.settled(whole.brains, os.environ),
            tools=self.minds.tools(), isolation=config.isolation, turns_per_task=whole.limits.turns_per_task,
        )  # fmt: skip
        document.write(places.brief, brief)

    def _mind(self, name: str, config: InstanceConfig) -> Mind:
        mind = self.minds.of(name, config)
        self._standing.lacks(name, mind.lacks)
        return mind

    def spec(self, name: str, config: InstanceConfig) -> events.InstanceSpec:
        """How it is run."""
        # -P: the working directory is somebody's folder, and a msgspec.py in it must not be imported.
        argv = [sys.executable, "-P", "-m", PROGRAM, "--instance", name, "--epoch", events.EPOCH_ARGUMENT,
                "--workspace", str(self._workspace.root)]  # fmt: skip
        mind = self._mind(name, config)
        environment = {key: os.environ[key] for key in (*PASSED_ON, *mind.variables) if key in os.environ}
        around = self._allowed.of(name, config)
        # Some variables count only when an interpreter begins, and a fork begins none.
        spawn = "exec" if around.env else config.spawn
        return events.InstanceSpec(
            name, argv, environment | around.env, around.cwd, config.restart, config.grace_seconds, config.nice,
            config.enabled, hold=around.hold, after=config.after, start_seconds=config.start_seconds,
            final_codes=config.final_codes, max_memory_bytes=config.max_memory_mb * 2**20,
            max_age_seconds=config.max_age_hours * 3600.0, spawn=spawn, preload=mind.modules,
        )  # fmt: skip

    def greet(self, name: str) -> live.UseBrain | None:
        """What an instance that is there is told of its brain: what its brief said may have changed since."""
        config = self._config().instances.get(name)
        if config is None:
            return None
        self._told[name] = mind = self._mind(name, config)
        return live.UseBrain(mind.brain)

    def switch(self, name: str, config: InstanceConfig, lanes: Lanes) -> bool:
        """Have one that runs use the brain that counts now; whether it must begin anew for that.

        It must where it needs a key that its process was not given, or is of a version that cannot be told.
        """
        mind, before = self._mind(name, config), self._told.get(name)
        if before is None or not lanes.is_there(name):
            return False
        if any(key in os.environ and key not in before.variables for key in mind.variables):
            return True
        self._told[name] = mind
        return mind.brain != before.brain and not lanes.send(name, live.UseBrain(mind.brain))

    def concerns(self, command: str) -> tuple[list[str], list[str], bool]:
        """Whose surroundings, whose brains, and whether everyone's tools a request of ours was about."""
        instances = self._config().instances.items()
        around = [name for name, config in instances if self._allowed.command(name, config) == command]
        minds = [name for name, config in instances if self.minds.command(name, config) == command]
        return around, minds, self.minds.tools_command() == command

    def reconsider(self, name: str, config: InstanceConfig) -> bool:
        """The person starts it: what was refused to it is asked again. Whether something was."""
        commands = (self._allowed.command(name, config), self.minds.command(name, config), self.minds.tools_command())
        return sum(map(self._words.reconsider, commands)) > 0
