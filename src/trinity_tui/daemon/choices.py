"""What the person chooses while the fleet runs: who is added, removed, scaled, and with which brain.

Kept in ``overrides.toml``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from trinity_tui.core import overrides as rules
from trinity_tui.core.brain_name import parse
from trinity_tui.core.errors import ClientError, ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.core.config import InstanceConfig
    from trinity_tui.core.overrides import Overrides
    from trinity_tui.core.reload import Change
    from trinity_tui.daemon.reload import Reload
    from trinity_tui.daemon.settings import Settings

PERSON = "you"


class Choices:
    """Carries them out: checked, on disk, then applied.

    Args:
        settings: Where they are kept.
        reload: Applies them.
        unread: How many messages wait for an instance.
    """

    def __init__(self, settings: Settings, reload: Reload, unread: Callable[[str], int]) -> None:
        self._settings = settings
        self._reload = reload
        self._unread = unread

    def add(self, instance: str, table: dict[str, Any]) -> dict[str, Any]:
        """Have another instance.

        Raises:
            ClientError: It cannot be; the sentence says why.
        """
        change = self._choose(instance, rules.add(self._settings.written, self._settings.overrides, instance, table))
        return {"came": list(change.came), "waiting": {name: self._unread(name) for name in change.came}}

    def remove(self, instance: str) -> dict[str, Any]:
        """Have it no more; what waits for it stays in the log for one of the same name.

        Raises:
            ClientError: There is none, or another one is configured to need it.
        """
        chosen = rules.remove(self._settings.written, self._settings.overrides, instance)
        try:
            change = self._choose(instance, chosen, patiently=False)
        except ClientError as error:
            raise ClientError(f"{instance} cannot be removed: {error}", 2) from error
        return {"went": list(change.went), "waiting": {name: self._unread(name) for name in change.went}}

    def scale(self, instance: str, count: int) -> dict[str, Any]:
        """Have another number of its replicas; the highest go first, when their turns are over.

        Raises:
            ClientError: It has none, or the number cannot be.
        """
        change = self._choose(instance, rules.scale(self._settings.written, self._settings.overrides, instance, count))
        return {"came": list(change.came), "went": list(change.went), "ending": sorted(self._reload.turns.waiting)}

    def use_brain(self, names: list[str], brain: str, trust: Callable[[str, InstanceConfig], None]) -> dict[str, Any]:
        """Have instances use another brain from their next exchange on.

        Args:
            names: Whom; replicas of one table all together.
            brain: Its name.
            trust: Notes that the person named it for an instance, before it counts.

        Raises:
            ClientError: It is no brain's name (2), or of some replicas only (2).
        """
        try:
            written = str(parse(brain))
        except ValueError as error:
            raise ClientError(f"{brain[:80]!r}: {error}", 2) from error
        instances = self._settings.wanted.instances
        overrides = self._settings.overrides
        for base in dict.fromkeys(instances[name].replica_of or name for name in names if name in instances):
            missing = [one for one, config in instances.items() if config.replica_of == base and one not in names]
            if missing:
                raise ClientError(f"replicas of {base} have one brain: name group:{base}, for {missing[0]} too", 2)
            overrides = rules.use_brain(self._settings.written, overrides, base, written)
        for name in names:
            trust(name, replace(instances[name], brain=written))
        self._choose(names[0], overrides)
        return {"instances": names, "brain": written}

    def _choose(self, instance: str, overrides: Overrides, *, patiently: bool = True) -> Change:
        try:
            wanted = self._settings.choose(overrides)
        except ConfigError as error:
            is_about_another = error.where and error.where != f'instance "{instance}"'
            raise ClientError(f"{error.where}: {error.problem}" if is_about_another else error.problem, 2) from error
        return self._reload.apply(wanted, PERSON, patiently=patiently)
