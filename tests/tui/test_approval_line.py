"""The line of what waits says what waits, in as many words as there is room for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tui_demo import Script, app_of, screen_text

from patience import until

if TYPE_CHECKING:
    from tui_demo import FakeConnection


def shop(link: FakeConnection) -> Script:
    script = Script(link.mirror)
    script.greet()
    script.status("builder-1")
    return script


@pytest.mark.parametrize(
    ("width", "said"),
    [
        (40, " 3 wait: approve pytest -q tests/au…  a "),
        (59, " 3 wait: approve pytest -q tests/auth/test_refresh.py  a "),
        (80, " builder-1 asks to use run: pytest -q tests/auth/test_ref… and 2 more  a decide "),
    ],
)
async def test_the_oldest_request_is_said_at_every_width(link: FakeConnection, width: int, said: str) -> None:
    script = shop(link)
    script.asks("builder-1", "run", "pytest -q tests/auth/test_refresh.py")
    script.say("builder-1", "human", "Ship both?", "question", ago=9)
    script.say("builder-1", "human", "Ship it now?", "question", ago=8)
    app = app_of(link)
    async with app.run_test(size=(width, 24)):
        await until(lambda: said.rstrip() in screen_text(app))


async def test_what_is_no_request_says_who_waits_for_what(link: FakeConnection) -> None:
    script = shop(link)
    script.say("builder-1", "human", "Ship both?", "question", ago=9, name="ship")
    app = app_of(link)
    async with app.run_test(size=(40, 24)):
        await until(lambda: " 1 waits: answer builder-1: Ship bo…  a" in screen_text(app))
        script.say("human", "builder-1", "yes", "answer", reply_to="ship")
        script.status("builder-1", "PARKED", ago=3, reason="8 crashes")
        link.changed.set()
        await until(lambda: " 1 waits: builder-1 gave up: 8 cras…  a" in screen_text(app))
