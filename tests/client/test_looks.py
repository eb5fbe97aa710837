from __future__ import annotations

import asyncio
import errno
from contextlib import aclosing
from typing import TYPE_CHECKING

import pytest

from patience import PATIENCE_SECONDS
from trinity_tui.client.looks import Looks
from trinity_tui.core.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path


def looks_in(root: Path) -> Looks:
    (root / "themes").mkdir()
    return Looks(root, root / "state" / "theme.json")


def test_a_choice_holds_until_the_file_names_another_theme(tmp_path: Path) -> None:
    looks = looks_in(tmp_path)
    assert looks.chosen("tachikoma") == "tachikoma"
    looks.choose("moss", "tachikoma")
    assert looks.chosen("tachikoma") == "moss"
    assert looks.chosen("daylight") == "daylight"
    (tmp_path / "state" / "theme.json").write_text("no json")
    assert looks.chosen("tachikoma") == "tachikoma"


def test_the_own_themes_are_read_and_what_is_none_is_told(tmp_path: Path) -> None:
    looks = looks_in(tmp_path)
    file = tmp_path / "themes" / "sea.toml"
    file.write_text('primary = "teal"')
    (tmp_path / "themes" / "notes.txt").write_text("no theme")
    assert looks.themes() == {str(file): 'primary = "teal"'}
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="cannot be read"):
        looks.themes()


async def test_a_change_of_a_theme_or_of_the_settings_is_told(tmp_path: Path) -> None:
    looks = looks_in(tmp_path)
    async with aclosing(looks.changes()) as changes, asyncio.timeout(PATIENCE_SECONDS):
        waiting = asyncio.ensure_future(anext(changes))
        number = 0
        while not waiting.done():
            # The watch may begin after a first write, which then nobody has seen.
            number += 1
            (tmp_path / "themes" / "sea.toml").write_text(f"# {number}")
            await asyncio.wait([waiting], timeout=1.0)
        assert await waiting is None


async def test_a_change_is_found_also_where_the_kernel_watches_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = asyncio.Event()

    async def refuse(*_: object, **__: object) -> AsyncGenerator[None]:
        refused.set()
        if refused.is_set():
            raise OSError(errno.EMFILE, "Too many open files")
        yield

    monkeypatch.setattr("watchfiles.awatch", refuse)
    monkeypatch.setattr("trinity_tui.client.looks.LOOK_SECONDS", 0.01)
    looks = looks_in(tmp_path)
    theme = tmp_path / "themes" / "sea.toml"
    theme.write_text("# 1")
    async with aclosing(looks.changes()) as changes, asyncio.timeout(PATIENCE_SECONDS):
        waiting = asyncio.ensure_future(anext(changes))
        await refused.wait()
        assert not waiting.done(), "nothing changed yet"
        theme.write_text("# longer")
        await waiting
        theme.unlink()
        await anext(changes)
