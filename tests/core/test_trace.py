"""A line of the trace: no secret in any of its texts, none of them without end, and the same line when read again."""

from __future__ import annotations

import msgspec

from trinity_tui.core.conversation import Usage
from trinity_tui.core.trace import TEXT_CHARACTERS, Exchange, TraceLine, Use, redacted

KEY = "ghp_" + "aB3dE6gH9" * 4


def test_keys_are_hidden_wherever_they_stand() -> None:
    exchange = Exchange("", "m", "b", 0.1, 9, (), KEY, f"hm {KEY}", ("read",), "stop", f"refused {KEY}", Usage(1))
    use = Use("", "m", "c", "write", {"content": KEY, "deep": [{"x": KEY}]}, KEY, "ask", "r", "human", "done", KEY)
    for line in (exchange, use):
        content = msgspec.json.encode(redacted(line))
        assert KEY.encode() not in content
        assert msgspec.json.decode(content, type=TraceLine) == redacted(line)


def test_long_texts_are_cut() -> None:
    line = redacted(Use("", "m", "c", "write", {"content": "x" * 10**6}, "", "allow", "r", "rule", "done", "y" * 10**6))
    assert len(msgspec.json.encode(line)) < 3 * TEXT_CHARACTERS
