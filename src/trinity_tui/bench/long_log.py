"""A log of very many messages in a workspace of its own, and a real coordinator on it: what a long past is measured on.

Written by the library, every message with an id of its own.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from trinity_tui.bench.bus_log import sample
from trinity_tui.bus import open_bus
from trinity_tui.client import api, found
from trinity_tui.core.errors import ClientError
from trinity_tui.core.paths import Workspace

if TYPE_CHECKING:
    from collections.abc import Generator

    from trinity_tui.core.message import Message

MESSAGES = 1_000_000
QUICK_MESSAGES = 100_000
POLL_SECONDS = 0.1
"""Each answer of a status is work for the coordinator, which is to fold meanwhile."""
BATCH = 500
CONFIG = "[workspace]\norphan_ttl_seconds = 5.0\n\n[bus]\nretain_hours = 0\n\n[serve]\nport = 0\n"
"""A coordinator that is ended leaves its keeper, which is to end soon after."""


@contextmanager
def written(count: int) -> Generator[Workspace]:
    """A workspace whose log has so many messages, gone afterwards; no coordinator runs."""
    folder = Path(tempfile.mkdtemp(prefix="trinity-bench-")).resolve()
    workspace = Workspace(folder)
    try:
        (folder / "instances.toml").write_text(CONFIG)
        workspace.runtime.mkdir(mode=0o700)
        asyncio.run(_write(workspace, count))
        yield workspace
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _write(workspace: Workspace, count: int) -> None:
    bus = open_bus(workspace.bus, "bench", durability="os")
    for start in range(0, count, BATCH):
        await bus.publish(*(sample(number) for number in range(start, min(count, start + BATCH))))
    await bus.aclose()


def append(workspace: Workspace, message: Message) -> None:
    """Write one more."""
    asyncio.run(_append(workspace, message))


async def _append(workspace: Workspace, message: Message) -> None:
    bus = open_bus(workspace.bus, "bench")
    await bus.publish(message)
    await bus.aclose()


@contextmanager
def coordinator(workspace: Workspace) -> Generator[float]:
    """A coordinator, and the seconds until its room was at the log's end."""
    command = [sys.executable, "-m", "trinity_tui", "-C", str(workspace.root), "serve", "--quiet"]
    began = time.perf_counter()
    with open(os.devnull, "wb") as nowhere:
        child = subprocess.Popen(command, stdout=nowhere, stderr=nowhere, start_new_session=True)
    try:
        end = asyncio.run(_end(workspace))
        while _position(workspace) < end:
            time.sleep(POLL_SECONDS)
        yield time.perf_counter() - began
    finally:
        child.terminate()
        child.wait()


async def _end(workspace: Workspace) -> int:
    """Where the last message stands."""
    bus = open_bus(workspace.bus, "bench")
    end, last = await bus.end(), 0
    async for record in bus.read(max(0, end - 4096)):
        last = record.position
    await bus.aclose()
    return last


def _position(workspace: Workspace) -> int:
    if found.find(workspace) is None:
        return -1
    try:
        return api.call(workspace, "GET", "/status")["position"]
    except ClientError:
        return -1
