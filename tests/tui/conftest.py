"""What the screen's tests share: the scripted room, a clock in the hand, a connection that records."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from textual.css.stylesheet import Stylesheet
from textual.notifications import Notification

sys.path.insert(0, str(Path(__file__).parent))

from tui_demo import FakeConnection, HandClock

from patience import PATIENCE_SECONDS
from trinity_tui.tui import moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.css.model import RuleSet


@pytest.fixture
def hand() -> HandClock:
    """A clock that moves when it is told to."""
    return HandClock()


@pytest.fixture
def link() -> FakeConnection:
    """A connection to nobody."""
    return FakeConnection()


@pytest.fixture(scope="session", autouse=True)
def parsed_once() -> Iterator[None]:
    """Keep what stylesheets say: to parse the same again was a tenth of each test that begins an app."""
    parse = Stylesheet._parse_rules  # pyright: ignore[reportPrivateUsage]
    known: dict[object, list[RuleSet]] = {}

    def once(sheet: Stylesheet, css: str, **of: Any) -> list[RuleSet]:
        variables = sheet._variables  # pyright: ignore[reportPrivateUsage]
        key = (css, tuple(of.items()), tuple(variables.items()))
        if key not in known:
            known[key] = parse(sheet, css, **of)
        return known[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stylesheet, "_parse_rules", once)
        yield


@pytest.fixture(autouse=True)
def lasting_notices(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was told is there until it was looked for: on a busy machine a test takes longer than a person to read."""
    monkeypatch.setattr(Notification, "time_left", PATIENCE_SECONDS)


@pytest.fixture(autouse=True)
def quick_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who presses keys here has seen what they decide; what comes of those who have not has tests of its own."""
    monkeypatch.setattr(moment, "SECONDS", 0.0)
