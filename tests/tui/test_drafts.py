"""What is written and not sent outlives the screen; what was accepted does not come back."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from tui_demo import FakeConnection, app_of, demo, screen_text, until

from trinity_tui.client.drafts import load
from trinity_tui.tui import drafting
from trinity_tui.tui.drafts import Drafts, Outgoing

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    import pytest
    from textual.pilot import Pilot

    from trinity_tui.tui.app import TrinityApp


@asynccontextmanager
async def writing(file: Path) -> AsyncGenerator[tuple[TrinityApp, Pilot[None], FakeConnection]]:
    link = FakeConnection()
    demo(link.mirror)
    app = app_of(link, drafts=file)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(lambda: bool(app.room.swarm.seats))
        yield app, pilot, link


def test_a_message_stays_a_draft_until_all_it_is_for_have_it() -> None:
    drafts = Drafts()
    drafts.keep("broadcast", "@a @b hm")
    drafts.send(Outgoing("broadcast", "@a @b hm", "hm", ("a", "b")))
    assert not drafts.keep("broadcast", ""), "the line is empty, and it is not accepted yet"
    assert drafts.heard("a", "hm", is_taken=True) is None
    assert drafts.texts == {"broadcast": "@a @b hm"}
    message = drafts.heard("b", "hm", is_taken=True)
    assert message is not None
    assert drafts.settle(message)
    assert (drafts.texts, drafts.sent) == ({}, ["@a @b hm"])
    assert drafts.heard("b", "hm", is_taken=True) is None, "it is answered for once"


def test_what_some_did_not_get_is_a_draft_to_them_unless_something_else_was_begun() -> None:
    drafts = Drafts()
    for _ in range(2):
        drafts.send(Outgoing("broadcast", "@a @b hm", "hm", ("a", "b")))
    drafts.heard("a", "hm", is_taken=True)
    message = drafts.heard("b", "hm", is_taken=False)
    assert message is not None
    assert drafts.settle(message)
    assert drafts.texts == {"broadcast": "@b hm"}
    drafts.keep("broadcast", "something else")
    drafts.heard("a", "hm", is_taken=False)
    message = drafts.heard("b", "hm", is_taken=False)
    assert message is not None
    assert message.left == "@a @b hm"
    assert not drafts.settle(message)
    assert drafts.texts == {"broadcast": "something else"}


async def test_a_draft_is_kept_while_it_is_written_and_is_there_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafting, "DRAFT_SECONDS", 0.01)
    file = tmp_path / "drafts" / "a.json"
    async with writing(file) as (_, pilot, _link):
        await pilot.press("2", *"half", "escape", "1", *"other")
        await until(lambda: load(file).drafts == {"builder-1": "half", "explorer-1": "other"})
    async with writing(file) as (app, pilot, _link):
        await pilot.press("2")
        await until(lambda: "to builder-1: half" in screen_text(app))


async def test_what_was_accepted_is_no_draft_any_more_and_what_was_deleted_neither(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafting, "DRAFT_SECONDS", 0.01)
    file = tmp_path / "drafts" / "a.json"
    async with writing(file) as (_, pilot, link):
        await pilot.press("1", *"hm")
        await until(lambda: load(file).drafts == {"explorer-1": "hm"})
        await pilot.press("enter")
        await until(lambda: [do for do, _ in link.asked if do == "send"] == ["send"])
        await until(lambda: load(file).drafts == {})
        await pilot.press("x")
        await until(lambda: load(file).drafts == {"explorer-1": "x"})
        await pilot.press("backspace")
        await until(lambda: load(file).drafts == {})
