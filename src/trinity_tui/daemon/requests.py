"""What faces can ask for: one table, served alike over HTTP and over a screen's WebSocket.

A new request is one function in the room it is about, a shape in ``arguments`` and one line in that room's table, or in
``REQUESTS``; errors are sentences.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import msgspec

from trinity_tui.core.errors import ClientError, MessageError
from trinity_tui.core.room import waiting
from trinity_tui.daemon import changes, figures, traces
from trinity_tui.daemon.arguments import (
    PAGE_MOST,
    Args,
    Brain,
    Cut,
    Day,
    Happened,
    Lines,
    Nothing,
    One,
    Seek,
    Traced,
    Who,
    Whom,
)
from trinity_tui.daemon.documents import DOCUMENT_REQUESTS
from trinity_tui.daemon.exchanges import cut, retry, usage_rows
from trinity_tui.daemon.lifecycles import LIFECYCLE_REQUESTS
from trinity_tui.daemon.memories import MEMORY_REQUESTS
from trinity_tui.daemon.messages import MESSAGE_REQUESTS
from trinity_tui.daemon.outputs import Place
from trinity_tui.daemon.replay import packed
from trinity_tui.daemon.rights import Rights, need_person
from trinity_tui.daemon.runs import runs
from trinity_tui.daemon.searching import SEARCH_REQUESTS
from trinity_tui.daemon.sent_along import FILE_REQUESTS
from trinity_tui.daemon.tasks import TASK_REQUESTS
from trinity_tui.daemon.waiting import WAITING_REQUESTS, oldest_seconds
from trinity_tui.daemon.whom import one, those

if TYPE_CHECKING:
    from trinity_tui.core.config import InstanceConfig
    from trinity_tui.daemon.house import House


class Requests:
    """Answers requests from one house."""

    def __init__(self, house: House) -> None:
        self.house = house

    async def do(self, name: str, raw: dict[str, Any], rights: Rights) -> Any:
        """Carry out one request by its name.

        Raises:
            ClientError: Unknown, refused, wrong arguments (2), or a file failed (1).
        """
        found = REQUESTS.get(name)
        if found is None:
            raise ClientError(f"there is no request {name!r}", 2)
        shape, handler, changes = found
        if changes:
            need_person(rights, changes)
        try:
            return await handler(self, msgspec.convert(raw, shape, strict=False))
        except msgspec.ValidationError as error:
            raise ClientError(f"{name}: {error}", 2) from error
        except MessageError as error:
            raise ClientError(str(error), 2) from error
        except OSError as error:
            # A file that is gone or cannot be read; who asked is answered all the same.
            raise ClientError(f"{name}: {error.filename or 'a file'}: {error.strerror or error}") from error

    async def status(self, args: Whom) -> dict[str, Any]:
        """How everything is."""
        house = self.house
        await house.shown.first_look()
        room = house.shown.room()
        names = list(room.instances) if args.who == "all" else those(self.house, args.who)
        return {
            "workspace": house.name,
            "path": str(house.workspace.root),
            "coordinator": figures.facts(house),
            "position": room.position,
            "digest": house.coordinator.room.digest() if args.digest else None,
            "waiting": waiting(room),
            "oldest_wait_s": oldest_seconds(room, time.time()),
            "forbidden": room.forbidden,
            "notices": house.notices(),
            "instances": [
                figures.instance_status(house, room.instances[name]) for name in names if name in room.instances
            ],
            "tasks": [msgspec.to_builtins(task) for task in room.board.tasks.values()],
        }

    async def trace(self, args: Traced) -> dict[str, Any]:
        """A page of an instance's trace."""
        path = self.house.workspace.instance(one(self.house, args.who)).trace
        return await asyncio.to_thread(traces.page, path, args.before, max(1, min(args.limit, PAGE_MOST)))

    async def changes(self, args: Who) -> dict[str, Any]:
        """What an instance changed in its worktree."""
        return await changes.shown(self.house.workspace.root, one(self.house, args.who))

    async def accept(self, args: Who) -> dict[str, Any]:
        """Take its changes over into the person's files."""
        return await changes.accept(self.house.workspace.root, one(self.house, args.who))

    async def discard(self, args: Who) -> dict[str, Any]:
        """Throw its changes away."""
        return await changes.discard(self.house.workspace.root, one(self.house, args.who))

    async def replay(self, args: Seek) -> dict[str, Any]:
        """The room before a position, and the records that go on from there."""
        replay = self.house.replay
        if args.start is not None:
            found = await replay.page(args.start, args.limit)
        else:
            found = await replay.seek(args.position, args.limit, args.at, is_shown=args.packed)
        return packed(found) if args.packed else found

    async def timeline(self, args: Nothing) -> dict[str, Any]:
        """The kept log at a glance."""
        return await self.house.replay.timeline()

    async def moment(self, args: Happened) -> dict[str, Any]:
        """The newest record that is what was asked for, in words."""
        return await self.house.replay.find(args.words, args.before, self.house.coordinator.room.instances)

    async def compact(self, args: Nothing) -> dict[str, Any]:
        """Keep the log within its limits now."""
        return msgspec.to_builtins(await self.house.retention.keep())

    async def output(self, args: Lines) -> dict[str, Any]:
        """The last lines an instance printed, or those before a place."""
        outputs, instance, many = self.house.outputs, one(self.house, args.instance), max(1, min(args.lines, 10_000))
        if args.before is not None:
            begin, lines = outputs.before(instance, Place(args.epoch, max(0, args.before)), many)
            return {"instance": args.instance, "epoch": args.epoch, "lines": lines, "begin": begin}
        epoch, lines = outputs.last(instance, many, args.epoch)
        kept = runs(instance, outputs.printed(instance), self.house.coordinator.room.diary.events)
        return {"instance": args.instance, "epoch": epoch, "lines": lines, "runs": msgspec.to_builtins(kept)}

    async def cut(self, args: Cut) -> dict[str, Any]:
        """Stop a turn, and keep what there is of its answer as a cut one."""
        return cut(self.house, one(self.house, args.who), args.turn)

    async def retry(self, args: One) -> dict[str, Any]:
        """Ask the same question again."""
        return await retry(self.house, args.id)

    async def brain(self, args: Brain) -> dict[str, Any]:
        """Have instances use another brain; one the person names is trusted by that."""
        house, warnings = self.house, list[str]()

        def trust(name: str, config: InstanceConfig) -> None:
            house.equipment.minds.trust(name, config)
            warnings.append(house.equipment.minds.warning(name, config))

        done = house.choices.use_brain(those(self.house, args.who), args.brain, trust)
        for name in done["instances"]:
            house.fitting.trusted_brain(name)
        return done | {"warnings": [warning for warning in warnings if warning]}

    async def usage(self, args: Day) -> list[dict[str, Any]]:
        """What models were used for, and what that cost."""
        return usage_rows(self.house.coordinator.room.usage, args.day)

    async def down(self, args: Nothing) -> dict[str, Any]:
        """Stop every instance, the keeper and the coordinator."""
        self.house.go_down()
        return {"stopping": True}


