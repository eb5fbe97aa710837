"""A trace is read page by page, the newest first, and nothing of it comes twice or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from trinity_tui.core.errors import ClientError
from trinity_tui.core.trace import Exchange, TraceLine, Use
from trinity_tui.daemon import traces
from trinity_tui.store.journal import Journal

if TYPE_CHECKING:
    from pathlib import Path

AT = "2026-01-05T10:00:00.000000Z"


def use(number: int) -> Use:
    return Use(AT, "t", f"c{number}", "read", {}, f"read part-{number}.py", "allow", "reads", "rule", "done")


def journal(path: Path, limit_bytes: int = 0) -> Journal[TraceLine]:
    return Journal[TraceLine](path, TraceLine, limit_bytes)


def all_pages(path: Path, limit: int) -> list[str]:
    found: list[str] = []
    before = ""
    while True:
        page = traces.page(path, before, limit)
        found = [line["call"] for line in page["lines"]] + found
        before = page["before"]
        if not before:
            return found


@pytest.mark.parametrize("limit", [1, 7, 1_000])
@pytest.mark.parametrize("page_bytes", [300, 1_000, 1_000_000])
def test_every_line_comes_once_and_in_its_order(
    tmp_path: Path, limit: int, page_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(traces, "PAGE_BYTES", page_bytes)
    trace = journal(tmp_path / "trace.jsonl", limit_bytes=8_000)
    for number in range(60):
        trace.append(use(number))
    assert (tmp_path / "trace.jsonl.1").exists()
    assert all_pages(tmp_path / "trace.jsonl", limit) == [f"c{number}" for number in range(60)]


def test_a_place_stays_where_it_is_when_the_file_is_put_aside(tmp_path: Path) -> None:
    path = tmp_path / "trace.jsonl"
    trace = journal(path)
    for number in range(10):
        trace.append(use(number))
    page = traces.page(path, "", 4)
    path.rename(tmp_path / "trace.jsonl.1")
    journal(path).append(use(10))
    earlier = traces.page(path, page["before"], 100)
    assert [line["call"] for line in earlier["lines"]] == [f"c{number}" for number in range(6)]
    (tmp_path / "trace.jsonl.1").unlink()
    assert traces.page(path, page["before"], 100) == {"lines": [], "before": ""}


def test_a_line_that_is_torn_or_too_long_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traces, "PAGE_BYTES", 400)
    path = tmp_path / "trace.jsonl"
    journal(path).append(use(1))
    with path.open("ab") as file:
        file.write(b'{"type":"use","at":\n' + b"x" * 2_000 + b"\n")
    journal(path).append(use(2))
    with path.open("ab") as file:
        file.write(b'{"type":"exch')
    assert all_pages(path, 100) == ["c1", "c2"]


def test_an_exchange_comes_with_what_was_thought(tmp_path: Path) -> None:
    journal(tmp_path / "t").append(Exchange(AT, "m1", "ollama:m", 1.5, 10, thinking="First the callers."))
    (line,) = traces.page(tmp_path / "t", "", 5)["lines"]
    assert (line["type"], line["turn"], line["thinking"]) == ("exchange", "m1", "First the callers.")


def test_where_there_is_none_nothing_comes(tmp_path: Path) -> None:
    assert traces.page(tmp_path / "none", "", 5) == {"lines": [], "before": ""}


@pytest.mark.parametrize("place", ["x", "1", "1:x", ":", "-1:2", "../x:1"])
def test_what_is_no_place_is_refused(tmp_path: Path, place: Any) -> None:
    with pytest.raises(ClientError, match="no place in a trace"):
        traces.page(tmp_path / "t", place, 5)
