"""What looks like a key is hidden; what does not stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planted_secrets import SECRET, TEXTS
from trinity_tui.core import redact as redacting
from trinity_tui.core.redact import HIDDEN, redact, redact_values


@pytest.mark.parametrize("text", TEXTS)
def test_keys_are_hidden(text: str) -> None:
    assert SECRET not in redact(f"before {text} after")
    assert HIDDEN in redact(text)


@pytest.mark.parametrize(
    "text",
    ["def refresh(token, seen=[]):", "the tokens of a day: 12", "https://example.org/a:b@c", "key: value", "git push"],
)
def test_what_is_no_key_stays(text: str) -> None:
    assert redact(text) == text


def test_values_are_redacted_where_they_hang_and_cut() -> None:
    value = {"password": "hunter", "args": ["x" * 50, {"token": SECRET}], "n": 3}
    assert redact_values(value, 10) == {
        "password": HIDDEN,
        "args": [f"{'x' * 10}… (50 characters)", {"token": HIDDEN}],
        "n": 3,
    }


@given(st.text(max_size=200))
def test_redacting_twice_changes_nothing(text: str) -> None:
    assert redact(redact(text)) == redact(text)


PIECES = ["sk-", "ghp_", "github_pat_", "xoxb-", "AKIA", "ASIA", "AIza", "eyJ", "-----BEGIN PRIVATE KEY-----",
          "Bearer ", "bAſic ", "https://", "a:b@", "token", "=", ": ", "'", " ", ".",
          "A1" * 9, "secret-word", "\n"]  # fmt: skip


@given(st.lists(st.sampled_from([*PIECES, *TEXTS]), max_size=12).map("".join))
def test_what_is_looked_at_quickly_is_hidden_as_well(text: str) -> None:
    said = text
    for pattern, hidden, _ in redacting._FORMS:  # pyright: ignore[reportPrivateUsage]  # without the quick look
        said = pattern.sub(hidden, said)
    assert redact(text) == said


@pytest.mark.parametrize("piece", ["a-", "a.", "eyJ-", "token-", "password=", "-----BEGIN ", "a://a:", "eyJaaaaaaaa."])
def test_no_text_keeps_it_busy(piece: str) -> None:
    # The test's own limit ends it, were it looked through again from each of its places.
    said = redact(piece * 50_000)
    assert said == redact(said)
    assert said == piece * 50_000 or HIDDEN in said
