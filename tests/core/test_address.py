"""Addresses: which there are, whom they reach."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core import address
from trinity_tui.core.errors import MessageError

ids = st.from_regex(r"[a-z][a-z0-9_-]{0,31}", fullmatch=True).filter(lambda name: name not in address.RESERVED)
roles = st.sampled_from(address.ROLES)
MANY = ("broadcast", "all", "ALL")


@pytest.mark.parametrize(
    ("to", "known_as", "means_many", "lies_elsewhere"),
    [
        ("explorer-1", "explorer-1", False, False),
        ("role:builder", "role:builder", True, False),
        ("role:coordinator", "role:lead", True, False),
        ("broadcast", "broadcast", True, False),
        ("all", "broadcast", True, False),
        ("ALL", "ALL", True, False),
        ("human", "human", False, False),
        ("coordinator", "coordinator", False, False),
        ("C2", "C2", False, True),
        ("C9999/a", "C9999/a", False, True),
    ],
)
def test_an_address_is_accepted_and_says_whom_it_means(
    to: str, known_as: str, means_many: bool, lies_elsewhere: bool
) -> None:
    address.check_recipient(to)
    assert address.canonical(to) == known_as
    assert (address.is_many(to), address.is_elsewhere(to)) == (means_many, lies_elsewhere)


@pytest.mark.parametrize(
    "to",
    [
        "",
        "Explorer",
        "1x",
        "x" * 33,
        "role:",
        "role:king",
        "C0",
        "C2/",
        "C2/ALL",
        "C2/human",
        "/x",
        "a/b",
        "a b",
        "a\n",
    ],
)
def test_what_is_no_address_is_refused_by_field(to: str) -> None:
    with pytest.raises(MessageError) as refused:
        address.check_recipient(to)
    assert refused.value.field == "to"
    assert repr(to) in str(refused.value)


@pytest.mark.parametrize("sender", ["explorer-1", "human", "coordinator", "C2", "C2/araya"])
def test_whoever_may_send_can_be_answered(sender: str) -> None:
    address.check_sender(sender)
    address.check_recipient(sender)
    assert not address.is_many(sender)


@pytest.mark.parametrize(
    "sender", ["", "broadcast", "all", "ALL", "role:builder", "C2/human", "x/araya", "C2/../x", "a\n"]
)
def test_what_is_no_sender_is_refused_by_field(sender: str) -> None:
    with pytest.raises(MessageError) as refused:
        address.check_sender(sender)
    assert refused.value.field == "from"


@given(ids, ids, roles)
def test_a_direct_message_reaches_whom_it_names(to: str, instance: str, role: str) -> None:
    assert address.reaches(to, "human", instance, role) is (to == instance)
    assert address.reaches(to, to, to, role)


@given(st.sampled_from(MANY), ids, ids, roles)
def test_a_message_to_all_reaches_everybody_but_its_sender(to: str, sender: str, instance: str, role: str) -> None:
    assert address.reaches(to, sender, instance, role) is (sender != instance)


@given(roles, ids, ids, roles)
def test_a_message_to_a_role_reaches_its_other_members(named: str, sender: str, instance: str, role: str) -> None:
    assert address.reaches(f"role:{named}", sender, instance, role) is (named == role and sender != instance)


def test_the_older_name_of_the_lead_is_the_lead() -> None:
    assert address.canonical("role:coordinator") == "role:lead"
    assert address.role_of("role:coordinator") == "lead"
    assert address.reaches("role:coordinator", "human", "lead-1", "lead")
    assert address.canonical("all") == "broadcast"
    assert address.canonical("explorer-1") == "explorer-1"
    assert address.role_of("explorer-1") is None


@given(st.one_of(ids, st.sampled_from([*MANY, "human", "C2", "C2/a"]), roles.map(lambda role: f"role:{role}")))
def test_an_address_keeps_its_meaning_in_its_one_spelling(to: str) -> None:
    once = address.canonical(to)
    assert address.canonical(once) == once
    assert address.is_many(once) is address.is_many(to)
    address.check_recipient(once)


@given(st.text())
def test_any_text_is_an_id_or_not(text: str) -> None:
    known = address.is_instance_id(text)
    assert known is (text not in address.RESERVED and text[:1].islower() and text.isascii() and known)
    assert not (known and address.is_computer(text))


def test_the_nearest_name_is_suggested() -> None:
    assert address.nearest("explorer1", ["builder-1", "explorer-1"]) == "explorer-1"
    assert address.nearest("zzz", ["builder-1", "explorer-1"]) is None
