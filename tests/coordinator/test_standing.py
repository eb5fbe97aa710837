"""How instances stand: supervision, live lane and person become one state, said once when it changes."""

from __future__ import annotations

import msgspec

from trinity_tui.coordinator.standing import Standing, Status, Supervised
from trinity_tui.core.config import InstanceConfig
from trinity_tui.core.instance import STANDSTILL_SECONDS
from trinity_tui.core.room import InstanceView
from trinity_tui.core.wire.live import SILENT_SECONDS


class Clock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def standing(clock: Clock | None = None) -> Standing:
    return Standing({"lead-1": InstanceConfig(role="lead")}, clock or Clock())


def pass_in_silence(clock: Clock, view: Standing) -> None:
    """Somebody listens all the time, and hears nothing."""
    until = clock.now + SILENT_SECONDS
    while clock.now <= until:
        clock.now += STANDSTILL_SECONDS
        view.turn()


def online(epoch: int = 1, pid: int = 41, restarts: int = 0, reason: str = "ready") -> Supervised:
    return Supervised("ONLINE", reason, "supervision", pid, epoch, restarts)


def only(changes: list[Status]) -> Status:
    (change,) = changes
    return change


def test_a_state_is_said_once() -> None:
    view = standing()
    assert only(view.changes()).state == "OFFLINE"
    assert view.changes() == []
    view.supervised("lead-1", online())
    said = only(view.changes())
    assert (said.state, said.role, said.order, said.pid) == ("ONLINE", "lead", 1, 41)
    assert view.changes() == []


def test_silence_is_unknown_and_the_next_sign_clears_it() -> None:
    clock = Clock()
    view = standing(clock)
    view.supervised("lead-1", online())
    assert only(view.changes()).state == "ONLINE"
    pass_in_silence(clock, view)
    said = only(view.changes())
    assert (said.state, said.source) == ("UNKNOWN", "live lane")
    view.heard("lead-1")
    assert only(view.changes()).state == "ONLINE"


def test_who_was_not_heard_while_nobody_listened_is_not_silent_but_who_was_before_stays_so() -> None:
    clock = Clock()
    view = Standing({"lead-1": InstanceConfig(role="lead"), "builder-1": InstanceConfig(role="builder")}, clock)
    view.supervised("lead-1", online())
    pass_in_silence(clock, view)
    view.supervised("builder-1", online())
    assert {said.instance: said.state for said in view.changes()} == {"lead-1": "UNKNOWN", "builder-1": "ONLINE"}
    clock.now += 3600.0
    assert view.changes() == []
    pass_in_silence(clock, view)
    assert only(view.changes()).instance == "builder-1"


def test_a_crash_is_told_with_the_first_state_after_it() -> None:
    view = standing()
    view.supervised("lead-1", online())
    view.changes()
    view.supervised("lead-1", Supervised("CRASHED", "died: signal 9", "supervision", None, 1, 0))
    view.supervised("lead-1", Supervised("STARTING", "restarted", "supervision", None, 2, 1))
    said = only(view.changes())
    assert (said.state, said.epoch, said.crash, said.crash_epoch) == ("STARTING", 2, "died: signal 9", 1)
    view.supervised("lead-1", online(epoch=2, restarts=1))
    assert only(view.changes()).crash == ""


def test_a_crash_that_is_over_at_once_is_told_too() -> None:
    view = standing()
    view.supervised("lead-1", online())
    view.changes()
    back = Supervised("STARTING", "restarted: signal 9", "supervision", None, 2, 1, "signal 9")
    view.supervised("lead-1", back)
    said = only(view.changes())
    assert (said.crash, said.crash_epoch) == ("signal 9", 1)
    view.supervised("lead-1", online(epoch=2, restarts=1, reason="restarted: signal 9"))
    assert only(view.changes()).crash == ""


def test_a_pause_and_a_missing_brain_have_their_reason() -> None:
    view = standing()
    view.supervised("lead-1", online())
    view.heard("lead-1", degraded="no Ollama, using builtin")
    said = only(view.changes())
    assert (said.state, said.reason) == ("DEGRADED", "no Ollama, using builtin")
    view.pause("lead-1", "paused by the person")
    assert view.paused("lead-1")
    assert only(view.changes()).state == "PAUSED"
    view.pause("lead-1", "")
    view.heard("lead-1", degraded="")
    assert only(view.changes()).state == "ONLINE"


def test_signs_of_an_earlier_life_do_not_count() -> None:
    view = standing()
    view.supervised("lead-1", online())
    view.heard("lead-1", degraded="no Ollama, using builtin")
    view.changes()
    view.supervised("lead-1", online(epoch=2, restarts=1))
    assert only(view.changes()).state == "ONLINE"


