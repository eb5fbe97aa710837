"""What a person does with what is remembered: find it, read where it comes from, see what is new, and correct it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from memory_demo import CLASH, DECIDED, HITS, NEWS, NO_NEWS, OURS, RECORDS, page, remembering, row
from tui_demo import NOW, FakeConnection, HandClock, app_of, screen_text, until

from patience import PATIENCE_SECONDS
from trinity_tui.core.errors import ClientError
from trinity_tui.core.wire.face import Live
from trinity_tui.tui.screens import memory
from trinity_tui.tui.screens.memory import MemoryScreen
from trinity_tui.tui.widgets.confirm import Confirm
from trinity_tui.tui.widgets.detail import Detail
from trinity_tui.tui.widgets.help import Help
from trinity_tui.tui.widgets.holds import HoldsDialog
from trinity_tui.tui.widgets.remember import RememberDialog

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from textual.pilot import Pilot

    from trinity_tui.tui.app import TrinityApp


class Reader:
    """Somebody in front of the Memory."""

    def __init__(self, app: TrinityApp, pilot: Pilot[None], link: FakeConnection) -> None:
        self.app, self.pilot, self.link = app, pilot, link
        found = app.made("memory")
        assert isinstance(found, MemoryScreen)
        self.screen = found

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def search(self, text: str) -> None:
        await self.press("slash", *(("space" if key == " " else "colon" if key == ":" else key) for key in text))

    @property
    def text(self) -> str:
        return screen_text(self.app)

    @property
    def chosen(self) -> str:
        return self.screen.known.chosen

    def asked(self, do: str) -> list[dict[str, Any]]:
        return [args for name, args in self.link.asked if name == do]

    async def reads(self, text: str) -> None:
        await until(lambda: text in self.text)

    async def reads_no(self, text: str) -> None:
        await until(lambda: text not in self.text)

    def told(self) -> list[str]:
        return [item.message for item in self.app._notifications]  # pyright: ignore[reportPrivateUsage]

    async def changed(self) -> None:
        self.link.mirror.apply(Live([], ["memory"]))
        self.link.changed.set()
        await self.pilot.pause()


@asynccontextmanager
async def reading(
    link: FakeConnection, size: tuple[int, int] = (120, 40), hand: HandClock | None = None, **answers: Any
) -> AsyncGenerator[Reader]:
    remembering(link)
    link.answers |= {f"memory/{name}": answer for name, answer in answers.items()}
    app = app_of(link, hand)
    async with app.run_test(size=size) as pilot:
        await until(lambda: bool(app.room.swarm.seats))
        await pilot.press("f5")
        reader = Reader(app, pilot, link)
        await until(lambda: bool(reader.asked("memory/search")) and not reader.screen.asked.is_waiting)
        await pilot.pause()
        yield reader


# What is there ---------------------------------------------------------------------------------------


async def test_first_comes_what_was_said_while_the_person_was_away_then_the_rest_each_once(
    link: FakeConnection,
) -> None:
    async with reading(link) as reader:
        await reader.reads("While you were away  since 11:22, 3h")
        assert "4 new  1 replaced  1 taken back  1 contradicted" in reader.text
        places = [reader.text.index(text) for text in ("Is the token cache", "Every service renews", "cleared at night",
                                                       "Known before", "Short commit messages")]  # fmt: skip
        assert places == sorted(places)
        assert reader.text.count("Is the token cache") == 1
        assert reader.asked("memory/search") == [{"limit": 50}]


async def test_an_empty_memory_says_what_to_do(link: FakeConnection) -> None:
    async with reading(link, search=[], news=NO_NEWS) as reader:
        await reader.reads("Nothing is remembered yet.")
        assert "+ has something remembered." in reader.text
        await reader.press("t")
        await reader.reads("token renewal")
        reader.link.answers["memory/themes"] = {"themes": [], "questions": [], "solutions": []}
        await reader.press("t", "t")
        await reader.reads("The records say nothing together yet.")


async def test_a_record_says_what_is_to_be_known_before_it_is_believed(link: FakeConnection) -> None:
    async with reading(link, (160, 40)) as reader:
        await reader.reads("⇄ contradicted  ×2  used 5")
        (line,) = [line for line in reader.text.splitlines() if "70% sure" in line]
        assert "question    araya            30m  70% sure" in line
        assert "lead-1           20d  replaced" in reader.text
        assert "visitor           2d  taken back" in reader.text


async def test_help_says_what_the_place_is_for(link: FakeConnection) -> None:
    async with reading(link) as reader:
        await reader.press("question_mark")
        assert isinstance(reader.app.screen, Help)
        assert "What is remembered: first what came to be known while you were away" in reader.text


# Finding ---------------------------------------------------------------------------------------------


async def test_it_is_looked_for_while_it_is_typed_and_only_the_last_word_counts(
    link: FakeConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A busy machine may be slower with a letter than a person who pauses.
    monkeypatch.setattr(memory, "TYPING_SECONDS", 1.0)
    async with reading(link) as reader:
        await reader.search("port by:builder-1")
        await reader.reads("1 found")
        assert reader.asked("memory/search")[-1] == {
            "text": "port",
            "author": "builder-1",
            "limit": 50,
            "is_begun": True,
        }
        assert len(reader.asked("memory/search")) < len("port by:builder-1")
        assert "4.21" in reader.text
        await reader.press("enter")
        assert reader.app.focused is reader.screen.known
        await reader.press("escape")
        await reader.reads("While you were away")


async def test_what_has_only_words_of_a_path_is_not_told_as_found(link: FakeConnection) -> None:
    async with reading(link) as reader:
        await reader.search("server/port.py")
        await reader.reads("nothing has all of it, 2 near")
        await reader.reads("it does not say server/port.py")
        assert reader.text.count("  near") >= 2
        await reader.reads("─ Near ─")
        await reader.press("slash", "ctrl+u", *"port")
        await reader.reads("2 found")
        await reader.reads("─ Found ─")


async def test_what_was_chosen_stays_chosen_while_it_is_among_what_is_found(link: FakeConnection) -> None:
    async with reading(link) as reader:
        await reader.press("down", "down", "down")
        assert reader.chosen == "record:p1"
        await reader.search("port")
        await reader.reads("2 found")
        assert reader.chosen == "record:p1"
        await reader.press("slash", "ctrl+u", *"zebra")
        await reader.reads("Nothing is known about that.")
        assert reader.chosen == ""


async def test_what_cannot_be_looked_for_is_said_and_what_was_found_stays(link: FakeConnection) -> None:
    async with reading(link) as reader:
        await reader.search("kind:desicion")
        await reader.reads('there is no kind "desicion"; did you mean decision?')
        assert "Tokens are renewed by the gateway" in reader.text
        reader.link.answers["memory/search"] = ClientError("the index of the memory could not be read", 1)
        await reader.press("ctrl+u", *"zzz")
        await reader.reads("the index of the memory could not be read")
        assert "Tokens are renewed by the gateway" in reader.text


async def test_a_name_that_nobody_has_is_said_to_be_none(link: FakeConnection) -> None:
    async with reading(link) as reader:
        await reader.search("by:bilder-1")
        await reader.reads('Nothing of anybody called "bilder-1" is known; did you mean')
        assert "builder-1?" in reader.text


async def test_what_was_chosen_is_seen_among_what_is_found_however_far_down(link: FakeConnection) -> None:
    many = [row(f"r{number}", "fact", f"thing {number} of many", "araya", 60.0 + number) for number in range(30)]
    async with reading(link, (120, 24), search=many, news=NO_NEWS) as reader:
        await reader.reads("thing 0 of many")
        await reader.press("down")
        assert reader.chosen == "record:r1"
        reader.link.answers["memory/search"] = [*many[2:], many[1]]
        await reader.search("thing")
        await reader.reads("29 found")
        assert "thing 1 of many" in reader.text


async def test_more_is_asked_for_when_the_end_is_reached(link: FakeConnection) -> None:
    many = [row(f"r{number}", "fact", f"thing {number} of many", "araya", 60.0 + number) for number in range(120)]

    def page(offset: int = 0, limit: int = 0, **_: Any) -> list[dict[str, Any]]:
        return many[offset : offset + limit]

    async with reading(link, search=page, news=NO_NEWS) as reader:
        await reader.reads("thing 0 of many")
        await reader.press("end")
        await until(lambda: len(reader.screen.asked.hits) == 100)
        assert reader.asked("memory/search")[-1] == {"limit": 50, "offset": 50}
        await reader.press("end")
        await until(lambda: len(reader.screen.asked.hits) == 120)
        await reader.press("end")
        await reader.reads("thing 119 of many")
        assert len(reader.asked("memory/search")) == 3
        await reader.changed()
        await reader.reads("something is new, home shows it")
        assert "thing 119 of many" in reader.text
        await reader.press("home")
        await until(lambda: len(reader.screen.asked.hits) == 50)


# One record ------------------------------------------------------------------------------------------


async def test_the_page_says_why_it_was_found_and_shows_both_sides(link: FakeConnection) -> None:
    async with reading(link) as reader:
        await reader.search("port")
        await reader.press("enter")
        await reader.reads("Why it was found  4.21")
        assert "3.40 in its text: port, server" in reader.text
        assert "×0.95 has so much of what you look for" in reader.text
        assert "8080                     │ 8001  this one" in reader.text
        assert "shown 4×, recalled 1×, named 1×" in reader.text
        await reader.press("enter", "enter")
        await reader.reads("8080  this one")
        assert reader.screen.asked.record is not None
        assert reader.screen.asked.record.id == "p2", "the other side is opened from the page of the one"


async def test_where_it_is_narrow_one_side_stands_below_the_other(link: FakeConnection) -> None:
    async with reading(link, (40, 60)) as reader:
        await reader.search("port")
        await reader.press("enter", "enter")
        await reader.reads("8001  this one")
        lines = [line.rstrip("▌ ").strip() for line in reader.text.splitlines()]
        assert lines.index("8080") < lines.index("mechanic  3d") < lines.index("8001  this one")


async def test_what_it_took_the_place_of_is_opened_and_left_again(link: FakeConnection) -> None:
    async with reading(link) as reader:
        await reader.press("down", "down")
        await reader.reads("In place of")
        await reader.press("enter", "enter")
        await reader.reads("Replaced by")
        assert "esc goes back" in reader.text
        await reader.press("escape")
        await reader.reads("In place of")
        await reader.press("escape")
        assert reader.app.focused is reader.screen.known


@pytest.mark.parametrize("keys", [["e"], ["enter", "enter"]])
async def test_the_message_that_says_it_is_one_key_away(link: FakeConnection, keys: list[str]) -> None:
    async with reading(link) as reader:
        await reader.reads("place     auth.py:88")
        await reader.press(*keys)
        assert isinstance(reader.app.screen, Detail)
        assert reader.asked("thread") == [{"id": "g1"}]
        assert "explorer-1 → all" in reader.text


# Correcting it ---------------------------------------------------------------------------------------


async def test_something_is_remembered_and_a_secret_is_said_to_be_masked(link: FakeConnection) -> None:
    async with reading(link) as reader:
        await reader.press("plus", "enter")
        await reader.reads("write what is to be remembered")
        await reader.press(*"token=abcdefgh")
        await reader.reads("what looks like a secret is masked: token=[hidden]")
        await reader.press("tab", "right", "tab", *"a,b", "enter")
        await until(lambda: bool(reader.asked("memory/add")))
        assert reader.asked("memory/add") == [{"text": "token=abcdefgh", "kind": "decision", "tags": ["a", "b"]}]
        await until(lambda: "remembered" in reader.told())
        assert reader.app.screen is reader.screen
        await until(lambda: reader.chosen == "record:w1")


async def test_what_is_not_kept_stays_as_it_was_written(link: FakeConnection) -> None:
    async with reading(link, add=ClientError("a look-only face may not have something remembered", 3)) as reader:
        await reader.press("plus", *"x", "enter")
        await reader.reads("a look-only face may not have something remembered")
        dialog = reader.app.screen
        assert isinstance(dialog, RememberDialog)
        assert dialog.focused is not None
        assert dialog.focused.id == "remember-text"


async def test_a_record_is_taken_back_once_the_person_agrees(link: FakeConnection) -> None:
    async with reading(link) as reader:
        await reader.press("down", "down", "down")
        await reader.reads("states    the server · port = 8001")
        await reader.press("x")
        assert isinstance(reader.app.screen, Confirm)
        assert "It was said 2 times; all of them are taken back." in reader.text
        await reader.press("n", "x", "y")
        await until(lambda: "taken back" in reader.told())
        assert reader.asked("memory/retract") == [{"id": "p1"}]


async def test_which_value_holds_is_said_once_the_consequence_was_read(link: FakeConnection) -> None:
    async with reading(link) as reader:
        await reader.press("h")
        await until(lambda: "Nothing contradicts this record." in reader.told())
        await reader.press("down", "down", "down")
        await reader.reads("⇄ Contradicted  port of the server")
        await reader.press("h")
        assert isinstance(reader.app.screen, HoldsDialog)
        assert "▸ 8001  builder-1, lead-1" in reader.text
        await reader.press("left")
        await reader.reads("8080 holds from now on. What says 8001 (1) is replaced")
        await reader.press("y")
        await until(lambda: "settled" in reader.told())
        assert reader.asked("memory/resolve") == [{"id": "p2"}]


async def test_each_contradiction_of_a_record_is_asked_about(link: FakeConnection) -> None:
    def show(**asked: Any) -> dict[str, Any]:
        return page(OURS) | {"contradictions": [CLASH, CLASH | {"predicate": "second port"}]}

    async with reading(link, show=show) as reader:
        await reader.press("down", "down", "down")
        await reader.reads("second port")
        await reader.press("h")
        await reader.reads("Which holds? (1 of 2)")
        await reader.press("escape")
        await reader.reads("What is the second port of the server?")
        await reader.press("y")
        await until(lambda: reader.asked("memory/resolve") == [{"id": "p1"}])


async def test_what_is_refused_is_a_sentence(link: FakeConnection) -> None:
    async with reading(link, retract=ClientError("'g1' is taken back already", 1)) as reader:
        await reader.reads("place     auth.py:88")
        await reader.press("x", "y")
        await until(lambda: "'g1' is taken back already" in reader.told())


# Together --------------------------------------------------------------------------------------------


async def test_themes_unfold_into_their_records(link: FakeConnection) -> None:
    async with reading(link) as reader:
        await reader.press("t")
        await reader.reads("Failed, then solved")
        assert "⇄ port of the server" in reader.text
        await reader.press("enter")
        await reader.reads("    ◆ Tokens are renewed by the gateway")
        assert reader.asked("memory/records") == [{"ids": "g1,q1,d1"}]
        await reader.press("down")
        await until(lambda: reader.asked("memory/show")[-1]["id"] == reader.chosen.removeprefix("record:"))
        await reader.press("up", "enter")
        await reader.reads_no("    ◆ Tokens are renewed by the gateway")
        await reader.press("escape")
        await reader.reads("While you were away")


# What is new -----------------------------------------------------------------------------------------


async def test_the_tab_says_how_much_is_new_until_the_person_has_looked_and_left(link: FakeConnection) -> None:
    async with reading(link) as reader:
        await reader.reads("[Memory⁵]")
        assert reader.asked("memory/looked") == []
        reader.link.answers["memory/news"] = NO_NEWS
        await reader.press("f1")
        await until(lambda: reader.asked("memory/looked") == [{"at": NOW}])
        await reader.reads_no("Memory⁵")
        await reader.press("f5")
        await reader.reads_no("While you were away")


async def test_whoever_leaves_the_program_from_here_has_looked(link: FakeConnection) -> None:
    async with reading(link) as reader:
        await reader.reads("While you were away")
        await reader.press("q")
        await until(lambda: reader.asked("memory/looked") == [{"at": NOW}])


async def test_a_dialog_over_it_is_no_leaving(link: FakeConnection) -> None:
    async with reading(link) as reader:
        await reader.press("question_mark", "escape")
        assert reader.asked("memory/looked") == []


async def test_what_is_remembered_meanwhile_appears_and_what_is_read_stays(link: FakeConnection) -> None:
    async with reading(link, (120, 20)) as reader:
        await reader.press("end", "up")
        await reader.reads("Port 8080 is what the health check asks")
        # All of the chosen record follows what is chosen in the list.
        await reader.reads("2026-09-18 14:22, 3d")
        before = reader.text.splitlines()[8:14]
        fresh = row("n1", "fact", "Something new was learned", "araya", 1.0)
        reader.link.answers["memory/news"] = NEWS | {"records": [fresh, *NEWS["records"]]}
        reader.link.answers["memory/search"] = [fresh, *RECORDS]
        asked = len(reader.asked("memory/search"))
        await reader.changed()
        await until(lambda: len(reader.asked("memory/search")) > asked and not reader.screen.asked.is_waiting)
        await reader.pilot.pause()
        assert reader.text.splitlines()[8:14] == before
        await reader.press("home")
        await reader.reads("Something new was learned")


async def test_what_changes_all_the_time_is_looked_at_all_the_same(link: FakeConnection) -> None:
    async with reading(link) as reader:
        await reader.press("t")
        await reader.reads("Failed, then solved")
        asked = len(reader.asked("memory/search"))
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(reader.asked("memory/search")) < asked + 2:
                await reader.changed()
        assert len(reader.asked("memory/themes")) == 1


async def test_the_place_is_kept_while_another_screen_is_seen(link: FakeConnection) -> None:
    async with reading(link, news=NO_NEWS) as reader:
        await reader.search("port")
        await reader.press("enter", "down")
        await reader.press("f1", "f5")
        await reader.reads("2 found")
        assert reader.chosen == "record:p2"


# The mouse, and texts of others ----------------------------------------------------------------------


async def test_a_click_chooses_and_a_second_one_opens(link: FakeConnection) -> None:
    async with reading(link) as reader:
        await reader.pilot.click("#known", offset=(5, 6))
        assert reader.chosen == "record:q1"
        await reader.pilot.click("#known", offset=(5, 6), times=2)
        await until(lambda: reader.app.focused is reader.screen.record)


async def test_what_instances_write_acts_on_nothing(link: FakeConnection) -> None:
    evil = row("e1", "fact", "[b]x[/b]\x1b[31m\u202e red\nsecond line", "[red]", 5.0, tags=["\x1b]0;t\x07"])
    shown: dict[str, Any] = evil | {
        "statements": [],
        "contradictions": [CLASH],
        "related": {},
        "ended_by": "\x07",
        "is_retracted": True,
    }
    async with reading(link, search=[evil], news=NO_NEWS, show=shown | {"state": "retracted"}) as reader:
        await reader.reads("[b]x[/b] red")
        await reader.reads("Taken back by a message")
        assert "\x1b" not in reader.text
        assert "\u202e" not in reader.text
        await reader.press("h")
        await reader.reads("Which holds?")


async def test_what_could_not_be_asked_is_said(link: FakeConnection) -> None:
    async with reading(link, themes=ClientError("there is no request 'memory/themes'", 2)) as reader:
        await reader.press("t")
        await reader.reads("there is no request 'memory/themes'")


async def test_an_answer_of_another_shape_is_nothing(link: FakeConnection) -> None:
    async with reading(link, search={"no": "list"}, news=[1], show="x", themes=None) as reader:
        await reader.reads("Nothing is remembered yet.")
        await reader.press("t", "e", "h", "x")
        await until(lambda: "Choose a record first." in reader.told())


async def test_ages_grow_while_one_looks(link: FakeConnection) -> None:
    hand = HandClock()
    async with reading(link, hand=hand) as reader:
        await reader.reads("araya            30m")
        hand.seconds += 3_600
        reader.screen.known.renew()
        await reader.reads("araya             1h")
        assert DECIDED["text"][:30] in reader.text
        assert HITS[0]["text"] in reader.text
