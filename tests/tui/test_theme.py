from __future__ import annotations

import pytest
from textual.theme import BUILTIN_THEMES

from trinity_tui.core.errors import ConfigError
from trinity_tui.tui import theme

TEXTS = ("text-dim", "text-faint", "person", "urgent", "mark", "mark-hot", "node-offline", "node-online", "node-busy",
         "node-starting", "node-degraded", "node-crashed", "node-paused", "node-unknown")  # fmt: skip
LINES = ("edge", "edge-live", "edge-hot", "frame-focus")
THEMES = {item.name: item for item in theme.load()}


def test_there_is_a_dark_and_a_light_one() -> None:
    assert THEMES["tachikoma"].dark
    assert not THEMES["daylight"].dark


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("ground", ["background", "surface", "panel"])
def test_every_text_can_be_read_on_every_ground(name: str, ground: str) -> None:
    item = THEMES[name]
    behind = getattr(item, ground)
    base = {
        key: getattr(item, key)
        for key in ("foreground", "primary", "secondary", "accent", "warning", "error", "success")
    }
    colors = base | {key: item.variables[key] for key in TEXTS}
    assert {key: value for key, value in colors.items() if theme.contrast(value, behind) < 4.5} == {}


@pytest.mark.parametrize("name", THEMES)
def test_lines_can_be_told_from_the_ground(name: str) -> None:
    item = THEMES[name]
    assert item.background is not None
    weak = {key for key in LINES if theme.contrast(item.variables[key], item.background) < 3.0}
    assert weak == set()


@pytest.mark.parametrize("name", THEMES)
def test_what_is_written_on_a_badge_can_be_read(name: str) -> None:
    item = THEMES[name]
    assert item.background is not None
    assert item.accent is not None
    assert theme.contrast(item.background, item.primary) >= 4.5
    assert theme.contrast(item.background, item.accent) >= 4.5


def test_contrast_is_that_of_the_standard() -> None:
    assert theme.contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert theme.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert theme.contrast("#123456", "#123456") == 1.0


@pytest.mark.parametrize("item", BUILTIN_THEMES.values(), ids=list(BUILTIN_THEMES))
def test_a_theme_that_does_not_know_us_gets_our_colours_from_its_own(item: object) -> None:
    from textual.theme import Theme

    assert isinstance(item, Theme)
    if not item.ansi:
        assert theme.variable_defaults(item).keys() == theme.VARIABLES.keys()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('primary = "#12"', 'mine.toml: primary: "#12" is no colour'),
        ('primary = "#123456"\nacent = "#fff"', 'mine.toml: unknown key "acent" (did you mean "accent"?)'),
        (
            'primary = "#123456"\n[variables]\nedg = "#fff"',
            'mine.toml: variables: unknown key "edg" (did you mean "edge"?)',
        ),
        ('name = "x"', "mine.toml: primary is missing"),
        ("primary", "mine.toml: "),
    ],
)
def test_a_wrong_theme_gets_a_sentence(text: str, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        theme.parse(text, "mine.toml")
    assert str(caught.value).startswith(says)


def test_a_theme_may_be_short() -> None:
    item = theme.parse('primary = "teal"\ndark = false', "sea.toml")
    assert (item.name, item.primary, item.dark) == ("sea", "#008080", False)
