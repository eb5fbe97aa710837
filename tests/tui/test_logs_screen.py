"""What a person does with the logs: read all of them or one's, leave out what is not grave, find what caused a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from logs_demo import logs
from tui_demo import FakeConnection, app_of, resized, screen_text, until

from trinity_tui.core.wire.face import Output
from trinity_tui.tui.goto import GoTo
from trinity_tui.tui.logs.reach import END
from trinity_tui.tui.screens.logs import LogsScreen
from trinity_tui.tui.widgets.detail import Detail
from trinity_tui.tui.widgets.log_line import LogLine
from trinity_tui.tui.widgets.since import SinceDialog

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

    from trinity_tui.tui.app import TrinityApp


def logs_of(app: TrinityApp) -> LogsScreen:
    """The screen of the logs."""
    found = app.made("logs")
    assert isinstance(found, LogsScreen)
    return found


async def test_the_logs_are_read_and_narrowed() -> None:
    link = FakeConnection()
    script = logs(link)
    app = app_of(link)

    def told() -> list[str]:
        return [item.message for item in app._notifications]  # pyright: ignore[reportPrivateUsage]

    async with app.run_test(size=(120, 40)) as pilot:
        await until(lambda: bool(app.room.swarm.seats))
        await pilot.press("f4")
        pane = logs_of(app).log_pane
        await until(lambda: "read shop/db.py" in screen_text(app))
        await until(lambda: {"araya", "builder-1", "visitor"} <= set(link.followed))
        assert pane.total() == 47
        assert "[bold]no markup[/bold]" in screen_text(app)

        # Left out in turn, and shown again in turn.
        await pilot.press("l")
        await until(lambda: pane.total() == 3)
        await pilot.press("l", "slash", *"token", "enter")
        await until(lambda: pane.total() == 1)
        assert "ValueError: the token" in screen_text(app)
        await pilot.press("escape")
        assert pane.total() == 2
        await pilot.press("escape", "right")
        await until(lambda: "read auth.py lines 152" in screen_text(app))
        assert logs_of(app).chosen == "explorer-1"
        await pilot.press("left", "left", "left")
        assert logs_of(app).chosen == "visitor"
        assert "No line that is kept" in screen_text(app)
        await pilot.press("escape", "t")
        assert isinstance(app.screen, SinceDialog)
        await pilot.press(*"soon", "enter")
        assert isinstance(app.screen, SinceDialog), "that is no time"
        await pilot.press(*["backspace"] * 4, *"4s", "enter")
        await until(lambda: pane.total() == 7)
        await pilot.press("escape")
        assert pane.total() == 47

        # Moving up stops following; what comes is counted, and `end` shows it.
        await pilot.press("home", "up")
        assert not pane.follows
        before = screen_text(app).splitlines()[5:20]
        script.output("lead-1", *(f"14:22:{second:02d} step" for second in range(12, 15)))
        link.changed.set()
        await until(lambda: "3 new, end follows" in screen_text(app))
        assert screen_text(app).splitlines()[5:20] == before
        await pilot.press("end")
        await until(lambda: "14:22:14 lead-1" in screen_text(app))

        # What caused a line, where that is known; and where it is not, that is said.
        await pilot.press("slash", *"pytest", "enter", "up", "enter")
        await until(lambda: isinstance(app.screen, LogLine))
        assert "e opens the message" in screen_text(app)
        await pilot.press("escape", "e")
        await until(lambda: isinstance(app.screen, Detail))
        assert any("at then" in message or "answered before" in message for message in told())
        await pilot.press("escape", "escape", "slash", *"too old", "enter", "e")
        await until(lambda: isinstance(app.screen, Detail))

        # What nobody reads is not sent; what was chosen elsewhere is gone to.
        await pilot.press("escape", "escape", "f1")
        await until(lambda: "-visitor" in link.followed)
        app.post_message(GoTo("logs", "lead-1"))
        await until(lambda: app.stage is logs_of(app) and logs_of(app).chosen == "lead-1")


async def test_what_is_not_kept_is_read_from_the_files_page_by_page() -> None:
    link = FakeConnection()
    script = logs(link)
    script.mirror.apply(Output("visitor", 7, [], fresh=True, offset=1_000))
    script.mirror.apply(Output("visitor", 7, [f"14:22:11 late {number}" for number in range(60)], offset=2_000))

    def page(*, epoch: int = 0, before: int | None = None, **asked: object) -> dict[str, object]:
        if before is None:
            kept = [{"epoch": 6, "at": script.now - 600, "ended": "killed by signal 9"}, {"epoch": 7}]
            return {"instance": "visitor", "epoch": 7, "lines": [], "runs": kept}
        if epoch == 6:
            return {"instance": "visitor", "epoch": 6, "lines": ["14:12:00 last words"], "begin": 0}
        begin = before - 500
        lines = [f"14:20:00 early {number}" for number in range(begin, before, 10)]
        return {"instance": "visitor", "epoch": 7, "lines": lines, "begin": begin}

    link.answers["output"] = page
    app = app_of(link)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(lambda: bool(app.room.swarm.seats))
        await pilot.press("f4")
        screen = logs_of(app)
        screen.choose("visitor")
        await pilot.press("home")
        await until(lambda: "early 990" in screen_text(app) or screen.log_pane.total() == 110)
        lines = [screen.log_pane.line_at(index) for index in range(screen.log_pane.total())]
        texts = [line.text for line in lines if line is not None]
        assert texts[0] == "14:20:00 early 500"
        assert texts[49:51] == ["14:20:00 early 990", "14:22:11 late 0"], "the page joins what came"
        await pilot.press("home")
        await until(lambda: screen.log_pane.total() == 160)
        # At the beginning of the run it goes on in the one before, below which stands how that ended.
        await pilot.press("home", "up")
        await until(lambda: screen.log_pane.older.is_all)
        await pilot.press("home")
        await until(lambda: "the beginning of what is kept" in screen_text(app))
        assert "14:12:00       last words" in screen_text(app).splitlines()[4]
        assert "── run 6 ended 14:12:11: killed by signal 9 ────" in screen_text(app).splitlines()[5]
        asked = [args for do, args in link.asked if do == "output"]
        assert [args.get("before") for args in asked] == [1_000, 500, None, END]
        # What is new below does not move what is read.
        before = screen_text(app).splitlines()[4:20]
        script.mirror.apply(Output("visitor", 7, ["14:22:11 later"], offset=2_100))
        link.changed.set()
        await until(lambda: "1 new, end follows" in screen_text(app))
        assert screen_text(app).splitlines()[4:20] == before


async def test_what_all_printed_is_read_back_in_the_order_of_its_time() -> None:
    link = FakeConnection()
    script = logs(link)

    def printed(who: str, texts: list[str], offset: int, ago: float = 0.0) -> None:
        """The last lines of somebody who is followed from now on."""
        script.mirror.apply(Output(who, 7, [], fresh=True, offset=offset))
        script.mirror.apply(Output(who, 7, texts, offset=offset + 100, at=script.now - ago, is_end=True))

    printed("visitor", [f"14:20:{second:02d} visitor {second}" for second in range(0, 60, 4)], 0, ago=75)
    printed("mechanic", [f"14:22:{second:02d} mechanic {second}" for second in range(12)], 2_000)

    def page(*, instance: str, before: int = -1, epoch: int = 7, **asked: object) -> dict[str, object]:
        if before < 0:
            kept = {"visitor": [{"epoch": 6, "at": script.now - 131, "ended": "killed by signal 9"}]}
            return {"instance": instance, "epoch": 7, "lines": [], "runs": kept.get(instance, [])}
        if instance == "visitor":
            return {"instance": "visitor", "epoch": epoch, "lines": ["14:19:58 visitor's last words"], "begin": 0}
        assert (instance, before) == ("mechanic", 2_000), "who reaches back least is asked for"
        lines = [f"14:20:{second:02d} mechanic early {second}" for second in range(2, 60, 4)]
        return {"instance": "mechanic", "epoch": 7, "lines": lines, "begin": 0}

    link.answers["output"] = page
    app = app_of(link)
    async with app.run_test(size=(100, 40)) as pilot:
        await until(lambda: bool(app.room.swarm.seats))
        await pilot.press("f4")
        pane = logs_of(app).log_pane
        # What is whole fills no pane, so it is read on unasked, and still follows.
        await until(lambda: pane.older.count == 15)
        assert pane.follows
        texts = [line.text for index in range(pane.total()) if (line := pane.line_at(index)) is not None]
        night = [text.split(" ", 1)[1] for text in texts if text.startswith("14:20:")]
        assert night[:3] == ["mechanic early 2", "visitor 4", "mechanic early 6"]
        assert [text[:8] for text in texts if text[:2] == "14"] == sorted(t[:8] for t in texts if t[:2] == "14")
        # Of all, too, it goes on in the runs before.
        await pilot.press("home", "up")
        await until(lambda: pane.older.is_all)
        await pilot.press("home")
        await until(lambda: "the beginning of what is kept" in screen_text(app))
        rows = screen_text(app).splitlines()
        ended = next(row for row, text in enumerate(rows) if "visitor: run 6 ended 14:20:00: killed by" in text)
        assert "visitor's last words" in rows[ended - 1]
        assert "visitor 0" in rows[ended + 1]


async def test_the_logs_at_every_width(snapshot: SnapshotAssertion) -> None:
    link = FakeConnection()
    logs(link)
    app = app_of(link)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(lambda: bool(app.room.swarm.seats))
        await pilot.press("f4")
        for size in ((200, 40), (120, 36), (80, 30), (40, 24)):
            await resized(app, pilot, *size)
            await until(lambda size=size: logs_of(app).log_pane.size.width > size[0] - 4 and app.size == size)
            await pilot.pause()
            assert screen_text(app) == snapshot(name=f"{size[0]}")
