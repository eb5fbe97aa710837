"""One search over all there is: messages, conversations, tasks, memory, documents, and what instances printed.

Each question is for one place, so that the quick ones are not kept waiting, and takes a bounded time in a thread:
messages and outputs are looked through from the newest back, and it is said how far. What looks like a key is hidden.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec

from trinity_tui.core import seeking
from trinity_tui.core.errors import ClientError
from trinity_tui.core.message import parse_time
from trinity_tui.core.redact import redact
from trinity_tui.core.sieve import words_of
from trinity_tui.core.wire.search import Found, Hit, excerpt
from trinity_tui.daemon.arguments import Args
from trinity_tui.daemon.memories import ask
from trinity_tui.daemon.printed import printed
from trinity_tui.handoff import find
from trinity_tui.memory import reading
from trinity_tui.memory.search import Query

if TYPE_CHECKING:
    from pathlib import Path

    from trinity_tui.core.record import Record
    from trinity_tui.core.seeking import Seeking
    from trinity_tui.daemon.house import House
    from trinity_tui.daemon.printed import Printed
    from trinity_tui.daemon.requests import Requests

LOOK_SECONDS = 0.15
"""For so long a question is looked for in what has no index: with the way there and back nobody waits 0.2 s."""
OF_THE_FILE = "time of its file"
"""What stands at a line of which nobody knows when it was printed, only when the last line of its file was."""

Place = Literal["log", "tasks", "memory", "documents", "logs"]
"""``log`` has messages and conversations."""


class Search(Args, frozen=True):
    """What is looked for, and where."""

    text: Annotated[str, msgspec.Meta(max_length=1000)]
    """Words and filters, as ``core.seeking`` reads them."""
    place: Place = "log"
    before: int | None = None
    """The ``older`` of the answer before; None: from the newest on."""
    limit: Annotated[int, msgspec.Meta(ge=1, le=200)] = 30
    seconds: Annotated[float, msgspec.Meta(gt=0, le=2)] = LOOK_SECONDS


async def search(requests: Requests, args: Search) -> Any:
    """Find something in one place.

    Raises:
        ClientError: It cannot be asked so, or nothing is asked for (2).
    """
    wanted = seeking.parse(args.text)
    if wanted.problem:
        raise ClientError(wanted.problem, 2)
    if wanted.is_empty:
        raise ClientError("say what to look for: a word of two letters at least", 2)
    places = {"log": _log, "tasks": _tasks, "memory": _memory, "documents": _documents, "logs": _logs}
    groups = ("messages", "chats") if args.place == "log" else (args.place,)
    if not any(wanted.is_in(group) for group in groups):
        return msgspec.to_builtins(Found(hits=[]))
    return msgspec.to_builtins(await places[args.place](requests.house, wanted, args))


async def _log(house: House, wanted: Seeking, args: Search) -> Found:
    end = await house.bus.end() if args.before is None else args.before
    since = wanted.from_moment(time.time())
    back = await house.bus.look_back(end, wanted.sieve(time.time()), args.limit, args.seconds)
    looked_at = _seconds(back.stamp)
    is_over = back.start <= await house.bus.first() or (since is not None and (looked_at or since) < since)
    hits = [_message(record, wanted.words) for record in back.records]
    return Found(hits=hits, looked_at=None if is_over else looked_at, older=None if is_over else back.start)


def _message(record: Record, words: list[str]) -> Hit:
    message = record.message
    return Hit(
        group=seeking.group_of(message), text=_text(message.content, words), what=message.id, who=message.from_,
        to=message.to, kind=message.type, at=_seconds(message.timestamp), position=record.position,
    )  # fmt: skip


async def _tasks(house: House, wanted: Seeking, args: Search) -> Found:
    words, since = words_of(wanted.words).words, wanted.from_moment(time.time())
    hits: list[Hit] = []
    for task in reversed(house.coordinator.room.board.tasks.values()):
        said = f"{task.title} {task.assignee} {task.from_} {task.state} {task.reason} {task.result}"
        at = _seconds(task.since)
        is_hers = not wanted.author or wanted.author in (task.from_, task.assignee)
        if is_hers and all(word in said.lower() for word in words) and _is_between(at, since, wanted.before):
            text = _text(task.title, wanted.words)
            hits.append(Hit(group="tasks", text=text, what=task.id, who=task.assignee or task.from_,
                            kind=task.state.lower(), at=at, position=task.position))  # fmt: skip
    return Found(hits=hits[: args.limit])


async def _memory(house: House, wanted: Seeking, args: Search) -> Found:
    now = time.time()
    query = Query(
        text=wanted.text, now=now, kinds=(wanted.type,) if wanted.type else (), author=wanted.author,
        newer_than=wanted.from_moment(now), limit=args.limit, is_begun=True,
    )  # fmt: skip
    rows = await ask(house, lambda index: reading.found(index, query))
    hits = [
        Hit(group="memory", text=_text(row["text"], wanted.words), what=row["id"], who=row["author"], kind=row["kind"],
            at=row["time"])
        for row in rows if _is_between(row["time"], None, wanted.before)
    ]  # fmt: skip
    return Found(hits=hits)


async def _documents(house: House, wanted: Seeking, args: Search) -> Found:
    if wanted.author or not wanted.words:
        return Found(hits=[])
    return await asyncio.to_thread(_in_documents, house.workspace.root, wanted, args.limit)


def _in_documents(root: Path, wanted: Seeking, most: int) -> Found:
    words, hits, since = words_of(wanted.words), list[Hit](), wanted.from_moment(time.time())
    for _, path in find.places(root):
        text = find.text_of(root, path)
        at = _written_at(path)
        if text is None or not words.passes(text.encode()) or not _is_between(at, since, wanted.before):
            continue
        name = path.relative_to(root).as_posix()
        for number, line in enumerate(text.splitlines(), 1):
            if all(word in line.lower() for word in words.words):
                place = f"{name}:{number}"
                hits.append(Hit(group="documents", text=_text(line, wanted.words), what=place, at=at, source=place))
                if len(hits) >= most:
                    return Found(hits=hits)
    return Found(hits=hits)


async def _logs(house: House, wanted: Seeking, args: Search) -> Found:
    if not wanted.words:
        return Found(hits=[])
    names = [name for name in house.coordinator.room.instances if wanted.author in ("", name)]
    return await asyncio.to_thread(_in_outputs, house, names, wanted, args)


def _in_outputs(house: House, names: list[str], wanted: Seeking, args: Search) -> Found:
    """In what they printed, what was written to last first."""
    due, words, since = time.monotonic() + args.seconds, words_of(wanted.words), wanted.from_moment(time.time())
    runs = [
        (at, name, path)
        for name in names
        for path in house.workspace.instance(name).output.glob("*.log")
        if (at := _written_at(path)) is not None
    ]
    hits: list[Hit] = []
    for at, name, path in sorted(runs, reverse=True):
        if since is not None and at < since:
            break
        for line in printed(path, at, words, due):
            if since is not None and line.at is not None and line.at < since:
                break
            hits.append(_line(name, path.stem, line, at, wanted.words))
            if len(hits) >= args.limit:
                return Found(hits=hits, looked_at=at)
        if time.monotonic() >= due:
            return Found(hits=hits, looked_at=at)
    return Found(hits=hits)


def _line(name: str, run: str, line: Printed, written: float, words: list[str]) -> Hit:
    return Hit(
        group="logs", text=_text(line.text, words), what=f"{name}:{run}:{line.offset}", who=name,
        at=written if line.at is None else line.at,
        source=f"run {run}" if line.at is not None else f"run {run}, {OF_THE_FILE}",
    )  # fmt: skip


def _written_at(path: Path) -> float | None:
    """When a file was written to last; None where it is gone, as files come and go while they are looked through."""
    try:
        return path.stat().st_mtime
    except OSError:
        return None


def _text(text: str, words: list[str]) -> str:
    # A key is hidden before the text is cut: half of one would not be known as one.
    return excerpt(redact(text[:20_000]), words)


def _is_between(at: float | None, since: float | None, before: float | None) -> bool:
    if at is None:
        return since is None and before is None
    return (since is None or at >= since) and (before is None or at < before)


def _seconds(stamp: str) -> float | None:
    try:
        return parse_time(stamp)
    except ValueError:
        return None


SEARCH_REQUESTS: dict[str, tuple[type[Args], Any, str]] = {"search": (Search, search, "")}
"""As ``requests.REQUESTS``."""
