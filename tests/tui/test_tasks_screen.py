"""What a person does with the board: see every task with its reason, add one, give, cancel, retry, read its page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from board_demo import board, update
from textual.widgets import Input
from tui_demo import FakeConnection, Script, app_of, resized, screen_text, until

from trinity_tui.core.board import Task
from trinity_tui.core.errors import ClientError
from trinity_tui.tui.goto import GoTo
from trinity_tui.tui.screens.tasks import TasksScreen
from trinity_tui.tui.widgets.confirm import Confirm
from trinity_tui.tui.widgets.detail import Detail
from trinity_tui.tui.widgets.task_dialogs import AddTask, GiveTask, meant

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

    from trinity_tui.tui.app import TrinityApp


def tasks_of(app: TrinityApp) -> TasksScreen:
    """The screen of the tasks."""
    found = app.made("tasks")
    assert isinstance(found, TasksScreen)
    return found


async def test_the_board_is_read_and_tasks_are_ordered_about() -> None:
    link = FakeConnection()
    script = board(link)
    link.answers |= {"task/add": {"id": "m-new"}, "task/cancel": ClientError("that task is over already"),
                     "task/retry": {}, "task/assign": {}}  # fmt: skip
    app = app_of(link)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(lambda: bool(app.room.swarm.seats))
        await pilot.press("f2")
        screen = tasks_of(app)
        await until(lambda: "In progress 1" in screen_text(app))

        # Arrows go by place, and what is chosen stays chosen when it goes to another column.
        await pilot.press("right", "right", "right")
        assert screen.board.chosen == script.ids["cart"]
        assert screen.chosen == "builder-1"
        await until(lambda: "What was said of it" in screen_text(app))
        update(script, "cart", "QUEUED", 1, reason="builder-1: signal 9")
        link.changed.set()
        await until(lambda: "Queued 3" in screen_text(app))
        assert screen.board.chosen == script.ids["cart"]
        assert "signal 9" in screen_text(app)

        # Give, with a word; an order that is refused says why.
        await pilot.press("h")
        assert isinstance(app.screen, GiveTask)
        await pilot.press("right", "right", "tab", *"it is yours", "enter")
        await until(lambda: any(do == "task/assign" for do, _ in link.asked))
        (args,) = [args for do, args in link.asked if do == "task/assign"]
        assert args == {"id": script.ids["cart"], "to": "role:builder", "word": "it is yours"}
        await pilot.press("x")
        assert isinstance(app.screen, Confirm)
        await pilot.press("y")
        await until(lambda: any("over already" in item.message for item in app._notifications))  # pyright: ignore[reportPrivateUsage]

        # A new task is chosen once it is there.
        await pilot.press("plus")
        assert isinstance(app.screen, AddTask)
        await pilot.press("enter")
        assert isinstance(app.screen, AddTask), "nothing is written yet"
        await pilot.press(*"test it", "escape")
        await pilot.press("plus")
        assert app.screen.query_one("#task-text", Input).value == "test it", "what was written stays"
        await pilot.press("end", "tab", "right", "tab", *"no such task", "enter")
        assert isinstance(app.screen, AddTask), "it would wait for nothing"
        await pilot.press("ctrl+u", *"two machines", "tab", "right", "enter")
        await until(lambda: any(do == "task/add" for do, _ in link.asked))
        (args,) = [args for do, args in link.asked if do == "task/add"]
        assert args == {
            "text": "test it", "to": "role:explorer", "priority": "high", "after": script.ids["deploy"],
        }  # fmt: skip

        # What it waits for is one key away; so is its thread, and the way back.
        await pilot.press("slash", *"two machines", "enter")
        assert screen.board.chosen == script.ids["deploy"]
        await pilot.press("enter")
        await until(lambda: "It waits for" in screen_text(app))
        await pilot.press("home", "enter")
        assert screen.board.chosen in (script.ids["cart"], script.ids["docs"])
        await pilot.press("escape", "e")
        await until(lambda: isinstance(app.screen, Detail))
        await pilot.press("escape", "t")
        await until(lambda: any(do == "task/retry" for do, _ in link.asked))

        # It keeps its place, and is gone to from elsewhere.
        was = screen.board.chosen
        await pilot.press("f1", "f2")
        assert screen.board.chosen == was
        app.post_message(GoTo("tasks", script.ids["old"]))
        await until(lambda: screen.board.chosen == script.ids["old"])
        await pilot.press("h")
        assert not isinstance(app.screen, GiveTask), "what is over is not given to anybody"
        await pilot.press("x")
        assert not isinstance(app.screen, Confirm), "what is over is not cancelled"
        await until(lambda: any("t tries it again" in item.message for item in app._notifications))  # pyright: ignore[reportPrivateUsage]


def test_a_task_is_meant_by_its_words_or_its_id_while_it_is_open() -> None:
    def task(name: str, title: str, state: str = "QUEUED") -> Task:
        return Task(name, title, "human", "all", "normal", "", 0, state)

    tasks = [task("01aa", "mend the cart"), task("01ab", "test the cart"), task("02cc", "mend the door", "FAILED")]
    assert meant("cart mend", tasks) == meant("01aa", tasks) == meant("aa", tasks) == tasks[:1]
    assert meant("the cart", tasks) == meant("01", tasks) == tasks[:2]
    assert meant("door", tasks) == meant("  ", tasks) == []


async def test_without_a_task_it_says_how_there_come_to_be_some() -> None:
    link = FakeConnection()
    Script(link.mirror).greet()
    app = app_of(link)
    async with app.run_test(size=(80, 30)) as pilot:
        await pilot.press("f2")
        await until(lambda: "+ adds one" in screen_text(app))
        await pilot.press("x", "t", "e", "h", "enter")
        assert not [do for do, _ in link.asked if do.startswith("task")]


async def test_the_board_at_every_width(snapshot: SnapshotAssertion) -> None:
    link = FakeConnection()
    board(link)
    app = app_of(link)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(lambda: bool(app.room.swarm.seats))
        await pilot.press("f2")
        for size in ((200, 40), (120, 36), (80, 30), (40, 30)):
            await resized(app, pilot, *size)
            await until(lambda size=size: tasks_of(app).board.size.width > size[0] - 4 and app.size == size)
            await until(lambda: "queued: waits" in screen_text(app) or app.size.width < 80)
            await pilot.pause()
            assert screen_text(app) == snapshot(name=f"{size[0]}")
