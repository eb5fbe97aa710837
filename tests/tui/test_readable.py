"""What the screen says without colour: the focus is seen wherever it is, and plain is plain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace
from tui_demo import FakeConnection, app_of, demo, screen_text, until

from trinity_tui.core.preferences import STANDARD
from trinity_tui.tui.glyphs import ASCII
from trinity_tui.tui.widgets.add import AddDialog

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from trinity_tui.tui.app import TrinityApp

PLAIN = replace(STANDARD, plain=True)
FRAMES = set("─│╭╮╰╯━┃┏┓┗┛═║")
Cells = tuple[tuple[str, bool, bool, bool], ...]


def without_colour(app: TrinityApp) -> Cells:
    """The screen as one sees it who sees no colour, but for the line of keys: that is another in every pane."""
    strips = app.screen._compositor.render_strips()  # pyright: ignore[reportPrivateUsage]
    del strips[app.stage.hints.region.y]
    return tuple(
        (segment.text, bool(style.bold), bool(style.reverse), bool(style.underline))
        for strip in strips
        for segment in strip.simplify()
        if (style := segment.style) is not None
    )


async def walk(app: TrinityApp, pilot: Pilot[None], most: int) -> None:
    """Go from field to field; wherever the focus comes, something else than a colour shows it."""
    seen: dict[Any, Cells] = {}
    for _ in range(most):
        await pilot.pause()
        seen[app.focused] = without_colour(app)
        await pilot.press("tab")
    assert len(seen) > 1
    assert len(set(seen.values())) == len(seen)


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"has_few_colors": True},
        {"signs": ASCII},
        {"preferred": PLAIN},
        {"preferred": PLAIN, "has_few_colors": True},
    ],
    ids=["colours", "few", "ascii", "plain", "plain-few"],
)
async def test_the_focus_is_seen_without_colour(link: FakeConnection, more: dict[str, Any]) -> None:
    demo(link.mirror)
    app = app_of(link, **more)
    async with app.run_test(size=(140, 44)) as pilot:
        await until(lambda: bool(app.room.swarm.seats))
        await walk(app, pilot, len(app.room.PANES))
        await pilot.press("m")
        await pilot.pause()
        assert "\N{BLACK RIGHT-POINTING SMALL TRIANGLE} to " in screen_text(app) or "> to " in screen_text(app)
        await pilot.press("escape", "f3")
        await pilot.pause()
        await walk(app, pilot, len(app.stage.PANES))
        await pilot.press("n")
        await until(lambda: isinstance(app.screen, AddDialog))
        await walk(app, pilot, 3)


async def test_plain_has_no_frame_and_says_instances_in_sentences(link: FakeConnection) -> None:
    demo(link.mirror)
    app = app_of(link, preferred=PLAIN, animation="full")
    async with app.run_test(size=(120, 40)) as pilot:
        await until(lambda: bool(app.room.swarm.seats))
        await pilot.press("down")
        for size in ((120, 40), (90, 26), (60, 24), (40, 18)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert not FRAMES & set(screen_text(app).replace("Flow │ Memory", ""))
        await pilot.resize_terminal(120, 40)
        await pilot.pause()
        told = screen_text(app)
        assert " ◐ 1 explorer-1: busy, thinking for 12s, auth.py. said to reflector-1: " in told
        assert "▸ ◐ 2 builder-1: busy, tool for 4s, run pytest -q." in told
        assert " ◍ 5 araya: degraded for 3m, no Ollama, using builtin." in told
        headings = [row.strip() for row in told.splitlines() if row.strip() in ("Swarm", "Flow", "Memory 3")]
        assert headings == ["Swarm", "Flow", "Memory 3"]
        assert app.room.swarm.pace != "moving"
        await pilot.press("question_mark")
        await pilot.pause()
        assert not FRAMES & set(screen_text(app))
