"""What faces can ask of the four tiers: what there is, a page of it, what is wrong, what an instance would be told.

Files are read in a thread, one question at a time; what they said is remembered by their text, so that asking again
costs little. Whoever shows them is told when they change, and asks again.
"""

from __future__ import annotations

import asyncio
import time
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import msgspec

from trinity_tui.core import address
from trinity_tui.core.errors import ClientError
from trinity_tui.core.handoff.views import Place
from trinity_tui.daemon.arguments import Args
from trinity_tui.handoff import documents, find
from trinity_tui.handoff.looked import Looked
from trinity_tui.handoff.sessions import Sessions, folder_of
from trinity_tui.memory import standing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from trinity_tui.core.handoff.document import Handoff
    from trinity_tui.core.paths import Workspace
    from trinity_tui.daemon.requests import Requests

DOCUMENTS_KEPT = 512
"""How many documents and sessions are remembered as they were read."""
PLACES_MOST = 500
Name = Annotated[str, msgspec.Meta(max_length=4096)]
T = TypeVar("T")


class Reading(Args, frozen=True):
    """Which place is read; ``views.Place`` as arguments."""

    file: Name = ""
    section: Name = ""
    session: Name = ""


class Shown(Args, frozen=True):
    """A place the person saw."""

    digest: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    """Of what was shown of it; where it reads otherwise by now, they have not seen it."""
    file: Name = ""
    section: Name = ""
    session: Name = ""


class Saw(Args, frozen=True):
    """What the person saw."""

    places: Annotated[list[Shown], msgspec.Meta(max_length=PLACES_MOST)] = []
    all: bool = False
    """Everything there is."""


class Fresh(Args, frozen=True):
    """Whom a briefing is for."""

    who: Name
    window: Annotated[int, msgspec.Meta(ge=256, le=2**24)] | None = None
    """Of its model, in tokens; None: as far as it is known."""


class All(Args, frozen=True):
    """All there is."""


class Documents:
    """The documents of one workspace, as they are shown.

    Args:
        workspace: Whose.
        computer: Which computer this is, such as ``C1``.
        changed: Called when they read otherwise than before.
    """

    def __init__(self, workspace: Workspace, computer: str, changed: Callable[[], None]) -> None:
        self._root = workspace.root
        self._sessions = Sessions(workspace.root, computer)
        self._changed = changed
        self._turn = asyncio.Lock()
        self._parse = lru_cache(maxsize=DOCUMENTS_KEPT)(documents.parse)
        self._marks: object = None
        self.looked = Looked(workspace.documents_looked)

    async def look(self) -> None:
        """They may have changed: tell it, if they did."""
        marks = await asyncio.to_thread(_marks, self._root)
        if marks != self._marks:
            self._marks = marks
            self._changed()

    async def ask(self, question: Callable[[Handoff, list[str]], T]) -> T:
        """Answer a question from what stands there now, in a thread.

        Args:
            question: Given everything that was read, and the blocks somebody changed after they were written.
        """
        async with self._turn:
            return await asyncio.to_thread(self._answer, question)

    def _answer(self, question: Callable[[Handoff, list[str]], T]) -> T:
        versions = self._sessions.shown()
        handoff = find.read(self._root, versions, parse=self._parse)
        return question(handoff, [version.id for version in versions if version.revision])


def _marks(root: Path) -> object:
    """What differs once any of the files was written."""
    folder = folder_of(root)
    blocks = sorted(folder.glob("*.md")) if folder.is_dir() else []
    return [_mark(path) for path in (*(path for _, path in find.places(root)), *blocks)]


def _mark(path: Path) -> tuple[str, int, int]:
    try:
        stat = path.stat()
    except OSError:
        return str(path), 0, 0
    return str(path), stat.st_mtime_ns, stat.st_size


async def overview(requests: Requests, args: All) -> Any:
    """All there is of the four tiers, with what is new to the person."""
    # The rules are loaded once somebody looks at them.
    from trinity_tui.core.handoff.overview import overview as shown

    shelf = requests.house.handoffs.documents
    seen = shelf.looked.seen()
    return await shelf.ask(lambda handoff, revised: msgspec.to_builtins(shown(handoff, seen.marks, seen.at, revised)))


async def read(requests: Requests, args: Reading) -> Any:
    """A document, a section of it, or sessions; with what changed since the person looked."""
    from trinity_tui.core.handoff import pages

    shelf, place = requests.house.handoffs.documents, Place(args.file, args.section, args.session)
    seen = shelf.looked.seen().marks
    page = await shelf.ask(lambda handoff, revised: pages.page(handoff, place, seen, revised))
    if page is None:
        raise ClientError(f"{_said(place)} is not there any more", 4)
    return msgspec.to_builtins(page)


async def checks(requests: Requests, args: All) -> Any:
    """What is not as it should be, with file and line."""
    from trinity_tui.core.handoff import checks as rules
    from trinity_tui.core.handoff.overview import checks_view

    shelf = requests.house.handoffs.documents
    return await shelf.ask(
        lambda handoff, _: msgspec.to_builtins(checks_view(rules.check(handoff), handoff))
    )  # fmt: skip


async def brief(requests: Requests, args: Fresh) -> Any:
    """What an instance that starts now is told, and what is left out."""
    from trinity_tui.handoff.told import told

    house = requests.house
    if args.who not in house.config.instances:
        near = address.nearest(args.who, house.config.instances)
        raise ClientError(f"there is no instance {args.who}", 4, f"Did you mean {near}?" if near else "")
    workspace, config = house.workspace, house.config

    def answer(handoff: Handoff, _: list[str]) -> Any:
        current = standing.of_handoff(workspace.memory_index, handoff, time.time())
        return msgspec.to_builtins(told(workspace.root, config, args.who, current, args.window))

    return await house.handoffs.documents.ask(answer)


async def looked(requests: Requests, args: Saw) -> dict[str, Any]:
    """The person saw these places, or everything."""
    shelf, now = requests.house.handoffs.documents, time.time()
    places = [(Place(one.file, one.section, one.session), one.digest) for one in args.places]
    if args.all:
        await shelf.ask(lambda handoff, _: shelf.looked.look(handoff, now))
        return {"at": now, "all": True}
    return {"at": now, "kept": await shelf.ask(lambda handoff, _: shelf.looked.saw(handoff, places, now))}


def _said(place: Place) -> str:
    if place.session:
        return f"session {place.session}"
    return f'"{place.section}" of {place.file}' if place.section else place.file or "a place without a name"


DOCUMENT_REQUESTS: dict[str, tuple[type[Args], Any, str]] = {
    "handoff/overview": (All, overview, ""),
    "handoff/read": (Reading, read, ""),
    "handoff/checks": (All, checks, ""),
    "handoff/brief": (Fresh, brief, ""),
    "handoff/looked": (Saw, looked, "say what the person has seen"),
}
"""As ``requests.REQUESTS``."""
