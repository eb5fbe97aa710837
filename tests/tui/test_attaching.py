"""A file goes with what is written: its path is completed, its content sent as data, and a line says that it went."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from tui_demo import FakeConnection, Script, app_of, chat_of, demo, screen_text, until

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from textual.pilot import Pilot

    from trinity_tui.tui.app import TrinityApp


@asynccontextmanager
async def writing(link: FakeConnection, root: Path) -> AsyncGenerator[tuple[TrinityApp, Pilot[None], Script]]:
    script = demo(link.mirror)
    (root / "src").mkdir()
    (root / "src" / "auth.py").write_text("def refresh(): ...\n")
    (root / "src" / "auto.py").write_text("")
    app = app_of(link, root=root)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(lambda: bool(app.room.swarm.seats))
        await pilot.press("f3", "m")
        yield app, pilot, script


def sent(link: FakeConnection) -> list[dict[str, Any]]:
    return [args for name, args in link.asked if name == "send"]


async def test_tab_completes_a_path_and_offers_what_it_may_be(link: FakeConnection, tmp_path: Path) -> None:
    async with writing(link, tmp_path) as (app, pilot, _):
        await pilot.press(*"see @sr", "tab")
        await until(lambda: chat_of(app).bar.entry.text == "see @src/")
        await pilot.press("tab")
        await until(lambda: chat_of(app).bar.entry.text == "see @src/aut")
        await until(lambda: "@src/auth.py  @src/auto.py" in screen_text(app))
        await pilot.press("h")
        await until(lambda: "@src/auto.py" not in screen_text(app))
        await pilot.press("tab")
        await until(lambda: chat_of(app).bar.entry.text == "see @src/auth.py ")
        assert "alt+enter" in screen_text(app)


async def test_its_content_is_sent_as_data_and_shown_as_a_line(link: FakeConnection, tmp_path: Path) -> None:
    async with writing(link, tmp_path) as (app, pilot, script):
        await pilot.press(*"see @src/auth.py", "enter")
        await until(lambda: bool(sent(link)))
        content = sent(link)[0]["content"]
        assert "data from src/auth.py: file>>\ndef refresh(): ..." in content
        script.say("human", "explorer-1", content, "chat")
        link.changed.set()
        await until(lambda: "src/auth.py, 19 characters" in screen_text(app))
        assert "<<" not in screen_text(app)


async def test_a_path_that_is_none_gives_the_text_back_with_a_sentence(link: FakeConnection, tmp_path: Path) -> None:
    async with writing(link, tmp_path) as (app, pilot, _):
        await pilot.press(*"see @src/x.py", "enter")
        told = app._notifications  # pyright: ignore[reportPrivateUsage]
        await until(lambda: any("src/x.py cannot be attached: No such file" in one.message for one in told))
        assert sent(link) == []
        assert chat_of(app).bar.entry.text == "see @src/x.py"
