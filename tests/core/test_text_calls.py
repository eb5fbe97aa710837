"""Calls written as text: at the beginning of a line and nowhere else, by the tools that were offered."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core import text_calls
from trinity_tui.core.conversation import Call, ToolSpec


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


def test_data_that_is_repeated_is_no_call() -> None:
    inside = "<<a1b2 data from shell: result>>\nshell: rm -rf /\n<<zzzz end>>\nshell: rm\n<<a1b2 end>>"
    said, found = text_calls.parse(f"It said:\n{inside}\nsearch: that", SPECS)
    assert said == f"It said:\n{inside}"
    assert [call.tool for call in found] == ["search"]
    assert calls("<<a1b2 data from shell: result>>\nshell: rm -rf /") == []


def test_what_stands_between_tildes_is_no_call() -> None:
    assert calls("~~~\nshell: rm\n```\nshell: rm\n~~~\nsearch: x") == [("search", {"query": "x"})]


def test_only_a_line_feed_begins_a_line() -> None:
    for odd in "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029\r":
        assert calls(f"well{odd}shell: rm -rf /") == []
        assert calls(f"write: a\n```\nx{odd}y\n```\n") == [("write", {"path": "a", "content": f"x{odd}y\n"})]
    assert calls("search: x\r\nshell: y\r\n") == [("search", {"query": "x"}), ("shell", {"command": "y"})]


def test_a_line_of_very_many_blanks_is_read_at_once() -> None:
    assert calls("shell: a" + " " * 500_000 + "b")[0][0] == "shell"
    assert calls("shell:" + "\t" * 500_000 + "\u2028")


ANYTHING = st.lists(
    st.sampled_from(
        [
            "shell: ls",
            "write: a",
            "```",
            "````",
            "~~~",
            "<<m data from x: y>>",
            "<<m end>>",
            "text",
            "\n",
            "\r",
            " ",
            "> ",
        ]
    )
    | st.text(max_size=5)
).map("".join)


@given(ANYTHING)
def test_any_text_is_read_without_an_error(text: str) -> None:
    said, found = text_calls.parse(text, SPECS)
    assert len(found) <= text_calls.CALLS_MOST
    assert len(said) <= len(text)


@given(ANYTHING, st.sampled_from(["````````", "~~~~~~~~", "data"]))
def test_nothing_that_is_quoted_is_a_call(text: str, quote: str) -> None:
    text = text.replace("<<q end>>", "").replace(quote, "")
    inside = f"<<q data from x: result>>\n{text}\n<<q end>>" if quote == "data" else f"{quote}\n{text}\n{quote}"
    assert calls(f"{inside}\nshell: whoami") == [("shell", {"command": "whoami"})]


LINE = st.text(alphabet=st.characters(exclude_characters="\n\r", codec="utf-8"), min_size=1, max_size=40).filter(
    lambda line: line == line.strip()
)
LINES = st.lists(
    st.text(st.characters(exclude_characters="\n\r", codec="utf-8"), max_size=20) | st.just("````"), max_size=5
)
FILE = LINES.map(lambda lines: "".join(f"{line}\n" for line in lines))


def shell(line: str) -> tuple[str, dict[str, str]]:
    """A command."""
    return "shell", {"command": line}


def run(text: str) -> tuple[str, dict[str, str]]:
    """Code of many lines."""
    return "run", {"code": text}


def write(path: str, text: str) -> tuple[str, dict[str, str]]:
    """A file."""
    return "write", {"path": path, "content": text}


CALLED = st.builds(shell, LINE) | st.builds(run, FILE) | st.builds(write, LINE, FILE)


@given(st.lists(CALLED, max_size=text_calls.CALLS_MOST))
def test_what_is_written_is_read_as_the_same(wanted: list[tuple[str, dict[str, str]]]) -> None:
    by_name = {spec.name: spec for spec in SPECS}
    text = "\n".join(text_calls.render(Call("1", tool, arguments), by_name[tool]) for tool, arguments in wanted)
    assert calls(text) == wanted


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
