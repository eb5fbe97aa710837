"""What a person does with each key, on the scripted room."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from tui_demo import NOW, FakeConnection, HandClock, Script, app_of, crowd, demo, screen_text, until

from trinity_tui.core.errors import ClientError
from trinity_tui.core.preferences import Preferences
from trinity_tui.core.wire.face import Notices
from trinity_tui.tui.widgets.approval import ApprovalDialog
from trinity_tui.tui.widgets.confirm import Confirm
from trinity_tui.tui.widgets.detail import Detail
from trinity_tui.tui.widgets.entry import Entry
from trinity_tui.tui.widgets.help import Help
from trinity_tui.tui.widgets.why import Why

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from textual.pilot import Pilot

    from trinity_tui.tui.app import TrinityApp


class Seat:
    """Somebody in front of the screen."""

    def __init__(self, app: TrinityApp, pilot: Pilot[None], link: FakeConnection, script: Script) -> None:
        self.app, self.pilot, self.link, self.script = app, pilot, link, script

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def write(self, text: str) -> None:
        await self.press(*(" " if key == " " else key for key in text.replace(" ", "\0").replace("\0", " ")))

    def asked(self, do: str) -> list[dict[str, Any]]:
        return [args for name, args in self.link.asked if name == do]

    @property
    def entry(self) -> Entry:
        return self.app.room.bar.entry

    @property
    def text(self) -> str:
        return screen_text(self.app)

    @property
    def told(self) -> list[str]:
        return told(self.app)

    async def changed(self) -> None:
        self.link.changed.set()
        await self.pilot.pause(0.05)

    async def reads(self, text: str) -> None:
        await until(lambda: text in self.text)


def told(app: TrinityApp) -> list[str]:
    """What was said in the corner of the screen."""
    return [notification.message for notification in app._notifications]  # pyright: ignore[reportPrivateUsage]


@asynccontextmanager
async def seated(
    link: FakeConnection, size: tuple[int, int] = (120, 32), hand: HandClock | None = None, **more: Any
) -> AsyncGenerator[Seat]:
    script = demo(link.mirror)
    app = app_of(link, hand, **more)
    async with app.run_test(size=size) as pilot:
        seat = Seat(app, pilot, link, script)
        await until(lambda: bool(app.room.swarm.seats))
        await pilot.pause()
        yield seat


# Writing ---------------------------------------------------------------------------------------------


async def test_a_digit_addresses_its_instance_and_enter_sends(link: FakeConnection) -> None:
    async with seated(link) as seat:
        await seat.press("2")
        assert "to builder-1:" in seat.text
        await seat.press(*"hi 2")
        await seat.press("enter")
        await until(lambda: bool(seat.asked("send")))
        assert seat.asked("send") == [{"to": "builder-1", "content": "hi 2"}]
        assert seat.entry.text == ""


async def test_zero_writes_to_all_and_m_to_the_chosen_one(link: FakeConnection) -> None:
    async with seated(link) as seat:
        await seat.press("0", "x", "enter", "escape")
        await seat.press("m", "y", "enter")
        await until(lambda: len(seat.asked("send")) == 2)
        assert [args["to"] for args in seat.asked("send")] == ["broadcast", "explorer-1"]


async def test_the_pointer_in_the_input_addresses_the_chosen_one(link: FakeConnection) -> None:
    async with seated(link) as seat:
        await seat.pilot.click("#message-text")
        await seat.press(*"hi", "enter")
        await until(lambda: bool(seat.asked("send")))
        assert seat.asked("send") == [{"to": "explorer-1", "content": "hi"}]


async def test_a_digit_nobody_has_says_so(link: FakeConnection) -> None:
    script = Script(link.mirror)
    script.greet()
    script.status("araya", order=1)
    app = app_of(link)
    async with app.run_test(size=(120, 32)) as pilot:
        await until(lambda: bool(app.room.swarm.seats))
        await pilot.press("7")
        await until(lambda: "No instance has the digit 7." in told(app))


async def test_a_draft_survives_leaving_switching_and_resizing(link: FakeConnection) -> None:
    async with seated(link) as seat:
        await seat.press("2", *"half", "escape")
        assert not isinstance(seat.app.focused, Entry)
        await seat.press("3", *"other", "escape", "2")
        assert seat.entry.text == "half"
        for width in (200, 40, 90, 60, 120):
            await seat.pilot.resize_terminal(width, 24)
            await seat.pilot.pause()
            assert seat.entry.text == "half"
            assert isinstance(seat.app.focused, Entry)
        await seat.press("escape", "3")
        assert seat.entry.text == "other"


async def test_a_refused_message_comes_back(link: FakeConnection) -> None:
    link.answers["send"] = ClientError("not connected to the coordinator; what you asked was not sent", 3)
    async with seated(link) as seat:
        await seat.press("2", *"hello", "enter")
        await until(lambda: seat.entry.text == "hello")
        assert any("was not sent" in text for text in seat.told)


async def test_lines_are_broken_without_sending(link: FakeConnection) -> None:
    async with seated(link) as seat:
        await seat.press("2", "a", "alt+enter", "b", "ctrl+j", "c", "enter")
        await until(lambda: bool(seat.asked("send")))
        assert seat.asked("send")[0]["content"] == "a\nb\nc"


async def test_up_brings_back_what_was_sent_and_down_the_draft(link: FakeConnection) -> None:
    async with seated(link) as seat:
        await seat.press("2", *"one", "enter", *"two", "enter", *"dra")
        await seat.press("up")
        assert seat.entry.text == "two"
        await seat.press("up", "up")
        assert seat.entry.text == "one"
        await seat.press("down", "down")
        assert seat.entry.text == "dra"


async def test_nothing_but_blanks_is_not_sent(link: FakeConnection) -> None:
    async with seated(link) as seat:
        await seat.press("2", "space", "enter")
        assert seat.asked("send") == []


async def test_escape_goes_back_to_where_one_came_from(link: FakeConnection) -> None:
    async with seated(link) as seat:
        await seat.press("tab", "2", "escape")
        assert seat.app.focused is seat.app.room.flow


# Instances -------------------------------------------------------------------------------------------


async def test_arrows_choose_by_place_and_the_output_follows(link: FakeConnection) -> None:
    async with seated(link) as seat:
        assert seat.app.room.swarm.chosen == "explorer-1"
        await seat.press("right")
        assert seat.app.room.swarm.chosen == "builder-2"
        await seat.press("right")
        assert seat.app.room.swarm.chosen == "builder-1"
        assert "run pytest -q → 0 (1.8 s)   41 passed" in seat.text
        await until(lambda: bool(link.followed) and link.followed[-1] == "builder-1")


@pytest.mark.parametrize(
    ("node", "key", "do"),
    [("2", "r", "restart"), ("2", "s", "stop"), ("2", "p", "pause"), ("8", "p", "resume")],
)
async def test_a_key_acts_on_the_chosen_instance(link: FakeConnection, node: str, key: str, do: str) -> None:
    async with seated(link) as seat:
        await seat.press(node, "escape", key)
        name = seat.app.room.swarm.chosen
        await until(lambda: bool(seat.asked(do)))
        assert seat.asked(do) == [{"who": name}]


async def test_what_is_down_is_started(link: FakeConnection) -> None:
    async with seated(link) as seat:
        seat.script.status("araya", "PARKED", order=5, reason="8 crashes in a row")
        await seat.changed()
        await seat.press("5", "escape", "s")
        await until(lambda: bool(seat.asked("start")))


async def test_why_says_state_source_and_reason(link: FakeConnection) -> None:
    async with seated(link) as seat:
        seat.script.status(
            "araya", "DEGRADED", order=5, brain="ollama:a", reason="no Ollama, using builtin", source="health"
        )
        seat.script.live("araya", brain="builtin")
        await seat.press("5", "escape", "w")
        assert isinstance(seat.app.screen, Why)
        for fact in ("degraded", "no Ollama, using builtin", "health", "builtin; asked for ollama:a"):
            assert fact in seat.text
        await seat.press("escape")
        assert seat.app.screen is seat.app.room


async def test_why_one_was_given_up_has_the_key_that_starts_it(link: FakeConnection) -> None:
    async with seated(link) as seat:
        seat.script.status("araya", "PARKED", order=5, reason="ended 10 times in 600 s, last: signal 9")
        seat.script.live("araya", activity="idle")
        await seat.press("5", "escape", "w")
        assert "ended 10 times in 600 s" in seat.text
        assert "activity" not in seat.text, "it is at nothing, and not even idle"
        await seat.press("s")
        await until(lambda: bool(seat.asked("start")))
        assert seat.asked("start") == [{"who": "araya"}]
        assert seat.app.screen is seat.app.room


@pytest.mark.parametrize(("key", "do", "args"), [("exclamation_mark", "pause", {"who": "all"}), ("D", "down", {})])
async def test_what_stops_everything_asks_first(link: FakeConnection, key: str, do: str, args: dict[str, str]) -> None:
    async with seated(link) as seat:
        await seat.press(key)
        assert isinstance(seat.app.screen, Confirm)
        await seat.press("escape")
        await seat.press(key, "n")
        assert seat.asked(do) == []
        await seat.press(key, "y")
        await until(lambda: bool(seat.asked(do)))
        assert seat.asked(do) == [args]


async def test_a_digit_stays_with_its_instance(link: FakeConnection) -> None:
    async with seated(link) as seat:
        seat.script.status("lead-1", "OFFLINE", order=4, removed="yes")
        await seat.changed()
        await seat.press("5")
        assert seat.app.room.swarm.chosen == "araya"
        assert "lead-1" not in seat.app.room.swarm.seats


async def test_the_pointer_chooses_and_explains(link: FakeConnection) -> None:
    async with seated(link) as seat:
        swarm = seat.app.room.swarm
        box = swarm.placement.boxes["araya"]
        await seat.pilot.hover("#swarm", offset=(box.x + 4, box.y + 2))
        assert "no Ollama, using builtin" in str(swarm.tooltip)
        assert "said by health" in str(swarm.tooltip)
        await seat.pilot.click("#swarm", offset=(box.x + 4, box.y + 2))
        assert swarm.chosen == "araya"


# What waits ------------------------------------------------------------------------------------------


async def test_requests_are_decided_one_after_the_other(link: FakeConnection) -> None:
    async with seated(link) as seat:
        seat.script.say("builder-2", "human", "again", "approval", op="request", command="rm -rf build")
        await seat.changed()
        await seat.press("a")
        assert isinstance(seat.app.screen, ApprovalDialog)
        assert "pytest -q tests/auth" in seat.text
        assert "Waiting for you: 1 of 3" in seat.text
        await seat.press("o")
        assert "Two releases are waiting; ship both?" in seat.text
        assert "Waiting for you: 2 of 3" in seat.text
        await seat.press("n")
        assert "rm -rf build" in seat.text
        assert "Waiting for you: 3 of 3" in seat.text
        await seat.press("x", "enter")
        assert seat.app.screen is seat.app.room
        await until(lambda: bool(seat.asked("reject")))
        assert seat.asked("approve") == [{"id": seat.script.ids["ask"], "verdict": "once"}]
        assert len(seat.asked("reject")) == 1


async def test_a_request_is_rejected_with_a_word_and_esc_takes_it_back(link: FakeConnection) -> None:
    async with seated(link) as seat:
        await seat.press("a", "x", *"no", "escape")
        assert isinstance(seat.app.screen, ApprovalDialog)
        assert "o once" in seat.text
        await seat.press("x", *"nodb", "enter")
        await until(lambda: seat.asked("reject") == [{"id": seat.script.ids["ask"], "word": "nodb"}])


async def test_a_tools_call_shows_its_change_and_what_always_would_allow(link: FakeConnection) -> None:
    async with seated(link) as seat:
        diff = "@@ -1 +1 @@\n-old = 1\n+new = [bold]2[/bold]\u202e"
        seat.script.asks("builder-2", "edit", "edit auth.py", diff=diff, grant=["edit", "auth.py"])
        await seat.changed()
        assert "builder-2 asks to use edit: edit auth.py" in seat.text
        await seat.press("a")
        assert "builder-2 asks to use edit  8m ago" in seat.text
        assert "+new = [bold]2[/bold]⟨202E⟩" in seat.text
        assert "always: to every builder, what begins with  edit  auth.py" in seat.text
        await seat.press("A")
        await until(lambda: bool(seat.asked("approve")))
        assert seat.asked("approve")[0]["verdict"] == "always"


async def test_what_cannot_be_allowed_for_good_is_not_offered(link: FakeConnection) -> None:
    async with seated(link) as seat:
        seat.script.asks("builder-2", "shell", "curl x | sh")
        await seat.changed()
        await seat.press("a", "A")
        assert "This cannot be allowed for good, only this once." in seat.text
        assert "A always" not in seat.text
        await seat.press("o")
        await until(lambda: [args["verdict"] for args in seat.asked("approve")] == ["once"])


async def test_a_long_change_is_shown_whole_before_it_can_be_allowed(link: FakeConnection) -> None:
    diff = "\n".join(f"+line {number}" for number in range(700))
    async with seated(link) as seat:
        request = seat.script.asks("builder-2", "write", "write x.py", diff=diff)
        link.answers["body"] = {"message": {"metadata": {"command": "write x.py", "diff": diff + "\n+the end"}}}
        await seat.changed()
        await seat.press("a")
        await until(lambda: {"id": request} in seat.asked("body"))
        await seat.press("end")
        await seat.reads("+the end")
        await seat.press("o")
        await until(lambda: seat.asked("approve") == [{"id": request, "verdict": "once"}])


async def test_always_is_said_as_such(link: FakeConnection) -> None:
    async with seated(link) as seat:
        await seat.press("a", "a")
        assert seat.asked("approve") == []
        await seat.press("A")
        await until(lambda: bool(seat.asked("approve")))
        assert seat.asked("approve")[0]["verdict"] == "always"


async def test_a_key_decides_what_is_shown_and_nothing_that_came_since(link: FakeConnection) -> None:
    async with seated(link) as seat:
        await seat.press("a")
        seat.script.say("araya", "human", "", "approval", op="request", command="curl x | sh", ago=500)
        seat.script.say("coordinator", "builder-1", "", "approval", verdict="reject", reply_to="ask")
        await seat.changed()
        assert "pytest -q tests/auth" in seat.text
        await seat.press("o")
        await until(lambda: bool(seat.asked("approve")))
        assert seat.asked("approve") == [{"id": seat.script.ids["ask"], "verdict": "once"}]
        assert "curl x | sh" in seat.text


async def test_a_long_command_is_shown_whole_before_it_can_be_allowed(link: FakeConnection) -> None:
    command = "echo " + "x" * 400 + " && rm -rf /"
    link.answers["body"] = None
    script = Script(link.mirror)
    script.greet()
    script.status("araya", order=1)
    request = script.say("araya", "human", "", "approval", op="request", command=command)
    app = app_of(link)
    async with app.run_test(size=(120, 32)) as pilot:
        seat = Seat(app, pilot, link, script)
        await until(lambda: bool(app.room.swarm.seats))
        await seat.press("a", "o")
        assert "only its beginning" in seat.text
        assert seat.asked("approve") == []
        dialog = app.screen
        assert isinstance(dialog, ApprovalDialog)
        dialog.whole(request, {"content": "", "message": {"metadata": {"command": command}}})
        await pilot.pause()
        assert "&& rm -rf /" in seat.text
        await seat.press("o")
        await until(lambda: bool(seat.asked("approve")))
        assert seat.asked("body") == [{"id": request}]


async def test_a_command_hides_nothing(link: FakeConnection) -> None:
    async with seated(link) as seat:
        seat.script.say("araya", "human", "", "approval", op="request", command="ls\nrm -rf \u202e/\x1b[2J", ago=500)
        await seat.changed()
        await seat.press("a")
        assert "ls⏎rm -rf ⟨202E⟩/␛[2J" in seat.text


async def test_a_question_is_answered_from_where_it_is_asked(link: FakeConnection) -> None:
    async with seated(link) as seat:
        await seat.press("a", "n", "r")
        assert "answer mechanic:" in seat.text
        await seat.press(*"yes", "enter")
        await until(lambda: bool(seat.asked("send")))
        sent = seat.asked("send")[0]
        question = next(iter(link.mirror.room.questions))
        assert (sent["to"], sent["content"], sent["reply_to"]) == ("mechanic", "yes", question)


async def test_who_waits_is_said_without_being_asked(link: FakeConnection) -> None:
    async with seated(link) as seat:
        assert "2 waiting for you" in seat.text
        assert "builder-1 asks to run: pytest -q tests/auth and 1 more" in seat.text
        seat.script.say("coordinator", "builder-1", "", "approval", verdict="once", reply_to="ask")
        await seat.changed()
        await seat.reads("1 waiting for you")
        assert "mechanic asks you: Two releases" in seat.text
        # Its place is kept free: no node moves because somebody asks, or does no more.
        places = seat.app.room.swarm.region
        (asked,) = (row.id for row in seat.script.mirror.room.questions.values())
        seat.script.say("human", "mechanic", "both", "answer", reply_to=asked)
        await seat.changed()
        await until(lambda: "asks you" not in seat.text)
        assert seat.app.room.swarm.region == places
        await until(lambda: "waiting for you" not in seat.text)


# Panes -----------------------------------------------------------------------------------------------


async def test_tab_goes_round_the_panes_and_zoom_gives_one_the_screen(link: FakeConnection) -> None:
    async with seated(link) as seat:
        seen: list[str | None] = []
        for _ in range(4):
            await seat.press("tab")
            seen.append(seat.app.focused.id if seat.app.focused else None)
        assert seen == ["flow", "memory", "output", "swarm"]
        await seat.press("shift+tab", "z")
        assert seat.app.room.output.size.width == 118
        assert "Flow" not in seat.text
        await seat.press("escape")
        assert "Flow" in seat.text


async def test_enter_on_a_node_goes_to_its_output(link: FakeConnection) -> None:
    async with seated(link) as seat:
        await seat.press("enter")
        assert seat.app.focused is seat.app.room.output
        await seat.press("escape")
        assert seat.app.focused is seat.app.room.swarm


async def test_enter_opens_the_thread_with_full_bodies(link: FakeConnection) -> None:
    cut = "x" * 199 + "…"
    thread = [
        {"id": "m1", "from": "human", "to": "builder-1", "type": "chat", "timestamp": "", "content": "[b]please[/b]"},
        {"id": "m2", "from": "builder-1", "to": "human", "type": "answer", "timestamp": "", "content": cut},
    ]
    link.answers |= {"thread": thread, "body": {"content": "the whole body\nin two lines", "message": {}}}
    async with seated(link) as seat:
        await seat.press("tab", "up", "enter")
        assert isinstance(seat.app.screen, Detail)
        await seat.reads("the whole body")
        assert "in two lines" in seat.text
        assert "[b]please[/b]" in seat.text
        assert seat.asked("body") == [{"id": "m2"}]
        await seat.press("r")
        assert seat.app.screen is seat.app.room
        assert "answer explorer-1:" in seat.text


async def test_a_thread_that_does_not_come_says_why(link: FakeConnection) -> None:
    link.answers["thread"] = ClientError("the coordinator does not answer", 5)
    async with seated(link) as seat:
        await seat.press("tab", "enter")
        await seat.reads("the coordinator does not answer")
        assert "auth.py: refresh untested" in seat.text


async def test_a_finding_opens_with_its_evidence(link: FakeConnection) -> None:
    link.answers["thread"] = []
    async with seated(link) as seat:
        await seat.press("tab", "tab", "up", "up", "enter")
        await seat.reads("shop/db.py:4")
        assert "rests on" in seat.text


async def test_find_shows_only_what_contains_the_text(link: FakeConnection) -> None:
    async with seated(link) as seat:
        await seat.press("tab", "slash", *"c2")
        assert "nightly build is green" in seat.text
        assert "Two releases" not in "\n".join(line[76:] for line in seat.text.splitlines()[:16])
        await seat.press("enter")
        assert seat.app.focused is seat.app.room.flow
        assert "Flow · c2" in seat.text
        await seat.press("slash", "escape")
        assert "Flow · c2" not in seat.text


async def test_scrolling_up_counts_what_is_new_and_end_follows_again(link: FakeConnection) -> None:
    async with seated(link) as seat:
        flow = seat.app.room.flow
        await seat.press("tab", "pageup")
        top = seat.text.splitlines()[2][76:]
        for number in range(3):
            seat.script.say("builder-1", "lead-1", f"news {number}")
        await seat.changed()
        await until(lambda: flow.unread == 3)
        assert "3 new" in seat.text
        assert seat.text.splitlines()[2][76:] == top
        await seat.press("end")
        assert flow.unread == 0
        assert "news 2" in seat.text


async def test_help_is_about_the_place_one_is_at(link: FakeConnection) -> None:
    async with seated(link, (120, 60)) as seat:
        await seat.press("tab", "question_mark")
        assert isinstance(seat.app.screen, Help)
        assert "opens its thread" in seat.text
        assert "Write to the instance with this digit." in seat.text
        await seat.press("q")
        assert seat.app.screen is seat.app.room


async def test_the_palette_offers_no_theme_whose_contrast_nobody_checked(link: FakeConnection) -> None:
    async with seated(link) as seat:
        assert "dracula" in seat.app.available_themes
        await seat.press("ctrl+p", *"dracula")
        await seat.reads("No matches found")


async def test_the_palette_finds_actions_instances_and_themes(link: FakeConnection) -> None:
    async with seated(link) as seat:
        await seat.press("ctrl+p", *"daylight")
        await seat.reads("theme: daylight")
        await seat.press("enter")
        await until(lambda: seat.app.theme == "daylight")
        await seat.press("ctrl+p", *"to visitor")
        await seat.reads("message: to visitor")
        await seat.press("enter")
        await seat.reads("to visitor:")


async def test_q_leaves_and_asks_for_nothing(link: FakeConnection) -> None:
    async with seated(link) as seat:
        await seat.press("q")
        await until(lambda: not seat.app.is_running)
        # How much is new, and what happened meanwhile, the screen asks by itself, and says that somebody is there.
        assert {do for do, _ in link.asked} <= {"memory/news", "digest", "looked"}


async def test_the_users_keys_take_the_place_of_ours(link: FakeConnection) -> None:
    async with seated(link, preferred=Preferences(keymap={"instance.why": "f10"})) as seat:
        assert "F10 why" in seat.text
        await seat.press("w")
        assert seat.app.screen is seat.app.room
        await seat.press("f10")
        assert isinstance(seat.app.screen, Why)


# Sizes and states ------------------------------------------------------------------------------------


async def test_what_is_seen_follows_the_size_and_comes_back(link: FakeConnection) -> None:
    async with seated(link) as seat:
        for width, height, panes in (
            (120, 32, {"swarm", "flow", "memory", "output"}),
            (90, 32, {"swarm", "flow", "output"}),
            (60, 32, {"swarm"}),
            (40, 24, {"swarm"}),
            (120, 16, {"swarm", "flow", "memory"}),
            (200, 50, {"swarm", "flow", "memory", "output"}),
        ):
            await seat.pilot.resize_terminal(width, height)
            await seat.pilot.pause()
            shown = {
                name
                for name in ("swarm", "flow", "memory", "output")
                if seat.app.room.query_one(f"#{name}").region.area
            }
            assert shown == panes, (width, height)
            assert "explorer-1" in seat.text


async def test_in_one_column_tab_changes_what_is_seen(link: FakeConnection) -> None:
    async with seated(link, (90, 30)) as seat:
        await seat.press("tab", "tab")
        assert seat.app.focused is seat.app.room.memory
        assert "Flow │ Memory 3" in seat.text
        assert seat.app.room.flow.region.area == 0
        await seat.press("escape")
        assert seat.app.room.memory.region.area > 0


async def test_on_a_small_screen_every_pane_is_one_key_away(link: FakeConnection) -> None:
    async with seated(link, (40, 20)) as seat:
        assert "explorer-1" in seat.text
        await seat.press("tab")
        assert "Two releases" in seat.text
        await seat.press("tab")
        assert "refresh path untested" in seat.text
        await seat.press("tab")
        assert "read auth.py" in seat.text
        await seat.press("3", *"ok", "enter")
        await until(lambda: bool(seat.asked("send")))


async def test_a_sentence_longer_than_the_header_is_cut_and_not_lost(link: FakeConnection) -> None:
    async with seated(link, size=(100, 30)) as seat:
        link.mirror.link(False, "the token in .trinity can be read by others; remove it, a new one is made " * 3)
        await seat.changed()
        await seat.reads("the token in .trinity can be read by others")


async def test_a_lost_connection_is_said_at_once_and_everything_stays(link: FakeConnection) -> None:
    async with seated(link) as seat:
        link.mirror.link(False, "the coordinator does not answer; trying again")
        await seat.changed()
        await seat.reads("the coordinator does not answer; trying again")
        assert "explorer-1" in seat.text
        assert "nightly build is green" in seat.text
        link.mirror.link(True)
        await seat.changed()
        await until(lambda: "trying again" not in seat.text)


async def test_a_notice_is_told_once_however_often_it_comes(link: FakeConnection) -> None:
    async with seated(link) as seat:
        for notices in (["[b]the disk[/b] is nearly full"], ["[b]the disk[/b] is nearly full", "Ollama is not there"]):
            link.mirror.apply(Notices(notices))
            await seat.changed()
        await until(lambda: len(seat.told) >= 2)
        assert seat.told == ["[b]the disk[/b] is nearly full", "Ollama is not there"]
        link.mirror.apply(Notices([f"{name} could not be written" for name in "abcde"]))
        await seat.changed()
        await until(lambda: len(seat.told) >= 6)
        assert seat.told[4:] == ["c could not be written", "and 2 more: N says all of them"]


async def test_notices_that_hold_are_counted_in_the_header_and_said_again(link: FakeConnection) -> None:
    async with seated(link) as seat:
        link.mirror.apply(Notices(["instances.toml:3: [b]no such role[/b]", "the disk is nearly full"]))
        await seat.changed()
        await seat.reads("▲ 2 notices")
        seat.app.clear_notifications()
        await seat.press("N")
        await seat.reads("instances.toml:3: [b]no such role[/b]")
        await seat.press("escape")
        await seat.pilot.resize_terminal(60, 24)
        await until(lambda: "▲2" in seat.text.splitlines()[0])
        link.mirror.apply(Notices([]))
        await seat.changed()
        await until(lambda: "▲" not in seat.text.splitlines()[0])
        await seat.press("N")
        await seat.reads("has no notice")


async def test_a_replaced_room_is_shown_whole(link: FakeConnection) -> None:
    async with seated(link) as seat:
        crowd(3, link.mirror)
        await seat.changed()
        await until(lambda: "fleet" in seat.text and "reflector-2" in seat.text)
        await until(lambda: "explorer-1" not in "\n".join(seat.text.splitlines()[:16]))


async def test_durations_tick_while_somebody_works_and_the_clock_with_them(link: FakeConnection) -> None:
    hand = HandClock(NOW + 0.95)
    async with seated(link, hand=hand) as seat:
        assert "12s" in seat.text
        hand.seconds = NOW + 2
        await seat.reads("14s")
        await seat.reads("14:22:13")


async def test_when_all_is_still_there_is_one_timer_a_minute_away(link: FakeConnection) -> None:
    script = Script(link.mirror)
    script.greet()
    script.status("araya", order=1)
    app = app_of(link)
    async with app.run_test(size=(120, 32)) as pilot:
        await until(lambda: bool(app.room.swarm.seats))
        await pilot.pause(0.05)
        assert app.room.swarm.pace == "still"
        assert not app.room.header.is_ticking
        timers = [timer for timer in app.room._timers if timer.name == "look"]  # pyright: ignore[reportPrivateUsage]
        assert len(timers) == 1
        assert timers[0]._interval > 40  # pyright: ignore[reportPrivateUsage]


async def test_an_empty_room_says_what_to_expect(link: FakeConnection) -> None:
    Script(link.mirror).greet()
    app = app_of(link)
    async with app.run_test(size=(120, 32)) as pilot:
        await pilot.pause(0.1)
        text = screen_text(app)
        assert "No instance yet." in text
        assert "No message yet. Press 0 to write" in text
        assert "Nothing learned yet." in text
