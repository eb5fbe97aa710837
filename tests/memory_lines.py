"""Lines of memory for tests: one at a time, or any that could stand in the files of several computers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from trinity_tui.core.memory import KINDS, Operation

DAY = 86_400.0
START = 1_780_000_000.0


def moment(seconds: float) -> datetime:
    """A time, so many seconds after the start."""
    return datetime.fromtimestamp(START + seconds, UTC)


def line(name: str, at: float = 0.0, author: str = "scout", **fields: Any) -> Operation:
    """One operation; times are seconds after the start."""
    times: dict[str, Any] = {key: moment(fields.pop(key)) for key in ("valid_from", "expires") if key in fields}
    fields = {"computer": "C1", **fields, **times}
    return Operation(id=name, time=moment(at), author=author, **fields)


_ids = st.integers(0, 14).map(lambda number: f"m{number}")
_times = st.integers(0, 12)
_few_words = st.sampled_from(["the port is open", "The port is  open.", "a queue", "it failed", "the build works"])


@st.composite
def lines(draw: st.DrawFn, most: int = 15) -> list[Operation]:
    """Lines with ids of their own that name one another, of few authors, texts and things, so that they collide."""
    names = draw(st.lists(_ids, unique=True, max_size=most))
    return [draw(_line(name)) for name in names]


@st.composite
def _line(draw: st.DrawFn, name: str) -> Operation:
    common: dict[str, Any] = {
        "author": draw(st.sampled_from(["scout", "smith", "human", "coordinator"])),
        "computer": draw(st.sampled_from(["C1", "C2"])),
    }
    op = draw(st.sampled_from(["add", "add", "add", "retract", "resolve", "move"]))
    at = draw(_times)
    if op == "move":
        return line(name, at, op=op, lines=draw(st.dictionaries(st.just("k"), st.integers(0, 9), max_size=1)), **common)
    if op != "add":
        return line(name, at, op=op, target=draw(_ids), **common)
    stated = draw(st.booleans())
    if draw(st.booleans()):
        common |= {"key": "k", "path": "a.py", "line": 3}
    for key in ("valid_from", "expires"):
        if draw(st.integers(0, 4)) == 0:
            common[key] = draw(_times)
    return line(
        name, at, kind=draw(st.sampled_from(KINDS)), text=draw(_few_words), subject="auth" if stated else "",
        predicate="port" if stated else "", value=draw(st.sampled_from(["1", "2", "3"])) if stated else "",
        supersedes=tuple(draw(st.lists(_ids, max_size=2, unique=True))), tags=tuple(draw(st.sets(st.just("net")))),
        session=draw(st.sampled_from(["", "s1"])), **common,
    )  # fmt: skip
