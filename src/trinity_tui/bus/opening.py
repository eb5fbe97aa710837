"""The log a workspace has, opened, asked and looked through: nothing above this room knows what carries it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from trinity_tui.bus.file_bus import FileBus
from trinity_tui.bus.file_opening import open_bus
from trinity_tui.core.carrier import servers_of
from trinity_tui.core.errors import BusError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from trinity_tui.bus.carrier import Bus, Durability
    from trinity_tui.bus.inspection import Findings
    from trinity_tui.bus.nats.place import Place
    from trinity_tui.core.carrier import Carriage


async def open_carrier(root: Path, who: str, carriage: Carriage, durability: Durability | None = None) -> Bus:
    """Open the log.

    Args:
        root: The bus's folder, ``.trinity/bus``.
        who: Whose bus this is.
        carriage: What carries it.
        durability: Of files: what an accepted message has survived; the log's own setting where not given.

    Raises:
        BusError: It cannot be opened; the sentence says what is the matter.
    """
    try:
        servers = servers_of(carriage.carrier)
    except ValueError as error:
        raise BusError(str(error)) from error
    if not servers:
        return open_bus(root, who, durability=durability)
    # Only who has this carrier pays for it.
    from trinity_tui.bus.nats.nats_bus import open_nats_bus

    return await open_nats_bus(root, who, _place(servers, carriage))


def _place(servers: list[str], carriage: Carriage) -> Place:
    from trinity_tui.bus.nats.place import Place

    return Place(servers=servers, stream=carriage.stream, computer=carriage.computer, credentials=carriage.credentials)


async def probe_carrier(carriage: Carriage) -> str:
    """What carries the log and whether it answers, as a sentence.

    Raises:
        BusError: It does not answer.
    """
    servers = servers_of(carriage.carrier)
    if not servers:
        return "files in .trinity/bus"
    from trinity_tui.bus.nats.probe import probe

    return await probe(_place(servers, carriage))


async def inspect_carrier(bus: Bus, progress: Callable[[str], None]) -> Findings:
    """Look the whole kept log through.

    Args:
        bus: One that ``open_carrier`` opened.
        progress: Told what is being looked at, for long work.

    Raises:
        BusError: It cannot be read.
    """
    # Only a command looks it through.
    if isinstance(bus, FileBus):
        from trinity_tui.bus.inspection import Inspection

        return await asyncio.to_thread(Inspection(*bus.marks(), progress).run)
    from trinity_tui.bus.nats.inspection import StreamInspection
    from trinity_tui.bus.nats.nats_bus import NatsBus

    assert isinstance(bus, NatsBus), "there are two carriers"
    return await StreamInspection(bus, progress).run()
