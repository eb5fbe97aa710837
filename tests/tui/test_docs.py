"""Reading the four tiers: what is chosen, what is new and what was seen, what is wrong, what an instance is told."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from docs_demo import DocsConnection, docs, ground
from tui_demo import HandClock, app_of, demo, screen_text, until

from tiers_ground import change
from trinity_tui.tui.screens.docs import DocsScreen

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable
    from pathlib import Path

    from textual.pilot import Pilot

    from trinity_tui.tui.app import TrinityApp

BRIEFING = "SESSION_BRIEFING.md"


class Reader:
    """Somebody at the Docs screen."""

    def __init__(self, app: TrinityApp, pilot: Pilot[None], link: DocsConnection, hand: HandClock) -> None:
        self.app, self.pilot, self.link, self.hand = app, pilot, link, hand
        screen = app.made("docs")
        assert isinstance(screen, DocsScreen)
        self.screen = screen

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    @property
    def text(self) -> str:
        return screen_text(self.app)

    async def reads(self, text: str) -> None:
        await until(lambda: text in self.text)

    async def reads_no(self, text: str) -> None:
        await until(lambda: text not in self.text)

    async def choose(self, label: str) -> None:
        """Go to the first row below with this text."""
        for _ in range(60):
            item = self.screen.tiers.chosen
            if item is not None and label in f"{item.stamp} {item.label}":
                return
            await self.press("down")
        pytest.fail(f"no row says {label}")

    @property
    def page(self) -> str:
        """All of the page, seen or not."""
        rows = self.screen.page._rows  # pyright: ignore[reportPrivateUsage]
        return "\n".join("".join(text for text, _ in row) for row in rows)

    def asked(self, do: str) -> list[dict[str, Any]]:
        return [args for name, args in self.link.asked if name == f"handoff/{do}"]

    def told(self) -> list[str]:
        return [item.message for item in self.app._notifications]  # pyright: ignore[reportPrivateUsage]

    def news(self) -> dict[str, str]:
        """What is marked in the list."""
        return {item.label: item.news for item in self.screen.tiers._items if item.news}  # pyright: ignore[reportPrivateUsage]


@asynccontextmanager
async def reading(
    root: Path,
    size: tuple[int, int] = (120, 40),
    fill: Callable[[DocsConnection], object] = docs,
) -> AsyncGenerator[Reader]:
    link, hand = DocsConnection(root=root), HandClock()
    fill(link)
    greeting = link.mirror.greeting
    assert greeting is not None
    link.mirror.greeting = msgspec.structs.replace(greeting, path=str(root))
    app = app_of(link, hand, root=root)
    async with app.run_test(size=size) as pilot:
        await until(lambda: bool(app.room.swarm.seats))
        await pilot.press("f6")
        reader = Reader(app, pilot, link, hand)
        await until(lambda: reader.screen.tiers.total() > 0 and reader.screen.page.total() > 0)
        yield reader


def fresh(link: DocsConnection) -> None:
    """A person who never looked."""
    demo(link.mirror)
    ground(link.root)


# The list and the page ----------------------------------------------------------------------------------


async def test_what_changed_since_the_person_looked_is_marked_in_list_and_page(tmp_path: Path) -> None:
    async with reading(tmp_path) as reader:
        assert "Docs · 2 new" in reader.text
        assert reader.news() == dict.fromkeys(
            ("Project shop", "Known Constraints", "Briefing", "Recent Decisions"), "changed"
        )
        await reader.choose("Known Constraints")
        await reader.reads("▎  · One writer at a time, also in tests")
        assert "▎  · refresh() takes no lock" not in reader.text
        assert "▎ changed since you looked" in reader.text


async def test_a_section_is_asked_for_and_not_its_document(tmp_path: Path) -> None:
    async with reading(tmp_path) as reader:
        await reader.choose("Why These Choices")
        await reader.reads("nobody has to run a server")
        await until(
            lambda: "Known Constraints" not in "".join(line[45:] for line in reader.text.splitlines(True)[4:30])
        )
        assert reader.asked("read")[-1] == {
            "file": "shop/PROJECT_CONTEXT.md", "section": "Why These Choices", "session": "",
        }  # fmt: skip


async def test_what_was_read_for_a_moment_and_left_is_marked_no_more(tmp_path: Path) -> None:
    async with reading(tmp_path) as reader:
        await reader.choose("Briefing")
        await reader.reads("one file a shop")
        await reader.press("down")
        await reader.reads("SESSION_BRIEFING.md · What's Being Worked On")
        assert reader.asked("looked") == [], "it was passed by"
        await reader.press("up")
        await reader.reads("Ask Agus before anything")
        reader.hand.seconds += 1.5
        await reader.press("down")
        await until(lambda: "Briefing" not in reader.news())
        assert "Project shop" in reader.news()


async def test_leaving_the_screen_tells_what_was_seen_and_what_was_not_on_it_stays(tmp_path: Path) -> None:
    def long(link: DocsConnection) -> None:
        docs(link)
        file = link.root / "shop" / "PROJECT_CONTEXT.md"
        text = file.read_text().replace("- One writer", "\n".join(f"- limit {n}" for n in range(40)) + "\n- One writer")
        file.write_text(text)

    async with reading(tmp_path, fill=long) as reader:
        await reader.choose("Project shop")
        await reader.reads("Sells things")
        reader.hand.seconds += 5
        await reader.press("f1", "f6")
        assert reader.asked("looked") == [], "what changed stands further below"
        await reader.press("enter", "end")
        await reader.reads("return renew(token)")
        reader.hand.seconds += 5
        await reader.press("f1", "f6")
        await until(lambda: "Project shop" not in reader.news())


async def test_whoever_leaves_the_program_from_here_has_seen_what_was_read(tmp_path: Path) -> None:
    async with reading(tmp_path) as reader:
        await reader.choose("Briefing")
        await reader.reads("one file a shop")
        reader.hand.seconds += 1.5
        await reader.press("q")
        await until(lambda: bool(reader.asked("looked")))
        assert "places" in reader.asked("looked")[0]


async def test_who_never_looked_sees_points_and_says_that_all_was_seen(tmp_path: Path) -> None:
    async with reading(tmp_path, fill=fresh) as reader:
        assert set(reader.news().values()) == {"new"}
        assert "●↓ Portfolio" in reader.text
        assert "▎" not in reader.text
        await reader.press("k")
        await until(lambda: reader.news() == {})


async def test_a_change_comes_by_itself_and_the_place_stays(tmp_path: Path) -> None:
    async with reading(tmp_path) as reader:
        await reader.choose("Project shop")
        await reader.reads("Sells things")
        await reader.press("enter", "pagedown")
        top = reader.screen.page.line
        assert top > 1
        change(tmp_path, "shop/PROJECT_CONTEXT.md", "def refresh", "# renewed\ndef refresh")
        reader.link.tell()
        await reader.reads("# renewed")
        assert reader.screen.page.line == top
        assert reader.screen.focused is reader.screen.page


async def test_a_row_that_is_gone_leaves_the_person_near_it(tmp_path: Path) -> None:
    async with reading(tmp_path) as reader:
        await reader.choose("Known Constraints")
        change(tmp_path, "shop/PROJECT_CONTEXT.md", "## Known Constraints", "## Limits of it")
        reader.link.tell()
        await reader.reads("Limits of it")
        item = reader.screen.tiers.chosen
        assert item is not None and item.label == "Project shop"


async def test_left_and_right_fold_and_the_sessions_come_newest_first(tmp_path: Path) -> None:
    async with reading(tmp_path) as reader:
        await reader.press("left")
        await reader.reads("→ Portfolio")
        assert "How they relate" not in [item.label for item in reader.screen.tiers._items]  # pyright: ignore[reportPrivateUsage]
        await reader.press("right")
        await reader.choose("Session log")
        await reader.reads("handed over to")
        rows = [item.stamp for item in reader.screen.tiers._items if item.stamp]  # pyright: ignore[reportPrivateUsage]
        assert rows == ["21 Sep 11:22", "21 Sep 08:22", "20 Sep 13:22"]
        heads = [line for line in reader.page.splitlines() if line.startswith("Session: ")]
        assert [head[9:25] for head in heads] == ["2026-09-21 11:22", "2026-09-21 08:22", "2026-09-20 13:22"]
        await reader.choose("21 Sep 08:22")
        await reader.reads("is the token cache shared between workers?")
        await reader.reads("explorer-1 · 21 Sep 08:22 · SESSION_LOG.md")


# What is wrong ------------------------------------------------------------------------------------------


async def test_a_problem_leads_to_its_line(tmp_path: Path) -> None:
    async with reading(tmp_path) as reader:
        await reader.reads("docs/plan.md: the link leads nowhere")
        await reader.press("tab", "tab", "down", "enter")
        await reader.reads("shop/PROJECT_CONTEXT.md ─")
        screen = reader.screen
        await until(lambda: screen.page.line == 3)
        assert screen.focused is screen.page
        assert screen.tiers.chosen is not None and screen.tiers.chosen.key == "shop/PROJECT_CONTEXT.md"


async def test_a_problem_in_a_part_that_is_cut_leads_to_its_section(tmp_path: Path) -> None:
    def long(link: DocsConnection) -> None:
        docs(link)
        with (link.root / "shop" / "PROJECT_CONTEXT.md").open("a") as file:
            file.write("\n## Notes\n\n" + "a word\n" * 10_000 + "\n## Links\n\n[gone](gone.md)\n")

    async with reading(tmp_path, fill=long) as reader:
        await reader.reads("gone.md: the link leads nowhere")
        await reader.press("tab", "tab", "end")
        while (chosen := reader.screen.checks.chosen) is None or "gone.md" not in chosen.text:
            await reader.press("up")
        await reader.press("enter")
        await reader.reads("gone (gone.md)")
        assert reader.screen.tiers.chosen is not None and reader.screen.tiers.chosen.label == "Links"


# What is told -------------------------------------------------------------------------------------------


async def test_a_digit_shows_what_that_instance_would_be_told(tmp_path: Path) -> None:
    async with reading(tmp_path) as reader:
        await reader.press("2", "escape")
        await reader.reads("builder-1 starts with")
        assert "Counted for ollama:qwen2.5:7b" in reader.text
        assert reader.asked("brief") == [{"who": "builder-1"}]
        assert "1  PORTFOLIO_CONTEXT.md" in reader.text
        assert reader.screen.chosen == "builder-1"
        assert "What your last session left for you:" in reader.page


async def test_an_instance_that_is_not_known_is_said_and_nothing_else_is_lost(tmp_path: Path) -> None:
    async with reading(tmp_path) as reader:
        await reader.choose("lead-1")
        await until(lambda: any("there is no instance lead-1" in text for text in reader.told()))


# Nothing there, nobody allowed --------------------------------------------------------------------------


async def test_an_empty_workspace_says_what_to_do(tmp_path: Path) -> None:
    async with reading(tmp_path, fill=lambda link: demo(link.mirror)) as reader:
        for text in ("What sessions leave for the next", "trinity init", "○ Session log  comes by itself"):
            assert text in reader.text


async def test_who_only_looks_marks_nothing_and_edits_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITOR", "false")
    async with reading(tmp_path) as reader:
        greeting = reader.link.mirror.greeting
        assert greeting is not None
        reader.link.mirror.greeting = msgspec.structs.replace(greeting, rights="observer")
        reader.hand.seconds += 5
        await reader.press("k", "e", "down", "f1")
        assert reader.asked("looked") == []
        assert [text.split(":")[0] for text in reader.told()] == ["Read-only"] * 2


async def test_without_an_editor_it_is_said_what_to_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)
    async with reading(tmp_path) as reader:
        await reader.press("e")
        assert reader.told() == ["no editor is set. Set VISUAL or EDITOR, such as EDITOR=nano, and open Trinity again."]


async def test_what_a_document_says_acts_on_nothing(tmp_path: Path) -> None:
    def hostile(link: DocsConnection) -> None:
        demo(link.mirror)
        text = "# \x1b[2Jtitle \u202e\n\n## [bold]a[/]\x07\n\n[x](javascript:alert(1)) <b>html</b> \x1b]8;;http://x\x07link\n"
        (link.root / "PORTFOLIO_CONTEXT.md").write_text(text)

    async with reading(tmp_path, fill=hostile) as reader:
        assert not set("\x1b\x07\u202e") & set(reader.text)
        assert "[bold]a[/]" in reader.text and "<b>html</b>" in reader.text


async def test_an_answer_in_another_shape_shows_nothing_and_ends_nothing(tmp_path: Path) -> None:
    async with reading(tmp_path) as reader:
        reader.link.answers["handoff/overview"] = {"documents": 5}
        reader.link.tell()
        await until(lambda: len(reader.asked("overview")) > 1)
        await reader.choose("Briefing")
        await reader.reads("Ask Agus")


# Looking for a text -------------------------------------------------------------------------------------


async def test_a_text_is_found_in_the_page_and_in_the_list(tmp_path: Path) -> None:
    async with reading(tmp_path) as reader:
        await reader.choose("Project shop")
        await reader.reads("Sells things")
        await reader.press("enter", "slash", *"sqlite", "enter", "n")
        await reader.reads('"sqlite" 1 of 2')
        await reader.press("escape")
        await reader.reads_no("n next")
        await reader.press("escape", "slash", *"08:22")
        await until(lambda: reader.screen.tiers.total() == 1)


@pytest.mark.parametrize("width", [40, 80, 120])
async def test_every_pane_is_reached_by_keyboard_at_every_width(tmp_path: Path, width: int) -> None:
    async with reading(tmp_path, size=(width, 30)) as reader:
        seen: list[str | None] = []
        for _ in range(3):
            seen.append(reader.screen.focused.id if reader.screen.focused is not None else None)
            await reader.press("tab")
        assert seen == ["tiers", "page", "checks"]


async def test_a_click_chooses_and_a_second_opens(tmp_path: Path) -> None:
    async with reading(tmp_path) as reader:
        await reader.pilot.click("#tiers", offset=(8, 4))
        await until(lambda: reader.screen.tiers.cursor == 3)
        await reader.pilot.click("#tiers", offset=(8, 3), times=2)
        await until(lambda: reader.screen.focused is reader.screen.page)
