"""What an instance would be told, as the configuration says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiers_ground import clean
from trinity_tui.core.config_text import parse
from trinity_tui.core.context import tokens
from trinity_tui.core.handoff.brief import room_of
from trinity_tui.handoff import find
from trinity_tui.handoff.told import CLOUD_WINDOW_TOKENS, told

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = parse(
    """\
[brains]
context_tokens = 16384

[instances.builder-1]
role = "builder"
brain = "ollama:qwen2.5:7b"
cwd = "weather"

[instances.explorer-1]
role = "explorer"
brain = "builtin"

[instances.lead-1]
role = "lead"
brain = "claude:sonnet"
"""
)


def test_the_window_is_that_of_the_brain_as_far_as_it_is_known(tmp_path: Path) -> None:
    clean(tmp_path)
    handoff = find.read(tmp_path)
    windows = {who: told(tmp_path, CONFIG, who, handoff).window_tokens for who in CONFIG.instances}
    assert windows == {"builder-1": 16_384, "explorer-1": 0, "lead-1": CLOUD_WINDOW_TOKENS}
    assert told(tmp_path, CONFIG, "lead-1", handoff, 1024).limit_tokens == room_of(1024)


def test_the_parts_come_in_their_order_with_their_tokens_and_what_is_left_out(tmp_path: Path) -> None:
    clean(tmp_path)
    found = told(tmp_path, CONFIG, "builder-1", find.read(tmp_path))
    names = [part.name for part in found.parts]
    assert names[:3] == ["PORTFOLIO_CONTEXT.md", "weather/PROJECT_CONTEXT.md", "archive/project_context.md"]
    assert [part.is_stable for part in found.parts] == [True] * 3 + [False] * 3
    assert found.parts[-1].text.startswith("What your last session left for you:")
    assert found.tokens == sum(tokens(part.text) for part in found.parts) <= found.limit_tokens
    assert found.left_out == ()
    assert told(tmp_path, CONFIG, "builder-1", find.read(tmp_path), 1024).left_out
