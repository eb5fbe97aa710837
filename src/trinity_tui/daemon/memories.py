"""What faces can ask the memory for, and what the person says to it.

What is said goes over the bus as everybody's words do; the answer comes once it is kept and can be found.
"""

from __future__ import annotations

import asyncio
import math
import time
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from trinity_tui.bus import new_message
from trinity_tui.core.address import BROADCAST, HUMAN
from trinity_tui.core.errors import ClientError, StoreError
from trinity_tui.core.memory import KINDS
from trinity_tui.daemon.memory_arguments import Import, Looked, Named, News, Remember, Search, Shown, Standing, Word
from trinity_tui.memory import reading
from trinity_tui.memory.exchange import imported
from trinity_tui.memory.index import Index
from trinity_tui.memory.search import Query
from trinity_tui.memory.standing import standing
from trinity_tui.store import document

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.core.message import Message
    from trinity_tui.daemon.arguments import Args
    from trinity_tui.daemon.house import House
    from trinity_tui.daemon.requests import Requests

KEPT_SECONDS = 10.0
"""So long it is waited until what was said is kept; it is in the log all the same."""
T = TypeVar("T")


class _Looked(msgspec.Struct, frozen=True):
    at: float = 0.0


async def search(requests: Requests, args: Search) -> list[dict[str, Any]]:
    """Find what is remembered, the best first."""
    kinds = _several(args.kinds)
    if unknown := [kind for kind in kinds if kind not in KINDS]:
        raise ClientError(f"there is no kind {unknown[0]!r}", 2, f"Kinds: {', '.join(KINDS)}.")
    query = Query(
        text=args.text, now=time.time(), kinds=kinds, author=args.author, tags=_several(args.tags), as_of=args.as_of,
        newer_than=args.newer_than, limit=args.offset + args.limit, is_begun=args.is_begun,
    )  # fmt: skip
    house = requests.house

    def answer(index: Index) -> list[dict[str, Any]]:
        rows = reading.found(index, query)[args.offset :]
        return reading.marked(index, rows, house.memory.uses.counts(), query.now)

    return await ask(house, answer)


async def records(requests: Requests, args: Named) -> list[dict[str, Any]]:
    """Records by their ids."""
    house, now, names = requests.house, time.time(), list(_several(args.ids))

    def answer(index: Index) -> list[dict[str, Any]]:
        return reading.marked(index, reading.named(index, names, now), house.memory.uses.counts(), now)

    return await ask(house, answer)


async def show(requests: Requests, args: Shown) -> dict[str, Any]:
    """One record, with its evidence, what ended or contradicts it, and who used it."""
    house = requests.house
    found = await _known(house, args.id)
    if not args.messages:
        return found
    messages = [await house.history.record(source) for source in found["sources"][:5]]
    return found | {"messages": [msgspec.to_builtins(one.message) for one in messages if one is not None]}


async def add(requests: Requests, args: Remember) -> dict[str, Any]:
    """Say something to be remembered; what is to hold no longer because of it must be there."""
    if args.supersedes:
        await ask(requests.house, lambda index: [reading.named_one(index, name) for name in args.supersedes])
    metadata = {"op": "add"} | {
        name: value for name, value in msgspec.to_builtins(args).items() if name != "text" and value not in ("", [])
    }
    return await _publish(requests.house, [_message(args.text, metadata)])


async def retract(requests: Requests, args: Word) -> dict[str, Any]:
    """Take a record back, whoever said it and however often: it stays in the history and is found no more."""
    house = requests.house
    record = await _known(house, args.id)
    if record["is_retracted"]:
        raise ClientError(f"{args.id!r} is taken back already", 1)
    # Each time it was said is a statement of its own.
    sayings = await ask(house, lambda index: reading.sayings(index, index.find(record["id"])[-1]))
    said = [_message(args.text or "taken back", {"op": "retract", "target": one}, one) for one in sayings]
    return await _publish(house, said) | {"record": record["id"], "statements": len(said)}


async def resolve(requests: Requests, args: Word) -> dict[str, Any]:
    """Of values that contradict each other, say which holds."""
    found = await _known(requests.house, args.id)
    if not found["contradictions"]:
        raise ClientError(f"nothing contradicts {args.id!r} now", 1)
    record = found["id"]
    said = _message(args.text or "this holds", {"op": "resolve", "target": record}, record)
    return await _publish(requests.house, [said]) | {"record": record}


