"""Subjects: whom a message is for, and a line in the words of the computer that reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from trinity_tui.bus.nats import subjects
from trinity_tui.core import record

if TYPE_CHECKING:
    from tests.bus.conftest import Talk


@pytest.mark.parametrize(
    ("to", "subject"),
    [
        ("builder-1", "shop.to.C1.builder-1.normal.C1.explorer-1"),
        ("role:coordinator", "shop.many.C1.role-lead.normal.C1.explorer-1"),
        ("all", "shop.many.C1.broadcast.normal.C1.explorer-1"),
        ("ALL", "shop.many.ALL.all.normal.C1.explorer-1"),
        ("C2", "shop.to.C2.coordinator.normal.C1.explorer-1"),
        ("C2/araya", "shop.to.C2.araya.normal.C1.explorer-1"),
        ("human", "shop.to.C1.human.normal.C1.explorer-1"),
    ],
)
def test_where_a_message_is_published(talk: Talk, to: str, subject: str) -> None:
    assert subjects.subject_of("shop", talk("…", to), "C1") == subject
    parsed = subjects.parse(subject)
    assert parsed is not None
    assert (parsed.home, parsed.sender) == ("C1", "explorer-1")


def test_bookkeeping_has_a_lane_of_its_own(talk: Talk) -> None:
    status = talk("…", "human", type="status", priority="high")
    assert subjects.subject_of("shop", status, "C1") == "shop.log.C1.human.high.C1.explorer-1"


def test_what_is_said_at_home_is_left_as_it_stands(talk: Talk) -> None:
    item = talk("…")
    subject = subjects.parse(subjects.subject_of("shop", item, "C1"))
    line = record.encode(item)[:-1]
    assert subject
    assert subjects.seen_from("C1", subject, line) is line


@pytest.mark.parametrize(("sender", "seen"), [("explorer-1", "C1/explorer-1"), ("human", "C1"), ("coordinator", "C1")])
def test_who_is_elsewhere_has_the_computer_before_its_name_and_less_to_say(talk: Talk, sender: str, seen: str) -> None:
    item = talk("…", "C2/araya", from_=sender, origin="human")
    subject = subjects.parse(subjects.subject_of("shop", item, "C1"))
    assert subject
    found = record.decode(subjects.seen_from("C2", subject, record.encode(item)[:-1]))
    assert (found.from_, found.to, found.origin) == (seen, "araya", "peer")


def test_anything_else_is_no_subject_of_ours() -> None:
    assert subjects.parse("shop.to.C1") is None
