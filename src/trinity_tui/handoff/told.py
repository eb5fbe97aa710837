"""What an instance of a configuration is told of the four tiers when it starts, without asking its model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.core import brain_name
from trinity_tui.core.context import tokens
from trinity_tui.core.handoff import brief
from trinity_tui.core.handoff.views import Told, ToldPart

if TYPE_CHECKING:
    from pathlib import Path

    from trinity_tui.core.config import Config
    from trinity_tui.core.context import Part
    from trinity_tui.core.handoff.document import Handoff

CLOUD_WINDOW_TOKENS = 200_000
FENCE = "fence"
"""Stands for the one each run draws anew: what is told has to leave room for it."""


def told(root: Path, config: Config, who: str, handoff: Handoff, window_tokens: int | None = None) -> Told:
    """What an instance that starts now is told.

    Args:
        root: The workspace.
        config: What holds now; it has the instance.
        who: The instance.
        handoff: Everything that was read.
        window_tokens: Of its model; None: as far as that is known without asking it.
    """
    instance = config.instances[who]
    window = window_tokens or _window(config, instance.brain)
    limit = brief.room_of(window)
    found = brief.brief(handoff, brief.Reader(who, _folder(root, instance.cwd)), limit, FENCE)
    stable, fresh = (tuple(_part(part, is_stable) for part in parts) for is_stable, parts in (
        (True, found.stable), (False, found.fresh),
    ))  # fmt: skip
    return Told(who, instance.brain, window, limit, stable, fresh, found.left_out)


def _part(part: Part, is_stable: bool) -> ToldPart:
    return ToldPart(part.name, part.text, tokens(part.text), is_stable)


def _window(config: Config, brain: str) -> int:
    provider = brain_name.parse(brain).provider
    if provider == "claude":
        return CLOUD_WINDOW_TOKENS
    return config.brains.context_tokens if provider in ("auto", "ollama") else 0


def _folder(root: Path, cwd: str) -> str:
    folder = root / cwd
    return folder.relative_to(root).as_posix() if cwd and folder.is_relative_to(root) else ""
