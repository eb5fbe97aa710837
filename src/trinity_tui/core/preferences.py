"""``config.toml`` of the person: how the control room looks and which keys it has, in every workspace."""

from __future__ import annotations

from typing import Literal

import msgspec

from trinity_tui.core.config_table import load, table

FILE = "config.toml"
Animation = Literal["full", "calm", "off"]
Signs = Literal["auto", "unicode", "ascii"]


class Preferences(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the person prefers; each has a default."""

    theme: str = "tachikoma"
    """The name of a theme: one that comes with the program, or one of the person's own."""
    animation: Animation = "full"
    """``full``: marks travel; ``calm``: only brightness changes; ``off``: nothing moves by itself."""
    signs: Signs = "auto"
    """Which signs states and deliveries are drawn with; ``auto`` asks the terminal."""
    plain: bool = False
    """Whether all is said in plain lines: no boxes, no animation."""
    bell: bool = False
    """Whether the terminal's bell rings when something begins to wait and the terminal is not looked at."""
    desktop: bool = False
    """Whether the terminal is asked for a desktop notification then (OSC 9 and OSC 777)."""
    keymap: dict[str, str] = {}
    """Keys by action, several separated by commas: ``"instance.why" = "i"``."""


STANDARD = Preferences()
"""Those of a person who wrote none."""


def parse(text: str, file: str = FILE) -> Preferences:
    """The preferences a text holds.

    Raises:
        ConfigError: It is no TOML, a key is unknown, or a value is of the wrong kind; with the line where it stands.
    """
    return table(text, file, (), load(text, file), Preferences, where="")
