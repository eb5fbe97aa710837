"""Cutting to what a model is shown: never more than that, head and tail whole."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.tools.fit import fit

LIMIT_BYTES = 200


@given(st.text(max_size=400))
def test_it_is_never_longer_and_what_is_short_stays(text: str) -> None:
    cut = fit(text, LIMIT_BYTES)
    assert len(cut.encode()) <= LIMIT_BYTES
    if len(text.encode()) <= LIMIT_BYTES:
        assert cut == text


def test_head_and_tail_are_kept() -> None:
    cut = fit("é" * 1000 + "end", LIMIT_BYTES)
    assert cut.startswith("éé")
    assert cut.endswith("éend")
    assert " bytes left out …" in cut
