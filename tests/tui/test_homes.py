"""What is shown leads to the task, the chat, the output and the moment it belongs to, and nowhere else."""

from __future__ import annotations

from typing import Any

import board_demo
import pytest
from tui_demo import FakeConnection, app_of, chat_of, demo, screen_text, until

from trinity_tui.core.message import format_time
from trinity_tui.tui.goto import GoTo
from trinity_tui.tui.homes import of_thread, partner, task_of
from trinity_tui.tui.screens.logs import LogsScreen


def said(name: str, sender: str, to: str, position: int = 7) -> dict[str, Any]:
    return {"id": name, "from": sender, "to": to, "position": position}


@pytest.mark.parametrize(
    ("sender", "to", "who"),
    [
        ("human", "builder-1", "builder-1"), ("human", "broadcast", "broadcast"),
        ("human", "role:builder", "broadcast"), ("builder-1", "human", "builder-1"), ("coordinator", "human", ""),
    ],
)  # fmt: skip
def test_with_whom_the_person_talks(sender: str, to: str, who: str) -> None:
    assert partner(sender, to, {"builder-1"}) == who


def test_a_thread_leads_to_its_task_its_chat_its_authors_output_and_its_moment(link: FakeConnection) -> None:
    script = board_demo.board(link)
    room, task = link.mirror.room, script.ids["cart"]
    found = of_thread([said(task, "human", "builder-1"), said("a", "builder-1", "human")], "a", room)
    assert [(home.key, home.place, home.what) for home in found] == [
        ("t", "tasks", task), ("c", "chat", "a"), ("l", "logs", "builder-1"), ("p", "replay", "8"),
    ]  # fmt: skip
    # What instances say to each other is no talk of the person's: the chat with who said it is the nearest.
    between = of_thread([said("a", "builder-1", "builder-2")], "a", room)
    assert [(home.key, home.what) for home in between] == [("c", "builder-1"), ("l", "builder-1"), ("p", "8")]
    assert of_thread([said("a", "coordinator", "coordinator", 0)], "a", room) == []
    assert of_thread([], "gone", room) == []


def test_what_waits_leads_to_the_task_it_names_else_to_the_one_its_sender_is_at(link: FakeConnection) -> None:
    script = board_demo.board(link)
    room, ids = link.mirror.room, script.ids
    at_work = next(task for task in room.board.tasks.values() if task.state == "IN_PROGRESS")
    assert task_of(ids["cart"], "somebody", room) == ids["cart"]
    assert task_of("a request", at_work.assignee, room) == at_work.id
    assert task_of(at_work.turn, "somebody", room) == at_work.id
    assert task_of("a request", "nobody", room) == ""


async def test_a_message_is_shown_where_it_was_said_however_far_back(link: FakeConnection) -> None:
    demo(link.mirror)
    old: dict[str, Any] = {
        "id": "old1", "position": 3, "from": "human", "to": "explorer-1", "content": "Where are the tests?",
        "type": "chat", "timestamp": format_time(0.0), "metadata": {},
    }  # fmt: skip
    between = [{**old, "id": f"between{number}", "content": "and so on", "position": number} for number in range(4, 44)]

    def page(before: int | None = None, **_: Any) -> dict[str, Any]:
        newest = {"messages": between, "before": 4}
        return newest if before is None else {"messages": [old], "before": None}

    link.answers |= {"conversation": page, "body": {"content": old["content"], "message": old, "position": 3}}
    app = app_of(link)
    async with app.run_test(size=(120, 32)) as pilot:
        await until(lambda: bool(app.room.swarm.seats))
        app.room.post_message(GoTo("chat", "old1"))
        chat = chat_of(app)
        await until(lambda: chat.talk.size.width > 0)
        await until(lambda: "Where are the tests?" in screen_text(app))
        assert chat.chosen == "explorer-1"
        block = chat.talk.chosen_block()
        assert block is not None
        assert block.order == 3
        # From the Room's flow a key leads on from the opened thread.
        await pilot.press("f1", "tab", "end", "enter", "l")
        await until(lambda: app.stage is app.made("logs"))
        logs = app.made("logs")
        assert isinstance(logs, LogsScreen)
        assert logs.chosen
