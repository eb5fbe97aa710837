"""Who gets no processor, told from who has one and gives no answer, from what the kernel counts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core.starvation import KEPT_LOOKS, RAN_PART, WAITED_PART, Look, Thread, starved

MAIN = 70
WORKER = 71
STEP = 5.0


def looks(*moments: dict[int, Thread], step: float = STEP) -> list[Look]:
    """A look at these threads every so often."""
    return [Look(1000.0 + number * step, MAIN, threads) for number, threads in enumerate(moments)]


def over_time(state: str, *, ran: float, waited: float, turns: int, count: int = KEPT_LOOKS) -> list[Thread]:
    """One thread at each look, with so much more of each in between."""
    return [Thread(state, 1.0 + n * ran, 2.0 + n * waited, 100 + n * turns) for n in range(count)]


def of_main(thread: list[Thread]) -> list[Look]:
    """A process of this thread alone."""
    return looks(*({MAIN: seen} for seen in thread))


def with_worker(main: list[Thread], worker: list[Thread]) -> list[Look]:
    """A process with a second thread."""
    return looks(*({MAIN: one, WORKER: other} for one, other in zip(main, worker, strict=True)))


def test_one_that_waits_for_a_processor_is_said_to() -> None:
    wait = starved(of_main(over_time("R", ran=0.02, waited=4.6, turns=40)))
    assert str(wait) == "gets no processor: waited 9.2 of the last 10 s for one"
    assert str(starved(of_main(over_time("S", ran=0.02, waited=4.6, turns=40)))) == str(wait), "it sleeps in between"


def test_a_wait_that_goes_on_counts_though_the_kernel_counts_it_when_it_ends() -> None:
    wait = starved(of_main(over_time("R", ran=0.0, waited=0.0, turns=0)))
    assert str(wait) == "gets no processor: waited 10.0 of the last 10 s for one"


def test_a_wait_that_began_before_is_not_more_than_the_time_there_was() -> None:
    one, two = Thread("R", 1.0, 2.0, 100), Thread("R", 1.1, 42.0, 101)
    wait = starved(of_main([one, two]))
    assert str(wait) == "gets no processor: waited 4.9 of the last 5 s for one"


@pytest.mark.parametrize(
    "thread",
    [
        over_time("S", ran=0.0, waited=0.0, turns=0),
        over_time("D", ran=0.0, waited=0.0, turns=0),
        over_time("T", ran=0.0, waited=0.0, turns=0),
        over_time("S", ran=0.0, waited=0.5, turns=900),
        over_time("R", ran=5.0, waited=0.0, turns=0),
        over_time("R", ran=2.5, waited=2.5, turns=900),
        over_time("R", ran=1.0, waited=4.0, turns=900),
    ],
    ids=["asleep", "on the disk", "stopped", "waking in vain", "spinning", "with half", "with a fifth"],
)
def test_one_that_had_its_chance_or_wants_none_hangs(thread: list[Thread]) -> None:
    assert starved(of_main(thread)) is None


def test_one_that_was_starved_and_is_stopped_now_is_stopped() -> None:
    thread = over_time("R", ran=0.0, waited=4.9, turns=40)
    assert starved(of_main([*thread[:2], Thread("T", 1.0, 11.8, 180)])) is None


def test_too_little_is_known_of_one_look_or_none() -> None:
    assert starved([]) is None
    assert starved(of_main(over_time("R", ran=0.0, waited=5.0, turns=1, count=1))) is None
    assert starved(looks(*[{MAIN: Thread("R", 1.0, 2.0, 100)}] * 3, step=0.0)) is None


def test_a_loop_that_waits_for_the_lock_of_a_starved_thread_is_starved() -> None:
    holder = over_time("R", ran=0.004, waited=4.9, turns=3)
    asking = over_time("S", ran=0.005, waited=1.5, turns=600)
    assert str(starved(with_worker(asking, holder))) == "gets no processor: waited 9.8 of the last 10 s for one"


def test_a_main_thread_that_is_stuck_hangs_whatever_the_others_wait_for() -> None:
    waiting = over_time("R", ran=0.004, waited=4.9, turns=3)
    stuck = over_time("S", ran=0.0, waited=0.0, turns=0)
    assert starved(with_worker(stuck, waiting)) is None
    once = [*stuck[:2], Thread("S", 1.0, 2.0, 101)]
    assert starved(with_worker(once, waiting)) is None, "a single signal that it was sent is no loop"


def test_a_thread_that_keeps_the_lock_and_spins_hangs() -> None:
    holder = over_time("R", ran=2.5, waited=2.4, turns=900)
    asking = over_time("R", ran=0.005, waited=4.9, turns=600)
    assert starved(with_worker(asking, holder)) is None


def test_threads_that_come_and_go_are_passed_over() -> None:
    main = over_time("R", ran=0.01, waited=4.9, turns=9)
    other = Thread("R", 100.0, 100.0, 7)
    seen = looks({MAIN: main[0], 8: other}, {MAIN: main[1], 9: other}, {MAIN: main[2]})
    assert str(starved(seen)) == "gets no processor: waited 9.8 of the last 10 s for one"


# Any figures

seconds = st.floats(0.0, 100.0)
parts = st.floats(0.0, 1.0)


@st.composite
def lives(draw: st.DrawFn) -> list[Look]:
    """Up to four looks at up to three threads, whose figures only grow."""
    at = 1000.0
    found: list[Look] = []
    threads = {thread: Thread("R", 1.0, 1.0, 1) for thread in draw(st.sets(st.sampled_from([71, 72]))) | {MAIN}}
    for _ in range(draw(st.integers(1, 4))):
        found.append(Look(at, MAIN, dict(threads)))
        at += draw(seconds)
        for thread, before in threads.items():
            threads[thread] = Thread(
                draw(st.sampled_from("RSDT")),
                before.ran_seconds + draw(seconds), before.waited_seconds + draw(seconds),
                before.turns + draw(st.integers(0, 9)),
            )  # fmt: skip
    return found


@given(lives())
def test_nobody_waited_longer_than_the_time_there_was(life: list[Look]) -> None:
    wait = starved(life)
    if wait is not None:
        assert wait.window_seconds == life[-1].at - life[0].at
        assert WAITED_PART * wait.window_seconds <= wait.waited_seconds <= wait.window_seconds + 1e-6


@given(lives())
def test_one_with_as_much_as_it_takes_is_never_called_starved(life: list[Look]) -> None:
    part = RAN_PART + 0.01
    mains = [Thread("R", 1.0 + (look.at - 1000.0) * part, 1.0, turns) for turns, look in enumerate(life)]
    running = [Look(look.at, MAIN, look.threads | {MAIN: main}) for look, main in zip(life, mains, strict=True)]
    assert starved(running) is None


@given(part=st.floats(0.0, RAN_PART - 0.01), step=st.floats(0.05, 60.0), turns=st.integers(0, 9))
def test_one_that_always_wants_a_processor_and_has_next_to_none_is_always_starved(
    part: float, step: float, turns: int
) -> None:
    thread = over_time("R", ran=part * step, waited=(1 - part) * step if turns else 0.0, turns=turns)
    assert starved(looks(*({MAIN: seen} for seen in thread), step=step)) is not None


@given(step=st.floats(0.05, 60.0), wakes=st.integers(0, 9), part=st.floats(0.0, WAITED_PART - 0.01))
def test_one_that_sleeps_is_never(step: float, wakes: int, part: float) -> None:
    thread = over_time("S", ran=0.0, waited=part * step, turns=wakes)
    assert starved(looks(*({MAIN: seen} for seen in thread), step=step)) is None
