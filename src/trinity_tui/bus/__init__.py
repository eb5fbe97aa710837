"""The bus: what instances, the coordinator and the person say to one another, appended to one log.

Everything above knows ``Bus``, ``Consumer`` and ``Delivery``; which carrier is behind them is for ``open_carrier``.
"""

from __future__ import annotations

from trinity_tui.bus.carrier import Bus, Durability, Stats, Wakeup
from trinity_tui.bus.compose import new_message
from trinity_tui.bus.consumer import Consumer
from trinity_tui.bus.dead import DeadLetter, DeadReader, dead_letters
from trinity_tui.bus.file_bus import FileBus
from trinity_tui.bus.file_opening import open_bus
from trinity_tui.bus.opening import inspect_carrier, open_carrier, probe_carrier
from trinity_tui.bus.queue import Delivery

__all__ = [
    "Bus",
    "Consumer",
    "DeadLetter",
    "DeadReader",
    "Delivery",
    "Durability",
    "FileBus",
    "Stats",
    "Wakeup",
    "dead_letters",
    "inspect_carrier",
    "new_message",
    "open_bus",
    "open_carrier",
    "probe_carrier",
]
