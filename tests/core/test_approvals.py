"""What "always" allows: exactly what was asked for. What names nothing is never kept, and so never matches."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core.approvals import grant_of, is_grant, named
from trinity_tui.core.room import Approval

words = st.text(max_size=8)
grants = st.lists(words, max_size=4).map(tuple)
roles = st.sampled_from(["", "builder", "explorer"])
PLAIN = Approval(id="x", position=0, from_="builder-1", command="pytest", text="", at="")


def asked(grant: tuple[str, ...]) -> Approval:
    return msgspec.structs.replace(PLAIN, kind="tool", tool="shell", grant=grant)


@given(roles, grants)
def test_what_names_nothing_is_allowed_to_nobody(role: str, grant: tuple[str, ...]) -> None:
    kept = grant_of(asked(grant), role)
    assert (kept is None) == (not role or len(grant) < 2 or "" in grant)


@given(st.lists(st.tuples(roles, grants), unique=True, max_size=6))
def test_no_two_different_ones_are_kept_alike(pairs: list[tuple[str, tuple[str, ...]]]) -> None:
    kept = [key for role, grant in pairs if (key := grant_of(asked(grant), role)) is not None]
    assert len(set(kept)) == len(kept)


@given(roles, grants, words)
def test_a_call_of_a_tool_is_never_kept_as_a_command_of_the_configuration(
    role: str, grant: tuple[str, ...], command: str
) -> None:
    of_configuration = msgspec.structs.replace(PLAIN, command=command)
    assert grant_of(asked(grant), role) != grant_of(of_configuration, role)


def test_a_tool_alone_is_no_grant() -> None:
    assert not is_grant(())
    assert not is_grant(("run",))
    assert not is_grant(("shell", ""))
    assert is_grant(("shell", "ls"))


def test_a_command_of_the_configuration_is_allowed_to_who_asked() -> None:
    assert grant_of(PLAIN, "builder") == ("builder-1", "pytest")


def test_a_grant_is_named_by_whom_it_is_for_and_when_it_was_given() -> None:
    assert named("role:builder", "2026-11-21T20:15:59.123Z") == "your word for role:builder of 2026-11-21 20:15 UTC"
