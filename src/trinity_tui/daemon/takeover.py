"""What a single-instance harness left in a folder, brought onto the log of the workspace the folder becomes.

Its messages of the person keep their times: those it had not read are the lead's to answer, the others are on record.
Its state becomes a finding. The files stay as they are; what was taken from them is known and not taken again.
"""

from __future__ import annotations

import hashlib
import math
import time
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.bus import open_carrier
from trinity_tui.core.address import COORDINATOR
from trinity_tui.core.config import carriage
from trinity_tui.core.door import Ledger
from trinity_tui.core.door_files import PERSON
from trinity_tui.core.door_words import message_of
from trinity_tui.core.errors import ClientError, StoreError
from trinity_tui.core.paths import HARNESS_STATE
from trinity_tui.core.redact import redact
from trinity_tui.daemon.door import Door
from trinity_tui.daemon.sightings import Sightings
from trinity_tui.store import document
from trinity_tui.store.private import make_private

if TYPE_CHECKING:
    from trinity_tui.core.config import Config
    from trinity_tui.core.door import Fields
    from trinity_tui.core.message import Message
    from trinity_tui.core.paths import Workspace

HARNESS = "harness"
"""Who said what stands there without a name."""
READ = ("read", "processed", "handled", "done", "answered", "acknowledged")
STATE_CHARACTERS = 8_000


class _Taken(msgspec.Struct):
    sha256: str


async def take_over(workspace: Workspace, config: Config) -> list[str]:
    """Bring it onto the log; what was taken, as phrases. No coordinator may run there.

    Raises:
        TrinityError: The log or the folder cannot be written, or the messages are no JSON array.
    """
    try:
        return await _take(workspace, config)
    except OSError as error:
        raise StoreError(f"{error.filename or workspace.runtime} could not be written: {error.strerror}") from error


async def _take(workspace: Workspace, config: Config) -> list[str]:
    folder = workspace.runtime / "door"
    make_private(workspace.runtime)
    make_private(folder)
    ignore = workspace.runtime / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n")
    sightings = Sightings()
    door = Door(
        workspace.root / PERSON.name, folder, Ledger(PERSON.mark), sightings, time.monotonic, time.time, math.inf
    )
    try:
        if door.path.exists() and not door.look():
            raise ClientError(f"{PERSON.name} holds no JSON array and was not taken over")
        state = _state(workspace)
        said = [_said(fields, name) for name, fields in door.ledger.pending.items()]
        messages = [*([state[1]] if state else []), *said]
        if messages:
            await _publish(workspace, config, messages)
        door.ledger.published(list(door.ledger.pending))
        door.save()
        if state:
            document.write(folder / "harness_state.taken.json", state[0])
    finally:
        sightings.close()
    phrases = [f"{len(said)} message{'s' * (len(said) > 1)} of {PERSON.name}"] if said else []
    return [*phrases, *([f"the state in {HARNESS_STATE}"] if state else [])]


async def _publish(workspace: Workspace, config: Config, messages: list[Message]) -> None:
    bus = await open_carrier(workspace.bus, HARNESS, carriage(config, workspace.root), config.bus.durability)
    try:
        await bus.publish(*messages)
    finally:
        await bus.aclose()


def _said(fields: Fields, name: str) -> Message:
    is_read = any(bool(fields.get(key)) for key in READ)
    named = {"from": HARNESS, "to": COORDINATOR if is_read else "role:lead"} | fields
    return message_of(named, name, frozenset(), PERSON.kind, time.time())


def _state(workspace: Workspace) -> tuple[_Taken, Message] | None:
    """The finding its state becomes; None where there is none, or it was taken over already."""
    try:
        content = (workspace.root / HARNESS_STATE).read_bytes()
    except FileNotFoundError:
        return None
    sha256 = hashlib.sha256(content).hexdigest()
    known = document.read(workspace.runtime / "door" / "harness_state.taken.json", _Taken)
    if known is not None and known.sha256 == sha256:
        return None
    text = redact(content.decode("utf-8", "replace"))[:STATE_CHARACTERS]
    fields = {
        "from": HARNESS, "type": "finding", "content": f"The harness that worked here before left this state: {text}",
        "metadata": {"key": "harness-state", "path": HARNESS_STATE},
    }  # fmt: skip
    return _Taken(sha256), message_of(fields, f"door-s-{sha256[:32]}", frozenset(), "finding", time.time())
