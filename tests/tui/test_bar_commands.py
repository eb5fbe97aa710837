"""Commands, names and the history in the line where messages are written."""

from __future__ import annotations

from test_room import told
from tui_demo import FakeConnection, app_of, demo, screen_text, until


async def test_commands_are_completed_done_and_kept_where_they_are_unknown(link: FakeConnection) -> None:
    demo(link.mirror)
    app = app_of(link)

    async with app.run_test(size=(120, 32)) as pilot:
        entry = app.room.bar.entry
        await until(lambda: bool(app.room.swarm.seats))
        await pilot.press("m", *"/pau", "tab")
        await until(lambda: "/pause-all" in screen_text(app))
        assert entry.text == "/pause"
        await pilot.press("space", *"bu", "tab", "1", "enter")
        await until(lambda: ("pause", {"who": "builder-1"}) in link.asked)
        assert entry.text == ""
        await pilot.press(*"/pse", "enter")
        await until(lambda: any("no command /pse" in said for said in told(app)))
        assert entry.text == "/pse"
        entry.text = "//etc is a folder"
        await pilot.press("enter")
        await until(lambda: ("send", {"to": "explorer-1", "content": "/etc is a folder"}) in link.asked)
        await until(lambda: not app.room.bar.entry.text)
        await pilot.press("up", "up")
        assert entry.text == "/pause builder-1"
        entry.text = ""
        await pilot.press(*"ask @refl", "tab")
        await until(lambda: entry.text == "ask @reflector")
        entry.text = ""
        await pilot.press(*"/screen chat", "enter")
        await until(lambda: app.stage is not app.room)
        assert [do for do, _ in link.asked if do == "send"] == ["send"]
