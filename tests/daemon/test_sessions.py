"""Sessions of real instances: stopped, killed beside a dead coordinator, gone down with everything."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

from fakes.running import running
from fakes.scripted import Reply, Script
from fleet import CONFIG, wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from fleet import Fleet

GUIDE = {"guide-1": "guide"}


def sessions(fleet: Fleet) -> list[str]:
    """The sessions that were written down, oldest first."""
    folder = fleet.root / "coordination" / "sessions"
    return [path.read_text() for path in sorted(folder.glob("*.md"), key=lambda path: path.stat().st_mtime_ns)]


def test_what_dies_beside_a_dead_coordinator_is_written_down_once_by_the_next(fleet: Fleet) -> None:
    fleet.write_config(instances=GUIDE)
    coordinator = fleet.serve()
    fleet.ask("guide-1", "where is refresh defined?")
    instance = fleet.instances()["guide-1"]["pid"]
    os.kill(coordinator.pid, signal.SIGKILL)
    coordinator.wait()
    os.kill(instance, signal.SIGKILL)
    fleet.serve()
    (session,) = wait_until(lambda: sessions(fleet), "its session")
    assert "guide-1 on C1 (" in session
    assert "told from the log" in session or "not on record" in session
    assert "The person asked: where is refresh defined?. Answered: " in session
    (word,) = wait_until(lambda: fleet.messages(kind="session"), "the word of it")
    assert word["metadata"]["block"] in session
    fleet.trinity("down", "--yes")
    assert len(sessions(fleet)) == 1, "nothing was done since"


def test_going_down_writes_down_everybodys_session_and_the_log_where_it_is_kept(fleet: Fleet) -> None:
    fleet.write_config(f'{CONFIG}\n[handoff]\ndocuments = "always"\n', GUIDE)
    fleet.serve()
    fleet.ask("guide-1", "where is refresh defined?")
    assert fleet.trinity("down", "--yes").returncode == 0
    (session,) = sessions(fleet)
    assert "guide-1 on C1 (stopped by coordinator)" in session
    log = (fleet.root / "SESSION_LOG.md").read_text()
    assert session.strip() in log
    assert "## What's Being Worked On" in (fleet.root / "SESSION_BRIEFING.md").read_text()


def test_what_a_person_writes_into_the_log_is_taken_up_and_a_plain_folder_gets_no_documents(fleet: Fleet) -> None:
    fleet.write_config(instances=GUIDE)
    fleet.serve()
    fleet.ask("guide-1", "where is refresh defined?")
    fleet.trinity("stop", "guide-1")
    wait_until(lambda: sessions(fleet), "its session")
    assert not (fleet.root / "SESSION_LOG.md").exists()
    (fleet.root / "SESSION_LOG.md").write_text("# Ours\n\nThe relay moved to the cellar.\n")
    by_hand = wait_until(lambda: [text for text in sessions(fleet) if "cellar" in text], "what was written by hand")
    assert "trinity:block hand-" in by_hand[0]
    log = wait_until(lambda: _log(fleet, "guide-1 on C1"), "the log has both")
    assert log.startswith("# Ours\n")
    assert "cellar" in log


def _log(fleet: Fleet, wanted: str) -> str:
    text = (fleet.root / "SESSION_LOG.md").read_text()
    return text if wanted in text else ""


def test_who_takes_over_gets_the_tasks_and_nobody_stops_for_one_who_is_not_there(fleet: Fleet, tmp_path: Path) -> None:
    long = Reply(when="long story", text="word ", repeat=5000, piece_seconds=0.05)
    after = Reply(when="long story", system="You are builder-2,", text="Told to its end.")
    with running("fakes.ollama", tmp_path, Script(parallel=4, replies=[after, long])) as ollama:
        config = f'{CONFIG}\n[brains]\nollama = "{ollama.url}"\nparallel = 4\n'
        tables = [
            f'\n[instances.{name}]\nrole = "builder"\nbrain = "ollama:qwen2.5:7b"\nenabled = {enabled}\n'
            for name, enabled in (("builder-1", "true"), ("builder-2", "false"), ("builder-3", "false"))
        ]
        (fleet.root / "instances.toml").write_text(config + "".join(tables))
        fleet.serve(ready=False)
        wait_until(lambda: fleet.instances().get("builder-1", {}).get("brain", "").startswith("ollama"), "its model")
        fleet.json("send", "builder-1", "Tell a long story", "--type", "task")
        wait_until(lambda: fleet.instances()["builder-1"]["activity"] in ("thinking", "writing"), "it is at it")
        assert fleet.trinity("handoff", "pass", "builder-1", "--to", "nobody").returncode == 4
        assert fleet.trinity("handoff", "pass", "builder-1", "--to", "builder-1").returncode == 2
        assert fleet.instances()["builder-1"]["state"] == "ONLINE"
        assert fleet.trinity("handoff", "pass", "builder-1", "--to", "builder-2").returncode == 0
        done = wait_until(lambda: fleet.messages(kind="task_complete"), "the task is done")
        assert (done[0]["from"], done[0]["content"]) == ("builder-2", "Told to its end.")
        (session,) = sessions(fleet)
        assert "builder-1 on C1 (handed over to builder-2)" in session
        assert "Not finished: Tell a long story" in session
