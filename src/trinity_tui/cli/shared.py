"""What commands share: the workspace that is meant, JSON or words on stdout, narration on stderr."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from trinity_tui.client.found import workspace_of
from trinity_tui.core import config
from trinity_tui.store.choices import read_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from trinity_tui.core.paths import Workspace

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object, or one a line, with stable keys.")]


@dataclass(frozen=True, slots=True)
class State:
    """What the command line and the environment say about every command."""

    folder: Path | None
    environment: Mapping[str, str]

    @property
    def workspace(self) -> Workspace:
        """The workspace that is meant.

        Raises:
            ClientError: None is there (2).
        """
        return workspace_of(self.folder, self.environment)


def state_of(context: typer.Context) -> State:
    """What ``root`` found out."""
    state = context.obj
    assert isinstance(state, State)
    return state


def read_config(workspace: Workspace) -> config.Config:
    """The workspace's configuration.

    Raises:
        ConfigError: With file, line and key.
    """
    return config.parse(read_text(workspace))


def put_json(value: Any) -> None:
    """One JSON object on a line of stdout."""
    _write(msgspec.json.encode(value).decode() + "\n")


def put(line: str = "") -> None:
    """One line for a person on stdout; control characters in it are shown, not obeyed."""
    _write("".join(c if c.isprintable() or c == "\t" else "·" for c in line) + "\n")


def _write(text: str) -> None:
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read our output has seen enough; what the interpreter still flushes at its end goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(0) from None


def tell(line: str) -> None:
    """Narration on stderr."""
    sys.stderr.write(line + "\n")
