"""The screen's only way out: keeps the connection running, tells the screen what changed, carries its requests.

The mirror may change thousands of times a second; the screen hears of it at most thirty times, once per area, and
twelve times while it never stops. What instances say as they write it has a rhythm of its own: a word does not wait
because something else was just told. A request never keeps anything waiting: its end comes back as a message.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol

from textual.message import Message

from trinity_tui.core.errors import ClientError, TrinityError
from trinity_tui.tui.pace import Rhythm

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from trinity_tui.client.files import Files
    from trinity_tui.client.mirror import Mirror

SHOWN_SECONDS = 0.5
"""How often at most the coordinator is told what the person has seen."""
RETRY_SECONDS = (0.5, 1.0, 2.0, 5.0)


class Linked(Protocol):
    """What the screen needs of a connection; ``client.connection.Connection`` is one."""

    mirror: Mirror
    changed: asyncio.Event

    async def run(self) -> None:
        """Stay connected for as long as this is awaited."""
        ...

    async def request(self, do: str, **args: Any) -> Any:
        """Ask for something to be done."""
        ...

    async def follow(self, instance: str) -> None:
        """Have an instance's output sent."""
        ...

    async def unfollow(self, instance: str) -> None:
        """Have it sent no more."""
        ...

    async def listen(self, instance: str) -> None:
        """Have sent what an instance says and does as it comes."""
        ...

    async def unlisten(self, instance: str) -> None:
        """Have it sent no more."""
        ...

    async def shown(self, position: int) -> None:
        """Say what the person has seen."""
        ...


class Opened(Message):
    """The connection is there, though it may not be connected yet."""

    def __init__(self, mirror: Mirror) -> None:
        super().__init__()
        self.mirror = mirror


class OpenFailed(Message):
    """There is no connection yet; it is being tried again."""

    def __init__(self, sentence: str) -> None:
        super().__init__()
        self.sentence = sentence


class AreaChanged(Message):
    """Something in one area of the mirror changed.

    Attributes:
        area: The area, such as ``flow`` or ``instance``.
        names: Which of it, where the area has names: the ids of the instances.
    """

    def __init__(self, area: str, names: frozenset[str]) -> None:
        super().__init__()
        self.area = area
        self.names = names


class Answered(Message):
    """A request was done."""

    def __init__(self, do: str, args: Mapping[str, Any], result: Any) -> None:
        super().__init__()
        self.do, self.args, self.result = do, args, result


class Refused(Message):
    """A request was not done; the sentence says why."""

    def __init__(self, do: str, args: Mapping[str, Any], sentence: str) -> None:
        super().__init__()
        self.do, self.args, self.sentence = do, args, sentence


class Completed(Message):
    """How a path that was begun may go on."""

    def __init__(self, begun: str, names: list[str]) -> None:
        super().__init__()
        self.begun, self.names = begun, names


