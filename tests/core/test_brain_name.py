"""How brains are named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core import brain_name
from trinity_tui.core.brain_name import BrainName


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("builtin", BrainName("builtin")),
        ("auto", BrainName("auto")),
        ("ollama", BrainName("ollama", "qwen2.5:7b")),
        ("ollama:mistral", BrainName("ollama", "mistral")),
        ("ollama:hf.co/x/Y-GGUF:Q4_K_M", BrainName("ollama", "hf.co/x/Y-GGUF:Q4_K_M")),
        ("claude:claude-opus-4-5", BrainName("claude", "claude-opus-4-5")),
        ("openai:http://127.0.0.1:8080/v1#local", BrainName("openai", "local", "http://127.0.0.1:8080/v1")),
    ],
)
def test_a_name_means_a_brain_and_is_said_the_same_way(name: str, meant: BrainName) -> None:
    assert brain_name.parse(name) == meant
    assert brain_name.parse(str(meant)) == meant


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("gpt", "a brain is builtin, auto"),
        ("", "a brain is builtin, auto"),
        ("builtin:x", "a brain is builtin, auto"),
        ("ollama:two words", "is no model's name"),
        ("openai:http://127.0.0.1:8080/v1", "name is missing"),
        ("openai:ftp://x#m", "needs http"),
        ("openai:http://me:secret@x/v1#m", "without a user or a password"),
        ("openai:http://x:99999/v1#m", "needs http"),
    ],
)
def test_what_is_no_name_is_refused_in_a_sentence(name: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        brain_name.parse(name)


@given(st.text(max_size=60))
def test_any_text_is_a_brain_or_refused(text: str) -> None:
    for name in (text, f"ollama:{text}", f"openai:{text}"):
        try:
            assert brain_name.parse(str(brain_name.parse(name))) == brain_name.parse(name)
        except ValueError:
            continue
