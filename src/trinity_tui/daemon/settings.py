"""What holds in a workspace: ``instances.toml`` as last read without a fault, with what was chosen in the program.

What a change does to the fleet is ``daemon.reload``'s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.core import overrides as choices
from trinity_tui.core.config_text import parse
from trinity_tui.core.errors import ConfigError, StoreError
from trinity_tui.core.overrides import OVERRIDES, Overrides
from trinity_tui.store.choices import read_overrides, read_text, write_overrides

if TYPE_CHECKING:
    from trinity_tui.core.config import Config
    from trinity_tui.core.overrides import Tables
    from trinity_tui.core.paths import Workspace


class Settings:
    """The two files of one workspace.

    Args:
        workspace: Whose.
        config: ``instances.toml`` as the command that started us read it.

    Attributes:
        wanted: What should hold: the file with the choices.
        overrides: The choices.
        trouble: Why choices that were made do not count; empty when they do.

    Raises:
        FormatError: A newer program wrote the choices.
    """

    def __init__(self, workspace: Workspace, config: Config) -> None:
        self._workspace = workspace
        self._text = ""
        self.written: Tables = {}
        """The instances as the file describes them."""
        self.trouble = ""
        self.wanted = config
        self.overrides = self._read_overrides()
        try:
            self.take(read_text(workspace))
        except ConfigError as error:
            self.trouble = f"{error}: what was chosen does not fit instances.toml and is left out."
            self.overrides = Overrides()
        except StoreError as error:
            self.trouble = str(error)

    def _read_overrides(self) -> Overrides:
        try:
            return read_overrides(self._workspace)
        except ConfigError as error:
            self.trouble = f"{error}. It is left out; mend it or delete it."
            return Overrides()

    def is_chosen(self, instance: str) -> bool:
        """Whether an instance is there, as many times, or with its brain because of a choice."""
        config = self.wanted.instances.get(instance)
        base = getattr(config, "replica_of", "") or instance
        chosen = self.overrides
        return base not in self.written or base in chosen.replicas or base in chosen.brains

    def take(self, text: str) -> Config:
        """This text counts from now on; choices it has overtaken are forgotten.

        Raises:
            ConfigError: It is no configuration; the one before counts on.
            StoreError: That the choices were overtaken could not be written.
        """
        wanted = self._understand(text, self.overrides)
        # Looked at for every instance whenever one of them does something else: the text is read once.
        self._text, self.wanted, self.written = text, wanted, choices.tables_of(text)
        settled = choices.settled(self.written, self.overrides)
        if settled != self.overrides:
            write_overrides(self._workspace, settled)
            self.overrides = settled
        return wanted

    def choose(self, overrides: Overrides) -> Config:
        """These choices count from now on, also for the next coordinator.

        Raises:
            ConfigError: They do not fit the file, or the ones before are damaged and would be lost.
            StoreError: They could not be written; those before count on.
        """
        if self.trouble:
            raise ConfigError(OVERRIDES, self.trouble)
        wanted = self._understand(self._text, overrides)
        write_overrides(self._workspace, overrides)
        self.overrides, self.wanted = overrides, wanted
        return wanted

    def _understand(self, text: str, overrides: Overrides) -> Config:
        alone = parse(text)
        if overrides == Overrides():
            return alone
        try:
            return parse(text, adjust=lambda tables: choices.merge(tables, overrides))
        except ConfigError as error:
            # The file is in order: it is what was chosen that does not fit it.
            raise ConfigError(OVERRIDES, error.problem, where=error.where) from error
