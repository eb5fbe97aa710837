"""Only a newline ends a line of JSON, however its bytes are cut."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.brains import lines

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator


async def rewritten(data: bytes, cuts: list[int]) -> bytes:
    async def chunks() -> AsyncGenerator[bytes]:
        places = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
        for begin, end in zip(places, places[1:], strict=False):
            yield data[begin:end]

    return b"".join([chunk async for chunk in lines.escaped(chunks())])


texts = st.text(st.sampled_from("a\x85\u2028\u2029é€\n\x84\u2027😀"), max_size=12)


@given(st.lists(texts, max_size=4), st.lists(st.integers(0, 200), max_size=8))
async def test_every_line_says_what_it_said(said: list[str], cuts: list[int]) -> None:
    data = b"".join(json.dumps({"t": text}, ensure_ascii=False).encode() + b"\n" for text in said)
    found = await rewritten(data, cuts)
    assert [json.loads(line)["t"] for line in found.decode().splitlines()] == said


async def test_a_line_that_does_not_end_is_given_up() -> None:
    with pytest.raises(httpx.DecodingError):
        await rewritten(b"x" * (lines.LINE_BYTES + 2), [1])
