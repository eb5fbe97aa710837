"""What lines of memory say together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory_lines import DAY, START, line, lines
from trinity_tui.core import memory
from trinity_tui.core.memory_fold import contradictions, fold

if TYPE_CHECKING:
    from random import Random

    from trinity_tui.core.memory import Operation, Record


def standing(operations: list[Operation], at: float = DAY) -> list[Record]:
    """What holds a day later."""
    return [record for record in fold(operations) if record.holds(START + at)]


def value(name: str, at: float, stated: str, author: str = "scout") -> Operation:
    """A value stated of one thing."""
    return line(name, at, author, text=f"port {stated}", subject="auth", predicate="port", value=stated)


@given(lines(), st.randoms(use_true_random=False))
def test_any_order_and_repetition_gives_the_same_memory(said: list[Operation], chance: Random) -> None:
    again = said + [one for one in said if chance.random() < 0.5]
    chance.shuffle(again)
    assert fold(again) == fold(said)


@given(lines())
def test_nothing_said_is_lost(said: list[Operation]) -> None:
    added = {one.id for one in said if one.op == "add"}
    assert {name for record in fold(said) for name in record.sources} >= added
    assert sum(record.said for record in fold(said)) == len(added)


@given(lines())
def test_a_line_is_itself_after_a_file(said: list[Operation]) -> None:
    assert [memory.decode(memory.encode(one)) for one in said] == said


@given(lines())
def test_what_the_person_said_only_they_end(said: list[Operation]) -> None:
    by_id = {one.id: one for one in said}
    for record in fold(said):
        if record.author == "human" and record.ended_by and len(record.authors) == 1:
            assert by_id[record.ended_by].author in ("human", "coordinator") or any(
                one.op == "resolve" and one.target == record.ended_by and one.author in ("human", "coordinator")
                for one in said
            )


def test_the_same_thing_said_twice_is_one_record_with_two_sources() -> None:
    (record,) = fold([line("a", 1, text="The port is open."), line("b", 2, "smith", text="the port is open")])
    assert (record.id, record.said, record.sources, record.authors) == ("a", 2, ("a", "b"), ("scout", "smith"))
    assert (record.time, record.last) == (START + 1, START + 2)


def test_two_lines_of_one_id_are_one_and_everybody_takes_the_same() -> None:
    one, other = line("a", 1, text="this"), line("a", 1, text="that")
    assert fold([one, other]) == fold([other, one])
    assert len(fold([one, other])) == 1


def test_an_author_who_states_another_value_supersedes_their_own() -> None:
    first, second = fold([value("a", 1, "1"), value("b", 2, "2")])
    assert (first.invalid_at, first.ended_by) == (START + 2, "b")
    assert second.invalid_at is None
    assert first.state(START + 3) == "superseded"


def test_an_author_who_repeats_a_value_ends_nothing_and_the_next_value_ends_both() -> None:
    first, second = fold([value("a", 1, "1"), value("b", 2, "1"), value("c", 3, "2")])
    assert (first.said, first.invalid_at, first.ended_by) == (2, START + 3, "c")
    assert second.value == "2"


def test_a_value_that_comes_back_is_known_for_both_times_and_not_between() -> None:
    said = [value("a", 1, "1"), value("b", 2, "2"), value("c", 3, "1")]
    assert [[one.value for one in standing(said, at)] for at in (1.5, 2.5, 3.5)] == [["1"], ["2"], ["1"]]


def test_a_finding_said_again_with_its_key_replaces_the_one_before() -> None:
    first, second = fold([line("a", 1, text="3 uses", key="k"), line("b", 2, text="4 uses", key="k")])
    assert (first.ended_by, second.ended_by) == ("b", "")


def test_others_supersede_only_where_they_say_so() -> None:
    assert len(standing([value("a", 1, "1"), value("b", 2, "2", "smith")])) == 2
    said = [value("a", 1, "1"), msgspec.structs.replace(value("b", 2, "2", "smith"), supersedes=("a", "b"))]
    assert [record.id for record in standing(said)] == ["b"]


def test_what_the_person_said_is_not_superseded_by_an_instance() -> None:
    said = [value("a", 1, "1", "human"), msgspec.structs.replace(value("b", 2, "2"), supersedes=("a",))]
    assert [record.id for record in standing(said)] == ["a", "b"]
    (open_question,) = contradictions(fold(said), START + DAY)
    assert [(claim.value, claim.authors) for claim in open_question.claims] == [("1", ("human",)), ("2", ("scout",))]


def test_a_contradiction_is_open_until_it_is_resolved_and_again_when_somebody_differs() -> None:
    said = [value("a", 1, "1"), value("b", 2, "2", "smith")]
    assert len(contradictions(fold(said), START + DAY)) == 1
    said.append(line("c", 3, "human", op="resolve", target="b"))
    assert contradictions(fold(said), START + DAY) == []
    assert [record.id for record in standing(said)] == ["b"]
    assert [record.id for record in standing(said, 2.5)] == ["a", "b"]
    said.append(value("d", 4, "3", "lead"))
    assert len(contradictions(fold(said), START + DAY)) == 1


def test_of_two_resolutions_the_later_counts() -> None:
    said = [value("a", 1, "1"), value("b", 2, "2", "smith")]
    said += [line("c", 3, "human", op="resolve", target="a"), line("d", 4, "human", op="resolve", target="b")]
    assert [record.id for record in standing(said)] == ["b"]


def test_the_retracted_stays_in_history_and_what_it_superseded_stands_again() -> None:
    said = [value("a", 1, "1"), value("b", 2, "2"), line("c", 3, op="retract", target="b")]
    old, taken_back = fold(said)
    assert (old.id, old.invalid_at) == ("a", None)
    assert (taken_back.id, taken_back.is_retracted, taken_back.ended_by) == ("b", True, "c")
    assert not taken_back.holds(START + 2.5)


@pytest.mark.parametrize(("who", "may"), [("scout", True), ("human", True), ("coordinator", True), ("smith", False)])
def test_who_may_retract(who: str, may: bool) -> None:
    (record,) = fold([line("a", 1, text="x"), line("b", 0, who, op="retract", target="a")])
    assert record.is_retracted is may


def test_one_of_two_who_said_it_takes_back_only_their_own_word() -> None:
    said = [line("a", 1, text="x"), line("b", 2, "smith", text="x"), line("c", 3, op="retract", target="a")]
    assert [(one.id, one.is_retracted) for one in fold(said)] == [("a", True), ("b", False)]


def test_what_expires_and_what_holds_from_later_on() -> None:
    (record,) = fold([line("a", 1, text="x", valid_from=5, expires=9)])
    assert [record.state(START + at) for at in (4, 5, 9)] == ["to come", "stands", "expired"]
    old, _ = fold([value("a", 1, "1"), msgspec.structs.replace(value("b", 2, "2"), valid_from=line("", 7).time)])
    assert old.invalid_at == START + 7


def test_a_finding_that_moved_stands_at_its_new_line() -> None:
    said = [
        line("a", 1, text="a.py:3 bare except", key="k", path="a.py", line=3),
        line("b", 2, op="move", lines={"k": 9}),
    ]
    (record,) = fold(said)
    assert (record.line, record.text) == (9, "a.py:9 bare except")


def test_something_said_often_names_some_of_its_sources_and_counts_all() -> None:
    (record,) = fold([line(f"m{number:03}", number, text="x") for number in range(200)])
    assert (record.said, len(record.sources), record.sources[0], record.sources[-1]) == (200, 50, "m000", "m199")


def test_what_was_replaced_under_its_key_stays_so_when_the_last_wording_is_taken_back() -> None:
    said = [line("a", 1, text="f is 90 lines long", key="f"), line("b", 2, text="f is 95 lines long", key="f")]
    gone = line("c", 3, op="retract", target="b")
    assert standing([*said, gone]) == []
    assert [one.text for one in standing([*said, gone, line("d", 4, text="f is long again", key="f")])] == [
        "f is long again"
    ]