REQUESTS: dict[str, tuple[type[Args], Any, str]] = {
    "status": (Whom, Requests.status, ""),
    "trace": (Traced, Requests.trace, ""),
    "changes": (Who, Requests.changes, ""),
    "accept": (Who, Requests.accept, "take changes over"),
    "discard": (Who, Requests.discard, "throw changes away"),
    "replay": (Seek, Requests.replay, ""),
    "replay/timeline": (Nothing, Requests.timeline, ""),
    "replay/find": (Happened, Requests.moment, ""),
    "output": (Lines, Requests.output, ""),
    "cut": (Cut, Requests.cut, "stop a turn"),
    "retry": (One, Requests.retry, "speak for the person"),
    "brain": (Brain, Requests.brain, "choose a brain"),
    "usage": (Day, Requests.usage, ""),
    "compact": (Nothing, Requests.compact, "give up old messages"),
    "down": (Nothing, Requests.down, "stop everything"),
    **MESSAGE_REQUESTS,
    **LIFECYCLE_REQUESTS,
    **MEMORY_REQUESTS,
    **DOCUMENT_REQUESTS,
    **WAITING_REQUESTS,
    **FILE_REQUESTS,
    **TASK_REQUESTS,
    **SEARCH_REQUESTS,
}
"""Name → arguments, method, and what it changes in words (empty: it only looks)."""
