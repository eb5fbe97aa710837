"""The judge of the chaos can say no: every kind of violation, planted, is found, and a clean run is none."""

from __future__ import annotations

import msgspec
import pytest

from chaos.verdict import Accepted, Done, Evidence, Logged, State, counts, violations

QUESTION = Accepted("q", "sender-a", "role:guide", "question", 7)
NOTE = Accepted("n", "sender-a", "all", "message", 9)


def clean() -> Evidence:
    return Evidence(
        receivers={"guide-1": "guide", "guide-2": "guide", "lead-1": "lead"},
        accepted=[QUESTION, NOTE],
        logged={"q": Logged(0, 7), "n": Logged(100, 9), "other": Logged(200, 1)},
        answers=[("q", "guide-1"), ("q", "guide-2")],
        done={"guide-1": Done(300), "guide-2": Done(50, frozenset({100})), "lead-1": Done(300)},
        states={"guide-1": State("ONLINE", 5, 5, (5,)), "guide-2": State("ONLINE", 6, 6, (6,))},
        room={"flow": "d", "alerts": "e"},
        faces={"face-1": {"flow": "d", "alerts": "e"}},
    )


def test_a_clean_run_is_none() -> None:
    assert violations(clean()) == []


def test_what_was_given_up_with_a_reason_is_not_lost() -> None:
    evidence = clean()
    evidence.answers.remove(("q", "guide-2"))
    evidence.dead.add(("guide-2", 0))
    assert violations(evidence) == []


PLANTED: dict[str, dict[str, object]] = {
    "accepted and not in the log": {"logged": {"q": Logged(0, 7)}},
    "changed on its way": {"logged": {"q": Logged(0, 8), "n": Logged(100, 9)}},
    "not handled by its receiver: 1 (question q by guide-1, who noted it as done)": {"answers": [("q", "guide-2")]},
    "not handled by its receiver: 1 (message n by lead-1)": {
        "done": {"guide-1": Done(300), "guide-2": Done(300), "lead-1": Done(100)}
    },
    "answered more than once": {"answers": [("q", "guide-1"), ("q", "guide-2"), ("q", "guide-2")]},
    "an instance was there twice": {"twice": ["guide-1 as 5 and 6"]},
    "is shown ONLINE as 5, and there is nobody": {"states": {"guide-1": State("ONLINE", 5, None, ())}},
    "is shown ONLINE as 5, and there is 5, 6": {"states": {"guide-1": State("ONLINE", 5, 5, (5, 6))}},
    "an instance that did not come back: 1 (guide-1 is OFFLINE)": {
        "states": {"guide-1": State("OFFLINE", None, None, ())}
    },
    "is shown OFFLINE, and there is 5": {"states": {"guide-1": State("OFFLINE", None, 5, (5,))}},
    "is on record as 4, and there is 5": {"states": {"guide-1": State("ONLINE", 5, 4, (5,))}},
    "is on record as 4, and there is nobody": {"states": {"guide-1": State("OFFLINE", None, 4, ())}},
    "a face whose room is another one: 1 (face-2: alerts)": {"faces": {"face-2": {"flow": "d", "alerts": "x"}}},
    "a face whose room is another one: 1 (face-2 is behind)": {"faces": {"face-2": {}}},
    "a traceback": {"tracebacks": ["Traceback (most recent call last)"]},
    "a process was left": {"leaked": ["5 trinity_tui.harness"]},
}


@pytest.mark.parametrize("said", PLANTED)
def test_a_planted_violation_is_found(said: str) -> None:
    evidence = msgspec.structs.replace(clean(), **PLANTED[said])
    found = violations(evidence)
    assert any(said in sentence for sentence in found), found
    assert all("did not come back" in sentence for sentence in found if said not in sentence), found


def test_every_kind_is_counted_also_where_there_is_none() -> None:
    assert set(counts(clean()).values()) == {0}
    assert counts(msgspec.structs.replace(clean(), twice=["one", "two"]))["an instance was there twice"] == 2
