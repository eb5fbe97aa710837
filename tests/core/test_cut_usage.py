"""What a cut exchange is counted as."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core.conversation import Usage
from trinity_tui.core.cut_usage import usage_of_cut

counts = st.integers(0, 1_000_000)
texts = st.lists(st.text(max_size=50), max_size=4)


@given(counts, texts)
def test_where_nothing_was_said_and_counted_nothing_was_used(prompt: int, written: list[str]) -> None:
    usage = usage_of_cut(None, prompt, written)
    assert usage.estimated_tokens == usage.tokens
    assert (usage == Usage()) == (not any(written))


@given(counts, counts, counts, texts)
def test_what_the_provider_said_stands_and_only_the_rest_is_estimated(
    read: int, kept: int, output: int, written: list[str]
) -> None:
    usage = usage_of_cut(Usage(read, output, kept), 5, written)
    assert (usage.input_tokens, usage.cache_read_tokens) == (read, kept)
    assert usage.output_tokens == output + usage.estimated_tokens
