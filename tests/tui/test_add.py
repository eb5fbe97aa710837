"""An instance is added and removed from the screen."""

from __future__ import annotations

import pytest
from test_room import Seat, seated
from textual.widgets import Input
from tui_demo import FakeConnection

from trinity_tui.core.errors import ClientError
from trinity_tui.tui.widgets.add import AddDialog, proposed
from trinity_tui.tui.widgets.confirm import Confirm


def field(seat: Seat, name: str) -> Input:
    return seat.app.screen.query_one(f"#{name}", Input)


@pytest.mark.parametrize(
    ("known", "name"), [((), "lead-1"), (("lead-1", "lead-3"), "lead-2"), (("lead-1", "lead-2"), "lead-3")]
)
def test_the_lowest_free_number_is_proposed(known: tuple[str, ...], name: str) -> None:
    assert proposed("lead", known) == name


async def test_a_new_one_is_asked_for_and_the_dialog_closes_when_it_is_there() -> None:
    link = FakeConnection(answers={"add": {"came": ["reflector-2"]}})
    async with seated(link) as seat:
        await seat.press("n")
        assert isinstance(seat.app.screen, AddDialog)
        assert field(seat, "add-id").value == "explorer-2"
        await seat.press("right", "right")
        assert field(seat, "add-id").value == "reflector-2"
        await seat.press("tab", "tab", *"calm", "enter")
        assert seat.asked("add") == [{"id": "reflector-2", "role": "reflector", "persona": "calm"}]
        assert not isinstance(seat.app.screen, AddDialog)
        assert "add: reflector-2" in seat.told


async def test_an_id_the_person_wrote_stays_whatever_the_role() -> None:
    async with seated(FakeConnection()) as seat:
        await seat.press("n", "tab", "home", "x", "shift+tab", "right")
        assert field(seat, "add-id").value == "xexplorer-2"
        await seat.press("enter")
        assert seat.asked("add") == [{"id": "xexplorer-2", "role": "builder", "persona": ""}]


async def test_a_refusal_stands_under_the_field_and_nothing_written_is_lost() -> None:
    link = FakeConnection(answers={"add": ClientError("there is an instance lead-1 already [b]x[/b]")})
    async with seated(link) as seat:
        await seat.press("n", "tab", "tab", *"calm", "enter")
        assert isinstance(seat.app.screen, AddDialog)
        await seat.reads("there is an instance lead-1 already [b]x[/b]")
        assert field(seat, "add-persona").value == "calm"
        assert seat.app.focused is field(seat, "add-id")
        link.answers["add"] = {"came": ["explorer-2"]}
        await seat.press("enter")
        assert len(seat.asked("add")) == 2
        assert not isinstance(seat.app.screen, AddDialog)


async def test_escape_adds_nobody() -> None:
    async with seated(FakeConnection()) as seat:
        await seat.press("n", "escape")
        assert not isinstance(seat.app.screen, AddDialog)
        assert seat.asked("add") == []


@pytest.mark.parametrize("size", [(40, 24), (80, 24), (120, 32), (200, 50)])
async def test_every_field_is_seen_at_every_width(size: tuple[int, int]) -> None:
    async with seated(FakeConnection(), size) as seat:
        await seat.press("n")
        await seat.reads("< explorer >")
        for words in ("role", "explorer-2", "persona", "enter add"):
            assert words in seat.text


async def test_one_is_removed_after_the_person_agreed() -> None:
    async with seated(FakeConnection()) as seat:
        chosen = seat.app.room.swarm.chosen
        await seat.press("x")
        assert isinstance(seat.app.screen, Confirm)
        await seat.reads(f"Remove {chosen}?")
        await seat.reads("It is at work, and is stopped.")
        await seat.press("n")
        assert seat.asked("remove") == []
        await seat.press("x", "y")
        assert seat.asked("remove") == [{"id": chosen}]


async def test_one_that_was_chosen_in_the_program_says_so() -> None:
    link = FakeConnection()
    async with seated(link) as seat:
        seat.script.live("builder-2", chosen=True)
        await seat.changed()
        await seat.reads("added")
