"""A face's lasting connection: attach, mirror, ask, follow output; lost means trying again until it is back.

Where its room stands is sent on every new attach, so nothing is missed and nothing comes twice.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from websockets.exceptions import ConnectionClosed, WebSocketException

from trinity_tui.client.mirror import Mirror
from trinity_tui.client.way import Here
from trinity_tui.core.errors import ClientError, WireError
from trinity_tui.core.paths import Workspace
from trinity_tui.core.wire import PROTOCOL, face, live

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from trinity_tui.client.way import Link, Way

FIRST_RETRY_SECONDS = 0.1
MISSED_SECONDS = 1.0
"""How long a link may be gone before what is known is said to be only the last that was: most are back by then."""
FOLLOW_LINES = 200
"""With how many lines of an output a face begins."""
REQUEST_SECONDS = 30.0
REVIVE_SECONDS = 2.0
"""How long a coordinator may be gone before the screen that starts coordinators starts the next one."""
LONGEST_REVIVE_SECONDS = 60.0


class Connection:
    """One face's connection to the coordinator of one workspace.

    Args:
        to: The way to it; a workspace is one on this computer.
        read_only: Ask for no rights to change anything; the coordinator holds to it.
        revive: Starts a coordinator in the place of one that died; None where this face starts none.
        on_output: Gets all that is followed as it comes, over restarts; the mirror keeps the newest run's lines.
        on_talk: Gets what those say and do that are listened to, once the mirror has it.

    Attributes:
        mirror: What is known; read it, never write it.
        changed: Set whenever the mirror changed; the reader clears it.
    """

    def __init__(
        self,
        to: Workspace | Way,
        *,
        read_only: bool = False,
        revive: Callable[[], Awaitable[None]] | None = None,
        on_output: Callable[[face.Output], None] | None = None,
        on_talk: Callable[[face.Talk], None] | None = None,
    ) -> None:
        self._way = Here(to) if isinstance(to, Workspace) else to
        self.mirror = Mirror(self._way.name)
        self.changed = asyncio.Event()
        self._read_only = read_only
        self._revive = revive
        self._revive_after = REVIVE_SECONDS
        self._lost_at = 0.0
        self._retry_seconds = FIRST_RETRY_SECONDS
        self._hurry = asyncio.Event()
        self._link: Link | None = None
        self._missing: asyncio.TimerHandle | None = None
        self._replies: dict[int, asyncio.Future[Any]] = {}
        self._next_id = 0
        self._followed: dict[str, int] = {}
        self._listened: set[str] = set()
        self._may_listen = False
        """Whether the coordinator there now knows the frame: it says so in its greeting."""
        self._on_output = on_output
        self._on_talk = on_talk

    async def run(self) -> None:
        """Stay connected for as long as this is awaited."""
        try:
            while True:
                try:
                    await self._session()
                except (OSError, WebSocketException, WireError, ClientError) as error:
                    self._lost(error)
                await self._revive_if_dead()
                await self._pause()
        finally:
            self._call_off()

    async def _pause(self) -> None:
        """Wait until it is time for the next attempt, or until somebody knows that it would succeed."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._retry_seconds):
                await self._hurry.wait()
        self._hurry.clear()
        self._retry_seconds = min(self._retry_seconds * 2, self._way.longest_retry_seconds)

    async def enter(self) -> None:
        """Find the way again with the terminal at hand, which nothing else may use meanwhile.

        Raises:
            ClientError: That did not help.
        """
        await self._way.enter()
        self._hurry.set()

    async def _revive_if_dead(self) -> None:
        """Start the next coordinator where one died; one that was told to end took its address along."""
        now = asyncio.get_running_loop().time()
        self._lost_at = self._lost_at or now
        if self._revive is None or now - self._lost_at < self._revive_after or not self._way.has_died():
            return
        try:
            await self._revive()
        except ClientError as error:
            # It will hardly come up a moment later: ever more rarely, and with its own sentence on the screen.
            self._revive_after = min(2 * (now - self._lost_at), LONGEST_REVIVE_SECONDS + now - self._lost_at)
            self._lost(error)

    async def _session(self) -> None:
        async with self._way.link() as link:
            await self._attach(link)
            self._lost_at, self._revive_after = 0.0, REVIVE_SECONDS
            async for raw in link:
                await self._take(face.decode_to_face(raw))
        self._lost(ClientError("the coordinator closed the connection"))

    async def _take(self, frame: face.ToFace) -> None:
        self._receive(frame)
        if isinstance(frame, face.Greeting):
            self._retry_seconds = FIRST_RETRY_SECONDS
            if not self._may_listen:
                self._may_listen = frame.revision >= live.REVISION
                for instance in sorted(self._listened):
                    await self._listen(instance)

    async def _attach(self, link: Link) -> None:
        greeting = self.mirror.greeting
        generation = greeting.generation if greeting else 0
        attach = face.Attach(PROTOCOL, self._way.token(), self.mirror.known_position, generation, self._read_only)
        await link.send(face.encode(attach))
        self._link = link
        for instance in sorted(self._followed):
            await link.send(face.encode(self._following(instance)))

    def _receive(self, frame: face.ToFace) -> None:
        if isinstance(frame, face.Reply):
            waiting = self._replies.pop(frame.id, None)
            if waiting is not None and not waiting.done():
                self._settle(waiting, frame)
            return
        self.mirror.apply(frame)
        if isinstance(frame, face.Output) and self._on_output is not None:
            self._on_output(frame)
        if isinstance(frame, face.Talk) and self._on_talk is not None:
            self._on_talk(frame)
        if isinstance(frame, face.Greeting):
            self._call_off()
            self.mirror.link(True)
        self.changed.set()

    def _settle(self, waiting: asyncio.Future[Any], reply: face.Reply) -> None:
        if reply.error:
            waiting.set_exception(ClientError(reply.error, reply.exit_code))
        else:
            waiting.set_result(reply.result)

    def _lost(self, error: Exception) -> None:
        self._link = None
        self._may_listen = False
        for waiting in self._replies.values():
            if not waiting.done():
                waiting.set_exception(ClientError("the connection was lost before the answer came", 5))
        self._replies.clear()
        reason = _reason(error)
        if self.mirror.connected:
            # A timer of its own: an attempt may take much longer than that.
            self._missing = asyncio.get_running_loop().call_later(MISSED_SECONDS, self._miss)
        if self.mirror.connected or self.mirror.link_reason != reason:
            self.mirror.link(False, reason)
            self.changed.set()

    def _call_off(self) -> None:
        if self._missing is not None:
            self._missing.cancel()
            self._missing = None

    def _miss(self) -> None:
        self._missing = None
        self.mirror.miss()
        self.changed.set()

    async def request(self, do: str, **args: Any) -> Any:
        """Ask for something to be done.

        Raises:
            ClientError: It was refused, or the connection is not there; the sentence says which.
        """
        self._next_id += 1
        own_id = self._next_id
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._replies[own_id] = answer
        try:
            await self._send(face.Request(own_id, do, args))
            async with asyncio.timeout(REQUEST_SECONDS):
                return await answer
        except TimeoutError as error:
            raise ClientError(f"no answer to {do} in {REQUEST_SECONDS:g} s", 5) from error
        finally:
            self._replies.pop(own_id, None)

    async def follow(self, instance: str, lines: int = FOLLOW_LINES) -> None:
        """Have an instance's output sent, beginning with its last lines."""
        self._followed[instance] = lines
        await self._send_if_there(self._following(instance))

    def _following(self, instance: str) -> face.Follow:
        """From where we know its output on."""
        known = self.mirror.output.get(instance)
        lines = self._followed[instance]
        return face.Follow(instance, lines, known.epoch, known.offset) if known else face.Follow(instance, lines)

    async def unfollow(self, instance: str) -> None:
        """Have it sent no more."""
        self._followed.pop(instance, None)
        await self._send_if_there(face.Unfollow(instance))

    async def listen(self, instance: str) -> None:
        """Have sent what an instance says and does as it comes, beginning with what runs."""
        self._listened.add(instance)
        await self._listen(instance)

    async def _listen(self, instance: str) -> None:
        if self._may_listen:
            await self._send_if_there(face.Listen(instance))

    async def unlisten(self, instance: str) -> None:
        """Have it sent no more; what is known of it is forgotten."""
        self._listened.discard(instance)
        self.mirror.talks.pop(instance, None)
        if self._may_listen:
            await self._send_if_there(face.Unlisten(instance))

    async def shown(self, position: int) -> None:
        """Say what the person has seen."""
        await self._send_if_there(face.Shown(position))

    async def _send_if_there(self, frame: face.FromFace) -> None:
        if self._link is not None:
            await self._send(frame)

    async def _send(self, frame: face.FromFace) -> None:
        if self._link is None:
            raise ClientError("not connected to the coordinator; what you asked was not sent", 3)
        try:
            await self._link.send(face.encode(frame))
        except (OSError, WebSocketException) as error:
            raise ClientError("the connection was lost; what you asked was not sent", 3) from error


def _reason(error: Exception) -> str:
    """Why there is no connection, for the person."""
    if isinstance(error, ClientError):
        return error.sentence()
    if isinstance(error, ConnectionClosed) and error.rcvd is not None and error.rcvd.code == face.REFUSED:
        return error.rcvd.reason or "the coordinator does not let this screen in"
    return "the coordinator does not answer; trying again"
