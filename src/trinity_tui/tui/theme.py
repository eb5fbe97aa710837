"""Themes: one TOML file each, checked and made into Textual's. Colours stand in themes and nowhere else.

A theme file has the base colours at its top and the screen's own under ``[variables]``; what it leaves out there
follows from the base colours, so Textual's own themes work too.
"""

from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from textual.color import Color, ColorParseError
from textual.theme import Theme

from trinity_tui.core.address import nearest
from trinity_tui.core.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from importlib.resources.abc import Traversable

DEFAULT_THEME = "tachikoma"
BASE_COLORS = (
    "primary", "secondary", "accent", "foreground", "background", "surface", "panel", "success", "warning", "error",
)  # fmt: skip
VARIABLES: dict[str, str] = {
    "text-dim": "$foreground 75%",
    "text-faint": "$foreground 60%",
    "frame": "$foreground 25%",
    "frame-focus": "$primary",
    "node-online": "$success",
    "node-busy": "$primary",
    "node-starting": "$secondary",
    "node-degraded": "$warning",
    "node-offline": "$foreground 60%",
    "node-crashed": "$error",
    "node-paused": "$secondary",
    "node-unknown": "$warning",
    "edge": "$foreground 40%",
    "edge-live": "$primary",
    "edge-hot": "$accent",
    "mark": "$foreground",
    "mark-hot": "$accent",
    "person": "$accent",
    "urgent": "$error",
    "chosen": "$panel",
}
"""The screen's own colours, and what they are where a theme does not say."""


def variable_defaults(theme: Theme) -> dict[str, str]:
    """The screen's own colours for a theme that does not know them, from its base colours."""
    known = theme.to_color_system().generate()
    found: dict[str, str] = {}
    for name, rule in VARIABLES.items():
        base, _, share = rule.removeprefix("$").partition(" ")
        color = Color.parse(known[base])
        ground = Color.parse(known["background"])
        found[name] = (ground.blend(color, int(share[:-1]) / 100) if share else color).hex
    return found


def parse(text: str, file: str) -> Theme:
    """The theme a file describes.

    Raises:
        ConfigError: It is no TOML, a key is unknown or missing, or a value is no colour.
    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(file, str(error)) from error
    variables = cast("dict[str, Any]", raw.pop("variables", {}))
    _refuse_unknown(file, "", raw, ("name", "dark", *BASE_COLORS))
    _refuse_unknown(file, "variables", variables, VARIABLES)
    name, dark = raw.pop("name", Path(file).stem), raw.pop("dark", True)
    if "primary" not in raw:
        raise ConfigError(file, "primary is missing")
    colors = {key: _color(file, "", key, value) for key, value in raw.items()}
    own = {key: _color(file, "variables", key, value) for key, value in variables.items()}
    found = Theme(name=str(name), primary=colors.pop("primary"), dark=bool(dark), variables=own)
    for key, value in colors.items():
        setattr(found, key, value)
    return found


def _refuse_unknown(file: str, where: str, table: dict[str, Any], known: Iterable[str]) -> None:
    for key in table:
        if key not in known:
            near = nearest(key, known)
            hint = f' (did you mean "{near}"?)' if near else ""
            raise ConfigError(file, f'unknown key "{key}"{hint}', where=where)


def _color(file: str, where: str, key: str, value: object) -> str:
    try:
        return Color.parse(str(value)).hex
    except ColorParseError as error:
        raise ConfigError(file, f'{key}: "{value}" is no colour', where=where) from error


def load() -> list[Theme]:
    """The themes that come with the program, by name.

    Raises:
        ConfigError: One of them is wrong, or none is there.
    """
    found = [parse(file.read_text("utf-8"), file.name) for file in _files()]
    if not found:
        raise ConfigError("themes", "no theme came with this installation")
    return sorted(found, key=lambda theme: theme.name)


def _files() -> list[Traversable]:
    packaged = resources.files("trinity_tui") / "_themes"
    folder: Traversable = packaged if packaged.is_dir() else Path(__file__).parents[3] / "themes"
    return [file for file in folder.iterdir() if file.name.endswith(".toml")] if folder.is_dir() else []


def contrast(one: str, other: str) -> float:
    """The contrast of two colours as WCAG 2 counts it, from 1 to 21."""
    lighter, darker = sorted((_luminance(Color.parse(one)), _luminance(Color.parse(other))), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: Color) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in color.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
