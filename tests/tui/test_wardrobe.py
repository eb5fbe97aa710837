"""Themes while the program runs: tried on, kept, changed in a file, and wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace
from tui_demo import FakeConnection, app_of, demo, screen_text, until

from trinity_tui.client.looks import Looks
from trinity_tui.core.preferences import STANDARD
from trinity_tui.tui.widgets.themes import ThemeDialog

if TYPE_CHECKING:
    from pathlib import Path

    from trinity_tui.tui.app import TrinityApp


def said(app: TrinityApp) -> str:
    """What was told, without its spaces: a long path is broken into lines."""
    return "".join("".join(notice.message.split()) for notice in app._notifications)  # pyright: ignore[reportPrivateUsage]


async def test_a_theme_is_tried_on_kept_and_changed_while_it_is_worn(link: FakeConnection, tmp_path: Path) -> None:
    file, state = tmp_path / "themes" / "sea.toml", tmp_path / "state" / "theme.json"
    file.parent.mkdir()
    file.write_text('primary = "teal"')
    looks = Looks(tmp_path, state)
    app = app_of(link, script=lambda: demo(link.mirror), looks=looks)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(lambda: bool(app.room.swarm.seats))
        await pilot.press("T")
        await until(lambda: isinstance(app.screen, ThemeDialog))
        await pilot.press("up")
        assert app.theme == "sea"
        assert "> sea" in screen_text(app)
        await pilot.press("escape")
        assert (app.theme, looks.chosen("tachikoma")) == ("tachikoma", "tachikoma")
        await pilot.press("T")
        await until(lambda: isinstance(app.screen, ThemeDialog))
        await pilot.press("up", "enter")
        await until(lambda: looks.chosen("tachikoma") == "sea")
        assert app.theme == "sea"

        number = 0
        while app.theme_variables["node-busy"] != "#112233":
            # The watch may begin after a first write, which then nobody has seen.
            number += 1
            file.write_text(f'# {number}\nprimary = "teal"\n[variables]\nnode-busy = "#112233"')
            await pilot.pause(1.0)
        file.write_text('primary = "teal"\n[variables]\nnode-bussy = "#445566"')
        await until(lambda: f'{file}:3:variables:unknownkey"node-bussy"(didyoumean"node-busy"?)' in said(app))
        assert app.theme_variables["node-busy"] == "#112233"
        (tmp_path / "config.toml").write_text('theme = "moss"')
        await until(lambda: app.theme == "moss")


async def test_where_there_are_few_colours_a_theme_of_the_terminal_is_worn(link: FakeConnection) -> None:
    demo(link.mirror)
    app = app_of(link, has_few_colors=True, preferred=replace(STANDARD, theme="trinyti"))
    async with app.run_test(size=(120, 36)):
        await until(lambda: bool(app.room.swarm.seats))
        assert app.theme == "ansi"
        assert 'unknowntheme"trinyti"(didyoumean"trinity"?)' in said(app)
        segments = [segment for y in range(36) for segment in app.screen._compositor.render_strips()[y]]  # pyright: ignore[reportPrivateUsage]
        styles = [segment.style for segment in segments if segment.style is not None]
        assert not [style for style in styles if style.color is not None and style.color.triplet is not None]
        assert app.room.swarm.styles.border_top[0] == "heavy"
