"""Where the person's settings lie, and what there is without them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from trinity_tui.client import preferences
from trinity_tui.core.errors import ConfigError
from trinity_tui.core.preferences import Preferences

if TYPE_CHECKING:
    from pathlib import Path


def test_they_lie_where_settings_lie(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    file = preferences.default_file()
    assert file == tmp_path / "trinity" / "config.toml"
    assert preferences.read(file) == Preferences()
    file.parent.mkdir()
    file.write_text("plain = true")
    assert preferences.read(file).plain


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(b"\xff")
    with pytest.raises(ConfigError, match="config.toml: cannot be read"):
        preferences.read(file)
