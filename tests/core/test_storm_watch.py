"""What goes round, seen from the log: every cycle is found within a bound, no tree of ordinary work ever is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core import storm_watch
from trinity_tui.core.message import Message, format_time
from trinity_tui.core.record import Record
from trinity_tui.core.storm import SOURCE, StormConfig
from trinity_tui.core.storm_watch import Storm, Watch

if TYPE_CHECKING:
    import pytest


class Talk:
    """A log that is written by hand, and the watch over it."""

    def __init__(self, **limits: Any) -> None:
        self.watch = Watch(StormConfig(**limits))
        self.messages: list[Message] = []
        self.now = 1000.0

    def say(self, from_: str, to: str, cause: Message | None = None, kind: str = "chat", **fields: Any) -> Message:
        number = len(self.messages)
        given_: dict[str, Any] = {
            "v": 1, "id": f"m{number}", "from_": from_, "to": to, "type": kind, "priority": "normal",
            "timestamp": format_time(self.now), "content": f"text {number}", "metadata": {},
            "reply_to": cause.id if cause else None, **fields,
        }  # fmt: skip
        message = Message(**given_)
        self.messages.append(message)
        self.watch.fold(Record(number + 1, message), self.now)
        return message

    def loop(self, *names: str, times: int, **fields: Any) -> Message:
        """Each says something to the next, because of what it was told."""
        said: Message | None = None
        for number in range(times):
            said = self.say(names[number % len(names)], names[(number + 1) % len(names)], said, **fields)
            self.now += 1.0
        assert said is not None
        return said

    @property
    def found(self) -> list[Storm]:
        return list(self.watch.pending.values())


@given(st.integers(1, 8), st.integers(1, 24))
def test_a_loop_of_any_length_is_found_within_the_limit_and_one_round(length: int, max_hops: int) -> None:
    talk, names = Talk(max_hops=max_hops), [f"i-{n}" for n in range(length)]
    bound = max(max_hops, length) + 1
    said = talk.loop(*names, times=bound - 1)
    assert talk.found == []
    talk.say(said.to, names[bound % length], said)
    (storm,) = talk.found
    assert sorted(storm.members) == sorted(names)
    assert storm.rule == "hops"


def test_the_loop_is_drawn_with_how_fast_it_went() -> None:
    talk = Talk()
    talk.loop("explorer-1", "builder-1", "lead-1", times=17)
    (storm,) = talk.found
    assert storm.text == "builder-1 → lead-1 → explorer-1 → builder-1, 17 messages in 16 s"


def test_one_that_names_its_cause_instead_of_answering_is_found_and_so_is_one_that_lies_about_its_hops() -> None:
    talk = Talk()
    said = talk.say("a-1", "b-1")
    for number in range(16):
        pair = ("b-1", "a-1") if number % 2 == 0 else ("a-1", "b-1")
        said = talk.say(*pair, None, metadata={"cause": said.id}, hops=0)
    assert [storm.members for storm in talk.found] == [("a-1", "b-1")]


@st.composite
def trees(draw: st.DrawFn) -> list[tuple[int, str, str]]:
    """Messages that each answer an older one, nowhere deeper than work goes: (index of the cause, from, to)."""
    names = [f"i-{n}" for n in range(draw(st.integers(2, 64)))]
    depths, made = [0], [(-1, draw(st.sampled_from(["human", *names])), draw(st.sampled_from(names)))]
    for _ in range(draw(st.integers(0, 100))):
        cause = draw(st.integers(-1, len(made) - 1))
        depth = depths[cause] + 1 if cause >= 0 else 0
        if depth >= 16:
            continue
        sender = made[cause][2] if cause >= 0 else draw(st.sampled_from(names))
        depths.append(depth)
        made.append((cause, sender, draw(st.sampled_from(names))))
    return made


@given(trees())
def test_ordinary_work_is_never_a_storm(tree: list[tuple[int, str, str]]) -> None:
    talk, said = Talk(), list[Message]()
    for cause, sender, to in tree:
        said.append(talk.say(sender, to, said[cause] if cause >= 0 else None))
        talk.now += 1.0
    assert talk.found == []


def test_four_that_answer_the_person_and_the_persons_next_question_are_no_storm() -> None:
    talk = Talk()
    names = ["explorer-1", "builder-1", "reflector-1", "lead-1"]
    for _ in range(100):
        question = talk.say("human", "broadcast", kind="question")
        for name in names:
            talk.say(name, "human", question, kind="answer", content="I do not know.")
    assert talk.found == []


def test_sixty_four_that_are_asked_by_one_and_answer_the_same_are_no_storm() -> None:
    talk = Talk()
    for _ in range(3):
        question = talk.say("lead-1", "broadcast", kind="question")
        answers = [talk.say(f"i-{n}", "lead-1", question, content="done") for n in range(64)]
        for n, answer in enumerate(answers):
            talk.say("lead-1", f"i-{n}", answer, content="thanks")
        talk.now += 60.0
    assert talk.found == []


def test_a_reflector_that_says_the_same_of_its_own_accord_is_no_storm() -> None:
    talk = Talk()
    for _ in range(500):
        talk.say("explorer-1", "broadcast", kind="finding", content="TODO in a.py:1")
        talk.say("reflector-1", "broadcast", kind="finding", content="many TODOs")
    assert talk.found == []


def test_following_up_ones_own_words_is_caused_by_nobody() -> None:
    talk = Talk()
    said = talk.say("a-1", "b-1")
    for _ in range(40):
        said = talk.say("a-1", "b-1", said)
    assert talk.found == []


def test_the_same_text_again_is_found_before_the_hops_are_spent() -> None:
    talk = Talk(max_hops=99)
    talk.loop("a-1", "b-1", times=8, content="thanks")
    (storm,) = talk.found
    assert (storm.rule, sorted(storm.members)) == ("repeats", ["a-1", "b-1"])
    assert len(talk.messages) == 8


def test_one_whose_rate_no_guard_of_its_own_keeps_is_paused_alone() -> None:
    talk = Talk(per_minute=10)
    asked = talk.say("b-1", "a-1")
    for _ in range(21):
        talk.say("a-1", "human", asked)
    assert [(storm.rule, storm.members) for storm in talk.found] == [("rate", ("a-1",))]


def refused(talk: Talk, cause: Message, rule: str = "repeats") -> None:
    metadata = {"refused": rule, "cause": cause.id, "reason": "too much", "instance": cause.to}
    talk.say(cause.to, "coordinator", kind="status", metadata=metadata)


def test_what_the_senders_guard_kept_back_is_drawn_where_it_goes_round() -> None:
    talk = Talk()
    refused(talk, talk.loop("a-1", "b-1", times=7))
    (storm,) = talk.found
    assert (storm.text, storm.rule) == ("b-1 → a-1 → b-1, 8 messages in 7 s", "repeats")


def test_what_was_kept_back_without_a_loop_pauses_nobody_and_is_told_once() -> None:
    talk = Talk()
    for _ in range(3):
        refused(talk, talk.say("a-1", "b-1"), "rate")
    (storm,) = talk.found
    assert (storm.members, storm.text) == ((), "b-1: too much")
    tell(talk, storm)
    refused(talk, talk.say("a-1", "b-1"), "rate")
    assert talk.found == []
    talk.now += 300.0
    refused(talk, talk.say("a-1", "b-1"), "rate")
    assert len(talk.found) == 1


def tell(talk: Talk, storm: Storm) -> None:
    metadata = {"storm": storm.key, "members": list(storm.members)}
    talk.say("coordinator", "human", kind="alert", metadata=metadata)


def test_what_was_told_is_told_once_and_a_replay_of_it_tells_nothing() -> None:
    talk = Talk()
    last = talk.loop("a-1", "b-1", times=18)
    (storm,) = talk.found
    tell(talk, storm)
    assert talk.found == []
    for pair in [("a-1", "b-1"), ("b-1", "a-1")] * 7:
        last = talk.say(*pair, last)
    assert talk.found == []
    again = Watch(StormConfig())
    for position, message in enumerate(talk.messages, 1):
        again.fold(Record(position, message), talk.now)
    assert again.pending == {}


def test_letting_one_go_on_forgives_what_was_counted() -> None:
    talk = Talk()
    last = talk.loop("a-1", "b-1", times=16)
    for hold in (f"{SOURCE}: …", ""):
        talk.say("coordinator", "human", kind="status", metadata={"instance": "a-1", "hold": hold})
    for pair in [("a-1", "b-1"), ("b-1", "a-1")] * 8:
        last = talk.say(*pair, last)
    assert talk.found == []
    talk.say("a-1", "b-1", last)
    assert len(talk.found) == 1


def test_nobody_can_speak_of_anothers_refusal_and_none_of_it_holds_when_it_is_off() -> None:
    talk = Talk()
    last = talk.loop("a-1", "b-1", times=8)
    talk.say("c-1", "coordinator", kind="status", metadata={"refused": "hops", "cause": last.id, "instance": "b-1"})
    assert talk.found == []
    off = Talk(enabled=False)
    off.loop("a-1", "b-1", times=99)
    assert off.found == []


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storm_watch, "EDGES_KEPT", 8)
    talk = Talk()
    talk.loop("a-1", "b-1", times=40)
    assert len(talk.watch._edges) == 8  # pyright: ignore[reportPrivateUsage]  # what is bounded is no view of anyone's
