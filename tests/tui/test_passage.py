"""Paths that are longer than a line are broken between their parts, wherever a text of many lines is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st
from textual.app import App
from textual.content import Content
from tui_demo import Script, app_of, screen_text

from patience import until
from trinity_tui.tui.safe_text import width
from trinity_tui.tui.widgets.approval import ApprovalDialog
from trinity_tui.tui.widgets.passage import Passage, within

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from tui_demo import FakeConnection

PATH = "/home/agus/projects/shop/services/refresh/tests/test_refresh_of_tokens.py"


def test_a_long_path_is_broken_at_its_parts_and_keeps_its_colours() -> None:
    content = Content.assemble(("where   ", "dim"), (PATH, "bold"), "\n\nbeside it, words that break at spaces as ever")
    broken = within(content, 40)
    assert broken.plain.splitlines() == [
        "where   /home/agus/projects/shop/",
        "services/refresh/tests/",
        "test_refresh_of_tokens.py",
        "",
        "beside it, words that break at spaces as ever",
    ]
    bold = [broken.plain[span.start : span.end] for span in broken.spans if span.style == "bold"]
    assert "".join(bold).replace("\n", "") == PATH
    assert within(content, 100) is content


@given(st.text("a/ é界\n", max_size=60), st.integers(1, 12))
def test_nothing_is_lost_and_no_broken_word_is_longer_than_a_line(text: str, cells: int) -> None:
    broken = within(Content(text), cells).plain
    assert "".join(broken.split()) == "".join(text.split())
    assert all(width(word) <= max(cells, 2) for word in broken.split())


class Wide(App[None]):
    def compose(self) -> ComposeResult:
        yield Passage(Content(PATH))

    @property
    def lines(self) -> list[str]:
        passage = self.query_one(Passage)
        return [passage.render_line(row).text.rstrip() for row in range(passage.size.height)]


async def test_it_is_broken_anew_for_every_width_and_every_text() -> None:
    app = Wide()
    async with app.run_test(size=(30, 10)) as pilot:
        parts = ["/home/agus/projects/shop/", "services/refresh/tests/", "test_refresh_of_tokens.py"]
        await until(lambda: app.lines == parts)
        await pilot.resize_terminal(50, 10)
        await until(lambda: app.lines == [parts[0] + parts[1], parts[2]])
        app.query_one(Passage).update(Content("see  " + PATH))
        await until(lambda: app.lines == ["see  /home/agus/projects/shop/services/refresh/", "tests/" + parts[2]])


async def test_what_is_to_be_allowed_shows_its_paths_whole(link: FakeConnection) -> None:
    script = Script(link.mirror)
    script.greet()
    script.status("builder-1")
    script.asks("builder-1", "run", f"pytest -q {PATH}")
    app = app_of(link)
    async with app.run_test(size=(60, 30)) as pilot:
        await until(lambda: bool(app.room.swarm.seats))
        await pilot.press("a")
        await until(lambda: isinstance(app.screen, ApprovalDialog))
        rows = ["  pytest -q /home/agus/projects/shop/", "  services/refresh/tests/", "  test_refresh_of_tokens.py"]
        await until(lambda: all(row in screen_text(app) for row in rows))
