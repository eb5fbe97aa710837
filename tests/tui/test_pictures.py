"""The Room as text, at the four sizes a person has; the clock stands still."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from board_demo import board
from docs_demo import DocsConnection, docs
from inbox_demo import waiting
from logs_demo import logs
from memory_demo import recalled, remembering
from past_demo import past
from tui_demo import FakeConnection, app_of, crowd, demo, screen_text, talk, until

from trinity_tui.tui.glyphs import ASCII, UNICODE
from trinity_tui.tui.screens.docs import DocsScreen

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion

    from trinity_tui.tui.app import TrinityApp
    from trinity_tui.tui.glyphs import Glyphs


async def picture(
    link: FakeConnection, width: int, height: int, fill: Callable[[FakeConnection], object], signs: Glyphs = UNICODE,
    keys: Sequence[str] = (), is_ready: Callable[[TrinityApp], bool] = lambda app: True,
) -> str:  # fmt: skip
    fill(link)
    app = app_of(link, signs=signs)
    async with app.run_test(size=(width, height)) as pilot:
        await until(lambda: bool(app.room.swarm.seats))
        await pilot.press(*keys)
        await until(lambda: is_ready(app))
        await pilot.pause(0.1)
        return "\n" + screen_text(app)


@pytest.mark.parametrize(("width", "height"), [(40, 20), (80, 24), (120, 32), (200, 50)])
async def test_the_room_at_every_width(
    link: FakeConnection, width: int, height: int, snapshot: SnapshotAssertion
) -> None:
    assert await picture(link, width, height, lambda link: demo(link.mirror)) == snapshot


@pytest.mark.parametrize(("width", "height"), [(40, 20), (80, 24), (120, 32), (200, 50)])
async def test_the_chat_at_every_width(
    link: FakeConnection, width: int, height: int, snapshot: SnapshotAssertion
) -> None:
    assert await picture(link, width, height, talk, keys=["f3"]) == snapshot


@pytest.mark.parametrize(("width", "height"), [(40, 20), (80, 24), (120, 36), (200, 50)])
async def test_the_docs_at_every_width(tmp_path: Path, width: int, height: int, snapshot: SnapshotAssertion) -> None:
    assert await docs_picture(tmp_path, width, height) == snapshot


@pytest.mark.parametrize("keys", [["enter"], ["tab", "tab"], ["2", "escape"]])
async def test_the_docs_on_a_narrow_screen(tmp_path: Path, keys: list[str], snapshot: SnapshotAssertion) -> None:
    assert await docs_picture(tmp_path, 40, 24, keys=["down"] * 3 + keys) == snapshot


async def test_the_docs_without_unicode(tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    shown = await docs_picture(tmp_path, 120, 32, ASCII)
    assert shown.isascii()
    assert shown == snapshot


async def test_the_docs_of_an_empty_workspace(tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    assert await docs_picture(tmp_path, 100, 36, fill=lambda link: demo(link.mirror), keys=[]) == snapshot


async def docs_picture(
    root: Path, width: int, height: int, signs: Glyphs = UNICODE, keys: Sequence[str] = ("down",) * 7,
    fill: Callable[[DocsConnection], object] = docs,
) -> str:  # fmt: skip
    link = DocsConnection(root=root)
    fill(link)
    app = app_of(link, signs=signs, root=root)
    async with app.run_test(size=(width, height)) as pilot:
        await until(lambda: bool(app.room.swarm.seats))
        await pilot.press("f6")
        screen = app.made("docs")
        assert isinstance(screen, DocsScreen)
        await until(lambda: screen.tiers.total() > 0 and screen.page.total() > 0)
        await pilot.press(*keys)
        await until(lambda: screen.is_settled)
        await pilot.pause(0.1)
        return "\n" + screen_text(app)


async def test_the_chat_without_unicode(link: FakeConnection, snapshot: SnapshotAssertion) -> None:
    shown = await picture(link, 120, 26, talk, ASCII, keys=["f3"])
    assert shown.isascii()
    assert shown == snapshot


@pytest.mark.parametrize(("width", "height"), [(40, 20), (80, 30), (120, 36), (200, 50)])
@pytest.mark.parametrize("keys", [[], ["slash", *"port", "enter"], ["t"]], ids=["news", "found", "themes"])
async def test_the_memory_at_every_width(
    link: FakeConnection, width: int, height: int, keys: list[str], snapshot: SnapshotAssertion
) -> None:
    assert await picture(link, width, height, remembering, keys=["f5", *keys], is_ready=recalled) == snapshot


async def test_the_memory_without_unicode(link: FakeConnection, snapshot: SnapshotAssertion) -> None:
    keys = ["f5", "slash", *"port", "enter"]
    shown = await picture(link, 120, 30, remembering, ASCII, keys=keys, is_ready=recalled)
    assert shown.isascii()
    assert shown == snapshot


async def test_the_room_without_unicode(link: FakeConnection, snapshot: SnapshotAssertion) -> None:
    shown = await picture(link, 100, 26, lambda link: demo(link.mirror), ASCII)
    assert shown.isascii()
    assert shown == snapshot


@pytest.mark.parametrize(
    ("key", "fill"),
    [
        ("f1", talk), ("f2", board), ("f3", talk), ("f4", logs), ("f5", remembering), ("f8", waiting), ("f9", past),
    ],
    ids=["room", "tasks", "chat", "logs", "memory", "inbox", "replay"],
)  # fmt: skip
@pytest.mark.parametrize("width", [40, 72, 120])
async def test_no_screen_has_a_sign_that_is_none_of_the_terminals(
    link: FakeConnection, key: str, fill: Callable[[FakeConnection], object], width: int
) -> None:
    assert (await picture(link, width, 15, fill, ASCII, keys=[key])).isascii()


async def test_a_fleet_of_64(link: FakeConnection, snapshot: SnapshotAssertion) -> None:
    assert await picture(link, 200, 40, lambda link: crowd(64, link.mirror)) == snapshot


async def test_a_fleet_of_250(link: FakeConnection, snapshot: SnapshotAssertion) -> None:
    assert await picture(link, 120, 32, lambda link: crowd(250, link.mirror)) == snapshot
