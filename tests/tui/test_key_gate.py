"""What is typed in one burst ends where it was meant to: whole bursts at once, written to a real terminal."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar

import msgspec
from burst_show import Told
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from textual.app import App
from textual.binding import Binding
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from patience import until, wait_until
from trinity_tui.bench.screen_terminal import Terminal
from trinity_tui.tui import key_gate
from trinity_tui.tui.key_gate import KeyGate
from trinity_tui.tui.right_of_way import RightOfWay

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    import pytest
    from textual import events
    from textual.app import ComposeResult

TELL = "\x1b[24~"
ESCAPE = "\x1b[27u"
"""As terminals with the newer key protocol write it: what follows at once is not taken for a part of it."""
F1, F3, F5 = "\x1bOP", "\x1bOR", "\x1b[15~"
NAMES = {"1": "explorer-1", "2": "builder-1", "3": "reflector-1", "0": "broadcast"}


class Typist:
    """Somebody faster than any screen."""

    def __init__(self, terminal: Terminal, file: Path) -> None:
        self._terminal, self._file = terminal, file
        self._told = 0

    def types(self, burst: str) -> Told:
        """Write all of it at once; how it is afterwards."""
        self._terminal.send(burst + TELL)
        self._told += 1

        def line() -> bytes:
            self._terminal.read_once(0.05)
            return b"".join(self._file.read_bytes().split(b"\n")[:-1][self._told - 1 : self._told])

        return msgspec.json.decode(wait_until(line, f"where one is after {burst!r}"), type=Told)


@contextmanager
def typing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[Typist]:
    file = folder / "told"
    file.touch()
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    with Terminal("burst_show", str(file)) as terminal:
        terminal.wait_for("explorer-1")
        yield Typist(terminal, file)


def test_what_is_typed_in_one_burst_ends_in_the_line_it_was_meant_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with typing(tmp_path, monkeypatch) as typist:
        told = typist.types("1hello world\r")
        assert (told.sent, told.written, told.to) == ([("explorer-1", "hello world")], "", "explorer-1")
        told = typist.types(f"{ESCAPE}0a\x1b[200~pasted\ntext\x1b[201~")
        assert (told.written, told.to) == ("apasted\ntext", "broadcast")
        told = typist.types(f"{F5}/token")
        assert (told.screen, told.focused, told.written) == ("MemoryScreen", "SearchField", "token")
        told = typist.types(f"{F1}{ESCAPE}/auth")
        assert (told.screen, told.focused, told.written) == ("RoomScreen", "FindBar", "auth")
        told = typist.types(f"\r\t{F3}2to the builder\r{F1}mhere")
        assert (told.screen, told.sent) == ("RoomScreen", [("builder-1", "to the builder")])
        assert told.written == "here"


# What begins with a slash is a command, which has tests of its own.
words = st.text("abcdemnopqrstuvwxyzADNV 0123456789/!?+äß漢", min_size=1, max_size=12).filter(
    lambda word: bool(word.strip()) and not word.startswith("/")
)
said = st.tuples(st.sampled_from(["", F1, F3]), st.sampled_from(sorted(NAMES)), words, st.booleans())


def test_nothing_of_any_burst_is_lost_or_goes_astray(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with typing(tmp_path, monkeypatch) as typist:

        @given(st.lists(said, min_size=1, max_size=6))
        @settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.too_slow], database=None)
        def all_arrives(told: list[tuple[str, str, str, bool]]) -> None:
            burst, expected = "", list[tuple[str, str]]()
            for screen, digit, word, is_pasted in told:
                text = f"\x1b[200~{word}\x1b[201~" if is_pasted else word
                burst += f"{screen}{digit}{text}\r{ESCAPE}"
                expected.append((NAMES[digit], word))
            found = typist.types(burst)
            assert found.sent == expected
            assert found.written == ""

        all_arrives()


class Asking(ModalScreen[None]):
    def __init__(self) -> None:
        super().__init__()
        self.closed = asyncio.Event()

    def compose(self) -> ComposeResult:
        yield Input()

    def on_input_submitted(self) -> None:
        self.closed.set()
        self.dismiss(None)


class Stubborn(Static, can_focus=True):
    """Waits in its handler until the dialog it opened is closed."""

    async def on_key(self, event: events.Key) -> None:
        if event.key == "d":
            dialog = Asking()
            await self.app.push_screen(dialog)  # pyright: ignore[reportUnknownMemberType]
            await dialog.closed.wait()


class Gated(App[None]):
    BINDINGS: ClassVar = [Binding("x", "count")]

    def __init__(self) -> None:
        super().__init__()
        self.gate = KeyGate(self, super().on_event, RightOfWay())
        self.counted = 0

    def compose(self) -> ComposeResult:
        yield Stubborn()

    async def on_event(self, event: events.Event) -> None:
        if self.gate.concerns(event):
            await self.gate.take(event)
        else:
            await super().on_event(event)

    def action_count(self) -> None:
        self.counted += 1


async def test_a_handler_that_waits_for_a_dialog_holds_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_gate, "PATIENCE_SECONDS", 0.3)
    app = Gated()
    async with app.run_test() as pilot:
        app.query_one(Stubborn).focus()
        await pilot.pause()
        for key in "dhi":
            app.simulate_key(key)
        await until(lambda: isinstance(app.screen, Asking) and app.screen.query_one(Input).value == "hi")
        app.simulate_key("enter")
        app.simulate_key("x")
        await until(lambda: app.counted)
        assert not isinstance(app.screen, Asking)
        assert app.counted == 1