def test_the_pid_of_a_process_that_starts_is_no_news() -> None:
    view = standing()
    view.supervised("lead-1", Supervised("STARTING", "starting", "supervision", None, 1, 0))
    view.changes()
    view.supervised("lead-1", Supervised("STARTING", "starting", "supervision", 41, 1, 0))
    assert view.changes() == []
    assert view.now()["lead-1"].state == "STARTING"
    assert view.knows("lead-1")
    assert not view.knows("lead-2")


def test_another_word_for_being_well_is_no_news_but_the_end_of_a_restart_is() -> None:
    view = standing()
    view.supervised("lead-1", online(reason="ready"))
    view.changes()
    view.supervised("lead-1", msgspec.structs.replace(online(reason="answers"), source="ping"))
    assert view.changes() == []
    view.supervised("lead-1", online(epoch=2, restarts=1, reason="restarted: signal 9"))
    assert only(view.changes()).reason == "restarted: signal 9"
    view.supervised("lead-1", online(epoch=2, restarts=1, reason="answers"))
    assert only(view.changes()).reason == "answers"


def test_who_is_configured_no_more_stays_until_nothing_is_left_of_it() -> None:
    view = standing()
    view.supervised("lead-1", online())
    view.changes()
    view.configure({"guide-1": InstanceConfig(role="guide")})
    assert view.knows("lead-1")
    assert [status.instance for status in view.changes()] == ["guide-1", "lead-1"]
    view.forget("lead-1")
    assert not view.knows("lead-1")
    assert view.changes() == []
    assert list(view.now()) == ["guide-1"]


def test_one_that_comes_back_begins_unpaused_and_unheard() -> None:
    view = standing()
    view.supervised("lead-1", online())
    view.pause("lead-1", "paused by the person")
    view.forget("lead-1")
    view.configure({"lead-1": InstanceConfig(role="lead")})
    assert view.paused("lead-1") == ""
    assert only(view.changes()).state == "OFFLINE"


def recorded(state: str, reason: str = "no model", epoch: int = 1, restarts: int = 0) -> InstanceView:
    return InstanceView("lead-1", state=state, reason=reason, source="instance", epoch=epoch, restarts=restarts)


def test_one_that_was_taken_over_stands_as_it_stood_until_it_says_otherwise() -> None:
    view = standing()
    view.supervised("lead-1", online(reason="kept over the coordinator's restart"))
    view.recall(recorded("DEGRADED"))
    said = only(view.changes())
    assert (said.state, said.reason, said.source) == ("DEGRADED", "no model", "instance")
    view.heard("lead-1")
    assert view.changes() == []
    view.heard("lead-1", degraded="no model")
    assert view.changes() == []
    view.heard("lead-1", degraded="")
    assert only(view.changes()).state == "ONLINE"


def test_one_that_spoke_before_the_log_was_read_is_as_it_says() -> None:
    view = standing()
    view.supervised("lead-1", online())
    view.heard("lead-1", degraded="")
    view.recall(recorded("DEGRADED"))
    assert only(view.changes()).state == "ONLINE"


def test_one_that_was_silent_stays_unknown_until_it_is_heard() -> None:
    clock = Clock()
    view = standing(clock)
    view.supervised("lead-1", online())
    view.recall(recorded("UNKNOWN", "no heartbeat"))
    assert only(view.changes()).state == "UNKNOWN"
    view.heard("lead-1")
    assert only(view.changes()).state == "ONLINE"


def test_a_run_the_log_does_not_know_is_starting_until_it_is_heard_and_unknown_when_it_is_not() -> None:
    clock = Clock()
    view = standing(clock)
    view.supervised("lead-1", online(epoch=2))
    view.recall(recorded("DEGRADED", epoch=1))
    assert only(view.changes()).state == "STARTING"
    pass_in_silence(clock, view)
    assert only(view.changes()).state == "UNKNOWN"
    view.heard("lead-1", degraded="")
    assert only(view.changes()).state == "ONLINE"


def test_a_crash_nobody_was_there_to_see_is_told_by_the_next_coordinator() -> None:
    view = standing()
    view.supervised("lead-1", Supervised("STARTING", "restarted: signal 9", "supervision", None, 2, 1, "signal 9"))
    view.recall(recorded("ONLINE", "", epoch=1, restarts=0))
    said = only(view.changes())
    assert (said.crash, said.crash_epoch) == ("signal 9", 1)
