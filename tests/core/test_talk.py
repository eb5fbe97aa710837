"""A talk is put together from its pieces: repeated ones change nothing, gaps are seen, late ones get all there is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core.talk import (
    GAP,
    RESULT_CHARACTERS,
    TEXT_CHARACTERS,
    TURNS_KEPT,
    USES_KEPT,
    Growing,
    Talks,
    joined,
)
from trinity_tui.core.wire.live import Piece, ToolUse

TEXTS = st.lists(st.text("abc\n…", min_size=1, max_size=5), max_size=12)


def pieces_of(texts: list[str], turn: str = "t", is_thinking: bool = False) -> list[Piece]:
    at, found = 0, list[Piece]()
    for text in texts:
        found.append(Piece(turn, at, text, is_thinking))
        at += len(text)
    return found


def whole(talks: Talks, turn: str = "t") -> tuple[str, str]:
    talking = talks.turns[turn]
    return talking.answer.text, talking.thinking.text


@given(TEXTS, TEXTS, st.data())
def test_pieces_make_the_text_however_often_they_are_said_again(
    said: list[str], thought: list[str], data: st.DataObject
) -> None:
    pieces = pieces_of(said) + pieces_of(thought, is_thinking=True)
    talks = Talks()
    talks.take(Piece("t", 0, ""))
    for index, piece in enumerate(pieces):
        talks.take(piece)
        # A repeated piece is followed by those that came after it.
        for again in pieces[data.draw(st.integers(0, index)) : index + 1]:
            talks.take(again)
    assert whole(talks) == ("".join(said), "".join(thought))


@given(TEXTS, TEXTS, st.integers(0, 12))
def test_who_comes_late_has_what_the_others_have(said: list[str], thought: list[str], late: int) -> None:
    pieces = [*pieces_of(["x", *said]), *pieces_of(thought, is_thinking=True)]
    first, second = Talks(), Talks()
    for piece in pieces[:late]:
        first.take(piece)
    for talking in first.running:
        for piece in talking.pieces():
            second.take(piece)
    for piece in joined(pieces[late:]):
        first.take(piece)
        second.take(piece)
    assert whole(first) == whole(second) == ("".join(["x", *said]), "".join(thought))


@given(TEXTS, TEXTS)
def test_joining_changes_nothing_but_the_number(said: list[str], thought: list[str]) -> None:
    pieces = [
        piece for pair in zip(pieces_of(said), pieces_of(thought, is_thinking=True), strict=False) for piece in pair
    ]
    found = joined(pieces)
    assert len(found) <= 2
    assert "".join(piece.text for piece in found if not piece.is_thinking) == "".join(said[: len(pieces) // 2])


def test_a_gap_is_seen_and_said_once() -> None:
    talks = Talks()
    talks.take(Piece("t", 100, "and so"))
    assert whole(talks)[0] == GAP + "and so"
    late = Talks()
    for piece in talks.turns["t"].pieces():
        late.take(piece)
    talks.take(Piece("t", 106, " on"))
    late.take(Piece("t", 106, " on"))
    assert whole(talks) == whole(late) == (GAP + "and so on", "")


def test_an_answer_that_begins_again_replaces_the_first() -> None:
    growing = Growing()
    growing.take(0, "I thought it wa")
    growing.take(0, "It is ")
    growing.take(6, "so.")
    assert growing.text == "It is so."


def test_everything_is_bounded() -> None:
    talks = Talks()
    for turn in range(3 * TURNS_KEPT):
        talks.take(Piece(str(turn), 0, "hello"))
    assert list(talks.turns) == [str(turn) for turn in range(2 * TURNS_KEPT, 3 * TURNS_KEPT)]
    for call in range(2 * USES_KEPT):
        talks.take(ToolUse("t", str(call), "shell", "x" * 9_999, "done", "y" * 99_999))
    uses = talks.turns["t"].uses
    assert len(uses) == USES_KEPT
    assert all(len(use.result) == RESULT_CHARACTERS for use in uses.values())
    talks.take(Piece("t", 0, "a" * TEXT_CHARACTERS))
    talks.take(Piece("t", TEXT_CHARACTERS, "the end"))
    text, _ = whole(talks)
    assert len(text) == TEXT_CHARACTERS
    assert text.endswith("athe end")


def test_a_turn_that_is_over_begins_anew_when_it_is_heard_of_again() -> None:
    talks = Talks()
    talks.take(Piece("t", 0, "first"))
    talks.over(["t", "unheard-of"])
    assert talks.running == []
    talks.take(Piece("t", 0, "second"))
    assert [talking.answer.text for talking in talks.running] == ["second"]
