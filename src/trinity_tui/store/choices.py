"""The two files that say who works here: ``instances.toml``, only read, and ``overrides.toml``, the program's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.core import overrides as choices
from trinity_tui.core.errors import ConfigError
from trinity_tui.core.overrides import OVERRIDES, Overrides
from trinity_tui.store import document

if TYPE_CHECKING:
    from trinity_tui.core.paths import Workspace

_HEAD = (
    "# What was chosen in the program; instances.toml stays as you wrote it. "
    "`trinity add|remove|scale|brain` change this.\n"
)


def read_text(workspace: Workspace) -> str:
    """``instances.toml`` as it is now.

    Raises:
        ConfigError: It is not there, or no text.
    """
    try:
        return workspace.config.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(workspace.config.name, f"is not UTF-8 text: {error.reason}") from error
    except OSError as error:
        raise ConfigError(workspace.config.name, f"cannot be read: {error.strerror}") from error


def read_overrides(workspace: Workspace) -> Overrides:
    """What was chosen in the program so far; nothing where there is no such file.

    Raises:
        ConfigError: It is damaged.
        FormatError: A newer program wrote it.
    """
    try:
        text = workspace.overrides.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Overrides()
    except (UnicodeDecodeError, OSError) as error:
        raise ConfigError(OVERRIDES, f"cannot be read: {error}") from error
    return choices.parse(text)


def write_overrides(workspace: Workspace, overrides: Overrides) -> None:
    """Replace what was chosen; a reader, and a power cut, find the old choices or the new ones.

    Raises:
        StoreError: It could not be written; the old choices stand.
    """
    # Here and not above: a coordinator in which nobody chooses anything does without.
    import tomli_w

    text = _HEAD + tomli_w.dumps(choices.plain(overrides))
    document.write_bytes(workspace.overrides, text.encode())
