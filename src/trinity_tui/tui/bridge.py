"""The screen's only way out: keeps the connection running, tells the screen what changed, carries its requests.

The mirror may change thousands of times a second; the screen hears of it at most thirty times, once per area, and
ten times while it never stops. What instances say as they write it has a rhythm of its own: a word does not wait
because something else was just told. A request never keeps anything waiting: its end comes back as a message.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from textual.message import Message

from trinity_tui.core.errors import ClientError, TrinityError
from trinity_tui.tui.pace import Rhythm
from trinity_tui.tui.right_of_way import RightOfWay

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from trinity_tui.client.files import Files
    from trinity_tui.client.mirror import Mirror
    from trinity_tui.tui.linked import Linked

    _Wish = tuple[str, Callable[[str], Awaitable[None]]]
    """What is asked for of one instance, and how."""

SHOWN_SECONDS = 0.5
"""How often at most the coordinator is told what the person has seen."""
RETRY_SECONDS = (0.5, 1.0, 2.0, 5.0)


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
        beside: The other areas that are told in the same update.
    """

    def __init__(self, area: str, names: frozenset[str], beside: frozenset[str] = frozenset()) -> None:
        super().__init__()
        self.area = area
        self.names = names
        self.beside = beside


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
        files: Those that can be sent along; None: those of a workspace elsewhere, which the coordinator there reads.
        way: What goes first in the screen's loop.
    """

    def __init__(
        self, connect: Callable[[], Awaitable[Linked]], post: Callable[[Message], object], files: Files | None = None,
        way: RightOfWay | None = None,
    ) -> None:  # fmt: skip
        self._files = files
        self.way = way if way is not None else RightOfWay()
        self._connect = connect
        self._post = post
        self._connection: Linked | None = None
        self._tasks: asyncio.TaskGroup | None = None
        self._one = ""
        self._beside: frozenset[str] = frozenset()
        self._followed: frozenset[str] = frozenset()
        self._heard: frozenset[str] = frozenset()
        self._shown = 0
        self._told = 0
        self._look = asyncio.Event()

    @property
    def mirror(self) -> Mirror | None:
        """What is known; None until the connection is there."""
        return self._connection.mirror if self._connection is not None else None

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
        waiting: dict[bool, set[str]] = {True: set(), False: set()}
        while True:
            due = min((rhythms[is_word].due_at for is_word, part in waiting.items() if part), default=None)
            with suppress(TimeoutError):
                async with asyncio.timeout_at(due):
                    await connection.changed.wait()
            connection.changed.clear()
            for entry in connection.mirror.take_dirty():
                waiting[_is_word(entry)].add(entry)
            for is_word, part in waiting.items():
                if part and rhythms[is_word].beat(loop.time()):
                    told, waiting[is_word] = part, set()
                    await self._tell_areas(grouped(told))

    async def _tell_areas(self, areas: dict[str, frozenset[str]]) -> None:
        # One after the other: all at once would be the longest piece of work there is, and a key waits for the end of
        # what was begun.
        for area, names in areas.items():
            await self.way.clear()
            self._post(AreaChanged(area, names, frozenset(areas) - {area}))

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

    async def enter(self) -> None:
        """Find the way to the coordinator again with the terminal at hand.

        Raises:
            ClientError: That did not help.
        """
        if self._connection is not None:
            await self._connection.enter()

    async def _ask(self, connection: Linked, do: str, args: dict[str, Any]) -> None:
        try:
            result = await connection.request(do, **await self._whole(connection, do, args))
        except ClientError as error:
            self._post(Refused(do, args, error.sentence()))
        else:
            self._post(Answered(do, args, result))

    async def _whole(self, connection: Linked, do: str, args: dict[str, Any]) -> dict[str, Any]:
        """What is sent of it: to a message belong the files it names."""
        if do != "send" or "@" not in args["content"]:
            return args
        if self._files is not None:
            return args | {"content": await asyncio.to_thread(self._files.attach, args["content"])}
        return args | await connection.request("files/attach", content=args["content"])

    def complete(self, begun: str) -> None:
        """Find out how a path may go on; ``Completed`` says it."""
        if self._connection is not None and self._tasks is not None:
            self._tasks.create_task(self._complete(self._connection, begun), name="complete")

    async def _complete(self, connection: Linked, begun: str) -> None:
        # Whoever gets no offer writes the path out.
        with suppress(ClientError):
            if self._files is not None:
                names = await asyncio.to_thread(self._files.complete, begun)
            else:
                names = await connection.request("files/complete", begun=begun)
            self._post(Completed(begun, names))

    def follow(self, instance: str) -> None:
        """Have the output of this instance sent, and of no other but what is followed beside; an empty id stops it."""
        self._one = instance
        self._follow()

    def follow_beside(self, instances: frozenset[str]) -> None:
        """Have the output of these sent as well."""
        self._beside = instances
        self._follow()

    def _follow(self) -> None:
        connection, before = self._connection, self._followed
        after = frozenset([*self._beside, self._one]) - {""}
        if connection is None or self._tasks is None or after == before:
            return
        self._followed = after
        self._tasks.create_task(
            self._switch(before, after, ("unfollow", connection.unfollow), ("follow", connection.follow)), name="follow"
        )

    def listen(self, instances: frozenset[str]) -> None:
        """Have sent what these say and do as it comes, and nobody else."""
        connection, before = self._connection, self._heard
        if connection is None or self._tasks is None or instances == before:
            return
        self._heard = instances
        self._tasks.create_task(
            self._switch(before, instances, ("unlisten", connection.unlisten), ("listen", connection.listen)),
            name="listen",
        )

    async def _switch(self, before: frozenset[str], after: frozenset[str], end: _Wish, begin: _Wish) -> None:
        for do, ask, names in ((*end, before - after), (*begin, after - before)):
            for name in sorted(names):
                await self._try(do, ask(name))

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
