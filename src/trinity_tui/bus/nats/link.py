"""One process's connection to the servers: kept up, asked with a bounded wait, and said to be lost when it is.

It reconnects for ever. What was written and not sent when it broke is dropped here: whoever sent it sends it again,
in its order (``publish``, ``pull``), which a client's own buffer would not keep.
"""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from trinity_tui.core.errors import BusError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from nats.aio.msg import Msg
    from nats.aio.subscription import Subscription
    from nats.js import JetStreamContext

    from trinity_tui.bus.nats.place import Place

OPEN_SECONDS = 5.0
ANSWER_SECONDS = 10.0
"""How long a question may take, a reconnection counted in."""
PING_SECONDS = 5
_ASK_SECONDS = 3.0
_PAUSE_SECONDS = 0.1
NO_RESPONDERS = "503"
_Result = TypeVar("_Result")
_log = logging.getLogger(__name__)


class ApiError(BusError):
    """JetStream refused a request.

    Args:
        code: Its number, of JetStream's own.
        problem: Its words.
    """

    def __init__(self, code: int, problem: str) -> None:
        super().__init__(f"JetStream refused: {problem}")
        self.code = code


class _Refusal(msgspec.Struct):
    err_code: int = 0
    description: str = "without a reason"


class _Outcome(msgspec.Struct):
    error: _Refusal | None = None


