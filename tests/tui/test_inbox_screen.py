"""What a person does in the Inbox: read what waits in full, answer it there, and look up what was decided."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from inbox_demo import waiting
from tui_demo import FakeConnection, Script, app_of, resized, screen_text, until

from trinity_tui.core.errors import ClientError
from trinity_tui.tui.screens.inbox import InboxScreen
from trinity_tui.tui.widgets.detail import Detail

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from syrupy.assertion import SnapshotAssertion
    from textual.pilot import Pilot

    from trinity_tui.tui.app import TrinityApp


class Decider:
    """Somebody in front of the Inbox."""

    def __init__(self, app: TrinityApp, pilot: Pilot[None], link: FakeConnection, script: Script) -> None:
        self.app, self.pilot, self.link, self.script = app, pilot, link, script
        found = app.made("inbox")
        assert isinstance(found, InboxScreen)
        self.screen = found

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def choose(self, key: str) -> None:
        self.screen.waiting.choose(key)
        await self.pilot.pause()

    def asked(self, do: str) -> list[dict[str, Any]]:
        return [args for name, args in self.link.asked if name == do]

    @property
    def text(self) -> str:
        return screen_text(self.app)

    async def reads(self, text: str) -> None:
        await until(lambda: text in self.text)

    def told(self) -> list[str]:
        return [item.message for item in self.app._notifications]  # pyright: ignore[reportPrivateUsage]


@asynccontextmanager
async def deciding(link: FakeConnection, size: tuple[int, int] = (120, 36)) -> AsyncGenerator[Decider]:
    script = waiting(link)
    app = app_of(link)
    async with app.run_test(size=size) as pilot:
        await until(lambda: bool(app.room.swarm.seats))
        await pilot.press("f8")
        decider = Decider(app, pilot, link, script)
        await until(lambda: decider.screen.waiting.count == 7)
        yield decider


async def test_everything_waits_in_one_place_and_is_answered_there(link: FakeConnection) -> None:
    async with deciding(link) as seat:
        request = next(one.id for one in link.mirror.room.approvals.values() if one.tool)
        await seat.reads("builder-2 asks to use edit")
        await seat.choose(f"approval:{request}:builder-2")
        await seat.reads("+new = [bold]2[/bold]⟨202E⟩")
        assert "always: to every builder, what begins with  edit  auth.py" in seat.text
        await seat.press("s")
        assert seat.told() == ["That is not for what is chosen."]
        await seat.press("x", *"nodb", "enter")
        await until(lambda: seat.asked("reject") == [{"id": request, "word": "nodb"}])
        await seat.choose(f"approval:{seat.script.ids['ask']}:builder-1")
        await seat.press("o")
        await until(lambda: seat.asked("approve") == [{"id": seat.script.ids["ask"], "verdict": "once"}])
        await seat.choose("parked:visitor:visitor")
        await seat.press("s")
        await until(lambda: {"who": "visitor"} in seat.asked("start"))
        question = next(iter(link.mirror.room.questions))
        await seat.choose(f"question:{question}:mechanic")
        await seat.press("r")
        assert "answer mechanic:" in seat.text
        await seat.press(*"yes", "enter")
        await until(lambda: bool(seat.asked("send")) and seat.asked("send")[0]["reply_to"] == question)


async def test_several_dead_letters_are_cared_for_at_once_but_no_request_is(link: FakeConnection) -> None:
    async with deciding(link) as seat:
        await seat.choose(f"approval:{seat.script.ids['ask']}:builder-1")
        await seat.press("space")
        assert "Several are chosen of dead letters and alerts only." in seat.told()
        # Of the keys only those are offered that are for what is chosen.
        await seat.reads("o once  A always  x reject  t task")
        await seat.choose("dead:d1:builder-1")
        await seat.reads("e send again  d drop  t task")
        assert "A always" not in seat.text
        await seat.press("space")
        await seat.choose("dead:d2:araya")
        await seat.press("space")
        await seat.reads("2 chosen")
        await seat.choose(f"alert:{seat.script.ids['alert']}:coordinator")
        await seat.press("d")
        await until(lambda: [args["id"] for args in seat.asked("resend")] == ["d1", "d2"])
        assert {args["drop"] for args in seat.asked("resend")} == {"true"}
        await seat.press("k")
        await until(lambda: seat.asked("inbox/seen") == [{"ids": [seat.script.ids["alert"]]}])


async def test_what_was_decided_is_found_with_who_where_and_why(link: FakeConnection) -> None:
    async with deciding(link) as seat:
        await seat.press("h")
        await seat.reads("Nothing was decided yet.")
        seat.script.say("coordinator", "builder-1", "", "approval", verdict="reject", by="human", reply_to="ask",
                        op="decision", word="not on Friday", via="screen pts/3 on shop")  # fmt: skip
        link.changed.set()
        await seat.reads("reject by you for builder-1")
        await seat.reads("screen pts/3 on shop")
        assert "not on Friday" in seat.text
        await seat.press("slash", *"friday")
        await seat.reads("1 found")
        await seat.press(*"zzz")
        await seat.reads("Nothing here contains that.")
        await seat.press("escape", "escape")
        await seat.reads("Waiting for you · 6")


async def test_who_comes_second_hears_how_it_was_decided(link: FakeConnection) -> None:
    async with deciding(link) as seat:
        link.answers["approve"] = ClientError("that was decided already: reject, by the person at 14:02:11")
        await seat.choose(f"approval:{seat.script.ids['ask']}:builder-1")
        await seat.press("o")
        await until(lambda: any("decided already: reject" in told for told in seat.told()))
        await seat.press("enter")
        assert isinstance(seat.app.screen, Detail)


async def test_the_inbox_at_forty_columns(link: FakeConnection) -> None:
    async with deciding(link, (40, 24)) as seat:
        assert "builder-2 asks to use" in seat.text
        request = next(one.id for one in link.mirror.room.approvals.values() if one.tool)
        await seat.choose(f"approval:{request}:builder-2")
        await seat.press("tab")
        await seat.reads("always: to every builder")
        await seat.press("escape")
        await seat.reads("Waiting for you")


async def test_the_inbox_at_every_width(link: FakeConnection, snapshot: SnapshotAssertion) -> None:
    async with deciding(link) as decider:
        for size in ((200, 40), (120, 36), (80, 30), (40, 30)):
            await resized(decider.app, decider.pilot, *size)
            assert decider.text == snapshot(name=f"{size[0]}")
