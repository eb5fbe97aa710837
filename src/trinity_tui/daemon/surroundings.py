"""Where and with which environment an instance runs, as far as the configuration may say so by itself.

``instances.toml`` comes with a folder that may be somebody else's, and a working directory or a variable can make any
program run. So a directory outside of the workspace, and every variable, is the person's to allow: exactly that, for
this coordinator's life or for good. Until then the instance stays down. Values of variables are in no text; a keyed
hash stands for them.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from trinity_tui.core.config import InstanceConfig
    from trinity_tui.daemon.words import Words

SHOWN_CHARACTERS = 100
"""So far a path or a list of names stands in a command; the sentence beside it has them whole."""


class Surroundings(msgspec.Struct, frozen=True):
    """What one instance is started with."""

    cwd: str
    env: dict[str, str]
    """What is added to its environment."""
    hold: str = ""
    """Why it may not be started yet; empty: it may."""


class Allowed:
    """What was allowed of what the configuration asks for.

    Args:
        root: The workspace.
        words: What the person said.
    """

    def __init__(self, root: Path, words: Words) -> None:
        self._root = root.resolve()
        self._words = words

    def of(self, name: str, config: InstanceConfig) -> Surroundings:
        """What it may be started with now; asks the person where that is not known."""
        folder = self._folder(config)
        if folder is None:
            return Surroundings(str(self._root), {}, "its cwd leads nowhere")
        if not config.env and folder.is_relative_to(self._root):
            return Surroundings(str(folder), {})
        sentence = f"instances.toml wants {name} to run {_words(folder, config)}."
        said = self._words.on(self.command(name, config), sentence)
        if said == "yes":
            return Surroundings(str(folder), dict(config.env))
        why = "waits for your word to" if said == "waits" else "you did not allow it to"
        return Surroundings(str(self._root), {}, f"{why} run {_words(folder, config, SHOWN_CHARACTERS)}")

    def command(self, name: str, config: InstanceConfig) -> str:
        """What the person is asked to allow: equal only for the same instance, directory and variables."""
        folder = self._folder(config) or self._root
        exactly = [name, str(folder), sorted(config.env.items())]
        return self._words.command(f"{name} {_words(folder, config, SHOWN_CHARACTERS)}", exactly)

    def _folder(self, config: InstanceConfig) -> Path | None:
        """Where it is to run, symbolic links resolved; None where they go round in circles."""
        try:
            return (self._root / Path(config.cwd).expanduser()).resolve()
        except (OSError, RuntimeError):
            return None


def _words(folder: Path, config: InstanceConfig, most: int = 10_000) -> str:
    place = f"in {_cut(str(folder), most)}"
    return f"{place} with env {_cut(', '.join(sorted(config.env)), most)}" if config.env else place


def _cut(text: str, most: int) -> str:
    plain = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return plain if len(plain) <= most else plain[: most - 1] + "…"
