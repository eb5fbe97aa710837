"""Typed reading of metadata: only what is of the kind expected, cut to a sane size, never an error."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core.typed import TEXT_CHARACTERS, text, texts, whole, wholes

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=4) | st.just("x" * 1000),
    lambda inner: st.lists(inner, max_size=60) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=80,
)  # fmt: skip


@pytest.mark.parametrize(
    ("value", "read"),
    [("a", "a"), ("", ""), ("x" * 999, "x" * TEXT_CHARACTERS), (7, "else"), (["a"], "else"), (None, "else")],
)
def test_a_text(value: Any, read: str) -> None:
    assert text({"key": value}, "key", "else") == read


@pytest.mark.parametrize(
    ("value", "read"),
    [(7, 7), (-7, -7), (2**63 - 1, 2**63 - 1), (2**63, 5), (-(2**63), 5), (True, 5), ("7", 5), (7.0, 5), (None, 5)],
)
def test_a_whole_number(value: Any, read: int) -> None:
    assert whole({"key": value}, "key", 5) == read


def test_what_is_missing_is_the_default() -> None:
    assert (text({}, "key"), whole({}, "key"), wholes({}, "key"), texts({}, "key")) == ("", 0, [], [])


def test_lists_keep_what_is_of_their_kind() -> None:
    mixed = {"key": [1, True, "a", 2.0, None, [3], 4, "b" * 999]}
    assert wholes(mixed, "key") == [1, 4]
    assert texts(mixed, "key") == ["a", "b" * TEXT_CHARACTERS]
    assert texts({"key": ["a", "b", "c"]}, "key", most=2) == ["a", "b"]
    assert wholes({"key": 1}, "key") == texts({"key": "a"}, "key") == []


@given(JSON)
def test_any_value_is_read_as_something_small(value: Any) -> None:
    data = {"key": value}
    assert len(text(data, "key")) <= TEXT_CHARACTERS
    assert msgspec.json.decode(msgspec.json.encode(whole(data, "key")), type=int) == whole(data, "key")
    assert all(type(item) is int for item in wholes(data, "key"))
    assert len(texts(data, "key")) <= 50
    assert all(len(item) <= TEXT_CHARACTERS for item in texts(data, "key"))
