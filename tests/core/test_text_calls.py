"""Calls written as text: at the beginning of a line and nowhere else, by the tools that were offered."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core import text_calls
from trinity_tui.core.conversation import ToolSpec


def spec(name: str, *required: str) -> ToolSpec:
    """A tool with these arguments."""
    properties = {argument: {"type": "string"} for argument in required}
    return ToolSpec(name, f"Does {name}.", {"type": "object", "properties": properties, "required": list(required)})


SPECS = (spec("search", "query"), spec("run", "code"), spec("shell", "command"), spec("write", "path", "content"),
         spec("send", "to", "text"))  # fmt: skip


def calls(text: str) -> list[tuple[str, dict[str, str]]]:
    """The calls of an answer, without their ids."""
    return [(call.tool, call.arguments) for call in text_calls.parse(text, SPECS)[1]]


def test_the_four_of_the_protocol() -> None:
    text = "I look.\nsearch: def refresh\nrun: print(1)\nshell: pytest -q\nwrite: a/b.py\n```python\nx = 1\n```\nDone."
    said, found = text_calls.parse(text, SPECS)
    assert said == "I look.\nDone."
    assert [(call.tool, call.arguments) for call in found] == [
        ("search", {"query": "def refresh"}),
        ("run", {"code": "print(1)"}),
        ("shell", {"command": "pytest -q"}),
        ("write", {"path": "a/b.py", "content": "x = 1\n"}),
    ]
    assert len({call.id for call in found}) == 4


def test_code_in_a_block_is_the_first_argument_where_nothing_stands_behind_the_colon() -> None:
    assert calls("run:\n```python\nfor x in y:\n    print(x)\n```") == [
        ("run", {"code": "for x in y:\n    print(x)\n"})
    ]


def test_what_is_said_within_a_line_or_a_block_is_no_call() -> None:
    assert calls("You could use shell: rm -rf /") == []
    assert calls("Like this:\n```\nshell: rm -rf /\n```\n") == []
    assert calls(" shell: rm") == []
    assert calls("Shell: rm") == []
    assert calls("delete: x") == []


def test_a_block_with_a_longer_fence_may_hold_a_shorter_one() -> None:
    text = "write: a.md\n````\n```\nshell: x\n```\n````"
    assert calls(text) == [("write", {"path": "a.md", "content": "```\nshell: x\n```\n"})]


def test_a_block_that_is_not_closed_reaches_to_the_end() -> None:
    assert calls("write: a\n```\nx\nshell: y") == [("write", {"path": "a", "content": "x\nshell: y\n"})]


def test_a_second_argument_on_the_line() -> None:
    assert calls("send: builder-1 please look") == [("send", {"to": "builder-1", "text": "please look"})]
    assert calls("write: a.py") == [("write", {"path": "a.py"})]


@given(st.text(alphabet="rw`: \nacehilnstu", max_size=300))
def test_anything_is_read_and_only_what_was_offered_is_called(text: str) -> None:
    said, found = text_calls.parse(text, SPECS)
    assert {call.tool for call in found} <= {spec.name for spec in SPECS}
    assert len(found) <= text_calls.CALLS_MOST
    assert all(line in text for line in said.splitlines())


@given(st.text(alphabet=st.characters(exclude_characters="`", exclude_categories=["C", "Z"]), min_size=1, max_size=80))
def test_a_command_arrives_as_it_was_written(command: str) -> None:
    assert calls(f"shell: {command}") == [("shell", {"command": command})]


@given(st.lists(st.text(alphabet="ab:` \t", max_size=20), max_size=8))
def test_a_file_arrives_as_it_was_written(lines: list[str]) -> None:
    content = "".join(f"{line}\n" for line in lines)
    fence = "`" * (max((len(run) for run in content.replace(":", " ").split()), default=0) + 3)
    assert calls(f"write: a/b\n{fence}\n{content}{fence}\n") == [("write", {"path": "a/b", "content": content})]


def test_the_protocol_names_every_tool_and_its_own_examples_are_calls() -> None:
    text = text_calls.protocol(SPECS)
    assert [tool for tool, _ in calls(text)] == [spec.name for spec in SPECS]
    assert text_calls.protocol(()) == ""
