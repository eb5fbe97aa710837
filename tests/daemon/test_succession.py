"""Whoever goes on finds what was left for it, and the hand-over outlives the coordinator that made it."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from fakes.running import running
from fakes.scripted import Reply, Script
from fleet import CONFIG, Fleet, wait_until
from patience import until
from trinity_tui.core.handoff.life import Ended, Life
from trinity_tui.core.handoff.lives import Lives
from trinity_tui.daemon import succession
from trinity_tui.daemon.succession import PATIENCE_SECONDS, Succession

if TYPE_CHECKING:
    from fleet import Served

DIES = Path(__file__).parent / "programs" / "dies_handing_over.py"
PATIENT = str(DIES.with_name("patient.py"))
BUILDERS = {"builder-1": "builder", "builder-2": "builder"}


class Desk:
    """Whose block waits to be written until somebody comes to the other end of a pipe that looks like its trace."""

    def __init__(self, fleet: Fleet, who: str) -> None:
        self.pipe = fleet.workspace.instance(who).trace.with_name("trace.jsonl.1")
        os.mkfifo(self.pipe)
        self._end = -1

    def is_reached(self) -> bool:
        """Whether the coordinator stands before it, writing the block."""
        try:
            self._end = os.open(self.pipe, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            return False
        return True

    def let_go(self) -> None:
        """Let it write."""
        self.pipe.unlink()
        os.close(self._end)


def blocks(fleet: Fleet, who: str) -> list[Path]:
    """Its sessions that are written down."""
    return list((fleet.root / "coordination" / "sessions").glob(f"C1-{who}-*.md"))


def test_who_crashed_is_started_again_once_its_session_is_there(fleet: Fleet) -> None:
    fleet.write_config(f"{CONFIG}\n[restart]\nfirst_delay_seconds = 0.1\n", BUILDERS | {"explorer-1": "explorer"})
    fleet.serve(program=(PATIENT,))
    fleet.trinity("stop", "explorer-1")
    fleet.ask("builder-1", "where is refresh defined?")
    desk = Desk(fleet, "builder-1")
    before = fleet.instances()["builder-1"]
    os.kill(before["pid"], signal.SIGKILL)
    wait_until(desk.is_reached, "its session is being written")
    # One that was killed would be back long before: this one is started meanwhile.
    fleet.trinity("start", "explorer-1")
    wait_until(lambda: fleet.instances()["explorer-1"]["state"] == "ONLINE", "another is started")
    waits = fleet.instances()["builder-1"]
    assert (waits["pid"], waits["epoch"]) in ((None, before["epoch"] + 1), (None, before["epoch"]))
    assert not blocks(fleet, "builder-1")
    desk.let_go()
    wait_until(lambda: fleet.instances()["builder-1"]["state"] == "ONLINE", "it is back")
    assert len(blocks(fleet, "builder-1")) == 1


def test_who_inherits_a_task_gets_it_with_the_session_it_comes_from(fleet: Fleet, tmp_path: Path) -> None:
    long = Reply(when="long story", text="word ", repeat=5000, piece_seconds=0.05)
    after = Reply(when="long story", system="(?s)You are builder-2,.*Not finished: Tell a long story", text="The end.")
    with running("fakes.ollama", tmp_path, Script(parallel=4, replies=[after, long])) as ollama:
        config = f'{CONFIG}\n[brains]\nollama = "{ollama.url}"\nparallel = 4\n'
        tables = [
            f'\n[instances.{name}]\nrole = "builder"\nbrain = "ollama:qwen2.5:7b"\nenabled = {enabled}\n'
            for name, enabled in (("builder-1", "true"), ("builder-2", "false"))
        ]
        (fleet.root / "instances.toml").write_text(config + "".join(tables))
        fleet.serve(ready=False, program=(PATIENT,))
        wait_until(lambda: fleet.instances().get("builder-1", {}).get("brain", "").startswith("ollama"), "its model")
        task = fleet.json("send", "builder-1", "Tell a long story", "--type", "task")["id"]
        wait_until(lambda: fleet.instances()["builder-1"]["activity"] in ("thinking", "writing"), "it is at it")
        desk = Desk(fleet, "builder-1")
        assert fleet.trinity("handoff", "pass", "builder-1", "--to", "builder-2").returncode == 0
        wait_until(desk.is_reached, "its session is being written")
        # Who decides about this one knows by then that builder-1 is down.
        beside = fleet.json("send", "builder-2", "Check the cart", "--type", "task")["id"]
        wait_until(lambda: _assigned(fleet, beside), "another task is given to builder-2")
        assert _assigned(fleet, task) == ["builder-1"]
        desk.let_go()
        done = wait_until(lambda: _done(fleet, task), "the task is done")
        assert (done["from"], done["content"]) == ("builder-2", "The end.")


@pytest.mark.parametrize("step", [0, 1, 2, 3, 5, 8, 12])
def test_a_hand_over_on_record_is_done_by_the_next_coordinator_whenever_one_is_killed(fleet: Fleet, step: int) -> None:
    fleet.write_config(instances=BUILDERS)
    doomed: Served = Fleet(fleet.root, is_forked=False).serve(program=(str(DIES), str(step)))
    fleet.ask("builder-1", "where is refresh defined?")
    fleet.trinity("handoff", "pass", "builder-1", "--to", "builder-2")
    assert doomed.wait() == -signal.SIGKILL
    fleet.serve(ready=False)
    stopped: dict[str, Any] = wait_until(lambda: _settled(fleet, is_on_record=step > 0), "it is as the log says")
    if step == 0:
        assert stopped["state"] == "ONLINE"
        return
    (block,) = wait_until(lambda: blocks(fleet, "builder-1"), "its session")
    assert "builder-1 on C1 (handed over to builder-2)" in block.read_text()
    task = fleet.json("send", "builder-1", "Check the cart", "--type", "task")["id"]
    given = wait_until(lambda: _assigned(fleet, task), "it is given to somebody")
    assert given == ["builder-2"], "who goes on with the work of builder-1, in the knowledge of another coordinator"


def _settled(fleet: Fleet, *, is_on_record: bool) -> dict[str, Any] | None:
    there = fleet.instances()
    if not {"builder-1", "builder-2"} <= set(there) or there["builder-2"]["state"] != "ONLINE":
        return None
    return there["builder-1"] if there["builder-1"]["state"] == ("OFFLINE" if is_on_record else "ONLINE") else None


def _assigned(fleet: Fleet, task: str) -> list[str]:
    """To whom a task was given, the first first."""
    updates = [row["metadata"] for row in fleet.messages(kind="task_update")]
    return [one["assignee"] for one in updates if one["task"] == task and one["state"] == "ASSIGNED"]


def _done(fleet: Fleet, task: str) -> dict[str, Any] | None:
    return next((row for row in fleet.messages(kind="task_complete") if row["metadata"]["task"] == task), None)


# Who waits for whom


class Waiting:
    """A succession, and who it let go."""

    def __init__(self) -> None:
        self.lives = Lives("C1")
        self.went: list[str] = []
        self.nudges = 0
        self.moment = 0.0
        self.succession = Succession(self._nudge, lambda: self.moment)

    def _nudge(self) -> None:
        self.nudges += 1

    def starts(self, who: str, epoch: int) -> bool:
        """Whether it may at once; else it is told of in ``went``."""
        return self.succession.may_start(who, epoch, lambda: self.went.append(who))

    def look(self, *, is_refused: bool = False) -> None:
        """Things went on."""
        self.succession.look(self.lives, is_refused=is_refused)


async def test_a_run_waits_until_the_one_before_is_on_record_and_written() -> None:
    waiting = Waiting()
    assert waiting.starts("a", 1), "there was none before"
    waiting.look()
    assert not waiting.starts("a", 2), "the log does not tell of the first one yet"
    waiting.lives.living["a"] = Life("a", epoch=1)
    waiting.look()
    assert not waiting.went
    waiting.lives.ended.append(Ended(waiting.lives.living["a"], 1.0, "crashed"))
    waiting.lives.living["a"] = Life("a", epoch=2, ended_epoch=1)
    waiting.look()
    assert not waiting.went
    assert not waiting.succession.may_inherit("a")
    waiting.lives.ended.clear()
    waiting.look()
    assert waiting.went == ["a"]
    assert waiting.starts("a", 2), "asked again, when the keeper was away meanwhile"


async def test_a_disk_that_refuses_keeps_nobody_from_going_on() -> None:
    waiting = Waiting()
    waiting.lives.living["a"] = Life("a", ended_epoch=1)
    waiting.lives.ended.append(Ended(Life("a", epoch=1), 1.0, "crashed"))
    waiting.look()
    assert not waiting.starts("a", 2)
    assert not waiting.succession.may_inherit("a")
    waiting.look(is_refused=True)
    assert (waiting.went, waiting.nudges) == (["a"], 1)
    assert waiting.succession.may_inherit("a")


async def test_nobody_waits_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(succession, "PATIENCE_SECONDS", 0.01)
    waiting = Waiting()
    waiting.lives.living["a"] = Life("a", epoch=1)
    waiting.look()
    assert not waiting.starts("a", 2)
    assert not waiting.succession.may_inherit("a")
    waiting.moment += PATIENCE_SECONDS
    assert waiting.succession.may_inherit("a")
    await until(lambda: waiting.went, "it goes although nobody came")


async def test_what_is_ready_to_be_inherited_is_said_once_it_is() -> None:
    waiting = Waiting()
    waiting.lives.ended.append(Ended(Life("a", epoch=1), 1.0, "stopped"))
    waiting.look()
    assert (waiting.succession.may_inherit("a"), waiting.nudges) == (False, 0)
    waiting.lives.ended.clear()
    waiting.look()
    assert waiting.nudges == 1
    assert waiting.succession.may_inherit("a")
