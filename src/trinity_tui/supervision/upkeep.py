"""What a fleet needs from time to time: what it uses is looked at, its outputs are kept short, its records complete."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from trinity_tui.supervision import output
from trinity_tui.supervision.events import OutputRotated

if TYPE_CHECKING:
    from trinity_tui.supervision.fleet import Fleet
    from trinity_tui.supervision.instance import Supervised
    from trinity_tui.supervision.quota import OutputQuota
    from trinity_tui.supervision.usage import Usage

SAMPLE_SECONDS = 2.0
"""How often processor, memory and the length of the output are looked at, for all instances at once."""
_log = logging.getLogger(__name__)


async def keep(fleet: Fleet, usage: Usage, quota: OutputQuota) -> None:
    """Look after a fleet, for ever.

    Args:
        fleet: Which.
        usage: What its instances use.
        quota: What their outputs may take together.
    """
    while True:
        usage.look()
        for one in [one for one in fleet.members.values() if one.identity is not None]:
            _bound_output(fleet, one)
        quota.look()
        for one in [one for one in fleet.members.values() if one.unrecorded]:
            one.record()
        await asyncio.sleep(SAMPLE_SECONDS)


def _bound_output(fleet: Fleet, one: Supervised) -> None:
    epoch = one.state.epoch
    try:
        first = output.bound(one.places.output_of(epoch))
    except OSError as error:
        _log.warning("output of %s: %s", one.id, error)
        return
    if first is not None:
        fleet.tell(OutputRotated(one.id, epoch, first))
