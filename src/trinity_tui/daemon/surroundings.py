"""Where and with which environment an instance runs, as far as the configuration may say so by itself.

``instances.toml`` comes with a folder that may be somebody else's, and a working directory or a variable can make any
program run. So a directory outside of the workspace, and every variable, is the person's to allow: exactly that, for
this coordinator's life or for good. Until then the instance stays down. Values of variables are in no text; a keyed
hash stands for them.
"""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.address import COORDINATOR

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.core.config import InstanceConfig

SHOWN_CHARACTERS = 100
"""So far a path or a list of names stands in a command; the sentence beside it has them whole."""
MARK_CHARACTERS = 24


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
        key: This workspace's secret.
        is_granted: Whether the person allowed a request of the coordinator's for good.
        ask: Puts a request to the person, unless it waits already: its command, and the sentence.
    """

    def __init__(
        self,
        root: Path,
        key: str,
        is_granted: Callable[[str, str], bool],
        ask: Callable[[str, str], None],
    ) -> None:
        self._root = root.resolve()
        self._key = key.encode()
        self._is_granted = is_granted
        self._ask = ask
        self._once: set[str] = set()
        self._refused: set[str] = set()

    def of(self, name: str, config: InstanceConfig) -> Surroundings:
        """What it may be started with now; asks the person where that is not known."""
        folder = self._folder(config)
        if folder is None:
            return Surroundings(str(self._root), {}, "its cwd leads nowhere")
        if not config.env and folder.is_relative_to(self._root):
            return Surroundings(str(folder), {})
        command = self.command(name, config)
        if command in self._once or self._is_granted(COORDINATOR, command):
            return Surroundings(str(folder), dict(config.env))
        what = _words(folder, config, SHOWN_CHARACTERS)
        if command in self._refused:
            return Surroundings(str(self._root), {}, f"you did not allow it to run {what}")
        self._ask(command, f"instances.toml wants {name} to run {_words(folder, config)}.")
        return Surroundings(str(self._root), {}, f"waits for your word to run {what}")

    def command(self, name: str, config: InstanceConfig) -> str:
        """What the person is asked to allow: equal only for the same instance, directory and variables."""
        folder = self._folder(config) or self._root
        exactly = msgspec.json.encode([name, str(folder), sorted(config.env.items())])
        mark = hmac.new(self._key, exactly, hashlib.sha256).hexdigest()[:MARK_CHARACTERS]
        return f"{name} {_words(folder, config, SHOWN_CHARACTERS)} #{mark}"

    def _folder(self, config: InstanceConfig) -> Path | None:
        """Where it is to run, symbolic links resolved; None where they go round in circles."""
        try:
            return (self._root / Path(config.cwd).expanduser()).resolve()
        except (OSError, RuntimeError):
            return None

    def decided(self, command: str, verdict: str) -> None:
        """The person gave the word."""
        (self._refused if verdict == "reject" else self._once).add(command)

    def reconsider(self, name: str, config: InstanceConfig) -> bool:
        """The person brought it up: a no does not stand in the way of asking again. Whether there was one."""
        command = self.command(name, config) if self._refused else ""
        was_refused = command in self._refused
        self._refused.discard(command)
        return was_refused


def _words(folder: Path, config: InstanceConfig, most: int = 10_000) -> str:
    place = f"in {_cut(str(folder), most)}"
    return f"{place} with env {_cut(', '.join(sorted(config.env)), most)}" if config.env else place


def _cut(text: str, most: int) -> str:
    plain = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return plain if len(plain) <= most else plain[: most - 1] + "…"
