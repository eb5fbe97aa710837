"""What commands share: the workspace that is meant, JSON or words on stdout, narration on stderr.

The room is opened with it as well, so it is without the parser of command lines: what needs that is in ``grammar``.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from trinity_tui.client.found import workspace_of
from trinity_tui.core.errors import ClientError
from trinity_tui.core.signs import STATES, STATES_ASCII, is_ascii

if TYPE_CHECKING:
    from collections.abc import Sequence

    import typer

    from trinity_tui.core.config import Config
    from trinity_tui.core.paths import Workspace


class State(msgspec.Struct, frozen=True):
    """What the command line and the environment say about every command."""

    folder: Path | None
    environment: Mapping[str, str]
    is_plain: bool = False
    """Whether the room is to be shown in plain lines."""

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


def is_completed(environment: Mapping[str, str]) -> bool:
    """Whether it is a shell that asks, to complete a command line: that one is in the environment."""
    return "_TRINITY_COMPLETE" in environment


def read_config(workspace: Workspace) -> Config:
    """The workspace's configuration.

    Raises:
        ConfigError: With file, line and key.
    """
    # Most commands read none, and all of it is as much to load as the rest of them.
    from trinity_tui.core.config_text import parse
    from trinity_tui.store.choices import read_text

    return parse(read_text(workspace))


def one_of(option: str, text: str, choices: Sequence[str]) -> str:
    """What was typed where only these are meant.

    Args:
        option: What it was typed for, for the error.
        text: As typed.
        choices: What there is.

    Raises:
        ClientError: It is none of them (2).
    """
    if text not in choices:
        raise ClientError(f"{option} takes {', '.join(choices)}, not {text!r}", 2)
    return text


def said(text: str) -> str:
    """What is to be said or remembered.

    Raises:
        ClientError: Nothing but spaces (2).
    """
    if not text.strip():
        raise ClientError("there is nothing in the text", 2)
    return text


def put_json(value: Any) -> None:
    """One JSON object on a line of stdout."""
    _write(msgspec.json.encode(value).decode() + "\n")


def state_signs() -> Mapping[str, str]:
    """The signs of states that stdout can show."""
    return STATES_ASCII if is_ascii(os.environ, sys.stdout.encoding) else STATES


def put(line: str = "") -> None:
    """One line for a person on stdout; control characters in it are shown, not obeyed."""
    _write(harmless(line) + "\n")


def harmless(line: str) -> str:
    """A line that steers no terminal."""
    return "".join(c if c.isprintable() or c == "\t" else "·" for c in line)


def _write(text: str) -> None:
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read our output has seen enough; what the interpreter still flushes at its end goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(0) from None


def tell(line: str) -> None:
    """Narration on stderr; it may quote others, so control characters in its lines are shown, not obeyed."""
    sys.stderr.write("\n".join(map(harmless, line.split("\n"))) + "\n")
