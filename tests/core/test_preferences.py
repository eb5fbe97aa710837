"""The person's settings: what a wrong file is told, and that each key says what it does."""

from __future__ import annotations

import pytest

from trinity_tui.core.errors import ConfigError
from trinity_tui.core.preferences import Preferences, parse


def test_what_is_not_said_is_standard() -> None:
    assert parse("") == Preferences()
    found = parse('theme = "daylight"\nanimation = "calm"\n[keymap]\n"instance.why" = "i"')
    assert found == Preferences(theme="daylight", animation="calm", keymap={"instance.why": "i"})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("\nthem = 1", 'me.toml:2: unknown key "them" (did you mean "theme"?)'),
        ('animation = "fast"', 'me.toml:1: key "animation": "fast" is none of: full, calm, off'),
        ("bell = 1", 'me.toml:1: key "bell": expected true or false, got a whole number'),
        ("keymap = 1", 'me.toml:1: key "keymap": expected a table, got a whole number'),
        ("theme", "me.toml:1: not valid TOML: "),
    ],
)
def test_a_wrong_file_gets_a_sentence_with_its_line(text: str, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(text, "me.toml")
    assert str(caught.value).startswith(says)
