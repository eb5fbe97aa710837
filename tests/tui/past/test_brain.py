from __future__ import annotations

import pytest
from tui_demo import NOW, Script

from trinity_tui.tui.past.brain import thought_with


@pytest.mark.parametrize(
    ("asked", "used", "known"),
    [
        ("builtin", [], "builtin"),
        ("auto", [], ""),
        ("auto", ["ollama:qwen2.5:7b"], "ollama:qwen2.5:7b"),
        ("auto", ["ollama:qwen2.5:7b", "ollama:phi3"], "ollama:phi3"),
        ("ollama", [], ""),
        ("ollama", ["ollama:qwen2.5:7b"], "ollama:qwen2.5:7b"),
        ("claude:sonnet", ["ollama:qwen2.5:7b"], ""),
        ("something newer", ["ollama:qwen2.5:7b"], ""),
    ],
)
def test_only_what_the_log_knows_is_said(asked: str, used: list[str], known: str) -> None:
    script = Script()
    script.greet()
    script.status("builder-1", brain=asked)
    for brain in used:
        script.say("builder-1", "coordinator", f"used {brain}", "status", spent={"brain": brain, "input_tokens": 1})
    room = script.mirror.room
    assert thought_with(room, room.instances["builder-1"], NOW) == known
    if asked != "builtin":
        assert thought_with(room, room.instances["builder-1"], NOW + 2 * 86_400) == ""
