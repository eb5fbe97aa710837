"""What an older version wrote comes forward step by step; what a newer one wrote is refused."""

from __future__ import annotations

from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core.errors import FormatError
from trinity_tui.core.migrate import Formats, format_of


def _name(found: dict[str, Any]) -> dict[str, Any]:
    return {"name": found["title"]}


def _names(found: dict[str, Any]) -> dict[str, Any]:
    return found | {"names": [found["name"]]}


FORMATS = Formats(2, {0: _name, 1: _names})


def test_every_step_is_taken_in_order() -> None:
    old = {"title": "x"}
    assert FORMATS.forward(old, "f") == {"name": "x", "names": ["x"], "format": 2}
    assert old == {"title": "x"}


@given(st.integers(0, 2), st.text())
def test_what_was_brought_forward_is_the_newest_and_stays(number: int, text: str) -> None:
    document = {"title": text, "name": text, "format": number}
    forward = cast("dict[str, Any]", FORMATS.forward(document, "f"))
    assert format_of(forward) == 2
    assert FORMATS.forward(forward, "f") == forward


@given(st.integers(3, 10**9))
def test_a_newer_one_is_refused_with_both_numbers(number: int) -> None:
    with pytest.raises(FormatError) as refused:
        FORMATS.forward({"format": number}, "a/file.json")
    assert str(refused.value) == (
        f"a/file.json has format {number}, written by a newer Trinity; this one reads up to 2"
    )
    assert "nothing was changed" in refused.value.sentence()


@pytest.mark.parametrize("document", [[], "text", None, 4])
def test_what_is_no_document_is_the_decoders_to_refuse(document: object) -> None:
    assert FORMATS.forward(document, "f") is document
