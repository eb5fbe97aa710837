"""What is pasted is text, whatever stands in it and however it was cut on its way; what is typed around it is keys."""

from __future__ import annotations

import sys

from hypothesis import given
from hypothesis import strategies as st
from textual.events import Paste

from fleet import wait_until
from trinity_tui.tui.escapes import ESCAPE
from trinity_tui.tui.pastes import END, FLOWS_SECONDS, LOST_SECONDS, START, Pastes
from tui.test_terminal import Pty

SCREEN = """
from textual.app import App
from textual.widgets import Static
from trinity_tui.tui.terminal import Terminal

class Screen(App):
    came = []
    def get_driver_class(self):
        return Terminal
    def compose(self):
        yield Static("begun")
    def on_paste(self, event):
        self.query_one(Static).update(event.text)
        self.came.append(event.text.replace("\\n", "|"))
    def on_key(self, event):
        self.came.append(event.key)
        if event.key == "q":
            self.exit()

screen = Screen()
screen.run()
print("over:", screen.came)
"""
HOSTILE = st.sampled_from(("\x1b", "\x1b[", "\x1b[20", "\x1b[31m", "\r", "A", "é", START, "\x1b[200", "\x1b[201"))
TYPED = st.sampled_from(("a", "\x1b[A", "\x1bOP", "é"))


MOMENT = FLOWS_SECONDS * 2
"""Keys come apart by this, and what a slow line brings."""


def found(*reads: str | float) -> list[str | tuple[str]]:
    """What comes of these reads, a paste in brackets; an empty one is a pause, a number one of so many seconds."""
    pastes, now = Pastes(), 0.0
    pieces: list[str | Paste] = []
    for read in (*reads, ""):
        if isinstance(read, str) and read:
            now += MOMENT
            pieces += pastes.read(read, now)
        else:
            now += read or MOMENT
            pieces += pastes.wait_no_longer(now)
    return [(piece.text,) if isinstance(piece, Paste) else piece for piece in pieces]


def test_a_line_end_behind_an_escape_that_was_pasted_sends_nothing() -> None:
    assert found(f"{START}one \x1b[31mred\x1b[0m\r\ntwo\x1b]0;title\x07\rthree\x00{END}") == [
        ("one red\ntwo]0;title\nthree",)
    ]


def test_keys_before_and_after_a_paste_stay_keys_in_their_order() -> None:
    assert found(f"a\x1b[A{START}b{END}c{START}{END}\x1b") == ["a\x1b[A", ("b",), "c", ("",), ESCAPE]
    assert found("\x1b[20", "", "x\x1b") == ["\x1b[20", "x", ESCAPE]
    assert found("\x1b[20\x1b", "q") == ["\x1b[20", ESCAPE, "q"]


@given(
    st.lists(TYPED, max_size=4).map("".join),
    st.lists(HOSTILE, max_size=8).map("".join),
    st.lists(TYPED, max_size=4).map("".join),
    st.lists(st.integers(1, 120), max_size=8),
)
def test_a_paste_is_one_wherever_it_is_cut(before: str, body: str, after: str, cuts: list[int]) -> None:
    text = f"{before}{START}{body}{END}{after}"
    bounds = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    pieces = found(*[text[start:end] for start, end in zip(bounds, bounds[1:], strict=False)])
    (whole,) = found(f"{START}{body}{END}")
    assert [piece for piece in pieces if isinstance(piece, tuple)] == [whole]
    place = pieces.index(whole)
    assert "".join(map(str, pieces[:place])) == before
    assert "".join(map(str, pieces[place + 1 :])) == after
    assert ESCAPE not in pieces


def test_what_only_looks_like_the_end_of_a_paste_is_part_of_it() -> None:
    assert found(f"{START}a\x1b[201", "é", f"b{END}") == [("a[201éb",)]


def test_a_lost_end_takes_no_more_than_a_moment_of_what_is_typed() -> None:
    assert found(f"a{START}one", LOST_SECONDS, "q", "\x1b", "", "y") == ["a", ("one",), "q", ESCAPE, "y"]
    # Also of who never rests: what they typed until then was text to them as well.
    count = int(LOST_SECONDS / MOMENT)
    assert found(f"{START}one", *"x" * count, "y", "\x1b[D", "\r") == [("one" + "x" * count,), "y", "\x1b[D", "\r"]
    # A mouse that moves is no paste, and the next one is another.
    assert found(f"{START}one", LOST_SECONDS, "\x1b[<35;1;1M\x1b[<35;2;1M", "qy") == [
        ("one",), "\x1b[<35;1;1M\x1b[<35;2;1M", "qy",
    ]  # fmt: skip
    assert found(f"{START}one", LOST_SECONDS, f"{START}two{END}q") == [("one",), ("two",), "q"]
    assert found(f"{START}one", LOST_SECONDS, END, "q") == [("one",), END, "q"]
    assert found(START, LOST_SECONDS, "q") == ["q"]


def test_a_line_that_stood_still_within_a_paste_presses_no_key() -> None:
    still = LOST_SECONDS * 3
    assert found(f"{START}one\r", still, "two\ry", still, f"three\r{END}q") == [
        ("one\n",),
        ("two\ny",),
        ("three\n",),
        "q",
    ]
    assert found(f"{START}one", "", "", "two", "", "", f"y{END}") == [("onetwoy",)]


def test_a_line_as_slow_as_a_letter_at_a_time_brings_one_paste() -> None:
    pastes, now = Pastes(), 0.0
    pieces: list[str | Paste] = []
    for letter in f"{START}{'one ' * 100}{END}q":
        now += FLOWS_SECONDS * 0.9
        pieces += pastes.read(letter, now)
    assert [piece.text if isinstance(piece, Paste) else piece for piece in pieces] == ["one " * 100, "q"]


def test_what_is_full_of_escapes_is_looked_at_quickly() -> None:
    assert found(START + "\x1b" * 4_000 + "\x1bO\x1b[" * 2_000 + f"ab{END}") == [("O[" * 1_999 + "Ob",)]


def test_on_a_real_terminal_keys_are_keys_again_where_the_end_of_a_paste_was_lost() -> None:
    screen = Pty([sys.executable, "-c", SCREEN])
    try:
        wait_until(lambda: "begun" in screen.text, "the screen is painted")
        screen.write(f"{START}pasted".encode())
        wait_until(lambda: "pasted" in screen.text, "what was pasted is shown, though its end never came")
        screen.write(b"q")
        wait_until(lambda: "over: ['pasted', 'q']" in screen.text, "the screen ends by its key")
    finally:
        screen.close()


def test_on_a_real_terminal_a_paste_presses_no_key() -> None:
    screen = Pty([sys.executable, "-c", SCREEN])
    try:
        wait_until(lambda: "begun" in screen.text, "the screen is painted")
        screen.write(f"{START}one \x1b[31m\rtwo{END}q".encode())
        wait_until(lambda: "over: ['one |two', 'q']" in screen.text, "the screen ends by the key behind the paste")
    finally:
        screen.close()
