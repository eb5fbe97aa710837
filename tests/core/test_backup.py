"""When a backup stands in, when it ends, and that it is one at a time."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from trinity_tui.core.backup import DOWN_SECONDS, STABLE_SECONDS, Change, Post, decide, deputies, observe

BACKUPS = {"b1": "b2"}


def seen(*states: tuple[str, float]) -> Post:
    """What these states make, each at its time."""
    post = Post()
    for state, at in states:
        post = observe(post, state, at)
    return post


def test_a_backup_begins_when_the_other_has_been_down_for_long_enough() -> None:
    posts = {"b1": seen(("ONLINE", 0.0), ("PARKED", 100.0))}
    assert decide(BACKUPS, posts, {}, (), 109.9) == []
    assert decide(BACKUPS, posts, {}, (), 110.0) == [Change("b2", "b1", begins=True)]
    assert decide(BACKUPS, posts, {"b2": "b1"}, (), 200.0) == []
    assert decide(BACKUPS, posts, {}, ("b2",), 200.0) == []
    assert deputies(BACKUPS, posts, 110.0) == {"b1": "b2"}


def test_what_is_tried_in_between_does_not_make_it_less_down() -> None:
    tried = seen(("CRASHED", 100.0), ("STARTING", 101.0), ("CRASHED", 102.0), ("STARTING", 109.0))
    assert not tried.is_down(111.0), "perhaps this time"
    assert observe(tried, "CRASHED", 111.0).is_down(111.0)
    assert not seen(("CRASHED", 100.0), ("ONLINE", 105.0), ("CRASHED", 108.0)).is_down(111.0)
    assert not seen(("CRASHED", 100.0), ("OFFLINE", 105.0)).is_down(200.0), "a person stopped it"


def test_its_time_is_over_when_the_other_has_worked_for_a_while() -> None:
    back = seen(("PARKED", 0.0), ("STARTING", 50.0), ("ONLINE", 51.0), ("BUSY", 55.0))
    standing = {"b2": "b1"}
    assert decide(BACKUPS, {"b1": back}, standing, (), 60.9) == []
    assert decide(BACKUPS, {"b1": back}, standing, (), 61.0) == [Change("b2", "b1", begins=False)]
    again = observe(observe(back, "CRASHED", 60.0), "ONLINE", 60.5)
    assert decide(BACKUPS, {"b1": again}, standing, (), 61.0) == []


def test_one_that_is_no_backup_any_more_is_done() -> None:
    assert decide({}, {}, {"b2": "b1"}, (), 0.0) == [Change("b2", "b1", begins=False)]
    assert decide({"b1": "b3"}, {}, {"b2": "b1"}, (), 0.0) == [Change("b2", "b1", begins=False)]


STATES = st.sampled_from(["ONLINE", "BUSY", "CRASHED", "PARKED", "STARTING", "OFFLINE", "UNKNOWN", "PAUSED"])


class Shifts(RuleBasedStateMachine):
    """Two that share a backup, in any order of states and times."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.posts = {"a1": Post(), "a2": Post(), "b": Post()}
        self.backups = {"a1": "b", "a2": "b"}
        self.standing: dict[str, str] = {}

    @rule(name=st.sampled_from(["a1", "a2"]), state=STATES)
    def shown(self, name: str, state: str) -> None:
        self.posts[name] = observe(self.posts[name], state, self.now)

    @rule(seconds=st.floats(0.0, 30.0))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @rule()
    def decided(self) -> None:
        changes = decide(self.backups, self.posts, self.standing, (), self.now)
        assert len({change.backup for change in changes}) == len(changes), "one word about each at a time"
        for change in changes:
            post = self.posts[change.primary]
            if change.begins:
                assert self.now - (post.down_since or 0.0) >= DOWN_SECONDS
                assert change.backup not in self.standing
                self.standing[change.backup] = change.primary
            else:
                assert self.now - (post.well_since or 0.0) >= STABLE_SECONDS
                assert self.standing.pop(change.backup) == change.primary

    @invariant()
    def it_settles(self) -> None:
        standing = dict(self.standing)
        for _ in range(3):
            for change in decide(self.backups, self.posts, standing, (), self.now):
                if change.begins:
                    standing[change.backup] = change.primary
                else:
                    del standing[change.backup]
        assert decide(self.backups, self.posts, standing, (), self.now) == []
        if any(post.is_down(self.now) for post in self.posts.values()):
            assert "b" in standing


TestShifts = Shifts.TestCase
TestShifts.settings = settings(stateful_step_count=40)