class Link:
    """A connection. Belongs to the running loop.

    Args:
        place: Where to.
        who: Whose, for the servers' lists.

    Attributes:
        epoch: Rises with each connection; what was under way on an older one is lost.
    """

    def __init__(self, place: Place, who: str) -> None:
        from nats.aio.client import Client  # Heavy, and only for who has this carrier.

        self.place = place
        self.epoch = 0
        self.up = asyncio.Event()
        self._who = who
        self._client = Client()
        self._verify: Callable[[], Awaitable[None]] | None = None
        self._verifying: asyncio.Task[None] | None = None
        self._told: list[Callable[[str], None]] = []
        self._on_up: list[Callable[[], None]] = []
        self._refusal = ""
        self._is_closed = False

    async def open(self) -> None:
        """Connect.

        Raises:
            BusError: No server answers, or it refuses us.
        """
        login: dict[str, Any] = self.place.login()
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                await self._client.connect(
                    self.place.servers, name=f"trinity {self._who}", **login,
                    max_reconnect_attempts=-1, reconnect_time_wait=0.2, connect_timeout=2,  # pyright: ignore[reportArgumentType]  # seconds, and parts of them do
                    ping_interval=PING_SECONDS, max_outstanding_pings=2, skip_subject_validation=True,
                    error_cb=self._erred, disconnected_cb=self._lost, reconnected_cb=self._found,
                )  # fmt: skip
        except (OSError, TimeoutError, *client_errors()) as error:
            await self._close_client()
            raise self._away(error) from error
        self._rise()

    async def subscribe(self, subject: str, call: Callable[[Msg], Awaitable[None]]) -> Subscription:
        """Have what comes to a subject; kept over reconnections."""
        return await self._client.subscribe(subject, cb=call)  # pyright: ignore[reportUnknownMemberType] - its future is of anything

    def inbox(self) -> str:
        """A subject of our own, new each time."""
        return self._client.new_inbox()

    def jetstream(self) -> JetStreamContext:
        """The client's own way to buckets and objects."""
        return self._client.jetstream(timeout=_ASK_SECONDS)  # pyright: ignore[reportUnknownMemberType] - options of anything

    def watch(self, told: Callable[[str], None]) -> None:
        """Have a sentence when the servers do not answer, an empty one when they do again."""
        self._told.append(told)

    def when_up(self, call: Callable[[], None]) -> None:
        """Be called after each reconnection."""
        self._on_up.append(call)

    def not_when_up(self, call: Callable[[], None]) -> None:
        """Not to be called any more."""
        self._on_up.remove(call)

    def verify_with(self, verify: Callable[[], Awaitable[None]]) -> None:
        """Have it looked, after each reconnection and before anything else is said, who answers there."""
        self._verify = verify

    async def _found(self) -> None:
        self._verifying = asyncio.create_task(self._greet(), name="bus: who answers")

    async def _greet(self) -> None:
        try:
            if self._verify:
                await self._verify()
        except BusError as error:
            # It went again, or its JetStream is not up yet: both end by another connection.
            _log.debug("%s: %s", self.place.shown, error)
            with suppress(OSError, *client_errors()):
                await self._client.force_reconnect()
            return
        self._rise()

    def _rise(self) -> None:
        self.epoch += 1
        self._refusal = ""
        self.up.set()
        self._tell("")
        for call in list(self._on_up):
            call()

    async def _lost(self) -> None:
        if self._is_closed:
            return
        self.up.clear()
        self._client._pending.clear()  # pyright: ignore[reportPrivateUsage] - it has no way to say this
        self._client._pending_data_size = 0  # pyright: ignore[reportPrivateUsage]
        self._tell(f"{self.place.shown} does not answer: messages wait until it does, and then go on by themselves.")

    async def _erred(self, error: Exception) -> None:
        # That we are refused says more than the broken connection that follows from it.
        if str(error) and "uthoriz" not in self._refusal:
            self._refusal = str(error)
        _log.debug("%s: %s", self.place.shown, error)

    def _tell(self, sentence: str) -> None:
        for told in self._told:
            told(sentence)

    def _away(self, error: BaseException | None = None) -> BusError:
        why = self._refusal or (str(error) if error else "")
        if "no responders" in why:
            why = "its JetStream is not on"
        refused = BusError(f"the message log at {self.place.shown} does not answer{f' ({why})' if why else ''}")
        refused.hint = "Start nats-server there with JetStream (-js), or see `[bus] carrier` in instances.toml."
        return refused

    async def ask(self, subject: str, payload: bytes = b"", seconds: float = ANSWER_SECONDS) -> Msg:
        """A request and its answer; asked again over a reconnection.

        Raises:
            BusError: No answer in that time.
        """
        return await self._within(seconds, lambda: self._client.request(subject, payload, timeout=_ASK_SECONDS))

    async def _within(self, seconds: float, attempt: Callable[[], Awaitable[_Result]]) -> _Result:
        deadline = time.monotonic() + seconds
        told: BaseException | None = None
        while not self._is_closed:
            remaining = deadline - time.monotonic()
            try:
                async with asyncio.timeout(max(0.0, remaining)):
                    await self.up.wait()
                    return await attempt()
            except (OSError, TimeoutError, *client_errors()) as error:
                # The last try may only be cut short; what one before it was told says why.
                told = error if told is None or str(error) else told
                if time.monotonic() + _PAUSE_SECONDS > deadline:
                    raise self._away(told) from error
                await asyncio.sleep(_PAUSE_SECONDS)
        raise BusError("the bus is closed")

    async def api(self, subject: str, body: dict[str, Any] | None = None, seconds: float = ANSWER_SECONDS) -> bytes:
        """A request to JetStream and its answer.

        Raises:
            ApiError: It refused.
            BusError: No answer in that time.
        """
        payload = b"" if body is None else msgspec.json.encode(body)
        return _checked((await self.ask(f"$JS.API.{subject}", payload, seconds)).data)

    async def api_at_once(self, subject: str) -> bytes:
        """The same for who verifies: asked once, while nobody else may.

        Raises:
            ApiError: It refused.
            BusError: No answer.
        """
        try:
            return _checked((await self._client.request(f"$JS.API.{subject}", timeout=_ASK_SECONDS)).data)
        except (OSError, TimeoutError, *client_errors()) as error:
            raise self._away(error) from error

    async def send(self, subject: str, payload: bytes = b"", reply: str = "", msg_id: str = "") -> bool:
        """Send without waiting for an answer; False where there is no connection."""
        if not (self.up.is_set() and self._client.is_connected):
            return False
        headers = {"Nats-Msg-Id": msg_id} if msg_id else None
        try:
            await self._client.publish(subject, payload, reply, headers)
        except (OSError, *client_errors()):
            return False
        return True

    async def aclose(self) -> None:
        """Send what is written and close."""
        self._is_closed = True
        if self._verifying:
            self._verifying.cancel()
            await asyncio.wait([self._verifying])
        if self._client.is_connected:
            with suppress(OSError, TimeoutError, *client_errors()):
                await self._client.flush(timeout=1)
        await self._close_client()
        self.up.set()

    async def _close_client(self) -> None:
        self._is_closed = True
        with suppress(OSError, TimeoutError, *client_errors()):
            await self._client.close()


def _checked(answer: bytes) -> bytes:
    outcome = msgspec.json.decode(answer, type=_Outcome)
    if outcome.error:
        raise ApiError(outcome.error.err_code, outcome.error.description)
    return answer


def client_errors() -> tuple[type[Exception], ...]:
    """What the client raises."""
    from nats.errors import Error

    return (Error,)
