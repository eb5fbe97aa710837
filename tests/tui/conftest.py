"""What the screen's tests share: the scripted room, a clock in the hand, a connection that records."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from tui_demo import FakeConnection, HandClock


@pytest.fixture
def hand() -> HandClock:
    """A clock that moves when it is told to."""
    return HandClock()


@pytest.fixture
def link() -> FakeConnection:
    """A connection to nobody."""
    return FakeConnection()
