"""Lines out and in again: nothing is lost, the order stays, and twice is once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given, settings

from memory_lines import DAY, START, line, lines
from trinity_tui.core.memory_fold import fold, unique
from trinity_tui.memory.exchange import LINE_BYTES, exported, imported
from trinity_tui.memory.index import Index
from trinity_tui.memory.records import RecordFile, read_all

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from trinity_tui.core.memory import Operation


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """One for many examples."""
    index = Index.open(tmp_path_factory.mktemp("index") / "memory.db")
    yield index
    index.close()


@settings(max_examples=30)
@given(lines())
def test_everything_that_goes_out_comes_in_again(index: Index, said: list[Operation]) -> None:
    index.rebuild([])
    index.apply(said)
    found = imported(exported(index, START, everything=True), "human", "C9", 0.0)
    assert not found.refused
    assert unique(found.operations) == unique(said)
    assert fold(found.operations) == fold(said)


def test_only_what_stands_goes_out(index: Index) -> None:
    index.rebuild([])
    index.apply([
        line("a", 1, text="one", key="k"), line("b", 2, text="two", key="k"), line("c", 3, text="gone"),
        line("d", 4, op="retract", target="c"), line("e", 5, text="over", expires=6),
    ])  # fmt: skip
    found = imported(exported(index, START + DAY), "human", "C1", 0.0)
    assert [one.id for one in found.operations] == ["b"]


def test_a_text_is_enough_and_the_order_of_the_file_is_kept(tmp_path: Path) -> None:
    content = [msgspec.json.encode({"text": f"fact number {number}"}) for number in range(10_000)]
    found = imported(content, "human", "C1", START)
    file = RecordFile(tmp_path / "C1.jsonl")
    assert file.append(found.operations) == 10_000
    assert [record.text for record in fold(read_all(tmp_path / "C1.jsonl"))] == [one.text for one in found.operations]
    assert file.append(imported(content, "human", "C1", START + 50).operations) == 0


def test_what_a_line_says_goes_before_what_is_filled_in() -> None:
    given = b'{"text": "x", "author": "scout", "time": "2026-08-01T10:00:00+02:00", "kind": "howto", "new": 1}'
    (one,) = imported([b"", given, b"  \n"], "human", "C1", START).operations
    assert (one.author, one.time.isoformat(), one.kind) == ("scout", "2026-08-01T10:00:00+02:00", "howto")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b'{"text": "x"', "truncated"), (b"[1]", "object"), (b"{}", "no text"), (b'{"text": "  "}', "no text"),
        (b'{"text": "x", "kind": "rumour"}', "kind"), (b'{"text": "x", "time": "yesterday"}', "time"),
        (b'{"text": "x", "confidence": 7}', "confidence"), (b'{"op": "retract"}', "no target"),
        (b'{"text": "' + b"x" * LINE_BYTES + b'"}', "over"), (b'{"text": "\xff"}', "utf-8"),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_kept_is_named_and_the_others_are_taken(content: bytes, problem: str) -> None:
    found = imported([b'{"text": "good"}', content, b'{"text": "too"}'], "human", "C1", START)
    assert [one.text for one in found.operations] == ["good", "too"]
    (refused,) = found.refused
    assert refused.number == 2
    assert problem in refused.problem


def test_secrets_do_not_come_in() -> None:
    (one,) = imported([b'{"text": "it is sk-ant-0123456789abcdefghij"}'], "human", "C1", START).operations
    assert one.text == "it is [hidden]"


@pytest.mark.parametrize("fraction", [0.0, 0.1, 0.3333333, 0.4999995, 0.9999995])
def test_lines_have_the_order_of_their_file_whenever_and_in_however_many_parts_it_comes(fraction: float) -> None:
    content = [b'{"text": "fact number %d"}' % number for number in range(3_000)]
    parts = [
        imported(content[at : at + 700], "human", "C1", START + fraction, at + 1) for at in range(0, len(content), 700)
    ]
    times = [one.time for part in parts for one in part.operations]
    assert times == sorted(set(times))
    assert len(times) == len(content)
