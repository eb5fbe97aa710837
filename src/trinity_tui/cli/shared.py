"""What commands share: the workspace that is meant, JSON or words on stdout, narration on stderr."""

from __future__ import annotations

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
    sys.stdout.write(msgspec.json.encode(value).decode() + "\n")
    sys.stdout.flush()


def put(line: str = "") -> None:
    """One line for a person on stdout; control characters in it are shown, not obeyed."""
    sys.stdout.write("".join(c if c.isprintable() or c == "\t" else "·" for c in line) + "\n")
    sys.stdout.flush()


def tell(line: str) -> None:
    """Narration on stderr."""
    sys.stderr.write(line + "\n")
