"""The coordinator as a program: alone for its workspace, supervising first, answering soon, and gone without a trace.

Order matters: lock, bus and supervision come up before the HTTP face is imported (that import holds the interpreter).
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from trinity_tui import __version__
from trinity_tui.bus import open_carrier
from trinity_tui.client.found import Found
from trinity_tui.core.address import COORDINATOR
from trinity_tui.core.config import carriage
from trinity_tui.core.errors import StoreError, SupervisionError
from trinity_tui.core.paths import RUNTIME_SOCKETS
from trinity_tui.core.wire import PROTOCOL
from trinity_tui.daemon import formats, running
from trinity_tui.daemon.house import House
from trinity_tui.daemon.sockets import bind_tcp, bind_unix
from trinity_tui.process.identity import identify
from trinity_tui.store import document
from trinity_tui.store.guard import Guard
from trinity_tui.store.lock import Lock
from trinity_tui.store.private import make_private

if TYPE_CHECKING:
    import socket

    from uvicorn import Server

    from trinity_tui.core.config import Config
    from trinity_tui.core.paths import Workspace

WATCH_SECONDS = 1.0
SHUTDOWN_SECONDS = 3.0
GARBAGE_THRESHOLDS = (5_000, 10, 50)
"""With Python's own, all of the room is looked through for garbage every few seconds, and what was asked waits."""
log = logging.getLogger("coordinator")


class Options:
    """What the command line says about serving; None: as configured."""

    def __init__(self, host: str | None = None, port: int | None = None, computer: str | None = None) -> None:
        self.host = host
        self.port = port
        self.computer = computer

    @property
    def words(self) -> list[str]:
        """The same as a command line says it."""
        said = (("--host", self.host), ("--port", self.port), ("--computer", self.computer))
        return [word for option, value in said if value is not None for word in (option, str(value))]


def run(workspace: Workspace, config: Config, options: Options) -> int:
    """Be the coordinator of a workspace until stopped; the exit code.

    Raises:
        TrinityError: It cannot be; the sentence says why.
    """
    import uvloop

    return uvloop.run(_run(workspace, config, options))


async def _run(workspace: Workspace, config: Config, options: Options) -> int:
    guard = Guard.acquire("coordinator", workspace.root)
    if guard is None:
        raise SupervisionError(f"another coordinator already runs for {workspace.root}")
    formats.check(workspace)
    _prepare(workspace)
    sockets = workspace.socket_folder(Path(tempfile.gettempdir()), os.getuid())
    make_private(sockets)
    lock = Lock.acquire(sockets / "coordinator.lock")
    if isinstance(lock, int):
        raise SupervisionError(f"another coordinator (pid {lock}) already runs for {workspace.root}")
    try:
        formats.bring_forward(workspace)
        return await _Service(workspace, config, options, sockets, lock).run()
    finally:
        lock.close()
        guard.close()


def _prepare(workspace: Workspace) -> None:
    try:
        make_private(workspace.runtime)
        ignore = workspace.runtime / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n")
    except OSError as error:
        raise StoreError(f"{workspace.runtime} cannot be written: {error.strerror}") from error


class _Service:
    def __init__(self, workspace: Workspace, config: Config, options: Options, sockets: Path, lock: Lock) -> None:
        self._workspace = workspace
        self._config = config
        self._options = options
        self._sockets = sockets
        self._lock = lock
        self._server: Server | None = None

    async def run(self) -> int:
        """Work until told to stop; the exit code."""
        bus = await open_carrier(
            self._workspace.bus, COORDINATOR, carriage(self._config, self._workspace.root), self._config.bus.durability
        )
        house = House(self._workspace, self._config, self._sockets, bus)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, house.down.set)
        lane = bind_unix(self._sockets / RUNTIME_SOCKETS["live"])
        api = bind_unix(self._sockets / RUNTIME_SOCKETS["api"])
        await house.lanes.open(lane)
        listeners = [api, *self._tcp(house)]
        await running.start(house)
        self._announce(house)
        log.info("coordinator %d of %s is up", house.pid, self._workspace.root)
        try:
            await self._work(house, listeners)
        finally:
            survivors = await running.close(house, stop_instances=house.stops_instances)
            self._sign_off()
        for survivor in survivors:
            log.error("could not be stopped: %s", survivor)
        log.info("stopped" if house.stops_instances else "stopped; the instances live on (`trinity down` ends them)")
        return 1 if survivors or house.is_lost else 0

    async def _work(self, house: House, listeners: list[socket.socket]) -> None:
        async with asyncio.TaskGroup() as group:
            watch = group.create_task(self._watch(house), name="watch own folder")
            serving = group.create_task(self._serve(house, listeners), name="faces")
            await running.work(house)
            watch.cancel()
            if self._server is not None:
                self._server.should_exit = True
            await asyncio.wait({serving}, timeout=SHUTDOWN_SECONDS)
            serving.cancel()

    def _tcp(self, house: House) -> list[socket.socket]:
        host = self._options.host or self._config.serve.host
        port = self._config.serve.port if self._options.port is None else self._options.port
        if port == 0:
            return []
        listener = bind_tcp(host, port)
        if listener is None:
            house.notice("port", f"Port {port} on {host} is in use: the API answers on its socket only.")
            return []
        house.http = f"http://{host}:{port}"
        return [listener]

    async def _serve(self, house: House, listeners: list[socket.socket]) -> None:
        # From here on: these imports take a third of a second and hold the interpreter.
        from uvicorn import Config as ServerConfig

        from trinity_tui.daemon.peers import HttpProtocol, QuietServer, WebSocketProtocol
        from trinity_tui.daemon.web import app_of

        config = ServerConfig(
            app_of(house), http=HttpProtocol, ws=WebSocketProtocol, lifespan="off", log_config=None, access_log=False,
            ws_ping_interval=None, ws_per_message_deflate=False, timeout_graceful_shutdown=1,
        )  # fmt: skip
        self._server = QuietServer(config)
        gc.freeze()
        gc.set_threshold(*GARBAGE_THRESHOLDS)
        await self._server.serve(sockets=listeners)

    def _announce(self, house: House) -> None:
        us = identify(house.pid)
        document.write(self._workspace.coordinator, Found(
            pid=house.pid, start_time=us.start_time if us else 0, version=__version__, protocol=PROTOCOL,
            words=self._options.words, api=str(self._sockets / RUNTIME_SOCKETS["api"]),
            live=str(self._sockets / RUNTIME_SOCKETS["live"]), keeper=str(self._sockets / RUNTIME_SOCKETS["keeper"]),
            http=house.http, carrier=house.bus.carrier,
        ))  # fmt: skip

    def _sign_off(self) -> None:
        for path in (*(self._sockets / RUNTIME_SOCKETS[name] for name in ("api", "live")), self._workspace.coordinator):
            path.unlink(missing_ok=True)

    async def _watch(self, house: House) -> None:
        """Notice that the folder was deleted under us: what went cannot be kept, so nothing more is accepted."""
        while not self._lock.is_lost:
            house.vigil.beat()
            await asyncio.sleep(WATCH_SECONDS)
        house.lose()
