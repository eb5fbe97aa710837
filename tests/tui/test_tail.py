"""Panes of rows: following, the place kept while rows come and go, unread counts, filters, many lines."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from tui_demo import FakeConnection, Script, app_of, demo, screen_text, until

from trinity_tui.core.room_fold import FLOW_KEPT
from trinity_tui.core.wire.face import Output as Lines

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from textual.pilot import Pilot

    from trinity_tui.tui.app import TrinityApp


@asynccontextmanager
async def shown(
    link: FakeConnection, size: tuple[int, int] = (120, 40)
) -> AsyncGenerator[tuple[TrinityApp, Pilot[None]]]:
    app = app_of(link)
    async with app.run_test(size=size) as pilot:
        await until(lambda: bool(app.room.swarm.seats))
        await pilot.pause()
        yield app, pilot


def talk(script: Script, count: int, start: int = 0) -> None:
    for number in range(start, start + count):
        script.say("builder-1", "lead-1", f"line {number}")


async def test_what_is_read_stays_while_older_rows_fall_away(link: FakeConnection) -> None:
    script = demo(link.mirror)
    talk(script, FLOW_KEPT)
    async with shown(link) as (app, _):
        flow = app.room.flow
        flow.scroll_lines(-40)
        top = flow.render_line(0).text
        talk(script, 200, FLOW_KEPT)
        flow.renew()
        assert flow.render_line(0).text == top
        assert flow.unread == 200
        assert not flow.follows


async def test_what_is_read_may_fall_away_itself(link: FakeConnection) -> None:
    script = demo(link.mirror)
    talk(script, FLOW_KEPT)
    async with shown(link) as (app, _):
        flow = app.room.flow
        flow.scroll_lines(-40)
        talk(script, 2 * FLOW_KEPT, FLOW_KEPT)
        flow.renew()
        assert flow.unread == FLOW_KEPT
        assert "builder-1 → lead-1" in flow.render_line(0).text
        flow.scroll_lines(10_000)
        assert flow.follows
        assert flow.unread == 0


async def test_the_cursor_stays_with_its_message(link: FakeConnection) -> None:
    script = demo(link.mirror)
    async with shown(link) as (app, pilot):
        flow = app.room.flow
        await pilot.press("tab", "up", "up", "up")
        chosen = flow.row(flow.chosen_index()).id
        talk(script, 5)
        flow.renew()
        assert flow.row(flow.chosen_index()).id == chosen


async def test_delivery_is_shown_as_it_is_known(link: FakeConnection) -> None:
    script = Script(link.mirror)
    script.greet()
    for order, name in enumerate(("ana", "ben", "cleo"), 1):
        script.status(name, order=order, role="builder")
    script.say("ana", "ben", "one", name="one")
    script.say("ana", "broadcast", "two", name="two")
    async with shown(link) as (app, _):
        flow = app.room.flow

        def signs() -> list[str]:
            flow.renew_signs()
            width = flow.size.width
            heads = [flow.render_line(y).text[:width].rstrip() for y in range(0, flow.size.height, 2)]
            return [head.rsplit(" ", 2)[-1] if "/" not in head else head[-6:] for head in heads if "ana →" in head]

        assert signs() == ["·", "·"]
        script.read("ben", "one", step="received")
        assert signs()[0] == "✓"
        script.read("ben", "one")
        assert signs()[0] == "✓✓"
        script.say("ben", "coordinator", "", "receipt", instance="ben", read_low=script.position + 1)
        assert signs()[1] == "1/2 ✓✓"
        script.say("ben", "ana", "reply", "answer", reply_to="one")
        flow.renew()
        assert signs()[0] == "↩"


async def test_only_the_lines_that_are_other_ones_are_painted(link: FakeConnection) -> None:
    script = demo(link.mirror)
    script.say("ana", "ben", "a word", name="one")
    async with shown(link) as (app, pilot):
        flow = app.room.flow
        await pilot.pause()
        painted: list[int] = []
        draw = flow.render_line
        flow.render_line = lambda y: painted.append(y) or draw(y)
        flow.renew_signs()
        await pilot.pause()
        assert painted == []
        script.read("ben", "one")
        flow.renew_signs()
        app.room.paint(flow)
        assert [flow.render_line(y).text.split()[-1] for y in painted[:1]] == ["✓✓"]
        assert len(painted) == 1 + 1


async def test_the_person_has_seen_what_is_followed(link: FakeConnection) -> None:
    script = demo(link.mirror)
    async with shown(link) as (app, _):
        await until(lambda: bool(link.seen))
        assert link.seen[-1] == app.room.flow.newest_position
        app.room.flow.scroll_lines(-10)
        talk(script, 3)
        link.changed.set()
        await until(lambda: app.room.flow.unread == 3)
        assert app.room.flow.newest_position == 0


async def test_output_keeps_its_place_while_lines_rush_by(link: FakeConnection) -> None:
    script = demo(link.mirror)
    async with shown(link) as (app, _):
        output = app.room.output
        script.mirror.apply(Lines("explorer-1", 1, [f"line {n}" for n in range(30_000)]))
        output.renew()
        assert "line 29999" in output.render_line(output.size.height - 1).text
        output.scroll_lines(-100)
        top = output.render_line(0).text
        script.mirror.apply(Lines("explorer-1", 1, [f"more {n}" for n in range(5_000)]))
        output.renew()
        assert output.render_line(0).text == top
        assert output.unread == 5_000
        assert output.total() == 20_000


async def test_output_finds_lines_and_goes_on_finding(link: FakeConnection) -> None:
    script = demo(link.mirror)
    async with shown(link) as (app, _):
        output = app.room.output
        script.mirror.apply(Lines("explorer-1", 1, ["an Error here", "fine", "another error"]))
        output.search("error")
        assert output.total() == 2
        script.mirror.apply(Lines("explorer-1", 1, ["fine", "ERROR again"]))
        output.renew()
        assert output.total() == 3
        output.search("")
        assert output.total() == 45


async def test_a_fresh_run_shows_its_own_lines(link: FakeConnection) -> None:
    script = demo(link.mirror)
    async with shown(link) as (app, _):
        script.mirror.apply(Lines("explorer-1", 2, ["second run"], fresh=True))
        app.room.output.renew()
        assert app.room.output.total() == 1


async def test_the_mouse_chooses_scrolls_and_opens(link: FakeConnection) -> None:
    demo(link.mirror)
    async with shown(link) as (app, pilot):
        flow = app.room.flow
        await pilot.click("#flow", offset=(5, 3))
        assert flow.cursor >= 0
        flow.scroll_lines(-6)
        assert not flow.follows
        await pilot.click("#flow", offset=(5, 3), times=2)
        await until(lambda: bool([do for do, _ in link.asked if do == "thread"]))


async def test_an_empty_filter_result_says_so(link: FakeConnection) -> None:
    demo(link.mirror)
    async with shown(link) as (app, pilot):
        app.room.memory.search("nowhere")
        await pilot.pause()
        assert 'Nothing here contains "nowhere".' in screen_text(app)
