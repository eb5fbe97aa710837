"""What an instance changed in its worktree, on the screen: seen, taken over, thrown away once agreed."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from tui_demo import FakeConnection, app_of, demo, screen_text, until

from trinity_tui.core.errors import ClientError
from trinity_tui.tui.widgets.changes import ChangesDialog

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from textual.pilot import Pilot

    from trinity_tui.tui.app import TrinityApp

DIFF = """\
diff --git a/auth.py b/auth.py
--- a/auth.py
+++ b/auth.py
@@ -1,2 +1,3 @@
-def refresh(token):
+def refresh(token: str) -> str:
+    [bold]no markup[/bold]\x1b[31m
"""


@asynccontextmanager
async def seen(link: FakeConnection, diff: str, **more: Any) -> AsyncGenerator[tuple[TrinityApp, Pilot[None]]]:
    demo(link.mirror)
    link.answers["changes"] = {"instance": "explorer-1", "diff": diff, "is_whole": True, **more}
    app = app_of(link)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(lambda: bool(app.room.swarm.seats))
        await pilot.press("d")
        await until(lambda: isinstance(app.screen, ChangesDialog))
        await pilot.pause()
        yield app, pilot


def asked(link: FakeConnection, do: str) -> list[dict[str, Any]]:
    return [args for name, args in link.asked if name == do]


async def test_the_diff_is_shown_with_its_sum_and_is_data(link: FakeConnection) -> None:
    async with seen(link, DIFF) as (app, _):
        text = screen_text(app)
        assert "1 file  +2  -1" in text
        assert "-def refresh(token):" in text
        assert "[bold]no markup[/bold]" in text
        assert "\x1b" not in text


async def test_it_is_taken_over(link: FakeConnection) -> None:
    link.answers["accept"] = {"instance": "explorer-1", "accepted": ["auth.py"]}
    async with seen(link, DIFF) as (app, pilot):
        await pilot.press("a")
        await until(lambda: not isinstance(app.screen, ChangesDialog))
        assert asked(link, "accept") == [{"who": "explorer-1"}]
        told = app._notifications  # pyright: ignore[reportPrivateUsage]
        await until(lambda: "taken over from explorer-1: 1 file, not committed" in [one.message for one in told])


async def test_what_does_not_go_in_says_why_and_stays(link: FakeConnection) -> None:
    link.answers["accept"] = ClientError("git: patch failed: auth.py:1", 1)
    async with seen(link, DIFF) as (app, pilot):
        await pilot.press("a")
        await until(lambda: "patch failed" in screen_text(app))
        assert isinstance(app.screen, ChangesDialog)


async def test_it_is_thrown_away_only_once_agreed(link: FakeConnection) -> None:
    async with seen(link, DIFF) as (app, pilot):
        await pilot.press("d")
        await until(lambda: "Throw away what explorer-1 changed?" in screen_text(app))
        await pilot.press("n")
        assert asked(link, "discard") == []
        await until(lambda: isinstance(app.screen, ChangesDialog))
        await pilot.press("d")
        await until(lambda: "Throw away what explorer-1 changed?" in screen_text(app))
        await pilot.press("y")
        await until(lambda: asked(link, "discard") == [{"who": "explorer-1"}])
        await until(lambda: not isinstance(app.screen, ChangesDialog))


async def test_where_nothing_changed_there_is_nothing_to_do(link: FakeConnection) -> None:
    async with seen(link, "") as (app, pilot):
        assert "explorer-1 has changed nothing since you last took over." in screen_text(app)
        assert "take over" not in screen_text(app)
        await pilot.press("a", "d")
        assert asked(link, "accept") == []
        assert isinstance(app.screen, ChangesDialog)


async def test_of_a_long_diff_the_beginning_is_shown_and_said_to_be_one(link: FakeConnection) -> None:
    async with seen(link, DIFF, is_whole=False) as (app, _):
        assert "This is its beginning; trinity changes shows all of it." in screen_text(app)
