"""A file of JSON that others write too: what in it is new, what they took out, and what they only never saw.

Others read the whole array and write the whole array, without a lock, and may drop the keys they do not know. So an
entry is known by its content: ``from``, ``to``, ``type`` and ``content`` are its core, and with its time that is its
key. An entry without a time is the n-th of its core.

An entry that is missing in what an outsider wrote was removed if somebody had read it in the file; else the outsider
began from an older file, and it is put in again. What is known is never taken twice, and never put back.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from typing import TYPE_CHECKING, Any, cast

import msgspec

from trinity_tui.core.limits import SEEN_IDS
from trinity_tui.core.message import DEPTH, format_time, is_deeper, parse_time

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

Fields = dict[str, Any]
"""An entry as it stands in the file."""
NEWEST = 200
CORE = ("from", "to", "type", "content")
KEY_BYTES = 16
FILE_DEPTH = DEPTH + 4
"""The metadata of a message stands in an entry of an array."""


class Kept(msgspec.Struct):
    """An entry that is to stand in the file."""

    fields: Fields
    core: str
    seen: bool = False
    """Whether somebody outside has read it there, or wrote it: only then its absence means that it was removed."""


class Known(msgspec.Struct, frozen=True, array_like=True):
    """That there was such an entry, for good."""

    key: str
    core: str


class DamagedArray(ValueError):
    """What a file holds is no JSON array."""


def parse(content: bytes) -> list[Fields]:
    """The entries of a file; what is no object is taken as a text.

    Raises:
        DamagedArray: It is none: cut, being written, or something else.
    """
    found = decode(content)
    if not isinstance(found, list):
        raise DamagedArray("it holds no array")
    return [_fields(item) for item in cast("list[object]", found)]


def decode(content: bytes) -> object:
    """What JSON holds.

    Raises:
        DamagedArray: It is none.
    """
    try:
        found = _decode(content)
    except (ValueError, RecursionError) as error:
        raise DamagedArray(str(error)) from error
    # What is deeper could be read here and then, from a fuller stack, not be written.
    if is_deeper(found, FILE_DEPTH):
        raise DamagedArray(f"it is nested more than {FILE_DEPTH} deep")
    return found


def _decode(content: bytes) -> object:
    try:
        return msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError):
        # Many programs write NaN, half of a surrogate pair or a byte order mark, and mean well.
        text = content.decode("utf-8-sig")
        lenient = json.loads(text, parse_constant=lambda _: None, parse_float=_number)
        return json.loads(json.dumps(lenient, ensure_ascii=False).encode("utf-8", "replace"))


def _number(text: str) -> float | str:
    value = float(text)
    return value if math.isfinite(value) else text


def _fields(item: object) -> Fields:
    return cast("Fields", item) if isinstance(item, dict) else {"content": item}


def render(entries: Iterable[Fields]) -> bytes:
    """The file of these entries, one a line."""
    return b"[" + b",".join(b"\n" + msgspec.json.encode(fields) for fields in entries) + b"\n]\n"


def core_of(fields: Fields) -> str:
    """What an entry says, by whom and to whom, as a hash; the keys an outsider may drop are not in it."""
    return _hash(_sorted([fields.get(name) for name in CORE]))


def key_of(core: str, time: str) -> str:
    """The key of an entry with a time."""
    return _hash(f"{core} {time}".encode())


def _hash(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=KEY_BYTES).hexdigest()


def _sorted(value: object) -> bytes:
    return msgspec.json.encode(value, order="sorted")


class Ledger:
    """What one file is to hold, and what ever stood in it.

    Args:
        mark: Begins the ids of what was taken from this file.
        newest: How many entries the file holds.

    Attributes:
        kept: What is to stand in the file, by key, the oldest first.
        pending: What was taken from it and is not published yet, by the id it gets.
        newest: How many of those at the most.
        known: The core of all that ever stood there, by key, as far as it is remembered.
        unsaved: What is known since that was last written down.
        changes: Rises with each change to any of it.
    """

    def __init__(self, mark: str, newest: int = NEWEST) -> None:
        self.mark = mark
        self.kept: dict[str, Kept] = {}
        self.pending: dict[str, Fields] = {}
        self.unsaved: list[Known] = []
        self.changes = 0
        self.newest = newest
        self.known: dict[str, str] = {}
        self._counts: Counter[str] = Counter()

    # The file

    def parse(self, content: bytes) -> list[Fields]:
        """The entries a file holds.

        Raises:
            DamagedArray: It is none of ours.
        """
        return parse(content)

    def render(self, entries: list[Fields]) -> bytes:
        """The file of these entries."""
        return render(entries)

    def place_of(self, fields: Fields) -> tuple[str, str | None]:
        """What an entry says, and what it is known by; None where it is told by its number alone."""
        core, time = core_of(fields), fields.get("timestamp")
        return core, key_of(core, time) if isinstance(time, str) else None

    def merged(self, kept: Fields, found: Fields) -> Fields:
        """An entry of which an outsider wrote another form: theirs counts, but for the keys they dropped."""
        return kept | found

    # What we put in

    def restore(self, known: Iterable[Known], kept: dict[str, Kept]) -> None:
        """Go on where an earlier process stopped."""
        self.kept = dict(kept)
        for key, core in [*((one.key, one.core) for one in known), *((key, one.core) for key, one in kept.items())]:
            self._know(key, core)
        self.unsaved.clear()

    def put(self, fields: Fields) -> None:
        """Have an entry of ours stand in the file; it has a time."""
        core = core_of(fields)
        key = key_of(core, str(fields["timestamp"]))
        self.changes += 1
        self._know(key, core)
        self.kept.setdefault(key, Kept(fields, core))
        self._trim()

    def drop(self, is_meant: Callable[[Fields], bool]) -> None:
        """Have entries stand in the file no more."""
        for key in [key for key, one in self.kept.items() if is_meant(one.fields)]:
            del self.kept[key]
            self.changes += 1

    def saw(self, keys: Iterable[str]) -> None:
        """Somebody outside read a file with these."""
        self.changes += 1
        for key in keys:
            if (one := self.kept.get(key)) is not None:
                one.seen = True

    def published(self, ids: Iterable[str]) -> None:
        """These are on the bus."""
        for name in ids:
            self.pending.pop(name, None)

    # What others wrote

    def arrived(self, items: list[Fields], now: float, since: float | None = None) -> set[str]:
        """An outsider's array stands in the file; the keys of what is in it.

        Args:
            items: Its entries.
            now: Seconds since the epoch, for those that have no time.
            since: Seconds since the epoch; what is older is history and not for the bus. None: nothing is.
        """
        self.changes += 1
        found, new = self._match(items, now)
        for key, fields in found.items():
            if (one := self.kept.get(key)) is not None:
                one.fields, one.seen = self.merged(one.fields, fields), True
        for key in [key for key, one in self.kept.items() if one.seen and key not in found]:
            del self.kept[key]
        self._take(new, since, seen=True)
        return {*found, *(key for key, _, _ in new)}

    def displaced(self, items: list[Fields], now: float, stood: Collection[str]) -> None:
        """An outsider wrote into a file that we have put another one in the place of.

        Args:
            items: What is in it.
            now: Seconds since the epoch, for entries that have no time.
            stood: The keys of what somebody had seen in it when it went.
        """
        self.changes += 1
        found, new = self._match(items, now)
        for key in stood:
            if key not in found:
                self.kept.pop(key, None)
        # Nobody has seen these where the file is now.
        self._take(new, None, seen=False)

    def is_settled(self, items: list[Fields]) -> bool:
        """Whether a file with these entries needs no other one, in whatever order they are."""
        return Counter(map(_sorted, items)) == Counter(_sorted(one.fields) for one in self.kept.values())

    def _match(self, items: list[Fields], now: float) -> tuple[dict[str, Fields], list[tuple[str, str, Fields]]]:
        """What of it is known, by key; and the rest: key, id and entry."""
        found: dict[str, Fields] = {}
        new: list[tuple[str, str, Fields]] = []
        spent: Counter[str] = Counter()
        timeless: list[tuple[str, Fields]] = []
        for fields in items:
            core, key = self.place_of(fields)
            if key is None:
                timeless.append((core, fields))
            elif key in self.known:
                spent[core] += key not in found
                found.setdefault(key, fields)
            else:
                spent[core] += 1
                self._know(key, core)
                found[key] = fields
                new.append((key, key, fields))
        for core, fields in timeless:
            spent[core] += 1
            if (kept := self._kept_of(core, found)) is not None:
                found[kept] = fields
            elif spent[core] > self._counts[core]:
                key, time = self._unused(core, now)
                self._know(key, core)
                new.append((key, key_of(core, f"#{spent[core]}"), fields | {"timestamp": time}))
                found[key] = fields
        return found, new

    def _kept_of(self, core: str, found: dict[str, Fields]) -> str | None:
        if core not in self._counts:
            return None
        return next((key for key, one in self.kept.items() if one.core == core and key not in found), None)

    def _unused(self, core: str, now: float) -> tuple[str, str]:
        """A key for an entry without a time, and the time it gets: no other of its core has that one."""
        while (key := key_of(core, time := format_time(now))) in self.known:
            now += 0.000_001
        return key, time

    def _take(self, new: list[tuple[str, str, Fields]], since: float | None, *, seen: bool) -> None:
        for key, ordinal, fields in new:
            name = f"{self.mark}{ordinal}"
            self.kept[key] = Kept({"id": name} | fields, self.place_of(fields)[0], seen)
            if since is None or not _is_older(str(fields.get("timestamp", "")), since):
                self.pending[name] = fields
        self._trim()

    def _know(self, key: str, core: str) -> None:
        if key in self.known:
            return
        self.known[key] = core
        self._counts[core] += 1
        self.unsaved.append(Known(key, core))
        if len(self.known) > SEEN_IDS:
            oldest = next(iter(self.known))
            gone = self.known.pop(oldest)
            self._counts[gone] -= 1

    def _trim(self) -> None:
        for key in list(self.kept)[: -self.newest]:
            del self.kept[key]


def _is_older(time: str, since: float) -> bool:
    try:
        return parse_time(time) < since
    except ValueError:
        return False
