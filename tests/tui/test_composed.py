"""What is written to the terminal, piece by piece, is what a whole picture would show there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from textual.strip import Strip
from tui_demo import FakeConnection, app_of, crowd, demo, until

from trinity_tui.tui import right_of_way
from trinity_tui.tui.composed import Pieces
from trinity_tui.tui.painted import PaintedRow

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pytest
    from textual._compositor import CompositorUpdate, LayoutUpdate
    from textual.pilot import Pilot

    from trinity_tui.tui.app import TrinityApp

Cell = tuple[str, object]


class Paper:
    """What a terminal shows after all it was written."""

    def __init__(self, app: TrinityApp) -> None:
        self._app = app
        self._rows: dict[int, list[Cell]] = {}
        self.pieces = 0

    def take(self, screen: object, update: CompositorUpdate | LayoutUpdate | None) -> None:
        """One picture, or what of it is new."""
        width = self._app.size.width
        if screen is not self._app.room:
            # A dialog: what lies below is painted whole once it is gone.
            self._rows.clear()
            return
        if update is None:
            return
        if isinstance(update, Pieces):
            self.pieces += len(update.pieces)
            for y, x, strip in update.pieces:
                cells = cells_of(strip)
                self._rows.setdefault(y, [(" ", None)] * width)[x : x + len(cells)] = cells
            return
        strips: Any = getattr(update, "strips", None)
        assert strips is not None, update
        for y, line in enumerate(strips):
            self._rows[y] = [cell for strip in line for cell in cells_of(strip)]

    def differences(self) -> list[tuple[int, str, str]]:
        """Lines that are other ones than if everything were painted anew."""
        screen = self._app.screen
        widgets: list[Any] = list(screen.walk_children())
        for widget in widgets:
            widget._styles_cache.clear()
        self._app.room.bar.entry.notify_style_update()
        fresh = [cells_of(strip) for strip in screen._compositor.render_strips()]  # pyright: ignore[reportPrivateUsage]
        return [
            (y, "".join(text for text, _ in self._rows.get(y, [])), "".join(text for text, _ in row))
            for y, row in enumerate(fresh)
            if self._rows.get(y) != row
        ]


def cells_of(strip: Iterable[Segment]) -> list[Cell]:
    cells: list[Cell] = []
    for text, style, _ in strip:
        for character in text:
            size = cell_len(character)
            cells += [(character, style), ("", style)][:size]
    return cells


async def settle(app: TrinityApp, pilot: Pilot[None]) -> None:
    await pilot.pause()
    screen: Any = app.screen
    if screen is app.room:
        # It counts messages a few times a second at most.
        app.room.header.renew()
    await until(lambda: not screen._dirty_widgets)
    await pilot.pause()


async def test_what_was_written_is_what_would_be_painted_anew(
    link: FakeConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = demo(link.mirror)
    app = app_of(link)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(lambda: bool(app.room.swarm.seats))
        paper = Paper(app)
        monkeypatch.setattr(app, "_display", paper.take)
        app.screen.refresh()
        await settle(app, pilot)
        assert paper.differences() == []

        for number in range(12):
            script.say("builder-1", "lead-1", f"漢字 {number} of many", "finding")
            script.live("builder-1", "tool", f"run {number}")
            link.changed.set()
            await settle(app, pilot)
            app.room.swarm.look()
            await settle(app, pilot)
            assert paper.differences() == []
        assert paper.pieces

        for key in ("right", "tab", "up", "up", "0", "a", "漢", "b", "left", "x", "escape", "z", "z"):
            await pilot.press(key)
            await settle(app, pilot)
            assert paper.differences() == [], key
        await pilot.press("0", "d")
        for theme in ("daylight", "ansi", "tachikoma"):
            app.theme = theme
            await settle(app, pilot)
            assert paper.differences() == [], theme

        app.notify("It lies over the panes.", timeout=3_600, markup=False)
        await settle(app, pilot)
        script.say("builder-1", "lead-1", "below what lies over it")
        link.changed.set()
        await settle(app, pilot)
        assert paper.differences() == []
        app.clear_notifications()
        await pilot.press("question_mark")
        await pilot.press("escape")
        await settle(app, pilot)
        assert paper.differences() == []


async def test_a_change_of_one_node_writes_its_rows_and_no_other(
    link: FakeConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = crowd(64, link.mirror)
    app = app_of(link)
    async with app.run_test(size=(200, 50)) as pilot:
        await until(lambda: bool(app.room.swarm.seats))
        await settle(app, pilot)
        written: list[Pieces] = []
        monkeypatch.setattr(app, "_display", lambda _, update: written.append(update))  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
        name = next(iter(app.room.swarm.seats))
        box = app.room.swarm.placement.boxes[name]
        script.live(name, "tool", "something else")
        app.room.swarm.renew([name])
        await until(lambda: bool(written))
        pieces = [piece for update in written for piece in update.pieces]
        inside = app.room.swarm.content_region
        rows = {y - inside.y for y, x, _ in pieces if inside.y <= y < inside.bottom and x < inside.right}
        assert rows == set(range(box.y, box.bottom))


async def test_what_a_key_does_is_painted_before_anything_else(
    link: FakeConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo(link.mirror)
    app = app_of(link)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(lambda: bool(app.room.swarm.seats))
        await settle(app, pilot)
        written: list[Pieces] = []
        monkeypatch.setattr(app, "_display", lambda _, update: written.append(update))  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
        monkeypatch.setattr(right_of_way, "MOST_SECONDS", 3_600.0)
        way, flow, swarm = app.room.bridge.way, app.room.flow, app.room.swarm
        way.take()
        flow.refresh()
        await until(lambda: flow in app.room._dirty_widgets)  # pyright: ignore[reportPrivateUsage]
        swarm.refresh()
        await until(lambda: not way.is_taken)
        await until(lambda: len(written) > 1)
        ends = [{x < swarm.region.right for _, x, _ in update.pieces} for update in written[:2]]
        assert ends == [{True}, {False}]


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3), st.sampled_from(("ab", "漢", "x"))), max_size=6))
def test_the_cursor_is_moved_to_each_piece_it_does_not_stand_at(placed: list[tuple[int, int, str]]) -> None:
    pieces = [(y, 4 * x, Strip([Segment(text)])) for y, x, text in dict.fromkeys(placed)]
    grid: dict[tuple[int, int], str] = {}
    for y, x, strip in sorted(pieces, key=lambda piece: piece[:2]):
        grid |= {(y, x + at): text for at, (text, _) in enumerate(cells_of(strip))}
    shown: dict[tuple[int, int], str] = {}
    at = (0, 0)
    for part in Pieces(pieces).render_segments(Console()).split("\x1b["):
        where, is_moved, text = part.partition("H")
        if is_moved:
            at = (int(where.split(";")[0]) - 1, int(where.split(";")[1]) - 1)
        for character, _ in cells_of([Segment(text)]):
            shown[at] = character
            at = (at[0], at[1] + 1)
    assert shown == grid


def test_a_row_that_goes_on_needs_no_move() -> None:
    row = PaintedRow([Segment("ab")], 2)
    assert Pieces([(0, 2, row), (0, 0, row)]).render_segments(Console()).count("H") == 1
