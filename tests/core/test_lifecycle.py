"""The lifecycle: its rules one by one, then any order of events against a model of the world."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from trinity_tui.core.lifecycle import step
from trinity_tui.core.lifecycle_events import (
    Adopted,
    Alert,
    Begin,
    Blocked,
    Effect,
    Elapsed,
    Event,
    Exited,
    Outgrown,
    PongReceived,
    Ready,
    Restart,
    SendPing,
    Spawn,
    Spawned,
    SpawnFailed,
    StoodStill,
    StopTree,
    TreeGone,
    WantDown,
    WantUp,
)
from trinity_tui.core.lifecycle_state import Actual, Desired, Lifecycle, due, shown
from trinity_tui.core.restart import Rules
from trinity_tui.core.starvation import Look, Thread


class Life:
    """One lifecycle and its clock."""

    def __init__(self, **rules: object) -> None:
        self.now = 1000.0
        self.state = Lifecycle(rules=Rules(**rules), desired=Desired.UP)  # pyright: ignore[reportArgumentType]
        self.alerts: list[Alert] = []

    def give(self, event: Event) -> list[Effect]:
        """One event now."""
        self.state, effects = step(self.state, event, self.now)
        self.alerts += [effect for effect in effects if isinstance(effect, Alert)]
        return [effect for effect in effects if not isinstance(effect, Alert)]

    def wait(self, state: str | None = None) -> list[Effect]:
        """Until the next deadline; with a state, its one thread is seen so, and has neither run nor slept since."""
        moment = due(self.state)
        assert moment is not None
        self.now = moment
        return self.give(Elapsed(_look(state, moment)))

    def up(self) -> Life:
        """Started and ready."""
        self.give(Begin())
        self.give(Spawned(self.state.epoch, 70))
        self.give(Ready(self.state.epoch))
        assert self.actual is Actual.RUNNING
        return self

    def die(self, code: int | None = None, signal: int | None = 9, remains: bool = False) -> list[Effect]:
        """The process ends."""
        return self.give(Exited(self.state.epoch, code, signal if code is None else None, remains))

    @property
    def actual(self) -> Actual:
        return self.state.actual

    @property
    def shown(self) -> tuple[str, str]:
        view = shown(self.state, self.now)
        return view.state, view.reason


def _look(state: str | None, at: float) -> Look | None:
    return Look(at, 70, {70: Thread(state, 1.0, 2.0, 100)}) if state else None


def test_a_start_and_a_stop() -> None:
    life = Life()
    assert life.shown == ("OFFLINE", "not started")
    assert life.give(Begin()) == [Spawn(1)]
    assert life.shown[0] == "STARTING"
    life.give(Spawned(1, 70))
    life.give(Ready(1))
    assert life.shown == ("ONLINE", "ready")
    assert life.give(WantDown("person")) == [StopTree(1, 10.0)]
    assert life.shown == ("ONLINE", "stopping, asked by person")
    life.die(code=0)
    assert life.give(TreeGone(1)) == []
    assert life.shown == ("OFFLINE", "stopped by person")
    assert due(life.state) is None


def test_after_a_stable_run_the_next_is_started_at_once() -> None:
    life = Life().up()
    life.now += 10.0
    assert life.die() == [Spawn(2)]
    assert life.shown == ("STARTING", "restarted: signal 9")
    life.give(Spawned(2, 71))
    life.give(Ready(2))
    life.now += 3.0
    assert life.shown == ("ONLINE", "restarted: signal 9")
    life.now += 7.0
    assert life.shown == ("ONLINE", "ready")
    assert (life.state.restarts, life.state.failures) == (1, 0)


def test_failed_runs_are_delayed_told_once_and_given_up() -> None:
    life = Life()
    life.give(Begin())
    delays: list[float] = []
    for _ in range(7):
        assert life.die(code=1) == []
        assert life.shown[0] == "CRASHED"
        delays.append((due(life.state) or 0.0) - life.now)
        assert life.wait() == [Spawn(life.state.epoch)]
    assert delays == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0]
    assert [alert.parked for alert in life.alerts] == [False]
    assert life.alerts[0].text == "ended 3 times in a row, last: exit code 1"
    life.die(code=1)
    assert life.shown == ("PARKED", "ended 8 times in a row, last: exit code 1")
    assert [alert.parked for alert in life.alerts] == [False, True]
    assert due(life.state) is None
    assert life.state.restarts == 7
    assert life.give(WantUp("person")) == [Spawn(9)]
    assert (life.state.failures, life.state.restarts) == (0, 7)


def test_what_was_online_is_not_said_to_have_failed_to_start() -> None:
    life = Life().up()
    for _ in range(2):
        life.die()
        life.wait()
        life.give(Ready(life.state.epoch))
    assert life.shown[0] == "ONLINE"
    life.die()
    assert [alert.text for alert in life.alerts] == ["ended 3 times in a row, last: signal 9"]


def test_ten_ends_in_the_window_are_enough_however_stable() -> None:
    life = Life().up()
    for _ in range(9):
        life.now += 20.0
        assert life.die() == [Spawn(life.state.epoch)]
        life.give(Ready(life.state.epoch))
    life.now += 20.0
    life.die()
    assert life.shown == ("PARKED", "ended 10 times in 600 s, last: signal 9")
    slow = Life().up()
    for _ in range(30):
        slow.now += 100.0
        assert slow.die() == [Spawn(slow.state.epoch)]
        slow.give(Ready(slow.state.epoch))


def test_a_stable_run_forgives() -> None:
    life = Life()
    life.give(Begin())
    for _ in range(3):
        life.die()
        life.wait()
    life.give(Ready(life.state.epoch))
    life.now += 10.0
    life.die()
    assert (life.state.failures, life.state.alerted) == (0, False)
    for _ in range(3):
        life.die()
        if life.actual is Actual.BACKOFF:
            life.wait()
    assert len(life.alerts) == 2


@pytest.mark.parametrize(
    ("restart", "code", "actual", "reason"),
    [
        ("on-failure", 0, Actual.COMPLETED, "finished"),
        ("never", 0, Actual.COMPLETED, "finished"),
        ("never", 1, Actual.PARKED, "exit code 1; restart is off"),
        ("on-failure", 78, Actual.PARKED, "ended with 78: not started again until you say so"),
        ("always", 125, Actual.PARKED, "ended with 125: not started again until you say so"),
        ("always", 0, Actual.BACKOFF, "exit code 0; next start in 0.5 s"),
        ("on-failure", None, Actual.BACKOFF, "ended, status unknown; next start in 0.5 s"),
    ],
)
def test_what_an_exit_means(restart: str, code: int | None, actual: Actual, reason: str) -> None:
    life = Life(restart=restart)
    life.give(Begin())
    life.die(code=code, signal=None)
    assert (life.actual, life.state.reason) == (actual, reason)


def test_what_is_left_of_a_crashed_run_is_stopped_first() -> None:
    life = Life().up()
    life.now += 60.0
    assert life.die(remains=True) == [StopTree(1, 10.0)]
    assert life.shown[0] == "CRASHED"
    assert life.give(TreeGone(1)) == [Spawn(2)]


def test_not_ready_in_time_is_a_failure() -> None:
    life = Life()
    life.give(Begin())
    life.now += 5.0
    life.give(Spawned(1, 70))
    assert due(life.state) == life.now + 30.0, "the time begins when the process does"
    assert life.wait() == [StopTree(1, 10.0)]
    life.die(signal=15)
    life.give(TreeGone(1))
    assert life.shown == ("CRASHED", "not ready after 30 s; next start in 0.5 s")
    assert life.state.last_exit == "not ready after 30 s"


def test_a_start_that_fails() -> None:
    life = Life()
    life.give(Begin())
    life.give(SpawnFailed(1, "scout: No such file or directory"))
    assert life.shown[0] == "CRASHED"
    assert life.state.last_exit == "could not be started: scout: No such file or directory"


def test_a_hang_is_found_within_45_seconds() -> None:
    for phase in (0.0, 0.3, 0.99):
        life = Life()
        life.state = Lifecycle(desired=Desired.UP, phase=phase)
        life.up()
        began = life.now
        effects: list[Effect] = []
        pings = 0
        while not any(isinstance(effect, StopTree) for effect in effects):
            effects = life.wait()
            pings += sum(isinstance(effect, SendPing) for effect in effects)
        assert life.now - began <= 45.0
        assert pings == 3
        assert life.shown == ("CRASHED", "hung: 3 pings unanswered; stopping it")
        assert life.give(TreeGone(1)) == [Spawn(2)], "it had been stable"


def test_what_came_while_nobody_listened_was_not_slow() -> None:
    life = Life().up()
    life.wait()
    life.now += 60.0
    life.give(StoodStill(59.9))
    assert life.give(Elapsed()) == [], "its time to answer is not over"
    life.give(PongReceived(1, 1))
    assert life.shown == ("ONLINE", "answers")


def test_one_that_hangs_is_found_out_after_a_standstill_too() -> None:
    life = Life().up()
    life.wait()
    life.wait()
    life.now += 60.0
    life.give(StoodStill(60.0))
    since = life.now
    while life.actual is not Actual.STOPPING:
        life.wait("S")
    assert life.now - since <= 2 * life.state.rules.ping_timeout_seconds
    assert life.shown[1] == "hung: 3 pings unanswered; stopping it"


def test_one_that_starts_or_stops_has_its_time_though_nobody_listened() -> None:
    life = Life()
    life.give(Begin())
    life.now += 60.0
    life.give(StoodStill(59.0))
    assert life.give(Elapsed()) == []
    life.give(Ready(1))
    assert life.shown[0] == "ONLINE"
    life.give(Restart("person"))
    life.now += 60.0
    life.give(StoodStill(59.0))
    assert life.give(Elapsed()) == []
    assert life.give(TreeGone(1)) == [Spawn(2)]


def test_a_standstill_is_nothing_to_one_of_whom_nothing_is_waited_for() -> None:
    life = Life().up()
    before = life.state
    assert life.give(StoodStill(60.0)) == []
    assert life.state is before


STARVED = "gets no processor: waited 10.0 of the last 10 s for one"


def test_one_that_gets_no_processor_is_not_taken_for_hung() -> None:
    life = Life().up()
    life.wait()
    assert life.wait("R") == [SendPing(1, 2)]
    assert life.shown == ("DEGRADED", "ping unanswered, 1 of 3"), "of one look nothing can be said"
    assert life.wait("R") == [SendPing(1, 3)]
    assert life.shown == ("DEGRADED", "gets no processor: waited 5.0 of the last 5 s for one")
    for nonce in range(4, 100):
        assert life.wait("R") == [SendPing(1, nonce)]
        assert life.shown == ("DEGRADED", STARVED)
        assert life.state.source == "kernel"
    life.now += 1.5
    life.give(PongReceived(1, 99))
    assert life.shown == ("DEGRADED", "answers slowly: 1.5 s")
    life.wait()
    life.give(PongReceived(1, 100))
    assert life.shown == ("ONLINE", "answers")
    assert (life.state.ping.misses, life.state.ping.looks, life.state.restarts) == (0, (), 0)


def test_one_that_gets_no_processor_is_given_up_after_a_far_longer_time() -> None:
    life = Life().up()
    life.wait()
    since = life.now
    effects: list[Effect] = []
    while not any(isinstance(effect, StopTree) for effect in effects):
        effects = life.wait("R")
    assert life.now - since == life.state.rules.starved_seconds == 600.0
    assert life.shown == ("CRASHED", "no answer for 600 s, for want of a processor; stopping it")
    assert life.give(TreeGone(1)) == [Spawn(2)]
    life.give(Spawned(2, 71))
    life.give(Ready(2))
    life.wait()
    assert life.wait("R") == [SendPing(2, 2)], "what the run before lacked is nothing to this one"


def test_one_that_hangs_once_it_has_a_processor_is_found_out_as_soon_as_that_shows() -> None:
    for state in "SDT":
        life = Life().up()
        life.wait()
        for _ in range(40):
            life.wait("R")
        since = life.now
        effects: list[Effect] = []
        while not any(isinstance(effect, StopTree) for effect in effects):
            effects = life.wait(state)
        assert life.now - since <= 2 * life.state.rules.ping_timeout_seconds
        assert "pings unanswered" in life.shown[1]


def test_the_figures_of_one_that_gets_no_processor_are_news_once_a_minute() -> None:
    life = Life().up()
    life.wait()
    told: list[str] = []
    waited = 0.0
    for miss in range(1, 100):
        life.now = due(life.state) or 0.0
        waited += 4.0 + 0.005 * miss
        life.give(Elapsed(Look(life.now, 70, {70: Thread("R", 1.0, waited, miss)})))
        told += [life.state.reason] if life.state.reason not in told[-1:] else []
    assert len(told) == 3 + 99 // 12, "every figure would have been another one"


def test_pings_are_answered_slowly_late_and_not() -> None:
    life = Life().up()
    (ping,) = life.wait()
    assert ping == SendPing(1, 1)
    life.now += 2.0
    life.give(PongReceived(1, 1))
    assert life.shown == ("DEGRADED", "answers slowly: 2.0 s")
    slow_at = life.now
    assert life.wait() == [SendPing(1, 2)]
    assert life.now - slow_at == life.state.rules.ping_timeout_seconds
    assert life.wait() == [SendPing(1, 3)]
    assert life.shown == ("DEGRADED", "ping unanswered, 1 of 3")
    life.now += 1.0
    life.give(PongReceived(1, 2))
    assert life.shown == ("DEGRADED", "answers slowly: 6.0 s")
    assert life.state.ping.misses == 0
    life.give(PongReceived(1, 3))
    life.give(PongReceived(1, 99))
    life.wait()
    life.give(PongReceived(1, 4))
    assert life.shown == ("ONLINE", "answers")


def test_a_restart_is_somebodys_wish_and_no_failure() -> None:
    life = Life().up()
    assert life.give(Restart("person")) == [StopTree(1, 10.0)]
    life.die(code=1)
    assert life.give(TreeGone(1)) == [Spawn(2)]
    assert (life.state.restarts, life.state.failures) == (0, 0)
    assert life.shown == ("STARTING", "started by person")


def test_minds_change_while_it_stops() -> None:
    life = Life().up()
    life.give(WantDown("person"))
    assert life.give(WantUp("person")) == []
    assert life.give(TreeGone(1)) == [Spawn(2)]
    life.give(Spawned(2, 71))
    life.give(Restart("person"))
    life.give(WantDown("person"))
    assert life.give(TreeGone(2)) == []
    assert life.actual is Actual.STOPPED


def test_what_cannot_be_killed_is_never_doubled() -> None:
    life = Life().up()
    life.give(Restart("person"))
    life.give(TreeGone(1, (70, 71)))
    assert life.shown == ("PARKED", "could not be killed: pid 70, 71")
    assert life.alerts[-1].parked
    assert life.give(TreeGone(1)) == [Spawn(2)], "when it goes after all, what was asked for is done"
    late = Life().up()
    late.give(WantDown("person"))
    late.wait()
    assert late.now == 1000.0 + 11.0
    assert late.shown == ("OFFLINE", "its end was not confirmed in time")


def test_taking_over() -> None:
    life = Life()
    life.give(Adopted(7, 70, 500.0))
    assert life.shown == ("ONLINE", "kept over the coordinator's restart")
    assert (life.state.adopted, life.state.epoch) == (True, 7)
    assert life.die() == [Spawn(8)]
    assert not life.state.adopted
    down = Life()
    down.state = Lifecycle(desired=Desired.DOWN)
    assert down.give(Adopted(7, 70, 1.0)) == [StopTree(7, 10.0)]


# Waiting for others, and being started anew for what it used


def test_it_waits_until_what_it_comes_after_is_ready() -> None:
    life = Life()
    life.give(Blocked("waits for db"))
    assert life.give(Begin()) == []
    assert life.shown == ("OFFLINE", "waits for db")
    assert due(life.state) is None
    life.give(Blocked("waits for db (parked)"))
    assert life.shown == ("OFFLINE", "waits for db (parked)")
    life.now += 100.0
    assert life.give(Blocked("")) == [Spawn(1)]
    assert due(life.state) == life.now + life.state.rules.start_seconds, "the wait takes nothing from its time to start"
    assert life.give(Blocked("waits for db")) == [], "what becomes of them later does not touch it"
    assert life.shown[0] == "STARTING"


def test_process_compose_530_a_restart_while_it_waits_neither_wedges_nor_doubles() -> None:
    life = Life()
    life.give(Blocked("waits for db"))
    life.give(Begin())
    for _ in range(5):
        assert life.give(Restart("person")) == []
        assert life.give(WantUp("person")) == []
    assert life.shown == ("OFFLINE", "waits for db")
    assert life.state.epoch == 0, "no run was begun, so none can be left over"
    assert life.give(Blocked("")) == [Spawn(1)]
    assert life.give(Restart("person")) == [StopTree(1, 10.0)]
    assert life.give(Blocked("waits for db")) == []
    assert life.give(TreeGone(1)) == []
    assert life.shown == ("OFFLINE", "waits for db")
    assert life.give(WantDown("person")) == []
    assert life.shown == ("OFFLINE", "stopped by person")
    assert life.give(Blocked("")) == [], "wanted down: nothing is started"
    assert life.give(WantUp("person")) == [Spawn(2)]


def test_one_that_died_waits_too_and_its_restart_is_counted_when_it_is_one() -> None:
    life = Life().up()
    life.now += 20.0
    life.give(Blocked("waits for db"))
    assert life.die() == []
    assert (life.shown, life.state.restarts) == (("OFFLINE", "waits for db"), 0)
    assert life.give(Blocked("")) == [Spawn(2)]
    assert (life.shown, life.state.restarts) == (("STARTING", "restarted: signal 9"), 1)


def test_too_much_memory_is_no_failure_but_counts_in_the_window() -> None:
    life = Life(window_restarts=3).up()
    for _ in range(2):
        life.now += 6.0
        assert life.give(Outgrown(life.state.epoch, "used 512 MB of 400")) == [StopTree(life.state.epoch, 10.0)]
        assert life.shown == ("CRASHED", "used 512 MB of 400; starting it anew")
        life.die(code=0)
        assert life.give(TreeGone(life.state.epoch)) == [Spawn(life.state.epoch)]
        assert life.shown == ("STARTING", "restarted: used 512 MB of 400")
        life.give(Ready(life.state.epoch))
    assert (life.state.failures, life.state.restarts) == (0, 2)
    life.give(Outgrown(life.state.epoch, "used 512 MB of 400"))
    life.give(TreeGone(life.state.epoch))
    assert life.shown == ("PARKED", "ended 3 times in 600 s, last: used 512 MB of 400")
    assert life.alerts[-1].parked


def test_a_planned_end_counts_for_nothing() -> None:
    life = Life(window_restarts=2, restart="never").up()
    for _ in range(5):
        life.give(Outgrown(life.state.epoch, "ran 24 h", is_planned=True))
        assert life.shown == ("ONLINE", "ran 24 h; starting it anew")
        assert life.give(TreeGone(life.state.epoch)) == [Spawn(life.state.epoch)]
        assert life.shown == ("STARTING", "started anew: ran 24 h")
        life.give(Ready(life.state.epoch))
    assert (life.state.failures, life.state.recent, life.state.restarts) == (0, (), 5)


def test_only_a_run_that_is_there_can_have_outgrown_its_limits() -> None:
    life = Life()
    life.give(Begin())
    assert life.give(Outgrown(1, "used 512 MB of 400")) == []
    life.up()
    assert life.give(Outgrown(life.state.epoch - 1, "used 512 MB of 400")) == []
    assert life.shown[0] == "ONLINE"


def test_what_is_left_of_a_grace_is_all_there_is() -> None:
    life = Life().up()
    assert life.give(WantDown("person", 3.0)) == [StopTree(1, 3.0)]
    assert due(life.state) == life.now + 4.0
    assert Life(grace_seconds=1.0).up().give(WantDown("person", 3.0)) == [StopTree(1, 1.0)]


LIVE = (Actual.STARTING, Actual.RUNNING, Actual.UNHEALTHY, Actual.STOPPING)


class World(RuleBasedStateMachine):
    """Processes, a keeper that never has two of one instance, and events in any order, stale ones among them."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.state = Lifecycle(desired=Desired.UP, rules=Rules(restart="always"))
        self.living: set[int] = set()
        self.asked: list[int] = []
        self.kills: list[int] = []
        self.failures_told = 0
        self.entered = (self.state.actual, self.state.epoch, 0.0)

    def give(self, event: Event) -> None:
        before = self.state
        self.state, effects = step(before, event, self.now)
        for effect in effects:
            if isinstance(effect, Spawn):
                assert not self.state.blocked, "started though others are not ready"
                assert self.state.desired is Desired.UP, "wanted down, and yet started"
                assert effect.epoch > before.epoch
                self.asked.append(effect.epoch)
            elif isinstance(effect, StopTree):
                assert effect.epoch == self.state.epoch
                self.kills.append(effect.epoch)
            elif isinstance(effect, Alert) and not effect.parked:
                assert not before.alerted, "told twice"
        if (self.state.actual, self.state.epoch) != self.entered[:2]:
            self.entered = (self.state.actual, self.state.epoch, self.now)

    @rule(by=st.sampled_from(["person", "policy"]))
    def want_up(self, by: str) -> None:
        self.give(WantUp(by))

    @rule()
    def want_down(self) -> None:
        self.give(WantDown("person"))

    @rule()
    def restart(self) -> None:
        self.give(Restart("person"))

    @rule()
    def begin(self) -> None:
        self.give(Begin())

    @rule(by=st.sampled_from(["", "waits for db", "waits for db (parked)"]))
    def others_change(self, by: str) -> None:
        self.give(Blocked(by))
        assert by or self.state.actual is not Actual.WAITING

    @rule(is_planned=st.booleans())
    def outgrows(self, is_planned: bool) -> None:
        self.give(Outgrown(self.state.epoch, "used 512 MB of 400", is_planned))

    @precondition(lambda self: self.asked)
    @rule(works=st.booleans())
    def keeper_spawns(self, works: bool) -> None:
        epoch = self.asked.pop(0)
        if works and not self.living and epoch not in self.kills:
            self.living.add(epoch)
            self.give(Spawned(epoch, epoch + 100))
        else:
            self.give(SpawnFailed(epoch, "no"))

    @precondition(lambda self: self.living)
    @rule(signal=st.sampled_from([None, 9]), remains=st.booleans())
    def process_dies(self, signal: int | None, remains: bool) -> None:
        epoch = self.living.pop()
        self.give(Exited(epoch, None if signal else 0, signal, remains))

    @precondition(lambda self: self.living)
    @rule()
    def says_hello(self) -> None:
        self.give(Ready(next(iter(self.living))))

    @precondition(lambda self: self.kills)
    @rule(survives=st.integers(0, 9))
    def keeper_has_killed(self, survives: int) -> None:
        epoch = self.kills.pop(0)
        if survives == 0 and epoch in self.living:
            self.give(TreeGone(epoch, (epoch + 100,)))
        else:
            self.living.discard(epoch)
            self.asked = [asked for asked in self.asked if asked != epoch]
            self.give(TreeGone(epoch))

    @rule(
        event=st.sampled_from([Ready, Spawned, SpawnFailed, Exited, TreeGone, PongReceived, Outgrown]),
        back=st.integers(1, 3),
        remains=st.booleans(),
    )
    def stale(self, event: type, back: int, remains: bool) -> None:
        epoch = self.state.epoch - back
        made: dict[type, Event] = {
            Ready: Ready(epoch), Spawned: Spawned(epoch, 1), SpawnFailed: SpawnFailed(epoch, "old"),
            Exited: Exited(epoch, 1, None, remains), TreeGone: TreeGone(epoch), PongReceived: PongReceived(epoch, 1),
            Outgrown: Outgrown(epoch, "old"),
        }  # fmt: skip
        before = self.state
        self.give(made[event])
        assert self.state is before, "an older run changed something"

    @rule(seconds=st.floats(0.0, 100.0), state=st.sampled_from(["R", "S", None]))
    def time_passes(self, seconds: float, state: str | None) -> None:
        target = self.now + seconds
        while (moment := due(self.state)) is not None and moment <= target:
            self.now = max(self.now, moment)
            before = self.state
            self.give(Elapsed(_look(state, self.now)))
            assert self.state != before, "a deadline that does nothing would never end"
        self.now = target

    @rule(seconds=st.floats(2.0, 100.0))
    def nobody_listens(self, seconds: float) -> None:
        self.now += seconds
        self.give(StoodStill(seconds))
        actual, epoch, since = self.entered
        self.entered = (actual, epoch, since + seconds)

    @rule()
    def early(self) -> None:
        moment = due(self.state)
        if moment is None or moment > self.now:
            before = self.state
            self.give(Elapsed())
            assert self.state is before

    @rule()
    def answers(self) -> None:
        if self.state.epoch in self.living:
            self.give(PongReceived(self.state.epoch, self.state.ping.nonce))

    @invariant()
    def never_two(self) -> None:
        assert len(self.living) <= 1

    @invariant()
    def every_state_has_a_way_out(self) -> None:
        if self.state.actual in LIVE or self.state.actual is Actual.BACKOFF:
            assert due(self.state) is not None
        if self.state.actual is Actual.WAITING:
            assert self.state.blocked
            assert step(self.state, Blocked(""), self.now)[1], "it would wait for ever"
        assert self.state.reason
        assert self.state.source

    @invariant()
    def stopping_ends(self) -> None:
        actual, _, since = self.entered
        if actual is Actual.STOPPING:
            rules = self.state.rules
            assert self.now - since <= rules.grace_seconds + rules.confirm_seconds + 1e-6

    @invariant()
    def patience_ends(self) -> None:
        actual, _, since = self.entered
        if actual is Actual.UNHEALTHY:
            assert self.now - since <= self.state.rules.starved_seconds + self.state.rules.ping_timeout_seconds

    @invariant()
    def down_is_down(self) -> None:
        if self.state.desired is Desired.DOWN:
            assert self.state.actual in (Actual.STOPPED, Actual.STOPPING)

    @invariant()
    def it_can_be_shown(self) -> None:
        view = shown(self.state, self.now)
        assert view.state in {"OFFLINE", "STARTING", "ONLINE", "DEGRADED", "CRASHED", "PARKED"}
        assert view.reason
        if self.state.actual is Actual.STOPPED:
            assert view.state == "OFFLINE"


TestWorld = World.TestCase
TestWorld.settings = settings(stateful_step_count=60)
