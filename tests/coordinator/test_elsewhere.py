"""Whom on another computer a person may write to."""

from __future__ import annotations

import pytest

from trinity_tui.coordinator import elsewhere
from trinity_tui.core.errors import ClientError

CONSUMERS = {"builder-1", "C2", "C2/builder-1", "C2/lead-1", "C3"}


@pytest.mark.parametrize("to", ["ALL", "C2", "C3", "C2/lead-1"])
def test_who_was_heard_may_be_written_to_and_by_that_alone(to: str) -> None:
    elsewhere.check(to, CONSUMERS)
    with pytest.raises(ClientError, match="no other computer is linked"):
        elsewhere.check(to, {"builder-1"})


@pytest.mark.parametrize(
    ("to", "consumers", "said"),
    [
        ("ALL", {"builder-1"}, "no other computer is linked: 'ALL' is not there"),
        ("C2/lead-1", set[str](), "no other computer is linked: 'C2/lead-1' is not there"),
        ("C4", CONSUMERS, "no computer C4 was heard on this log There are: C2, C3."),
        ("C2/lead-2", CONSUMERS, "no instance C2/lead-2 was heard on this log There are: C2/builder-1, C2/lead-1."),
        ("C3/lead-1", CONSUMERS, "no instance C3/lead-1 was heard on this log There are: none yet."),
    ],
)
def test_anybody_else_is_refused_with_who_there_is(to: str, consumers: set[str], said: str) -> None:
    with pytest.raises(ClientError) as refused:
        elsewhere.check(to, consumers)
    assert refused.value.exit_code == 4
    assert f"{refused.value} {refused.value.hint}".strip() == said
