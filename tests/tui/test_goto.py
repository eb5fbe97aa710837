"""From a thing on one screen to where it is at home."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_demo import FakeConnection, app_of, demo, until

from trinity_tui.core.preferences import Preferences
from trinity_tui.tui.goto import GoTo

if TYPE_CHECKING:
    import pytest


async def test_the_screen_that_is_meant_is_opened_and_told(
    link: FakeConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo(link.mirror)
    app = app_of(link)
    async with app.run_test(size=(120, 32)):
        told: list[str] = []
        monkeypatch.setattr(app.made("chat"), "visit_thing", told.append)
        app.room.post_message(GoTo("chat", "m-7"))
        await until(lambda: told == ["m-7"])
        assert app.stage is app.made("chat")


async def test_a_theme_that_is_not_there_is_said(link: FakeConnection) -> None:
    app = app_of(link, preferred=Preferences(theme="daylite"))
    async with app.run_test(size=(120, 32), notifications=True):
        assert app.theme == "tachikoma"
        said = 'unknown theme "daylite" (did you mean "daylight"?); tachikoma is used.'
        await until(lambda: [notice.message for notice in app._notifications] == [said])  # pyright: ignore[reportPrivateUsage]
