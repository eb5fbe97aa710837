"""Keys that begin as sequences do: the key escape is found whatever comes after it, however it was cut."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.tui.escapes import ESCAPE, Escapes

SEQUENCES = ("\x1b[A", "\x1b[1;2B", "\x1bOP", "\x1b]11;rgb:0/0/0\x07", "\x1b[200~pasted\x1b[201~", "\x1bb")


def pieces(*reads: str) -> list[str]:
    """What comes of these reads; an empty one is a pause."""
    escapes = Escapes()
    return [piece for read in (*reads, "") for piece in (escapes.read(read) if read else escapes.wait_no_longer())]


def test_escape_is_a_key_before_whatever_is_typed_next() -> None:
    assert pieces("\x1b", "s") == [ESCAPE, "s"]
    assert pieces("\x1b", "", "[A") == [ESCAPE, "[A"]
    assert pieces("\x1b", "\x1b", "q") == [ESCAPE, ESCAPE, "q"]
    assert pieces("ab\x1b") == ["ab", ESCAPE]


def test_escape_and_a_digit_are_two_keys_also_in_one_read() -> None:
    assert pieces("\x1b3") == [ESCAPE, "3"]
    assert pieces("\x1bb") == ["\x1bb"]


@given(st.lists(st.sampled_from((*SEQUENCES[:-1], "a", "é")), max_size=6).map("".join), st.lists(st.integers(0, 80)))
def test_a_sequence_is_whole_wherever_it_is_cut(text: str, cuts: list[int]) -> None:
    bounds = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    reads = [text[start:end] for start, end in zip(bounds, bounds[1:], strict=False)]
    found = pieces(*[read for read in reads if read])
    assert "".join(found) == text
    assert ESCAPE not in found
