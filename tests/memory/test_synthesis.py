"""What many records say together, and what may not be said of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory_lines import DAY, START, line, lines
from trinity_tui.core.memory_fold import fold
from trinity_tui.memory.synthesis import Synthesis, alikeness, synthesise

if TYPE_CHECKING:
    from random import Random

    from trinity_tui.core.memory import Operation


def together(*said: Operation) -> Synthesis:
    """What they say a day later."""
    return synthesise(fold(said), START + DAY)


def test_what_several_came_upon_is_a_theme_with_its_records() -> None:
    (theme,) = together(
        line("a", 1, text="The gateway drops connections at night."),
        line("b", 2, "smith", text="Connections of the gateway are dropped at night."),
        line("c", 3, "lead", text="The tax rate changed."),
    ).themes
    assert theme.record_ids == ("a", "b")
    assert theme.authors == ("scout", "smith")
    assert theme.statement == "Connections of the gateway are dropped at night."


def test_what_has_one_subject_is_one_theme_whatever_its_words() -> None:
    said = [line(f"m{number}", number, text=f"point {number * 7}", subject="Auth ") for number in range(3)]
    (theme,) = together(*said).themes
    assert (theme.subject, len(theme.record_ids), theme.authors) == ("Auth ", 3, ("scout",))
    assert together(*said[:2]).themes == []


def test_what_many_said_alike_is_a_record_and_no_theme() -> None:
    one, other = "no test looks at a", "b has too many branches"
    said = [
        line(f"{name}-{text}", 1, name, text=text, path="a.py") for name in ("scout", "smith") for text in (one, other)
    ]
    assert together(*said).themes == []
    (theme,) = together(*said, line("third", 2, "lead", text="a leaks", path="a.py")).themes
    assert (theme.subject, len(theme.record_ids), theme.authors) == ("a.py", 3, ("lead", "scout", "smith"))


def test_what_has_one_tag_is_a_theme_where_there_is_much_of_it() -> None:
    said = [
        line(f"m{number}", number, text=f"nothing tests {number}", path=f"{number}.py", tags=("untested", "model"))
        for number in range(3)
    ]
    assert together(*said[:2]).themes == []
    (theme,) = together(*said).themes
    assert (theme.key, theme.subject, theme.record_ids) == ("tag:untested", "untested", ("m0", "m1", "m2"))


def test_the_same_records_are_one_theme_whatever_they_have_in_common() -> None:
    said = [line(f"m{number}", number, text=f"point {number}", path="a.py", tags=("slow",)) for number in range(3)]
    assert [theme.key for theme in together(*said).themes] == ["about:a.py"]


def test_what_contradicts_is_an_open_question() -> None:
    said = [
        line(name, 1, name, text=f"port {value}", subject="auth", predicate="port", value=value)
        for name, value in (("scout", "1"), ("smith", "2"))
    ]
    (question,) = together(*said).questions
    assert [claim.value for claim in question.claims] == ["1", "2"]


def test_what_failed_and_was_solved_is_a_way() -> None:
    failure = line("a", 1, text="The build fails on ARM.", kind="failure", subject="build")
    by_source = line("b", 2, "smith", text="Pin the compiler.", sources=("a",))
    by_subject = line("c", 2, "lead", text="Set CC first.", kind="howto", subject="build")
    earlier = line("d", 0, "lead", text="Another way.", kind="howto", subject="build")
    assert [one.record_ids for one in together(failure, by_source, by_subject).solutions] == [("a", "b")]
    (solution,) = together(failure, by_subject, earlier).solutions
    assert (solution.failure, solution.solution) == ("The build fails on ARM.", "Set CC first.")
    assert together(failure, line("e", 3, text="Unrelated.", kind="fact", subject="build")).solutions == []


def test_the_retracted_and_superseded_say_nothing() -> None:
    said = [line("a", 1, text="the queue is full"), line("b", 2, "smith", text="the full queue")]
    assert together(*said).themes
    assert together(*said, line("c", 3, "smith", op="retract", target="b")).themes == []


@given(lines(), st.randoms(use_true_random=False))
def test_it_is_the_same_for_any_order(said: list[Operation], chance: Random) -> None:
    records = fold(said)
    shuffled = list(records)
    chance.shuffle(shuffled)
    assert synthesise(shuffled, START + 6) == synthesise(records, START + 6)


def test_what_was_said_of_records_is_none_of_them() -> None:
    said = [line("a", 1, text="the queue is full"), line("b", 2, "smith", text="the full queue")]
    told = line("c", 3, "reflector-1", text="2 records, the newest: the full queue", tags=("synthesis",))
    assert together(*said, told) == together(*said)


def test_a_theme_keeps_its_key_while_more_is_said_of_it() -> None:
    said = [
        line(f"m{number}", number, text=f"the long queue fills at night {number}", subject="gate" * (number % 2))
        for number in range(10)
    ]
    keys = [{theme.key for theme in together(*said[:count]).themes} for count in (4, 5, 10)]
    assert keys == [set(), {"record:m0"}, {"about:gate", "record:m0"}]


@given(lines(), st.integers(1, 3))
def test_a_way_is_of_something_that_failed_before(said: list[Operation], times: int) -> None:
    records = {one.id: one for one in fold(said)}
    for solution in synthesise(list(records.values()) * times, START + 6).solutions:
        failure, helping = (records[name] for name in solution.record_ids)
        assert (failure.kind, failure.time < helping.time) == ("failure", True)


def test_alikeness() -> None:
    assert alikeness("ab", "bc") == pytest.approx(1 / 3)
    assert alikeness("", "") == 0
