"""What the screen's tests share: the scripted room, a clock in the hand, a connection that records."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import settings

sys.path.insert(0, str(Path(__file__).parent))

from tui_demo import FakeConnection, HandClock

# How long an example takes says how busy the machine is, and nothing about what it tests.
settings.register_profile("screen", deadline=None)
settings.load_profile("screen")


@pytest.fixture
def hand() -> HandClock:
    """A clock that moves when it is told to."""
    return HandClock()


@pytest.fixture
def link() -> FakeConnection:
    """A connection to nobody."""
    return FakeConnection()
