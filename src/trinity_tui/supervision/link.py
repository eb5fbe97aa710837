"""The supervisor's hold on a keeper: one is found or launched, and when it is lost, found or launched again."""

from __future__ import annotations

import asyncio
import logging
import signal
from typing import TYPE_CHECKING

from trinity_tui.core.errors import StoreError, SupervisionError
from trinity_tui.core.wire.keeper import Child, Children, FromCoordinator, FromKeeper, List, Shutdown
from trinity_tui.process.identity import identify, send
from trinity_tui.process.pidfd import wait_gone
from trinity_tui.store.private import make_private
from trinity_tui.supervision.lane import LAUNCH_SECONDS, Lane, connect, launch
from trinity_tui.supervision.watchdog import Watchdog

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from trinity_tui.core.paths import Workspace

END_SECONDS = 3.0
"""How long a keeper may take to end when its children's grace is over."""
FIRST_RETRY_SECONDS = 0.05
LONGEST_RETRY_SECONDS = 5.0
_log = logging.getLogger(__name__)


class KeeperLink:
    """The one connection.

    Args:
        workspace: Whose keeper it is.
        sockets: The socket folder.
        orphan_ttl_seconds: What a keeper that is launched gets told.
        on_frame: Called with what the keeper says of its own accord.
        on_up: Called with the children when a lost keeper is replaced.
        on_down: Called when it is lost.
        on_silent: Called when it does not answer, with a sentence without its subject; with an empty one when it does.
    """

    def __init__(
        self,
        workspace: Workspace,
        sockets: Path,
        orphan_ttl_seconds: float,
        *,
        on_frame: Callable[[FromKeeper], None],
        on_up: Callable[[list[Child]], None],
        on_down: Callable[[str], None],
        on_silent: Callable[[str], None],
    ) -> None:
        self._workspace = workspace
        self._sockets = sockets
        self._ttl_seconds = orphan_ttl_seconds
        self._on_frame = on_frame
        self._on_up = on_up
        self._on_down = on_down
        self._on_silent = on_silent
        self.lost_pid: int | None = None
        """The keeper that was lost last."""
        self._watchdog: Watchdog | None = None
        self._watching: asyncio.Task[None] | None = None
        self._lane: Lane | None = None
        self._listed: asyncio.Future[list[Child]] | None = None
        self._reopening: asyncio.Task[None] | None = None
        self._held: list[FromKeeper] | None = None
        """What was said since the list; None while everything is passed on at once."""

    @property
    def pid(self) -> int | None:
        """The keeper's; None while there is none."""
        return self._lane.keeper_pid if self._lane else None

    @property
    def is_up(self) -> bool:
        """Whether requests reach a keeper."""
        return self._lane is not None

    def send(self, frame: FromCoordinator) -> None:
        """Ask the keeper; without one it goes nowhere."""
        if self._lane is not None:
            self._lane.send(frame)

    async def open(self) -> list[Child]:
        """Find a keeper or launch one, and ask for its children; what it says next is held back until ``go_on``.

        Raises:
            SupervisionError: There is none to be had.
        """
        loop = asyncio.get_running_loop()
        until = loop.time() + LAUNCH_SECONDS
        while True:
            try:
                return await self._open_once()
            except (SupervisionError, StoreError) as error:
                if loop.time() >= until:
                    raise SupervisionError(str(error)) from error
            await asyncio.sleep(FIRST_RETRY_SECONDS)

    async def _open_once(self) -> list[Child]:
        lane = await connect(self._sockets, self._receive, self._lost)
        if lane is None:
            make_private(self._workspace.runtime)
            make_private(self._sockets)
            await launch(self._workspace, self._sockets, self._ttl_seconds)
            lane = await connect(self._sockets, self._receive, self._lost)
        if lane is None:
            raise SupervisionError(f"no keeper comes up; {self._workspace.coordinator_log} may tell why")
        self._lane = lane
        self._watch(lane)
        self._listed, self._held = asyncio.get_running_loop().create_future(), None
        lane.send(List())
        try:
            async with asyncio.timeout(LAUNCH_SECONDS):
                return await self._listed
        except TimeoutError as error:
            self._lane = None
            await lane.aclose()
            raise SupervisionError("the keeper does not answer") from error

    def _watch(self, lane: Lane) -> None:
        self._unwatch()
        keeper = identify(lane.keeper_pid)
        if keeper is not None:
            self._watchdog = Watchdog(lane, keeper, self._on_silent)
            self._watching = asyncio.create_task(self._watchdog.run(), name="keeper-watchdog")

    def _unwatch(self) -> None:
        if self._watching is not None:
            self._watching.cancel()
            self._watching = None

    def _receive(self, frame: FromKeeper) -> None:
        if isinstance(frame, Children):
            if self._listed is not None and not self._listed.done():
                self._held = []
                self._listed.set_result(frame.children)
        elif self._held is None:
            self._on_frame(frame)
        else:
            # What is said between the list and its taking over is news to the list.
            self._held.append(frame)

    def go_on(self) -> None:
        """The children are taken over: pass on what the keeper said meanwhile, and from now on everything."""
        held, self._held = self._held or [], None
        for frame in held:
            self._on_frame(frame)

    def _lost(self, lane: Lane) -> None:
        if lane is not self._lane:
            return
        self._lane, self.lost_pid = None, lane.keeper_pid
        self._unwatch()
        if self._listed is not None and not self._listed.done():
            self._listed.set_exception(SupervisionError("the keeper ended"))
            return
        was_killed = self._watchdog is not None and self._watchdog.has_killed
        how = "did not answer and was killed" if was_killed else "is gone"
        self._on_down(f"the keeper (pid {lane.keeper_pid}) {how}")
        if self._reopening is None or self._reopening.done():
            self._reopening = asyncio.create_task(self._reopen(), name="keeper-reopen")

    async def _reopen(self) -> None:
        wait = FIRST_RETRY_SECONDS
        while True:
            try:
                children = await self._open_once()
            except (SupervisionError, StoreError) as error:
                _log.error("%s; trying again in %.1f s", error, wait)
            else:
                if self._lane is not None:
                    self._reopening = None
                    self._on_up(children)
                    self.go_on()
                    return
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_RETRY_SECONDS)

    async def end(self, grace_seconds: float) -> int | None:
        """Have the keeper end, also one we had lost sight of.

        Args:
            grace_seconds: What children get that nobody stopped yet.

        Returns:
            The pid of a keeper that did not end in time.
        """
        await self._stop_reopening()
        self._unwatch()
        try:
            lane = self._lane or await connect(self._sockets, self._receive, self._lost)
        except SupervisionError as error:
            _log.error("%s", error)
            return None
        if lane is None:
            return None
        self._lane = lane
        keeper = identify(lane.keeper_pid)
        lane.is_leaving = True
        if keeper is not None:
            # One that was stopped would not hear it.
            send(keeper.pid, keeper.start_time, signal.SIGCONT)
        lane.send(Shutdown(grace_seconds))
        try:
            async with asyncio.timeout(grace_seconds + END_SECONDS):
                await lane.ended.wait()
                if keeper is not None:
                    await wait_gone(keeper, None)
        except TimeoutError:
            return lane.keeper_pid
        return None

    async def _stop_reopening(self) -> None:
        if self._reopening is not None:
            self._reopening.cancel()
            await asyncio.gather(self._reopening, return_exceptions=True)
            self._reopening = None

    async def aclose(self) -> None:
        """Leave the keeper to itself."""
        await self._stop_reopening()
        self._unwatch()
        if self._lane is not None:
            await self._lane.aclose()
            self._lane = None
