"""A coordinator's life: it takes over what runs, works until it is told to go down, and puts the end on record."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from trinity_tui.core.errors import LogDeletedError, TrinityError
from trinity_tui.daemon import figures
from trinity_tui.daemon.embeddings import Embeddings

if TYPE_CHECKING:
    from trinity_tui.daemon.house import House

log = logging.getLogger("house")


async def start(house: House) -> None:
    """Take over what lives and start what should; returns when supervision is up."""
    if (gap := house.vigil.begin()) is not None:
        house.coordinator.say_first(gap.message)
    await house.handoffs.begin()
    await house.supervisor.start(house.reload.specs())
    _finish_handing_over(house)
    for name, status in house.supervisor.statuses().items():
        house.hearing.stand(name, status)


def _finish_handing_over(house: House) -> None:
    """Stop who handed over and was not stopped: the coordinator before died in between."""
    there = house.supervisor.statuses()
    for name in house.handoffs.succession.unfinished():
        if name in there:
            house.supervisor.want_down(name, "person")


async def work(house: House) -> None:
    """Fold, decide, sample and tell, until it is told to go down."""
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(_fold(house), name="fold"),
            group.create_task(house.coordinator.run(), name="decide"),
            group.create_task(house.hearing.listen(), name="listen"),
            group.create_task(house.hearing.sample(), name="sample"),
            group.create_task(house.root_watch.run(), name="watch the folder"),
            group.create_task(house.reload.follow(), name="follow instances.toml"),
            group.create_task(house.memory.run(), name="remember"),
            group.create_task(_embeddings(house).run(), name="embed what is remembered"),
            group.create_task(_retain(house), name="retain"),
            group.create_task(_hand_off(house), name="hand off"),
            group.create_task(house.notifier.run(), name="notify"),
        ]
        if house.config.bridge.shared_files:
            tasks.append(group.create_task(house.doors.run(), name="keep the files for outsiders"))
        await house.down.wait()
        for task in tasks:
            task.cancel()


async def close(house: House, *, stop_instances: bool) -> list[str]:
    """Let go of everything; the instances live on unless they are to stop. Returns what could not be stopped."""
    survivors = await house.supervisor.stop_all() if stop_instances else []
    if not house.is_lost:
        await _sign_off(house)
        house.vigil.end("down" if stop_instances else "stopped")
    await house.supervisor.aclose(leave_running=not stop_instances)
    await house.lanes.aclose()
    house.reload.close()
    house.hub.close()
    house.voices.close()
    house.outputs.close()
    await house.memory.aclose()
    await house.doors.aclose(stopped=stop_instances)
    await house.archive.settle()
    await house.bus.aclose()
    return survivors


async def _sign_off(house: House) -> None:
    """Put on record how the instances stand at the end, and write down the sessions that are over."""
    try:
        await house.coordinator.sign_off()
        await house.handoffs.finish()
    except (TrinityError, TimeoutError) as error:
        log.warning("the last sessions are written down by the next coordinator: %s", error)


async def _fold(house: House) -> None:
    try:
        await house.coordinator.folding.run()
    except LogDeletedError as error:
        log.info("%s", error)
        house.lose()


def _embeddings(house: House) -> Embeddings:
    return Embeddings(
        house.workspace.memory_index, lambda: (figures.ollama(house), house.config.memory.embeddings),
        lambda sentence: house.notice("embeddings", sentence),
    )  # fmt: skip


async def _hand_off(house: House) -> None:
    await house.coordinator.folding.caught_up.wait()
    await house.handoffs.run()


async def _retain(house: House) -> None:
    # What is kept is told by snapshots, and these by the fold; the first turn is not in the way of the start.
    await house.coordinator.folding.caught_up.wait()
    # What is to be remembered of the log's beginning must be kept before that may go.
    await house.memory.tried.wait()
    await house.retention.run()
