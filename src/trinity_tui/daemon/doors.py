"""The files for outsiders of one workspace, between those who only read and write JSON and the log.

Each turn takes in what outsiders wrote, publishes what is new of it, and renews what is to look otherwise; this waits
while a command runs in the folder, as what hides a file from it goes with the file. What comes in is theirs: under a
name of their own and with ``origin`` tool.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from typing import TYPE_CHECKING, Any

from trinity_tui.core.door import NEWEST
from trinity_tui.core.door_files import FILES
from trinity_tui.core.door_memory import Records
from trinity_tui.core.door_rows import Rows
from trinity_tui.core.door_words import TALK, entry_of, message_of
from trinity_tui.core.errors import MessageError, StoreError, TrinityError
from trinity_tui.daemon.door import PERIOD_SECONDS, Door
from trinity_tui.daemon.door_states import States
from trinity_tui.daemon.sightings import Sightings
from trinity_tui.memory import standing
from trinity_tui.tools.sandbox.scratch import alone

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from trinity_tui.bus import Bus
    from trinity_tui.coordinator.folding import Folding
    from trinity_tui.core.door import Ledger
    from trinity_tui.core.door_files import DoorFile
    from trinity_tui.core.message import Message
    from trinity_tui.core.paths import Workspace
    from trinity_tui.core.record import Record
    from trinity_tui.daemon.root_watch import RootWatch

BATCH = 200
PUT_AT_ONCE = 25
SHOWN = ("role", "brain", "state", "activity", "detail", "reason", "source", "pid", "epoch", "restarts", "inbox_depth")
"""What is told of an instance: what changes when it does something, not what changes by itself."""
FRESH_MOST = 5_000
OUTSIDERS_MOST = 200
OVER_SECONDS = 60.0
"""What is remembered until a time, nobody takes back: after so long it is looked for."""
log = logging.getLogger("door")


class Doors:
    """All of them.

    Args:
        workspace: Whose.
        watch: Tells of changes of the files.
        bus: The log.
        folding: Follows it.
        instances: How each instance is; nobody outside may have the name of one.
        notice: Shows the person a sentence about something, or takes it back when it is empty.
    """

    def __init__(
        self,
        workspace: Workspace,
        watch: RootWatch,
        bus: Bus,
        folding: Folding,
        instances: Callable[[], dict[str, dict[str, Any]]],
        notice: Callable[[str, str], None],
    ) -> None:
        self._workspace = workspace
        self._watch = watch
        self._bus = bus
        self._folding = folding
        self._instances = instances
        self._states = States(workspace.root)
        self._notice = notice
        self._fresh: deque[Record] = deque(maxlen=FRESH_MOST)
        self._stood_at = float("-inf")
        self._sightings: Sightings | None = None
        self._doors: list[tuple[DoorFile, Door]] = []
        self._outsiders: dict[str, None] = {}
        self._remembered: object = None
        """What the index was when it was last asked what holds."""

    def outsiders(self) -> Collection[str]:
        """Who has written into the files: what is said to them they find there."""
        return self._outsiders

    async def run(self) -> None:
        """Keep the files for ever."""
        self._folding.listen(self._heard)
        await self._folding.caught_up.wait()
        self._sightings = Sightings()
        try:
            await self._open(self._sightings)
            paths = [door.path for _, door in self._doors]
            async for _ in self._watch.changes(paths, PERIOD_SECONDS):
                await self._turn()
        except (TrinityError, OSError) as error:
            self._notice("door", f"The files for outsiders are not kept: {error}.")

    async def aclose(self, *, stopped: bool) -> None:
        """Leave the files as things stand.

        Args:
            stopped: Whether no instance runs any more.
        """
        if self._sightings is None:
            return
        if stopped:
            known = self._instances()
            down = {"state": "OFFLINE", "activity": "", "detail": "", "reason": "stopped", "pid": None}
            self._instances = lambda: {name: one | down for name, one in known.items()}
        self._stood_at = float("-inf")
        await self._turn(is_last=True)
        self._sightings.close()

    def _heard(self, records: Sequence[Record]) -> None:
        if self._folding.caught_up.is_set():
            self._fresh.extend(record for record in records if record.message.type in TALK)

    async def _open(self, sightings: Sightings) -> None:
        """Go on with each file where it was left, at the log's newest part at the most."""
        room, folder = self._folding.room, self._workspace.runtime / "door"
        self._fresh.clear()
        for file in FILES:
            path = self._workspace.root / file.name
            door = Door(path, folder, file.ledger(file.mark), sightings, time.monotonic, time.time)
            start = room.flow[0].position if room.flow else room.position
            if self._bus.means(door.position, door.generation):
                start = max(start, door.position)
            self._doors.append((file, door))
            await self._hear(file, door, [record async for record in self._bus.read(start, room.position)])
            for one in door.ledger.kept.values():
                if str(one.fields.get("id", "")).startswith(file.mark):
                    self._know(message_of(file.says(one.fields), "known", self._instances(), file.kind, 0.0))

    async def _hear(self, file: DoorFile, door: Door, records: Sequence[Record]) -> None:
        records = [record for record in records if record.position >= door.position]
        if records:
            meant = file.hears(door.ledger, [record.message for record in records])
            for start in range(0, len(meant), PUT_AT_ONCE):
                for message in meant[start : start + PUT_AT_ONCE]:
                    door.ledger.put(entry_of(message))
                await asyncio.sleep(0)  # What is asked of the coordinator meanwhile does not wait for all of them.
            door.position, door.generation = records[-1].position + 1, self._bus.generation

    def _know(self, message: Message) -> None:
        self._outsiders[message.from_] = None
        if len(self._outsiders) > OUTSIDERS_MOST:
            del self._outsiders[next(iter(self._outsiders))]

    async def _turn(self, *, is_last: bool = False) -> None:
        records = list(self._fresh)
        self._fresh.clear()
        self._stand()
        await self._remember()
        for file, door in self._doors:
            await self._hear(file, door, records)
            try:
                door.look()
                await self._publish(file, door)
                door.save()
                await asyncio.sleep(0)  # Both write files: what is asked of the coordinator goes in between.
                if door.is_due(at_once=is_last):
                    self._renew(door)
            except TrinityError as error:
                self._notice(file.name, f"{error}.")
            except (OSError, ValueError, TypeError, RecursionError) as error:
                # Whatever somebody writes into a file, the coordinator goes on.
                self._notice(file.name, f"{file.name} cannot be kept: {error}.")
            else:
                self._notice(file.name, f"{door.trouble}." if door.trouble else "")

    def _renew(self, door: Door) -> None:
        with alone(self._workspace.root) as is_alone:
            if is_alone:
                door.renew()

    def _stand(self) -> None:
        """How the instances are: in the registry, and each in a file of its own."""
        now = time.monotonic()
        if now - self._stood_at < PERIOD_SECONDS:
            return
        self._stood_at = now
        rows = {name: {key: one.get(key) for key in SHOWN} for name, one in self._instances().items()}
        try:
            with alone(self._workspace.root) as is_alone:
                if is_alone:
                    self._states.write(rows)
        except (TrinityError, OSError) as error:
            self._notice("states", f"{error}.")
        else:
            self._notice("states", "")
        for _, door in self._doors:
            if isinstance(door.ledger, Rows):
                door.ledger.stand(rows)

    async def _remember(self) -> None:
        """What is remembered, where it changed."""
        path, now = self._workspace.memory_index, time.time()
        seen = (standing.stamps(path), now // OVER_SECONDS)
        if seen == self._remembered:
            return
        for ledger in (door.ledger for _, door in self._doors):
            if isinstance(ledger, Records):
                theirs = [name for name in _ids(ledger) if name.startswith(ledger.mark)]
                try:
                    found = await asyncio.to_thread(standing.newest, path, now, NEWEST, theirs)
                except StoreError as error:
                    log.info("what is remembered is asked for again: %s", error)
                    return
                if found is not None:
                    ledger.stand(found.records, found.over)
        self._remembered = seen

    async def _publish(self, file: DoorFile, door: Door) -> None:
        """Bring onto the bus what outsiders added; their ids are of the content, so once whatever happens."""
        if not door.ledger.pending:
            return
        taken, now = self._instances(), time.time()
        while batch := list(door.ledger.pending.items())[:BATCH]:
            messages = [message_of(file.says(fields), name, taken, file.kind, now) for name, fields in batch]
            try:
                await self._bus.publish(*messages)
            except MessageError:
                await self._publish_each(file, messages)
            for message in messages:
                self._know(message)
            door.ledger.published(name for name, _ in batch)

    async def _publish_each(self, file: DoorFile, messages: list[Message]) -> None:
        for message in messages:
            try:
                await self._bus.publish(message)
            except MessageError as error:
                log.warning("%s: an entry of %s is left out: %s", file.name, message.from_, error)


def _ids(ledger: Ledger) -> list[str]:
    return [str(one.fields.get("id", "")) for one in ledger.kept.values()]