async def take_in(requests: Requests, args: Import) -> dict[str, Any]:
    """Take in lines from elsewhere; those that are there already change nothing."""
    house = requests.house
    lines = (line.encode() for line in args.lines)
    found = imported(lines, HUMAN, house.config.serve.computer, args.now or time.time(), args.first)
    added = await house.memory.take_in(found.operations)
    refused = [{"line": args.first + one.number - 1, "problem": one.problem} for one in found.refused]
    return {"taken": len(found.operations), "new": added, "refused": refused}


async def reindex(requests: Requests, args: Standing) -> dict[str, Any]:
    """Make the index anew from the files."""
    started = time.monotonic()
    caught = await requests.house.memory.rebuild()
    return {"lines": caught.added, "torn": caught.torn, "seconds": round(time.monotonic() - started, 3)}


async def news(requests: Requests, args: News) -> dict[str, Any]:
    """What came to be known since the person last looked, or since a moment."""
    house, now = requests.house, time.time()
    path = house.workspace.memory_looked
    try:
        looked = document.read(path, _Looked) or _Looked()
    except StoreError:
        looked = _Looked()
    since = looked.at if args.since is None else args.since

    def answer(index: Index) -> dict[str, Any]:
        told, uses = reading.news(index, since, now, args.limit), house.memory.uses.counts()
        marked = {part: reading.marked(index, told[part], uses, now) for part in ("records", "superseded", "retracted")}
        return told | marked

    return await ask(house, answer)


async def looked(requests: Requests, args: Looked) -> dict[str, Any]:
    """The person looked at what was remembered at a moment; what came after it is news the next time."""
    at = min(time.time(), args.at or math.inf)
    document.write(requests.house.workspace.memory_looked, _Looked(at), durable=False)
    return {"at": at}


async def themes(requests: Requests, args: Standing) -> dict[str, Any]:
    """What the records say together: themes, open questions, and what failed and was solved."""
    now = time.time()
    return msgspec.to_builtins(await ask(requests.house, lambda index: standing(index, now).synthesis))


async def ask(house: House, question: Callable[[Index], T]) -> T:
    """Ask the index in a thread; one that turns out to be damaged is made anew, once.

    Raises:
        StoreError: It cannot be made.
    """

    def answer() -> T:
        index = Index.open(house.workspace.memory_index, read_only=True)
        try:
            return question(index)
        finally:
            index.close()

    await house.memory.tried.wait()
    try:
        return await asyncio.to_thread(answer)
    except StoreError:
        await house.memory.rebuild()
        return await asyncio.to_thread(answer)


async def _known(house: House, name: str) -> dict[str, Any]:
    return await ask(house, lambda index: reading.shown(index, name, house.memory.uses.counts(), time.time()))


def _message(text: str, metadata: dict[str, Any], reply_to: str | None = None) -> Message:
    return new_message(HUMAN, BROADCAST, "memory", text, origin="human", metadata=metadata, reply_to=reply_to)


async def _publish(house: House, messages: list[Message]) -> dict[str, Any]:
    """Say it, and wait until it is kept."""
    positions = await house.bus.publish(*messages)
    about: dict[str, Any] = {"id": messages[-1].id, "position": positions[-1]}
    try:
        async with asyncio.timeout(KEPT_SECONDS):
            await house.memory.kept(positions[-1])
    except TimeoutError:
        return about | {"kept": False}
    return about | {"kept": True}


def _several(words: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in words.split(",") if part.strip())


MEMORY_REQUESTS: dict[str, tuple[type[Args], Any, str]] = {
    "memory/search": (Search, search, ""),
    "memory/records": (Named, records, ""),
    "memory/show": (Shown, show, ""),
    "memory/news": (News, news, ""),
    "memory/themes": (Standing, themes, ""),
    "memory/looked": (Looked, looked, "say what the person has seen"),
    "memory/add": (Remember, add, "have something remembered"),
    "memory/retract": (Word, retract, "take back what is remembered"),
    "memory/resolve": (Word, resolve, "say what holds"),
    "memory/import": (Import, take_in, "have something remembered"),
    "memory/reindex": (Standing, reindex, "make the memory's index anew"),
}
"""As ``requests.REQUESTS``."""
