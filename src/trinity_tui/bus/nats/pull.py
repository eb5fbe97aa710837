"""One consumer at the server, pulled in batches, made anew wherever its place could be in doubt.

After a reconnection, a gap in what was delivered or its removal, a new one begins after the last message that was
seen, so that nothing is missing and nothing comes out of order.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import msgspec

from trinity_tui.bus.nats.link import ApiError, client_errors
from trinity_tui.core.record import Position

if TYPE_CHECKING:
    from collections.abc import Callable

    from nats.aio.msg import Msg
    from nats.aio.subscription import Subscription

    from trinity_tui.bus.nats.link import Link

BATCH = 256
_LATE_SECONDS = 2.0
"""How much later than agreed the server may end a request that nothing came for."""
_INACTIVE_SECONDS = 60
_PAUSE_SECONDS = 0.2
_NANO = 1_000_000_000


class Raw(msgspec.Struct, frozen=True, gc=False):
    """A message of the stream as it came."""

    position: Position
    subject: str
    line: bytes
    reply: str
    pending: int
    """How many follow in the stream, for this consumer."""
    number: int
    """Which one it is of this consumer's."""


class _Created(msgspec.Struct):
    name: str


def _raw(msg: Msg) -> Raw:
    # $JS.ACK.<stream>.<consumer>.<delivered>.<stream seq>.<consumer seq>.<time>.<pending>, or with a domain and an
    # account before the stream and a token behind.
    parts = msg.reply.split(".")
    at = 5 if len(parts) == 9 else 7
    return Raw(int(parts[at]), msg.subject, msg.data, msg.reply, int(parts[at + 3]), int(parts[at + 1]))


class Puller:
    """Takes messages of the stream from a position on.

    Args:
        link: The way to the servers.
        start: From where on.
        subject: The filter; everything where empty.
        durable: The name under which the server keeps what was acknowledged; nothing is kept where empty.
        floor: Where a durable one begins when it is made anew; what was done with since comes once more.
    """

    def __init__(
        self,
        link: Link,
        start: Position,
        subject: str = "",
        durable: str = "",
        floor: Callable[[], Position] | None = None,
    ) -> None:
        self._link = link
        self._next = start
        self._filter = subject
        self._durable = durable
        self._name = ""
        self._epoch = -1
        self._number = 0
        self._floor = floor
        self._inbox = ""
        self._serial = 0
        self._subscription: Subscription | None = None
        self._came: deque[Raw] = deque()
        self._wanted = 0
        """How many the open request may still bring; 0: there is none."""
        self._is_broken = False
        self._news = asyncio.Event()

    async def take(self, seconds: float) -> list[Raw]:
        """The next messages; none where the server had none for that long.

        Raises:
            BusError: The server refuses, or has not answered for long.
        """
        while True:
            if self._is_broken or self._epoch != self._link.epoch or not self._name:
                await self._make()
            if not self._wanted:
                await self._request(seconds)
            if not self._came:
                ended = await self._wait(seconds)
                if ended and not self._came and not self._is_broken and self._epoch == self._link.epoch:
                    return []
            if found := self._collect():
                return found

    def _collect(self) -> list[Raw]:
        found: list[Raw] = []
        while self._came:
            raw = self._came.popleft()
            if raw.number != self._number + 1:
                self._is_broken = True
                self._came.clear()
                break
            self._number = raw.number
            self._next = raw.position + 1
            found.append(raw)
        return found

    async def _wait(self, seconds: float) -> bool:
        """Wait for a message or the request's end; whether it ended as agreed, without one."""
        self._news.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds + _LATE_SECONDS):
                while not self._came and self._wanted and self._epoch == self._link.epoch:
                    await self._news.wait()
                    self._news.clear()
                return not self._wanted
        self._wanted = 0
        self._is_broken = True  # Neither a message nor an end: the request was lost.
        return False

    async def _make(self) -> None:
        await self._link.up.wait()
        epoch = self._link.epoch
        await self._listen()
        await self._remove()
        if self._floor:
            self._next = self._floor()
        config = self._config()
        stream = self._link.place.stream
        how = f"DURABLE.CREATE.{stream}.{self._durable}" if self._durable else f"CREATE.{stream}"
        answer = await self._link.api(f"CONSUMER.{how}", {"stream_name": stream, "config": config})
        self._name = msgspec.json.decode(answer, type=_Created).name
        self._came.clear()
        self._wanted, self._number, self._is_broken, self._epoch = 0, 0, False, epoch

    async def _listen(self) -> None:
        # An inbox of its own each time: what still comes for the one before is nobody's.
        if self._subscription is None:
            self._link.when_up(self._news.set)
        else:
            await self._unsubscribe()
        self._inbox = self._link.inbox()
        self._subscription = await self._link.subscribe(f"{self._inbox}.*", self._arrived)

    async def _unsubscribe(self) -> None:
        if self._subscription is not None:
            with suppress(OSError, *client_errors()):
                await self._subscription.unsubscribe()

    def _config(self) -> dict[str, Any]:
        config: dict[str, Any] = {
            "deliver_policy": "by_start_sequence", "opt_start_seq": max(1, self._next), "replay_policy": "instant",
            "max_waiting": 16,
        }  # fmt: skip
        if self._filter:
            config["filter_subject"] = self._filter
        if self._durable:
            # Who holds a message longer than this is this process or dead, and then the next start makes it anew.
            ack_wait = 24 * 3600 * _NANO
            return config | {
                "durable_name": self._durable, "ack_policy": "explicit", "ack_wait": ack_wait, "max_ack_pending": -1,
            }  # fmt: skip
        return config | {"ack_policy": "none", "mem_storage": True, "inactive_threshold": _INACTIVE_SECONDS * _NANO}

    async def _remove(self) -> None:
        name = self._name or self._durable
        self._name = ""
        if name:
            with suppress(ApiError):  # There was none, or it is gone.
                await self._link.api(f"CONSUMER.DELETE.{self._link.place.stream}.{name}")

    async def _request(self, seconds: float) -> None:
        self._serial += 1
        self._wanted = BATCH
        body = msgspec.json.encode({"batch": BATCH, "expires": int(seconds * _NANO)})
        subject = f"$JS.API.CONSUMER.MSG.NEXT.{self._link.place.stream}.{self._name}"
        if not await self._link.send(subject, body, f"{self._inbox}.{self._serial}"):
            self._wanted = 0
            self._is_broken = True

    async def _arrived(self, msg: Msg) -> None:
        if msg.reply:
            raw = _raw(msg)
            self._came.append(raw)
            self._wanted = max(0, self._wanted - 1)
        elif msg.subject == f"{self._inbox}.{self._serial}":
            self._wanted = 0
            status = (msg.headers or {}).get("Status", "")
            if status not in ("404", "408"):
                self._is_broken = True  # The consumer was removed, or is not there yet.
                await asyncio.sleep(_PAUSE_SECONDS)
        else:
            return
        self._news.set()

    async def aclose(self) -> None:
        """Remove what the server need not keep."""
        if self._subscription is None:
            return
        self._link.not_when_up(self._news.set)
        await self._unsubscribe()
        if self._name and not self._durable:
            subject = f"$JS.API.CONSUMER.DELETE.{self._link.place.stream}.{self._name}"
            await self._link.send(subject, reply=f"{self._inbox}.0")
