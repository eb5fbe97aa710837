"""The line where messages are written: whom one goes to is shown as it is written, and what was sent is found again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from test_room import told
from tui_demo import FakeConnection, app_of, demo, screen_text, until

from trinity_tui.core.errors import ClientError

if TYPE_CHECKING:
    from trinity_tui.tui.app import TrinityApp


def bar_line(app: TrinityApp) -> str:
    return screen_text(app).splitlines()[app.room.bar.region.y].strip()


def sent(link: FakeConnection) -> list[tuple[str, str]]:
    return [(args["to"], args["content"]) for do, args in link.asked if do == "send"]


def not_to_araya(to: str, **_: str) -> None:
    if to == "araya":
        raise ClientError("no room", 2)


async def test_the_names_a_message_begins_with_are_whom_it_goes_to(link: FakeConnection) -> None:
    demo(link.mirror)
    app = app_of(link)
    async with app.run_test(size=(120, 32)) as pilot:
        bar = app.room.bar
        await until(lambda: bool(app.room.swarm.seats))
        await pilot.press("0", *"@lead-1")
        await until(lambda: bar_line(app) == "▸ to lead-1: @lead-1")
        await pilot.press(*", hello", "enter")
        await until(lambda: sent(link) == [("lead-1", "hello")])
        await until(lambda: bar_line(app).startswith("▸ to all:"))

        # One nobody has is said before it is sent, and nothing is lost.
        await pilot.press(*"@led")
        assert bar_line(app) == "▸ to all: @led"
        await pilot.press(*"-1 hm", "enter")
        await until(lambda: bar_line(app) == "▸ no led-1 here: @led-1 hm")
        await until(lambda: any("Did you mean @lead-1?" in said for said in told(app)))
        assert len(sent(link)) == 1
        assert bar.entry.text == "@led-1 hm"

        # Of several, those who did not get it are whom what comes back is to.
        link.answers["send"] = not_to_araya
        bar.entry.text = "@lead-1 @araya hello"
        await until(lambda: "▸ to lead-1, araya:" in bar_line(app))
        await pilot.press("enter")
        await until(lambda: sent(link)[1:] == [("lead-1", "hello"), ("araya", "hello")])
        await until(lambda: bar_line(app) == "▸ draft to araya: @araya hello")


async def test_what_comes_back_is_marked_as_a_draft_and_what_was_sent_is_looked_for(link: FakeConnection) -> None:
    demo(link.mirror)
    app = app_of(link)
    async with app.run_test(size=(120, 32)) as pilot:
        await until(lambda: bool(app.room.swarm.seats))
        for text in ("run the tests", "look at it", "run it again"):
            await pilot.press("1", *text, "enter", "escape")
        await until(lambda: len(sent(link)) == 3)
        await pilot.press("1", *"half", "escape", "2")
        assert bar_line(app) == "▸ to builder-1:"
        await pilot.press("escape", "1")
        assert bar_line(app) == "▸ draft to explorer-1: half"
        await pilot.press("s")
        assert bar_line(app) == "▸ to explorer-1: halfs"

        await pilot.press("ctrl+r", *"run")
        assert bar_line(app) == "▸ history [run]: run it again"
        await pilot.press("ctrl+r")
        assert bar_line(app) == "▸ history [run]: run the tests"
        await pilot.press("x")
        assert bar_line(app) == "▸ history [runx] not found: run the tests"
        await pilot.press("escape")
        assert bar_line(app).endswith("to explorer-1: halfs")
        assert app.room.focused is app.room.bar.entry

        await pilot.press("ctrl+r", *"again", "enter")
        assert bar_line(app) == "▸ to explorer-1: run it again"
        await pilot.press("enter")
        # What was being written meanwhile comes back.
        await until(lambda: sent(link)[3:] == [("explorer-1", "run it again")])
        assert bar_line(app) == "▸ draft to explorer-1: halfs"
        # What is called back and changed is the draft from then on; the one before is called back.
        await pilot.press("up", *" now")
        await until(lambda: app.room.bar._drafts.texts["explorer-1"] == "run it again now")  # pyright: ignore[reportPrivateUsage]
        await pilot.press("up")
        assert bar_line(app).endswith(": halfs")


async def test_a_digit_after_something_was_sent_writes_to_another_one(link: FakeConnection) -> None:
    demo(link.mirror)
    app = app_of(link)
    async with app.run_test(size=(120, 32)) as pilot:
        await until(lambda: bool(app.room.swarm.seats))
        first, third = app.room.seats.by_digit(1), app.room.seats.by_digit(3)
        await pilot.press("1", *"2 are red", "enter")
        await until(lambda: sent(link) == [(first, "2 are red")])
        assert "a digit writes to another" in bar_line(app)
        await pilot.press("3", *"and you", "enter")
        await until(lambda: sent(link)[1:] == [(third, "and you")])
        # What begins with a digit is still written, and what was begun is not lost by one.
        await pilot.press("space", *"4 now", "enter", *"x1", "enter")
        await until(lambda: len(sent(link)) == 4)
        assert [(to, text.strip()) for to, text in sent(link)[2:]] == [(third, "4 now"), (third, "x1")]
