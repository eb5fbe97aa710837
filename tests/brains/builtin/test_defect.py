"""Keys that stay and text that cannot do harm."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from trinity_tui.brains.builtin.defect import Defect, number_repeats, one_line

DEFECT = Defect("bare-except", "a/b.py", 3, "C.f", "normal", "text", "evidence")


def test_the_key_is_rule_path_and_symbol() -> None:
    assert DEFECT.key == "bare-except:a/b.py:C.f"
    assert replace(DEFECT, line=99).key == DEFECT.key


def test_equal_keys_are_numbered_by_line() -> None:
    turned = [replace(DEFECT, line=line) for line in (30, 10, 20)]
    found = [(defect.line, defect.symbol) for defect in number_repeats(turned)]
    assert found == [(10, "C.f"), (20, "C.f#2"), (30, "C.f#3")]


@given(st.text(), st.integers(1, 50))
def test_a_line_is_short_and_printable(text: str, limit: int) -> None:
    line = one_line(text, limit)
    assert len(line) <= limit
    assert line.isprintable()


def test_control_characters_do_not_survive() -> None:
    assert one_line("a\x1b[31m\tb\n\u202ec") == "a [31m b c"
