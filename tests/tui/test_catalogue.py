from __future__ import annotations

import pytest
from tui_demo import FakeConnection, app_of, until

from trinity_tui.tui import actions
from trinity_tui.tui.screens import catalogue


@pytest.mark.parametrize("name", catalogue.SCREENS)
async def test_a_screen_is_made_when_it_is_first_wanted_and_kept(link: FakeConnection, name: str) -> None:
    app = app_of(link)
    async with app.run_test() as pilot:
        assert app.stages.all == [app.room]
        await app.run_action(f"screen('{name}')")
        await pilot.pause()
        assert app.screen is app.stage is app.made(name)
        assert app.stage.TAB == f"screen.{name}"
        await pilot.press("f1")
        assert app.stage is app.room
        await app.run_action(f"screen('{name}')")
        await until(lambda: app.screen is app.made(name))


def test_each_tab_leads_to_a_screen_and_each_screen_has_a_tab() -> None:
    tabs = [action for action in actions.ACTIONS if action.id.startswith("screen.")]
    assert {action.id for action in tabs} == {"screen.room", *(f"screen.{name}" for name in catalogue.SCREENS)}
