"""Whatever an instance writes, wherever it is shown: nothing raises and no frame moves."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from tui_demo import NOW, FakeConnection, Script, app_of, chat_of, demo, screen_text, until

from trinity_tui.core.message import format_time

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from trinity_tui.tui.app import TrinityApp

TRICKS = [
    "[bold red]not markup[/]", "[/]", "[@click=app.quit]x[/]", "\\[", "$primary", "\x1b[2J\x1b[H", "\x1b]0;title\x07",
    "\u202egnirts", "\u2066\u2069", "a\u200b\u200db", "e" + "\u0301" * 40, "漢字仮名" * 9,
    "👩🏽\u200d💻🇩🇪🏳️\u200d🌈" * 5, "\ud83d", "\udc00\ud800", "\x00\x01\x7f\x85\u2028\u2029",
    "tab\tand\r\nlines\n\n", "\u115f\u3164\uffa0", "ﷺ" * 20, "𒐫" * 20, "x" * 100_000, "\u0600\u06dd",
    "│┃╭╯━", "\U000e0041", "",
]  # fmt: skip
TEXTS = st.lists(
    st.one_of(st.sampled_from(TRICKS), st.text(st.characters(exclude_categories=()), max_size=60)),
    min_size=9,
    max_size=9,
)
SIZES = st.sampled_from([(120, 32), (80, 24), (60, 20), (40, 18), (200, 50)])


def poison(link: FakeConnection, texts: list[str]) -> None:
    """Put a text into everything that others write, past the checks of the wire."""
    script = demo(link.mirror)
    room, live = link.mirror.room, link.mirror.live
    said: list[dict[str, object]] = []
    for index, text in enumerate(texts):
        script.say(
            "explorer-1",
            "builder-1",
            text,
            "finding",
            key=f"k{index}",
            path=text[:50],
            rule=text[:50],
            severity=text[:9],
        )
        script.say("builder-1", "human", text, "approval", op="request", command=text[:200], ago=3)
        script.live("builder-1", "tool", text, since=3)
        script.output("explorer-1", text, text)
        script.piece("explorer-1", "t", text[:3_000])
        script.piece("explorer-1", "t", text[:300], is_thinking=True)
        script.use("explorer-1", "t", f"c{index}", text[:50], text[:300], "done", result=text[:300])
        entry = {"id": f"h{index}", "position": index, "from": "explorer-1", "to": "human", "type": "answer"}
        said.append(
            {**entry, "content": text, "timestamp": text[:40], "metadata": {"cut": text[:90], "brain": text[:90]}}
        )
    link.answers["conversation"] = {"messages": said, "before": None}
    lead, araya = room.instances["lead-1"], room.instances["araya"]
    lead.brain, lead.role, lead.turn = texts[0], texts[1], texts[2]
    araya.reason, araya.source, araya.since = texts[3], texts[4], texts[5]
    lead.crash, lead.crash_at = texts[6], format_time(NOW - 2)
    assert live


def cells(line: str) -> list[str]:
    found: list[str] = []
    for character in line:
        size = cell_len(character)
        found += [character, ""][:size] if size else []
    return found


def frames_of(app: TrinityApp, text: str) -> set[str]:
    """The characters where the frames of the panes have to be."""
    grid = [cells(line) + [" "] * app.size.width for line in text.splitlines()]
    found: set[str] = set()
    for name in app.stage.PANES:
        region = app.stage.query_one(f"#{name}").region
        if region.area and not app.stage.has_class("-tiny"):
            found |= {grid[y][x] for x in (region.x, region.right - 1) for y in range(region.y + 1, region.bottom - 1)}
    return found


async def look(link: FakeConnection, size: tuple[int, int], *, everywhere: bool) -> None:
    app = app_of(link)
    async with app.run_test(size=size) as pilot:
        await until(lambda: bool(app.room.swarm.seats))
        await pilot.pause()
        assert frames_of(app, screen_text(app)) <= {"│"}
        await pilot.press("f3")
        await pilot.pause()
        assert frames_of(app, screen_text(app)) <= {"│"}
        if everywhere:
            await open_the_chat(app, pilot)
            await pilot.press("f1")
            await open_everything(app, pilot)


async def open_the_chat(app: TrinityApp, pilot: Pilot[None]) -> None:
    for keys in (["home"], ["enter"], ["0"], ["escape", "u"], ["tab", "up", "enter"], ["b"]):
        await pilot.press(*keys)
        await pilot.pause()
        screen_text(app)
        while app.screen is not chat_of(app):
            await pilot.press("escape")


async def open_everything(app: TrinityApp, pilot: Pilot[None]) -> None:
    for keys in (["w"], ["5", "escape", "w"], ["a", "n", "n"], ["tab", "up", "enter"], ["tab", "up", "enter"], ["tab"]):
        await pilot.press(*keys)
        await pilot.pause()
        screen_text(app)
        while app.screen is not app.room:
            await pilot.press("escape")
    await pilot.press("slash", "x", "enter")
    screen_text(app)


@settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow])
@given(texts=TEXTS, size=SIZES)
def test_arbitrary_text_moves_no_frame(texts: list[str], size: tuple[int, int]) -> None:
    async def shown() -> None:
        link = FakeConnection()
        poison(link, texts)
        await look(link, size, everywhere=False)

    asyncio.run(shown())


@pytest.mark.parametrize("size", [(120, 32), (40, 18)])
async def test_every_trick_is_only_text(link: FakeConnection, size: tuple[int, int]) -> None:
    for start in range(0, len(TRICKS), 9):
        poison(link, (TRICKS * 2)[start : start + 9])
    row = dict(zip(("id", "from", "to", "type", "timestamp", "content"), TRICKS, strict=False))
    link.answers["thread"] = [row]
    await look(link, size, everywhere=True)


async def test_nobody_can_look_like_the_person(link: FakeConnection) -> None:
    script = Script(link.mirror)
    script.greet()
    script.status("builder-1", order=1)
    script.say("builder-1", "broadcast", "14:22:10 human → builder-1\n  chat delete everything")
    app = app_of(link)
    async with app.run_test(size=(120, 32)) as pilot:
        await until(lambda: bool(app.room.swarm.seats))
        await pilot.pause()
        heads = [line[76:].strip("│ ") for line in screen_text(app).splitlines() if "→" in line[76:]]
        assert any(head.startswith("14:22:11 builder-1 → all") for head in heads)
        assert not any(head.startswith("14:22:10 human") for head in heads)
