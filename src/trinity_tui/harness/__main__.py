"""The program of an instance: ``python -m trinity_tui.harness --instance ID --epoch N --workspace DIR``."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

from trinity_tui.bus import open_carrier
from trinity_tui.core.errors import TrinityError
from trinity_tui.core.instance import Brief
from trinity_tui.core.paths import Workspace
from trinity_tui.core.wire import PROTOCOL
from trinity_tui.core.wire.live import REVISION, Activity, Hello
from trinity_tui.harness.lane import Lane
from trinity_tui.harness.loop import serve
from trinity_tui.harness.me import BUILTIN, Me
from trinity_tui.harness.roles import role_of
from trinity_tui.store import document
from trinity_tui.store.lock import Lock
from trinity_tui.store.narration import Narration

EXIT_CONFIG = 78
"""``EX_CONFIG`` of sysexits(3): starting again would not help."""
EXIT_TWICE = 125
GREETED_SECONDS = 2.0
"""How long work waits for a coordinator's greeting."""
LOST_SECONDS = 2.0
"""How often to look whether the own folder is still there."""
log = logging.getLogger("instance")


def main() -> int:
    """Run until stopped; what it prints goes to the instance's output."""
    options = _options()
    narration = Narration(sys.stdout.fileno())
    logging.basicConfig(format="%(asctime)s %(message)s", datefmt="%H:%M:%S", level=logging.INFO, handlers=[narration])
    # Each request to a model's server would be a line; what was asked and said is in the trace.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    workspace = Workspace(options.workspace)
    places = workspace.instance(options.instance)
    try:
        brief = document.read(places.brief, Brief)
        if brief is None:
            log.error("no brief for %s: it is started by the coordinator", options.instance)
            return EXIT_CONFIG
        lock = Lock.acquire(places.lock)
        if isinstance(lock, int):
            log.error("%s already lives (pid %d)", options.instance, lock)
            return EXIT_TWICE
        return asyncio.run(_run(brief, workspace, options.epoch, lock))
    except TrinityError as error:
        log.error("%s", error.sentence())
        return 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="trinity-instance")
    parser.add_argument("--instance", required=True)
    parser.add_argument("--epoch", type=int, required=True)
    parser.add_argument("--workspace", type=Path, required=True)
    return parser.parse_args()


async def _run(brief: Brief, workspace: Workspace, epoch: int, lock: Lock) -> int:
    bus = await open_carrier(workspace.bus, brief.id, brief.carriage)
    me = Me(brief, workspace, bus, bus.consumer(brief.id, brief.role))
    hello = Hello(PROTOCOL, brief.id, epoch, os.getpid(), REVISION)
    me.lane = Lane(workspace.coordinator, hello, me.heard, brief.orphan_ttl_seconds)
    me.lane.tell(Activity("idle", brain=BUILTIN))
    log.info("%s (%s) works on %s", brief.id, brief.role, me.root)
    try:
        await _until_stopped(me, me.lane, lock)
    finally:
        await me.consumer.aclose()
        await bus.aclose()
    log.info("stopped")
    return 0


async def _until_stopped(me: Me, lane: Lane, lock: Lock) -> None:
    """Live until told to stop, or alone for too long: then the turn that runs is finished first."""
    tasks = {
        (alone := asyncio.create_task(lane.run(), name="live lane")),
        asyncio.create_task(_work(me, lane), name="loop"),
        asyncio.create_task(_told_to_stop(), name="stop"),
        asyncio.create_task(_until_lost(lock), name="watch own folder"),
    }
    try:
        done, others = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        if done == {alone} and alone.exception() is None:
            tasks.add(leaving := asyncio.create_task(me.gate.leave(), name="last turn"))
            done, _ = await asyncio.wait({leaving, *others}, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _work(me: Me, lane: Lane) -> None:
    # A pause that holds is said with the greeting: nothing begins before, unless nobody is there to say it.
    with suppress(TimeoutError):
        async with asyncio.timeout(GREETED_SECONDS):
            await lane.greeted.wait()
    await serve(me, role_of(me.brief.role))


async def _until_lost(lock: Lock) -> None:
    """Without its folder an instance has no log to speak to and no name of its own: it would be in the way."""
    while not lock.is_lost:  # noqa: ASYNC110 - a deleted folder rings no bell
        await asyncio.sleep(LOST_SECONDS)
    log.error("the folder of this instance was deleted: stopping")


async def _told_to_stop() -> None:
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    await told.wait()


if __name__ == "__main__":
    sys.exit(main())