class Bridge:
    """Carries what changes to the screen and what is asked for to the coordinator.

    Args:
        connect: Makes the connection; may start a coordinator first.
        post: Where messages to the screen go.
        files: Those that can be sent along; None: there are none.
    """

    def __init__(
        self, connect: Callable[[], Awaitable[Linked]], post: Callable[[Message], object], files: Files | None = None
    ) -> None:
        self._files = files
        self._connect = connect
        self._post = post
        self._connection: Linked | None = None
        self._tasks: asyncio.TaskGroup | None = None
        self._followed = ""
        self._heard: frozenset[str] = frozenset()
        self._shown = 0
        self._told = 0
        self._look = asyncio.Event()

    async def run(self) -> None:
        """Keep the screen up to date for as long as this is awaited."""
        connection = self._connection = await self._open()
        self._post(Opened(connection.mirror))
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            tasks.create_task(connection.run(), name="connection")
            tasks.create_task(self._tell(connection), name="changes")
            tasks.create_task(self._report(connection), name="shown")
            try:
                await asyncio.Event().wait()
            finally:
                # What a timer asks for while this ends is refused, as before it began.
                self._tasks = None

    async def _open(self) -> Linked:
        attempt = 0
        while True:
            try:
                return await self._connect()
            except TrinityError as error:
                self._post(OpenFailed(error.sentence()))
            await asyncio.sleep(RETRY_SECONDS[min(attempt, len(RETRY_SECONDS) - 1)])
            attempt += 1

    async def _tell(self, connection: Linked) -> None:
        loop = asyncio.get_running_loop()
        rhythms = {True: Rhythm(), False: Rhythm()}
        waiting: set[str] = set()
        while True:
            due = [rhythms[_is_word(entry)].due_at for entry in waiting]
            with suppress(TimeoutError):
                async with asyncio.timeout_at(min(due, default=None)):
                    await connection.changed.wait()
            connection.changed.clear()
            waiting |= connection.mirror.take_dirty()
            for is_word, rhythm in rhythms.items():
                part = {entry for entry in waiting if _is_word(entry) == is_word}
                if part and rhythm.beat(loop.time()):
                    waiting -= part
                    for area, names in grouped(part).items():
                        self._post(AreaChanged(area, names))

    async def _report(self, connection: Linked) -> None:
        while True:
            await self._look.wait()
            self._look.clear()
            if self._shown > self._told:
                self._told = self._shown
                await self._try("shown", connection.shown(self._shown))
            await asyncio.sleep(SHOWN_SECONDS)

    def ask(self, do: str, **args: Any) -> None:
        """Ask for something; ``Answered`` or ``Refused`` tells how it ended."""
        if self._connection is None or self._tasks is None:
            self._post(Refused(do, args, "not connected yet; nothing was sent"))
            return
        self._tasks.create_task(self._ask(self._connection, do, args), name=f"request {do}")

    async def tell(self, do: str, seconds: float, **args: Any) -> None:
        """Ask for something nobody waits to hear of, and give it so long: the program is about to end."""
        if self._connection is not None:
            with suppress(ClientError, TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._connection.request(do, **args)

    async def _ask(self, connection: Linked, do: str, args: dict[str, Any]) -> None:
        try:
            result = await connection.request(do, **await self._whole(do, args))
        except ClientError as error:
            self._post(Refused(do, args, error.sentence()))
        else:
            self._post(Answered(do, args, result))

    async def _whole(self, do: str, args: dict[str, Any]) -> dict[str, Any]:
        """What is sent of it: to a message belong the files it names."""
        if do != "send" or self._files is None or "@" not in args["content"]:
            return args
        return args | {"content": await asyncio.to_thread(self._files.attach, args["content"])}

    def complete(self, begun: str) -> None:
        """Find out how a path may go on; ``Completed`` says it."""
        if self._files is not None and self._tasks is not None:
            self._tasks.create_task(self._complete(self._files, begun), name="complete")

    async def _complete(self, files: Files, begun: str) -> None:
        self._post(Completed(begun, await asyncio.to_thread(files.complete, begun)))

    def follow(self, instance: str) -> None:
        """Have the output of this instance sent, and of no other; an empty id stops it."""
        connection, before = self._connection, self._followed
        if connection is None or self._tasks is None or instance == before:
            return
        self._followed = instance
        self._tasks.create_task(self._switch(connection, before, instance), name="follow")

    async def _switch(self, connection: Linked, before: str, instance: str) -> None:
        if before:
            await self._try("unfollow", connection.unfollow(before))
        if instance:
            await self._try("follow", connection.follow(instance))

    def listen(self, instances: frozenset[str]) -> None:
        """Have sent what these say and do as it comes, and nobody else."""
        connection, before = self._connection, self._heard
        if connection is None or self._tasks is None or instances == before:
            return
        self._heard = instances
        self._tasks.create_task(self._hear(connection, before, instances), name="listen")

    async def _hear(self, connection: Linked, before: frozenset[str], after: frozenset[str]) -> None:
        for name in sorted(before - after):
            await self._try("unlisten", connection.unlisten(name))
        for name in sorted(after - before):
            await self._try("listen", connection.listen(name))

    async def _try(self, do: str, awaitable: Awaitable[None]) -> None:
        # Lost with the connection, these lose nothing: the connection repeats what it follows, the next look repeats
        # what was shown.
        try:
            await awaitable
        except ClientError as error:
            self._post(Refused(do, {}, error.sentence()))

    def shown(self, position: int) -> None:
        """The person has seen the flow up to before this position."""
        if position > self._shown:
            self._shown = position
            self._look.set()


def _is_word(entry: str) -> bool:
    return entry.startswith("talk:")


def grouped(dirty: set[str]) -> dict[str, frozenset[str]]:
    """Areas with the names that changed in each: ``instance:a`` and ``live:b`` are both about instances."""
    found: dict[str, set[str]] = {}
    for entry in dirty:
        area, _, name = entry.partition(":")
        names = found.setdefault("instance" if area == "live" else area, set())
        if name:
            names.add(name)
    return {area: frozenset(names) for area, names in found.items()}
