"""Reads what a run left: the log, the receivers' acknowledgements, the dead letters, the states, the faces' rooms."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec

from chaos.face import Standing, parts_of
from chaos.sender import checksum
from chaos.verdict import Done, Evidence, Logged, State
from trinity_tui.bus import dead_letters, open_bus
from trinity_tui.core.room_fold import Folder

if TYPE_CHECKING:
    from pathlib import Path

    from chaos.watch import Watch
    from fleet import Fleet
    from trinity_tui.core.paths import Workspace


class Read(msgspec.Struct):
    """The log, read and folded."""

    logged: dict[str, Logged]
    answers: list[tuple[str, str]]
    position: int
    parts: dict[str, str]


async def read_log(workspace: Workspace) -> Read:
    """Read the log with a bus of our own, repeated ids once."""
    bus = open_bus(workspace.bus, "judge")
    folder = Folder()
    logged: dict[str, Logged] = {}
    answers: list[tuple[str, str]] = []
    try:
        async for record in bus.read(0):
            message = record.message
            folder.apply(record)
            if message.id in logged:
                continue
            logged[message.id] = Logged(record.position, checksum(await bus.body(message)))
            if message.type == "answer" and message.reply_to:
                answers.append((message.reply_to, message.from_))
    finally:
        await bus.aclose()
    return Read(logged, answers, folder.room.position, parts_of(folder.room))


def done_of(workspace: Workspace, instance: str) -> Done:
    """What a receiver has noted as done, read without the program's own reader."""
    low, acked = 0, set[int]()
    path = workspace.bus / "consumers" / instance / "acks.jsonl"
    if not path.exists():
        return Done()
    for line in path.read_bytes().split(b"\n"):
        try:
            noted: dict[str, Any] = json.loads(line)
        except ValueError:
            continue
        low = max(low, noted.get("low", 0))
        if "a" in noted:
            acked.add(noted["a"])
    return Done(low, frozenset(acked))


def dead_of(workspace: Workspace) -> set[tuple[str, int]]:
    """Who gave up what."""
    return {(letter.consumer, letter.position) for letter in dead_letters(workspace.bus)}


def states_of(fleet: Fleet, watch: Watch) -> dict[str, State]:
    """Each instance as it is shown, recorded, and there."""
    found: dict[str, State] = {}
    for name, shown in fleet.instances().items():
        record = json.loads(fleet.workspace.instance(name).process.read_bytes())
        found[name] = State(shown["state"], shown["pid"], record["pid"], watch.leaders(name))
    return found


def take_log(evidence: Evidence, workspace: Workspace, read: Read) -> None:
    """Put what was read into the evidence."""
    evidence.logged, evidence.answers, evidence.room = read.logged, read.answers, read.parts
    evidence.done = {name: done_of(workspace, name) for name in evidence.receivers}
    evidence.dead = dead_of(workspace)


def standing_of(record: Path) -> Standing | None:
    """Where a face last stood."""
    try:
        return msgspec.json.decode(record.read_bytes(), type=Standing)
    except (OSError, msgspec.DecodeError):
        return None


def tracebacks_in(*logs: Path) -> list[str]:
    """The last line of every traceback in what programs printed for a user to see."""
    found: list[str] = []
    for log in logs:
        is_inside = False
        for line in log.read_text(errors="replace").splitlines() if log.exists() else []:
            if line.startswith("Traceback"):
                is_inside = True
            elif is_inside and line and not line.startswith(" "):
                found.append(f"{log.name}: {line}")
                is_inside = False
    return found
