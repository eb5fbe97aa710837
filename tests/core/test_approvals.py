"""To whom a grant allows what: exactly that, and an empty one nothing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core.approvals import grant_of, named
from trinity_tui.core.room import Approval

words = st.lists(st.text(max_size=8), max_size=4).map(tuple)


def asked(grant: tuple[str, ...], kind: str = "tool") -> Approval:
    return Approval("a", 1, "builder-1", "git push", "", "", kind=kind, grant=grant)


@given(st.sampled_from(["", "builder", "lead"]))
def test_an_empty_grant_allows_nobody_anything(role: str) -> None:
    assert grant_of(asked(()), role) is None


@given(words, words)
def test_different_grants_are_never_kept_alike(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    kept, others = grant_of(asked(one), "builder"), grant_of(asked(other), "builder")
    assert kept is None or (kept == others) == (one == other)


def test_a_command_of_the_configuration_is_allowed_to_who_asked() -> None:
    assert grant_of(asked((), kind=""), "builder") == ("builder-1", "git push")


def test_a_grant_is_named_by_whom_it_is_for_and_when_it_was_given() -> None:
    assert named("role:builder", "2026-11-21T20:15:59.123Z") == "your word for role:builder of 2026-11-21 20:15 UTC"
