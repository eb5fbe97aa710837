"""Which runs are kept, and what ended each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.core.diary import Event
from trinity_tui.core.message import format_time, parse_time
from trinity_tui.core.paths import Workspace
from trinity_tui.daemon.outputs import Outputs
from trinity_tui.daemon.runs import Run, runs

if TYPE_CHECKING:
    from pathlib import Path

START = parse_time(format_time(1_800_000_000.0))


def crash(who: str, text: str, at: float, epoch: int = 0) -> Event:
    return Event("crash", who, text, "m", 0, format_time(at), epoch)


def test_a_run_ended_by_the_crash_that_names_it_whenever_its_file_was_written_to() -> None:
    # Something it started wrote on long after; and the next run, before the crash was on record.
    printed = {2: START + 90, 3: START + 1, 4: START + 200}
    events = [crash("lead-1", "exit 1", START + 2, 2), crash("lead-1", "exit 3", START + 100, 3)]
    assert runs("lead-1", printed, events) == [
        Run(2, START + 2, "exit 1"), Run(3, START + 100, "exit 3"), Run(4, START + 200, ""),
    ]  # fmt: skip
    assert runs("lead-1", printed, events[1:])[0] == Run(2, START + 90, ""), "another run's crash is none of its"


def test_a_crash_without_a_number_is_guessed_to_be_that_between_its_last_line_and_the_next_runs() -> None:
    printed = {2: START, 3: START + 100, 4: START + 200}
    events = [
        crash("lead-1", "exit 1", START + 2),
        crash("a", "exit 9", START + 101),
        crash("lead-1", "late", START + 300),
    ]
    assert runs("lead-1", printed, events) == [
        Run(2, START + 2, "probably exit 1"), Run(3, START + 100, ""), Run(4, START + 200, ""),
    ]  # fmt: skip
    assert runs("lead-1", {}, events) == []


def test_earlier_runs_are_read_by_their_number(own_home: Path) -> None:
    workspace = Workspace(own_home)
    workspace.instance("lead-1").output.mkdir(parents=True)
    outputs = Outputs(workspace, lambda _: 10)
    assert outputs.printed("lead-1") == {}
    for epoch in (9, 10):
        workspace.instance("lead-1").output_of(epoch).write_text(f"of run {epoch}\n")
    assert list(outputs.printed("lead-1")) == [9, 10], "by number, not by letter"
    assert outputs.last("lead-1", 5, 9) == (9, ["of run 9"])
    assert outputs.last("lead-1", 5, 8) == (8, [])
