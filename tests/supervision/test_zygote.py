"""The zygote, through a keeper: what is forked is what would have been executed, once or not at all."""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from patience import wait_until
from supervision.conversing import Program, Talk, spawn_of
from supervision.ground import FAKES
from trinity_tui.core.wire import keeper as wire
from trinity_tui.process import procfs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from supervision.ground import Ground

CHAOS = int(os.environ.get("TRINITY_CHAOS", "1"))
KILLS = 8 * CHAOS
SECRET = "TRINITY_TEST_SECRET"


@pytest.fixture
def keeper(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> Iterator[Program]:
    """A keeper that stays, with a secret in its environment."""
    monkeypatch.setenv(SECRET, "of the keeper's")
    program = Program(ground)
    yield program
    program.close()


def start(talk: Talk, ground: Ground, instance: str, *arguments: str, how: wire.How = "zygote", **fields: Any) -> None:
    """Ask for a module of ``fakes`` to be run."""
    argv = (sys.executable, "-P", "-m", *arguments)
    request = spawn_of(ground, instance, 1, *argv, PYTHONPATH=str(FAKES))
    talk.send(replace(request, how=how, **fields))


def zygotes(keeper: Program) -> list[int]:
    """The zygotes of a keeper that live."""
    children = procfs.children(keeper.process.pid) or []
    return [pid for pid in children if b"trinity_tui.harness.zygote" in (procfs.read(f"/proc/{pid}/cmdline") or b"")]


def run(talk: Talk, ground: Ground, how: wire.How, *arguments: str, **fields: Any) -> tuple[wire.Exited, str]:
    """Run the self-portrait as the instance ``a``: how it ended, and what it wrote."""
    log = ground.root / "a.log"
    log.unlink(missing_ok=True)
    start(talk, ground, "a", "selfportrait", *arguments, how=how, **fields)
    assert talk.receive(wire.Spawned).how == how
    exited = talk.receive(wire.Exited)
    talk.send(wire.Acknowledge("a", 1))
    return exited, log.read_text()


def portrait(wrote: str) -> dict[str, Any]:
    """What it said of itself."""
    return next(json.loads(line) for line in wrote.splitlines() if line.startswith("{"))


@pytest.mark.parametrize("end", ["", "exit 7", "raise", "message", "interrupt"])
def test_what_is_forked_is_what_would_be_executed(ground: Ground, keeper: Program, end: str) -> None:
    talk = keeper.talk()
    executed, wrote = run(talk, ground, "exec", *end.split(), nice=3)
    forked, wrote_too = run(talk, ground, "zygote", *end.split(), nice=3)
    assert (forked.code, forked.signal) == (executed.code, executed.signal)
    assert portrait(wrote_too) == portrait(wrote)
    assert wrote_too == wrote
    assert SECRET not in wrote


def test_a_zygote_knows_no_secrets_and_is_shown_as_what_it_is(ground: Ground, keeper: Program) -> None:
    run(keeper.talk(), ground, "zygote")
    (pid,) = zygotes(keeper)
    shown = (procfs.read(f"/proc/{pid}/environ") or b"") + (procfs.read(f"/proc/{pid}/cmdline") or b"")
    assert SECRET.encode() not in shown
    assert b"xxx" not in shown


@pytest.mark.parametrize("way", ["zygote", "exec"])
def test_what_a_forked_one_leaves_is_found_and_cleared(ground: Ground, keeper: Program, way: wire.How) -> None:
    told = ground.root / "pid"
    talk = keeper.talk()
    start(talk, ground, "a", "deserter", str(told), "0", how=way)
    assert talk.receive(wire.Spawned).how == way
    assert talk.receive(wire.Exited).remains
    assert ground.alive("a") == [int(told.read_text())]
    talk.send(wire.KillTree("a", 1, 5.0))
    assert talk.receive(wire.TreeGone).survivors == []
    assert ground.alive() == []


def test_who_ignores_term_is_killed_with_its_child(ground: Ground, keeper: Program) -> None:
    told = ground.root / "pids"
    talk = keeper.talk()
    start(talk, ground, "a", "stubborn", str(told), "child")
    pid = talk.receive(wire.Spawned).pid
    wait_until(told.exists)
    assert ground.leaders("a") == [pid]
    assert len(ground.alive("a")) == 2
    talk.send(wire.KillTree("a", 1, 0.2))
    assert talk.receive(wire.Exited).signal == signal.SIGKILL
    assert talk.receive(wire.TreeGone).survivors == []
    assert ground.alive() == []


def test_news_of_a_zygote_for_a_coordinator_that_just_left_end_nobody(ground: Ground, keeper: Program) -> None:
    talk = keeper.talk()
    start(talk, ground, "a", "selfportrait", "wait")
    talk.receive(wire.Spawned)
    (zygote,) = zygotes(keeper)
    os.kill(zygote, signal.SIGSTOP)
    start(talk, ground, "b", "selfportrait", "wait")
    talk.send(wire.Ping(1))
    talk.receive(wire.Pong)
    known = set(procfs.children(keeper.process.pid) or [])
    os.kill(keeper.process.pid, signal.SIGSTOP)
    try:
        # The keeper finds both in one look: what the zygote forked, and then that nobody is there to be told.
        os.kill(zygote, signal.SIGCONT)
        wait_until(lambda: set(procfs.children(keeper.process.pid) or []) - known)
        wait_until(lambda: (stat := procfs.read_stat(zygote)) is not None and stat.state == "S")
        talk.close()
    finally:
        os.kill(keeper.process.pid, signal.SIGCONT)
    keeper.talk()
    wait_until(lambda: ground.leaders("b"))
    assert ground.leaders("a")


def test_the_end_of_a_zygote_harms_nobody_and_starts_go_on(ground: Ground, keeper: Program) -> None:
    talk = keeper.talk()
    start(talk, ground, "a", "selfportrait", "wait")
    first = talk.receive(wire.Spawned)
    (zygote,) = zygotes(keeper)
    os.kill(zygote, signal.SIGKILL)
    wait_until(lambda: not zygotes(keeper))
    start(talk, ground, "b", "selfportrait", "wait")
    assert talk.receive(wire.Spawned).how == "exec", "until another zygote is tried"
    assert ground.leaders("a") == [first.pid]
    wait_until(lambda: zygotes(keeper))
    start(talk, ground, "c", "selfportrait", "wait")
    assert talk.receive(wire.Spawned).how == "zygote"


def test_a_zygote_that_hangs_is_given_up_and_nothing_runs_twice(ground: Ground, keeper: Program) -> None:
    talk = keeper.talk()
    run(talk, ground, "zygote")
    (zygote,) = zygotes(keeper)
    os.kill(zygote, signal.SIGSTOP)
    start(talk, ground, "b", "selfportrait", "wait")
    spawned = talk.receive(wire.Spawned)
    assert (spawned.instance, spawned.how) == ("b", "exec")
    assert ground.alive("b") == [spawned.pid]
    assert zygote not in zygotes(keeper)


@pytest.mark.parametrize("module", ["no_such_module_at_all", "selfportrait.nothing"])
def test_what_cannot_be_loaded_beforehand_is_executed(ground: Ground, keeper: Program, module: str) -> None:
    talk = keeper.talk()
    start(talk, ground, "a", "selfportrait", preload=[module])
    assert talk.receive(wire.Spawned).how == "exec"
    assert talk.receive(wire.Exited).code == 0


def test_the_zygote_ends_with_its_keeper_and_what_it_forked_lives_on(ground: Ground, keeper: Program) -> None:
    talk = keeper.talk()
    start(talk, ground, "a", "selfportrait", "wait")
    pid = talk.receive(wire.Spawned).pid
    (zygote,) = zygotes(keeper)
    keeper.process.kill()
    keeper.process.wait()
    wait_until(lambda: (stat := procfs.read_stat(zygote)) is None or stat.is_dead)
    assert ground.alive("a") == [pid]


def test_what_changed_on_the_disk_is_loaded_anew(ground: Ground, keeper: Program) -> None:
    module, program = ground.root / "spoken.py", ground.root / "speaker.py"
    program.write_text("import spoken\nprint(spoken.WORD)\n", encoding="utf-8")
    talk = keeper.talk()
    said: list[str] = []
    for epoch, word in enumerate(("one", "two", "three"), 1):
        module.write_text(f"WORD = {word!r}\n", encoding="utf-8")
        argv = (sys.executable, "-P", "-m", "speaker")
        request = spawn_of(ground, "a", epoch, *argv, PYTHONPATH=str(ground.root), PYTHONDONTWRITEBYTECODE="1")
        talk.send(replace(request, how="zygote", preload=["spoken"]))
        assert talk.receive(wire.Spawned).how == "zygote"
        assert talk.receive(wire.Exited).code == 0
        talk.send(wire.Acknowledge("a", epoch))
        said.append((ground.root / "a.log").read_text().split()[-1])
    assert said == ["one", "two", "three"]


def test_forks_share_no_chance(ground: Ground, keeper: Program) -> None:
    talk = keeper.talk()
    for name in ("a", "b", "c"):
        start(talk, ground, name, "counted", preload=["random", "uuid_utils"])
    assert {talk.receive(wire.Spawned).how for _ in range(3)} == {"zygote"}
    lines = [
        wait_until(lambda name=name: (ground.root / f"{name}.log").read_text()).split() for name in ("a", "b", "c")
    ]
    assert len({word for line in lines for word in line}) == 9, "pid, id and number of each are its own"


def ran(ground: Ground, instance: str) -> list[int]:
    """The processes that got as far as running as this instance."""
    log = ground.root / f"{instance}.log"
    return [int(line.split()[0]) for line in log.read_text().splitlines()] if log.exists() else []


@pytest.mark.timeout(300 * CHAOS)
def test_a_zygote_killed_at_any_moment_of_a_start_leaves_one(ground: Ground, keeper: Program) -> None:
    talk, chance = keeper.talk(), random.Random(1)
    start(talk, ground, "first", "counted")
    talk.receive(wire.Spawned)
    ways: set[str] = set()
    for number in range(KILLS):
        name = f"i{number}"
        wait_until(lambda: zygotes(keeper))
        start(talk, ground, f"before-{number}", "counted")
        assert talk.receive(wire.Spawned).how == "zygote"
        (zygote,) = zygotes(keeper)
        start(talk, ground, name, "counted")
        # From before the order is read until the process runs, which takes about as long.
        time.sleep(chance.uniform(0.0, 0.01))
        os.kill(zygote, signal.SIGKILL)
        spawned = talk.receive(wire.Spawned)
        ways.add(spawned.how)
        wait_until(lambda name=name: ran(ground, name))
        wait_until(lambda name=name, pid=spawned.pid: ground.alive(name) == [pid])
        assert ran(ground, name) == [spawned.pid]
        talk.send(wire.Signal(name, 1, signal.SIGKILL))
        assert talk.receive(wire.Exited).signal == signal.SIGKILL
        wait_until(lambda zygote=zygote: zygote not in zygotes(keeper))
    assert ways, "each of them was started"


@pytest.mark.timeout(300 * CHAOS)
def test_a_keeper_killed_at_any_moment_of_a_start_leaves_one_or_none(ground: Ground) -> None:
    chance = random.Random(2)
    for number in range(KILLS):
        name, program = f"i{number}", Program(ground)
        try:
            talk = program.talk()
            start(talk, ground, f"before-{number}", "counted")
            talk.receive(wire.Spawned)
            start(talk, ground, name, "counted")
            time.sleep(chance.uniform(0.0, 0.01))
        finally:
            program.close()
        # What stood at the gate is gone, what was let through has run.
        wait_until(lambda name=name: ground.alive(name) in ([], ran(ground, name)))
        assert len(ran(ground, name)) <= 1
        assert len(ground.alive(f"before-{number}")) == 1, "what ran before goes on"
        ground.clear()
