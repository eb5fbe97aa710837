"""Themes: one TOML file each, checked and made into Textual's. Colours stand in themes and nowhere else.

A theme file has the base colours at its top, the screen's own under ``[variables]`` and Textual's under ``[textual]``;
what it leaves out there follows from the base colours, so Textual's own themes work too. One that says ``ansi = true``
has only colours of the terminal's own palette, for terminals that have no others.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from rich.console import Console
from textual.color import Color, ColorParseError
from textual.constants import COLOR_SYSTEM
from textual.css.constants import VALID_STYLE_FLAGS
from textual.theme import BUILTIN_THEMES, Theme

from trinity_tui.core.config_lines import locate
from trinity_tui.core.config_table import load as load_table
from trinity_tui.core.config_words import shown, unknown
from trinity_tui.core.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

DEFAULT_THEME = "tachikoma"
ANSI_THEME = "ansi"
"""What a terminal of sixteen colours, or none, gets."""
_NAME = re.compile("[A-Za-z][A-Za-z0-9_-]{0,31}")
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
    return _Reading(text, file).theme()


class _Reading:
    """One file while it is made into a theme; what is wrong is said with its line."""

    def __init__(self, text: str, file: str) -> None:
        self._text, self._file = text, file
        self._raw = load_table(text, file)
        self._is_ansi = self._flag("ansi", False)

    def theme(self) -> Theme:
        """What it describes."""
        own = {
            key: self._color(("variables", key), value) for key, value in self._table("variables", VARIABLES).items()
        }
        name, is_dark = self._name(), self._flag("dark", True)
        textual = self._raw.pop("textual", {})
        self._check("", self._raw, ("name", "dark", "ansi", "variables", "textual", *BASE_COLORS))
        if "primary" not in self._raw:
            raise ConfigError(self._file, "primary is missing")
        colors = {key: self._color((key,), value) for key, value in self._raw.items()}
        found = Theme(name=name, primary=colors.pop("primary"), dark=is_dark, ansi=self._is_ansi)
        for key, value in colors.items():
            setattr(found, key, value)
        # Textual's style sheet wants more of a theme of the terminal's colours than such a theme makes of itself.
        given = BUILTIN_THEMES["ansi-dark" if is_dark else "ansi-light"].variables if self._is_ansi else {}
        # All that follows from its colours is only made to compare with: it takes longer than the rest of the file.
        self._check("textual", textual, {**found.to_color_system().generate(), **given} if textual else {})
        found.variables = {**given, **{key: self._textual(key, value) for key, value in textual.items()}, **own}
        return found

    def _textual(self, key: str, value: object) -> str:
        if not key.endswith("-style"):
            return self._color(("textual", key), value)
        style = str(value)
        if not set(style.split()) <= VALID_STYLE_FLAGS:
            raise self._wrong(("textual", key), f'{key}: "{shown(style)}" is no style, as "bold reverse" is')
        return style

    def _name(self) -> str:
        name = str(self._raw.pop("name", Path(self._file).stem))
        if not _NAME.fullmatch(name):
            raise self._wrong(("name",), f'name: "{shown(name)}" must be letters, digits, - and _, first a letter')
        return name

    def _flag(self, key: str, standard: bool) -> bool:
        value = self._raw.pop(key, standard)
        if not isinstance(value, bool):
            raise self._wrong((key,), f"{key} must be true or false")
        return value

    def _table(self, name: str, known: Collection[str]) -> dict[str, Any]:
        found = self._raw.pop(name, {})
        self._check(name, found, known)
        return found

    def _check(self, name: str, table: object, known: Collection[str]) -> None:
        if not isinstance(table, dict):
            raise self._wrong((name,), f"must be a table: [{name}]")
        for key in cast("dict[str, object]", table):
            if key not in known:
                raise self._wrong((name, key) if name else (key,), unknown("key", key, sorted(known)))

    def _color(self, path: tuple[str, ...], value: object) -> str:
        try:
            color = Color.parse(str(value))
        except ColorParseError as error:
            raise self._wrong(path, f'{path[-1]}: "{shown(str(value))}" is no colour') from error
        if self._is_ansi and color.ansi is None:
            raise self._wrong(
                path, f'{path[-1]}: "{shown(str(value))}" is none of the terminal\'s colours, as "ansi_blue" is'
            )
        return color.hex

    def _wrong(self, path: tuple[str, ...], problem: str) -> ConfigError:
        where = path[0] if len(path) > 1 else ""
        return ConfigError(self._file, problem, locate(self._text, path), where)


def names() -> list[str]:
    """Which themes come with the program; each has the name of its file.

    Raises:
        ConfigError: None is there.
    """
    found = sorted(file.stem for file in _folder().glob("*.toml"))
    if not found:
        raise ConfigError("themes", "no theme came with this installation")
    return found


def load(name: str) -> Theme:
    """One of the themes that come with the program.

    Raises:
        ConfigError: It is wrong.
    """
    file = _folder() / f"{name}.toml"
    return parse(file.read_text("utf-8"), file.name)


def _folder() -> Path:
    # Beside the package's own files: to ask importlib for them is ten times slower than to read them.
    packaged = Path(__file__).parents[1] / "_themes"
    return packaged if packaged.is_dir() else Path(__file__).parents[3] / "themes"


def has_few_colors(environ: Mapping[str, str]) -> bool:
    """Whether a terminal has sixteen colours or none, or none are wanted (``NO_COLOR``)."""
    if "NO_COLOR" in environ:
        return True
    system = COLOR_SYSTEM if COLOR_SYSTEM in ("standard", "256", "truecolor") else "auto"
    return Console(color_system=system, force_terminal=True, _environ=environ).color_system in (None, "standard")


def contrast(one: str, other: str) -> float:
    """The contrast of two colours as WCAG 2 counts it, from 1 to 21."""
    lighter, darker = sorted((_luminance(Color.parse(one)), _luminance(Color.parse(other))), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: Color) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in color.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
