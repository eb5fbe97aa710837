"""One attached face over its WebSocket: greet, stream, answer, follow output. A slow one is never waited for."""

from __future__ import annotations

import asyncio
import os
from collections import deque
from typing import TYPE_CHECKING, Any

from starlette.websockets import WebSocketDisconnect, WebSocketState

from trinity_tui import __version__
from trinity_tui.core.errors import ClientError, TrinityError, WireError
from trinity_tui.core.wire import PROTOCOL, face, live
from trinity_tui.daemon.follower import Follower
from trinity_tui.daemon.hub import Session, batch
from trinity_tui.daemon.peers import peer_of
from trinity_tui.daemon.rights import Rights

if TYPE_CHECKING:
    from starlette.websockets import WebSocket

    from trinity_tui.core.record import Position, Record
    from trinity_tui.daemon.house import House

CATCH_UP_RECORDS = 2_000
"""How far behind a face may be and still go on from its position; a snapshot is quicker beyond."""


async def serve(house: House, socket: WebSocket) -> None:
    """Serve one face until it leaves."""
    await socket.accept()
    try:
        attach = face.decode_from_face(await socket.receive_bytes())
        if not isinstance(attach, face.Attach) or attach.protocol != PROTOCOL:
            spoken = f"the coordinator is Trinity {__version__} and speaks protocol {PROTOCOL}, this screen does not"
            await socket.close(face.REFUSED, f"{spoken}: open it anew")
            return
        rights = house.gate.rights(attach.token, peer_of(socket.scope), read_only=attach.read_only)
        await Face(house, socket, rights).run(attach)
    except ClientError as error:
        await socket.close(face.REFUSED, error.sentence()[:120])
    except (WebSocketDisconnect, WireError, OSError):
        if socket.client_state is WebSocketState.CONNECTED:
            await socket.close()


class Face:
    """One attached face."""

    def __init__(self, house: House, socket: WebSocket, rights: Rights) -> None:
        self._house = house
        self._socket = socket
        self._rights = rights
        self._session = Session()
        self._follows: dict[str, Follower] = {}
        self._answers: set[asyncio.Task[None]] = set()

    async def run(self, attach: face.Attach) -> None:
        """Stream and answer until the face leaves."""
        house = self._house
        house.hub.join(self._session)
        is_person = self._rights is Rights.PERSON
        if is_person:
            house.away.joined()
        sender: asyncio.Task[None] | None = None
        try:
            await self._greet(attach)
            sender = asyncio.create_task(self._send(), name="face sender")
            while True:
                self._receive(face.decode_from_face(await self._socket.receive_bytes()))
        finally:
            house.hub.leave(self._session)
            if is_person:
                house.away.left()
            house.voices.leave(self._session)
            tasks = [
                task
                for task in (sender, *(one.task for one in self._follows.values()), *self._answers)
                if task is not None
            ]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _greet(self, attach: face.Attach) -> None:
        house = self._house
        await house.shown.first_look()
        position = house.coordinator.room.position
        missed = await self._missed(attach, position)
        await self._socket.send_bytes(face.encode(self._greeting(whole=missed is None)))
        if missed:
            await self._socket.send_bytes(face.encode(batch(position, missed)))

    async def _missed(self, attach: face.Attach, position: Position) -> list[Record] | None:
        """What the face does not know yet, for it to go on from where it stands; None where it has to begin anew."""
        house, start = self._house, attach.position
        if start is None or attach.generation != house.generation or start > position:
            return None
        missed: list[Record] = []
        async for record in house.bus.read(start, position):
            missed.append(record)
            if len(missed) > CATCH_UP_RECORDS:
                return None
        return missed if house.shown.is_as_recorded else None

    def _greeting(self, *, whole: bool) -> face.Greeting:
        house = self._house
        return face.Greeting(
            protocol=PROTOCOL, version=__version__, workspace=house.name, path=str(house.workspace.root),
            computer=house.config.serve.computer, pid=os.getpid(), generation=house.generation,
            position=house.coordinator.room.position, carrier=house.bus.carrier, rights=self._rights.value,
            revision=live.REVISION,
            room=house.shown.room() if whole else None, as_recorded=house.shown.is_as_recorded, live=house.hub.live,
            notices=house.notices(),
        )  # fmt: skip

    async def _send(self) -> None:
        while True:
            frames = deque(await self._session.take())
            while frames:
                await self._socket.send_bytes(frames[0])
                self._session.sent(frames.popleft())
            if self._session.is_lagging or self._session.is_stale:
                await self._begin_anew(has_lost=self._session.is_lagging)
            for follower in self._follows.values():
                follower.tell_skipped()
            self._house.voices.catch_up(self._session)

    async def _begin_anew(self, *, has_lost: bool) -> None:
        self._session.resume()
        await self._socket.send_bytes(face.encode(self._greeting(whole=True)))
        if has_lost:
            # What waited of their lines was dropped with the rest.
            for follower in list(self._follows.values()):
                self._follow(follower.again())
            self._house.voices.again(self._session)

    def _receive(self, frame: face.FromFace) -> None:
        match frame:
            case face.Request():
                task = asyncio.create_task(self._answer(frame), name=f"request {frame.do}")
                self._answers.add(task)
                task.add_done_callback(self._answers.discard)
            case face.Follow():
                self._follow(frame)
            case face.Unfollow():
                self._unfollow(frame.instance)
            case face.Listen():
                self._house.voices.listen(self._session, frame.instance)
            case face.Unlisten():
                self._house.voices.unlisten(self._session, frame.instance)
            case face.Shown():
                if self._rights.value == "person":
                    self._house.coordinator.person.shown(frame.position)
            case face.Attach():
                pass

    def _follow(self, frame: face.Follow) -> None:
        self._unfollow(frame.instance)
        self._follows[frame.instance] = Follower(self._house.outputs, self._session, frame)

    def _unfollow(self, instance: str) -> None:
        follower = self._follows.pop(instance, None)
        if follower is not None:
            follower.task.cancel()

    async def _answer(self, request: face.Request) -> None:
        reply: face.Reply
        try:
            result: Any = await self._house.requests.do(request.do, request.args, self._rights)
            reply = face.Reply(request.id, result)
        except ClientError as error:
            reply = face.Reply(request.id, error=error.sentence(), exit_code=error.exit_code)
        except TrinityError as error:
            reply = face.Reply(request.id, error=error.sentence(), exit_code=1)
        self._session.put(face.encode(reply))
