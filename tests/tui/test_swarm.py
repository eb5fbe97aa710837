"""The canvas: what moves, for whom, and that nothing moves when nothing happens."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from tui_demo import FakeConnection, HandClock, Script, app_of, crowd, demo, screen_text, until

from trinity_tui.core.room import link_key

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from textual.pilot import Pilot

    from trinity_tui.core.preferences import Animation
    from trinity_tui.tui.app import TrinityApp


def quiet(link: FakeConnection, *names: str) -> Script:
    script = Script(link.mirror)
    script.greet()
    for order, name in enumerate(names or ("ana", "ben", "cleo", "dan"), 1):
        script.status(name, order=order, role="builder")
    return script


@asynccontextmanager
async def canvas(
    link: FakeConnection, hand: HandClock, size: tuple[int, int] = (160, 40)
) -> AsyncGenerator[tuple[TrinityApp, Pilot[None]]]:
    app = app_of(link, hand, is_animated=True)
    async with app.run_test(size=size) as pilot:
        await until(lambda: bool(app.room.swarm.seats))
        await pilot.pause()
        yield app, pilot


async def arrives(app: TrinityApp, link: FakeConnection, pilot: Pilot[None]) -> None:
    link.changed.set()
    await until(lambda: not link.changed.is_set())
    await pilot.pause()


async def test_a_message_travels_once_along_its_line(link: FakeConnection, hand: HandClock) -> None:
    script = quiet(link)
    async with canvas(link, hand) as (app, pilot):
        swarm = app.room.swarm
        origin = swarm.content_region.offset
        assert swarm.pace == "still"
        script.say("ana", "dan", "hello")
        await arrives(app, link, pilot)
        assert swarm.lines.levels == {link_key("ana", "dan"): 1}
        assert swarm.pace == "moving"
        places: list[tuple[int, int]] = []
        for _ in range(12):
            hand.seconds += 0.1
            swarm.look()
            places += [(spot.x, y) for y in range(swarm.size.height) for spot in swarm.motion.row(y)]
        way = [(cell.x, cell.y) for cell in swarm.lines.way("ana", "dan")]
        assert len(places) > 3
        assert [way.index(place) for place in places] == sorted({way.index(place) for place in places})
        hand.seconds += 2
        swarm.look()
        assert not swarm.motion.is_moving
        hand.seconds += 40
        swarm.look()
        assert swarm.lines.levels == {link_key("ana", "dan"): 0}
        hand.seconds += 21
        swarm.look()
        await pilot.pause()
        assert swarm.lines.levels == {}
        grid = screen_text(app).splitlines()
        assert {grid[origin.y + y][origin.x + x] for x, y in way} == {" "}


async def test_a_burst_is_one_brighter_mark_with_a_count(link: FakeConnection, hand: HandClock) -> None:
    script = quiet(link)
    async with canvas(link, hand) as (app, pilot):
        for number in range(5):
            script.say("ana", "dan", f"part {number}")
        await arrives(app, link, pilot)
        swarm = app.room.swarm
        spots = [spot for y in range(swarm.size.height) for spot in swarm.motion.row(y)]
        assert [(spot.count, spot.is_hot) for spot in spots] == [(5, True)]
        assert "◆5" in screen_text(app)


async def test_a_broadcast_leaves_its_node_as_a_ring(link: FakeConnection, hand: HandClock) -> None:
    script = quiet(link)
    async with canvas(link, hand) as (app, pilot):
        script.say("ana", "broadcast", "found it", "finding")
        await arrives(app, link, pilot)
        swarm = app.room.swarm
        first = sum(len(swarm.motion.row(y)) for y in range(swarm.size.height))
        assert first > 20
        hand.seconds += 0.3
        swarm.look()
        assert sum(len(swarm.motion.row(y)) for y in range(swarm.size.height)) > first
        hand.seconds += 1
        swarm.look()
        assert swarm.pace != "moving"


async def test_a_message_of_the_person_lights_its_node_up(link: FakeConnection, hand: HandClock) -> None:
    script = quiet(link)
    async with canvas(link, hand) as (app, pilot):
        script.say("human", "ben", "hello", "chat")
        await arrives(app, link, pilot)
        swarm = app.room.swarm
        assert swarm.motion.flash("ben", hand.seconds) == "received"
        assert swarm.pace == "flashing"
        hand.seconds += 1
        swarm.look()
        assert swarm.motion.flash("ben", hand.seconds) == ""
        assert swarm.pace == "fading"


async def test_old_messages_do_not_move_when_the_screen_opens(link: FakeConnection, hand: HandClock) -> None:
    demo(link.mirror)
    async with canvas(link, hand) as (app, _):
        assert not app.room.swarm.motion.is_moving
        assert app.room.swarm.lines.levels[link_key("builder-1", "builder-2")] == 2


async def test_bookkeeping_moves_nothing(link: FakeConnection, hand: HandClock) -> None:
    script = quiet(link)
    async with canvas(link, hand) as (app, pilot):
        script.status("ana", "DEGRADED", ago=0, order=1, reason="slow")
        script.read("ben")
        await arrives(app, link, pilot)
        assert not app.room.swarm.motion.is_moving
        assert "slow" in screen_text(app)


async def test_many_are_rows_and_more_are_cells(link: FakeConnection, hand: HandClock) -> None:
    crowd(64, link.mirror)
    async with canvas(link, hand, (200, 50)) as (app, pilot):
        assert app.room.swarm.placement.density == "row"
        crowd(250, link.mirror)
        await arrives(app, link, pilot)
        await until(lambda: app.room.swarm.placement.density == "cell")
        assert len(app.room.swarm.placement.boxes) == 250


async def test_a_newcomer_moves_nobody(link: FakeConnection, hand: HandClock) -> None:
    script = quiet(link)
    async with canvas(link, hand) as (app, pilot):
        before = app.room.swarm.placement.boxes
        script.status("zoe", order=5)
        await arrives(app, link, pilot)
        await until(lambda: "zoe" in app.room.swarm.placement.boxes)
        assert before.items() <= app.room.swarm.placement.boxes.items()


async def test_a_long_list_is_scrolled_to_what_is_chosen(link: FakeConnection, hand: HandClock) -> None:
    crowd(60, link.mirror)
    async with canvas(link, hand, (40, 20)) as (app, pilot):
        assert "builder-1 " in screen_text(app)
        await pilot.press(*["down"] * 40)
        await pilot.pause()
        assert app.room.swarm.chosen == "builder-41"
        assert "builder-41" in screen_text(app)


@pytest.mark.parametrize(
    ("animation", "paces", "flash"),
    [("full", {"moving"}, ""), ("calm", {"flashing"}, "sent"), ("off", {"ticking", "fading"}, "")],
)
async def test_what_moves_for_a_message_is_for_the_person_to_say(
    link: FakeConnection, hand: HandClock, animation: Animation, paces: set[str], flash: str
) -> None:
    script = quiet(link)
    app = app_of(link, hand, animation=animation)
    async with app.run_test(size=(160, 40)) as pilot:
        await until(lambda: bool(app.room.swarm.seats))
        script.say("ana", "dan", "hello")
        await arrives(app, link, pilot)
        await until(lambda: bool(app.room.swarm.lines.levels))
        swarm = app.room.swarm
        assert swarm.pace in paces
        assert swarm.motion.flash("ana", hand.seconds) == flash
        assert swarm.motion.is_moving is (animation == "full")
