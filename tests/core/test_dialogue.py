from __future__ import annotations

import pytest

from trinity_tui.bus import new_message
from trinity_tui.core.dialogue import TALK, is_between


@pytest.mark.parametrize(
    ("sender", "to", "is_ones", "is_alls"),
    [
        ("human", "explorer-1", True, True),
        ("human", "role:explorer", True, True),
        ("human", "broadcast", True, True),
        ("human", "builder-1", False, True),
        ("explorer-1", "human", True, True),
        ("explorer-1", "broadcast", False, False),
        ("explorer-1", "builder-1", False, False),
        ("builder-1", "human", False, True),
        ("coordinator", "human", False, False),
        ("builder-1", "explorer-1", False, False),
    ],
)
def test_whose_talk_it_is(sender: str, to: str, is_ones: bool, is_alls: bool) -> None:
    message = new_message(sender, to, "chat", "hm")
    assert is_between(message, "explorer-1", "explorer") is is_ones
    assert is_between(message, "broadcast") is is_alls


@pytest.mark.parametrize("kind", ["finding", "status", "receipt", "approval", "memory", "alert", "session"])
def test_bookkeeping_is_no_talk(kind: str) -> None:
    assert kind not in TALK
    assert not is_between(new_message("human", "explorer-1", kind, "hm"), "explorer-1")
