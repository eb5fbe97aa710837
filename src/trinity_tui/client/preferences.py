"""The person's own settings: where they lie, and what they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.core import preferences
from trinity_tui.core.errors import ConfigError
from trinity_tui.core.preferences import FILE, STANDARD

if TYPE_CHECKING:
    from pathlib import Path

    from trinity_tui.core.preferences import Preferences


def folder() -> Path:
    """Where the person's settings and own themes lie."""
    from platformdirs import user_config_path

    return user_config_path("trinity")


def default_file() -> Path:
    """Where the person writes them."""
    return folder() / FILE


def read(file: Path) -> Preferences:
    """The settings in a file; those that are standard where there is none.

    Raises:
        ConfigError: It cannot be read, or is not in order.
    """
    try:
        return preferences.parse(file.read_text("utf-8"), str(file))
    except FileNotFoundError:
        return STANDARD
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(str(file), f"cannot be read: {error}") from error
