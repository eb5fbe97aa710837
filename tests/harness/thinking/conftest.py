"""A stage for instances with a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.thinking.thinking import Stage

if TYPE_CHECKING:
    from harness.ground import Ground


@pytest.fixture
def stage(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """An empty folder, and a place for a model."""
    return Stage(ground, monkeypatch)
