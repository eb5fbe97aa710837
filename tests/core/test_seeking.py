from __future__ import annotations

import pytest

from past_story import BEGAN, story
from trinity_tui.core import record
from trinity_tui.core.message import format_time
from trinity_tui.core.seeking import GROUPS, Seeking, group_of, parse

NOW = BEGAN + 3600


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("refresh path", Seeking("refresh path")),
        ("in:mem by:builder-1 type:finding since:2h x1", Seeking(
            "x1", ("memory",), "builder-1", type="finding", since_seconds=7200.0)),
        ("in:docs in:logs a b", Seeking("a b", ("documents", "logs"))),
        ("by:me to:all hello", Seeking("hello", author="human", to="broadcast")),
        ("since:2026-11-21 before:2026-11-22T10:00 x", Seeking("x", since=1_795_219_200.0, before=1_795_341_600.0)),
        ("in: by: http://a.example/b 12:30", Seeking("http://a.example/b 12:30")),
    ],
)  # fmt: skip
def test_words_and_filters_are_told_apart(typed: str, asked: Seeking) -> None:
    assert parse(typed) == asked


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("in:memry", 'in: knows no "memry"; did you mean memory?'),
        ("in:m", 'in: takes one of messages, memory, not "m"'),
        ("type:findng", 'there is no type "findng"; did you mean finding?'),
        ("sinse:2h", 'there is no filter "sinse:"; did you mean since: (how old at most, or from when on)?'),
        ("since:soon", ("since: takes an age such as 30m, 2h or 7d, or a day or a time such as 2026-11-01 or"
         ' 2026-11-01T10:00, not "soon"')),
        ("before:2h", 'before: takes a day or a time such as 2026-11-01 or 2026-11-01T10:00, not "2h"'),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_explained(typed: str, problem: str) -> None:
    assert parse(f"x {typed}").problem == problem


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("in:logs to:x-1 a1", "in:logs and to: do not go together: only messages and chats have recipients"),
        ("in:logs in:memory to:x-1 a1", "in:logs and to: do not go together: only messages and chats have recipients"),
        ("in:tasks type:task a1", ("in:tasks and type: do not go together: only messages, chats and memory have types,"
         " each its own")),
        ("in:docs by:x-1 a1", "in:documents and by: do not go together: documents have no author"),
        ("in:logs before:2026-11-22 a1", ("in:logs and before: do not go together: not of every line of the logs is"
         " known when it was printed")),
        ("in:logs by:x-1", "in:logs is looked through for words: say one"),
        ("in:logs in:chats to:x-1 a1", ""),
        ("in:memory type:fact a1", ""),
    ],
)  # fmt: skip
def test_what_does_not_go_together_is_said(typed: str, problem: str) -> None:
    assert parse(typed).problem == problem


def found(typed: str) -> list[str]:
    sieve = parse(typed).sieve(NOW)
    return [one.content for one in story() if sieve.passes(record.encode(one)) and sieve.fits(one)]


def test_filters_find_what_they_say() -> None:
    assert found("refresh") == ["refresh path untested", "Why did the refresh test fail?"]
    assert found("refresh in:chats") == ["Why did the refresh test fail?"]
    assert found("refresh by:explorer-1") == ["refresh path untested"]
    assert found("type:answer") == ["It never got an old token."]
    assert found("refresh since:29m") == ["Why did the refresh test fail?"]
    assert found(f"refresh before:{format_time(BEGAN + 1830)}") == ["refresh path untested"]
    assert found("to:builder-1 refresh") == ["Why did the refresh test fail?"]
    assert len(found("part")) == 100


def test_it_is_looked_for_only_where_it_can_be() -> None:
    assert [group for group in GROUPS if parse("x1 to:lead-1").is_in(group)] == ["messages", "chats"]
    assert [group for group in GROUPS if parse("x1 type:fact").is_in(group)] == ["memory"]
    assert [group for group in GROUPS if parse("x1 type:alert").is_in(group)] == ["messages", "chats"]
    assert [group for group in GROUPS if parse("x1 in:logs in:chats to:lead-1").is_in(group)] == ["chats"]
    assert [group for group in GROUPS if not parse("x1 before:2026-11-22").is_in(group)] == ["logs"]
    assert all(parse("x1").is_in(group) for group in GROUPS)
    assert parse("x").is_empty
    assert not parse("by:lead-1").is_empty
    assert {group_of(one) for one in story()} == {"messages", "chats"}
