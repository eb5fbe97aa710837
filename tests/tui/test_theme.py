from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rich.color import Color as RichColor
from rich.color import ColorSystem
from textual.color import Color
from textual.theme import BUILTIN_THEMES

from trinity_tui.core.errors import ConfigError
from trinity_tui.tui import theme
from trinity_tui.tui.tones import TONES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

THEMES = {name: theme.load(name) for name in theme.names()}
COLORED = [name for name, item in THEMES.items() if not item.ansi]
GROUNDS = ("background", "surface", "panel", "chosen")
LINES = {"frame-focus", "edge", "edge-live", "edge-hot"}
"""What is never written with."""


def colors_of(name: str) -> dict[str, str]:
    item = THEMES[name]
    base = {key: getattr(item, key) for key in theme.BASE_COLORS}
    return theme.variable_defaults(item) | base | item.variables


def of_256(color: str) -> str:
    red, green, blue = RichColor.parse(color).downgrade(ColorSystem.EIGHT_BIT).get_truecolor()
    return f"#{red:02x}{green:02x}{blue:02x}"


def painted() -> Iterator[tuple[str, str, bool]]:
    """Every colour that is painted on a ground, the ground, and whether it is text."""
    for tone in TONES.values():
        if tone.color in LINES:
            yield tone.color, "background", False
        elif tone.color != "frame":
            yield from ((tone.color, ground, True) for ground in ([tone.ground] if tone.ground else GROUNDS))
    # A field that is typed into, while it has the focus.
    yield "foreground", "frame", True


def weak(name: str, seen: Callable[[str], str], text: float, sign: float) -> set[tuple[str, str]]:
    colors = colors_of(name)
    return {
        (color, ground)
        for color, ground, is_text in painted()
        if theme.contrast(seen(colors[color]), seen(colors[ground])) < (text if is_text else sign)
    }


def test_there_is_one_for_every_taste_and_terminal() -> None:
    assert THEMES.keys() >= {"tachikoma", "trinity", "contrast", "daylight", "ansi", "moss"}
    assert all(item.name == name for name, item in THEMES.items())
    assert not THEMES["daylight"].dark
    assert THEMES["ansi"].ansi


@pytest.mark.parametrize("name", COLORED)
def test_all_that_is_painted_can_be_read(name: str) -> None:
    assert weak(name, str, 4.5, 3.0) == set()


@pytest.mark.parametrize("name", COLORED)
def test_256_colours_are_enough(name: str) -> None:
    assert weak(name, of_256, 4.0, 2.7) == set()
    colors = colors_of(name)
    assert of_256(colors["chosen"]) != of_256(colors["background"])


def test_the_one_of_high_contrast_has_seven_to_one_everywhere() -> None:
    colors = colors_of("contrast")
    own = {(color, ground) for color, ground, _ in painted() if ground != "frame"}
    assert {pair for pair in own if theme.contrast(colors[pair[0]], colors[pair[1]]) < 7.0} == set()
    assert theme.contrast(colors["frame"], colors["background"]) >= 3.0


def test_that_of_sixteen_colours_has_only_those_of_the_terminal() -> None:
    colors = colors_of("ansi")
    assert {name for name in theme.VARIABLES if Color.parse(colors[name]).ansi is None} == set()
    with pytest.raises(ConfigError, match="none of the terminal's colours"):
        theme.parse('ansi = true\nprimary = "#123456"', "mine.toml")


@pytest.mark.parametrize(
    ("environ", "has_few"),
    [
        ({"TERM": "xterm-256color"}, False), ({"TERM": "xterm", "COLORTERM": "truecolor"}, False),
        ({"TERM": "screen"}, True), ({"TERM": "linux"}, True), ({"TERM": "tmux-256color"}, False),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": "1"}, True),
    ],
)  # fmt: skip
def test_a_terminal_says_how_many_colours_it_has(environ: dict[str, str], has_few: bool) -> None:
    assert theme.has_few_colors(environ) is has_few


def test_contrast_is_that_of_the_standard() -> None:
    assert theme.contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert theme.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert theme.contrast("#123456", "#123456") == 1.0


@pytest.mark.parametrize("item", BUILTIN_THEMES.values(), ids=list(BUILTIN_THEMES))
def test_a_theme_that_does_not_know_us_gets_our_colours_from_its_own(item: object) -> None:
    from textual.theme import Theme

    assert isinstance(item, Theme)
    assert theme.variable_defaults(item).keys() == theme.VARIABLES.keys()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('primary = "#12"', 'mine.toml:1: primary: "#12" is no colour'),
        ('primary = "#123456"\nacent = "#fff"', 'mine.toml:2: unknown key "acent" (did you mean "accent"?)'),
        (
            'primary = "#123456"\n[variables]\nedg = "#fff"',
            'mine.toml:3: variables: unknown key "edg" (did you mean "edge"?)',
        ),
        ('name = "x"', "mine.toml: primary is missing"),
        ("primary", "mine.toml:1: not valid TOML"),
        ('primary = "#123456"\ndark = "yes"', "mine.toml:2: dark must be true or false"),
        ('primary = "#123456"\nname = "a b"', 'mine.toml:2: name: "a b" must be letters'),
        (
            'primary = "#123456"\n[textual]\nborde = "x"',
            'mine.toml:3: textual: unknown key "borde" (did you mean "border"?)',
        ),
        ('primary = "#123456"\n[textual]\nborder = "x;"', 'mine.toml:3: textual: border: "x;" is no colour'),
        ('primary = "#123456"\n[textual]\nlink-style = "x"', 'mine.toml:3: textual: link-style: "x" is no style'),
        ('primary = "#123456"\nvariables = 3', "mine.toml:2: must be a table: [variables]"),
    ],
)
def test_a_wrong_theme_gets_a_sentence(text: str, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        theme.parse(text, "mine.toml")
    assert str(caught.value).startswith(says)


def test_a_theme_may_be_short() -> None:
    item = theme.parse('primary = "teal"\ndark = false', "sea.toml")
    assert (item.name, item.primary, item.dark) == ("sea", "#008080", False)
