"""The made-up logs: the same everywhere, and their questions have the answers they say."""

from __future__ import annotations

import hashlib

import pytest

from trinity_tui.bench.recall import phrases
from trinity_tui.bench.recall.made_up import SORTS, Half, written
from trinity_tui.core import memory
from trinity_tui.core.memory_fold import fold

FROZEN_SHA = "b5f70f52b802f8f6d582a3a7efb8badb817841eb323bedc0df19e5da1ac9ddfb"


@pytest.mark.parametrize("half", ["open", "frozen"])
def test_every_question_is_answered_by_its_line_and_asked_of_each_sort(half: Half) -> None:
    log = written(half, 0)
    lines = {line.id: line for line in log.lines}
    assert {question.sort for question in log.questions} == set(SORTS)
    assert len(lines) == len(log.lines)
    records = {name: record for record in fold(log.lines) for name in record.sources}
    for question in log.questions:
        if question.sort == "absent":
            continue
        at = log.end if question.as_of is None else question.as_of
        assert records[question.evidence].holds(at)
        assert all(lines[name].time < lines[question.evidence].time for name in question.older)


def test_the_halves_share_no_component_property_or_question() -> None:
    assert not set(phrases.OPEN_COMPONENTS) & set(phrases.FROZEN_COMPONENTS)
    assert not {one.name for one in phrases.OPEN} & {one.name for one in phrases.FROZEN}
    assert not {one.question for one in phrases.OPEN} & {one.question for one in phrases.FROZEN}


def test_the_frozen_half_is_what_it_was_when_it_was_frozen() -> None:
    logs = [written("frozen", number) for number in range(4)]
    content = b"\n".join(memory.encode(line) for log in logs for line in log.lines)
    content += repr([log.questions for log in logs]).encode()
    assert hashlib.sha256(content).hexdigest() == FROZEN_SHA
