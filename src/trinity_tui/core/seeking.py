"""What a person looks for in everything at once: words, and filters such as ``in:logs by:builder-1 since:2h``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args

import msgspec

from trinity_tui.core import address, filters
from trinity_tui.core.address import nearest
from trinity_tui.core.memory import KINDS as MEMORY_KINDS
from trinity_tui.core.message import KINDS, parse_time
from trinity_tui.core.sieve import All, Traits, words_of

if TYPE_CHECKING:
    from trinity_tui.core.filters import Reader
    from trinity_tui.core.message import Message
    from trinity_tui.core.sieve import Sieve

Group = Literal["messages", "chats", "tasks", "memory", "documents", "logs"]
GROUPS: tuple[Group, ...] = get_args(Group)
PLACES: dict[str, tuple[Group, ...]] = {
    "log": ("messages", "chats"), "tasks": ("tasks",), "memory": ("memory",), "documents": ("documents",),
    "logs": ("logs",),
}  # fmt: skip
"""What can be asked by itself, and what each of them has."""
FILTERS = {
    "in": "where: messages, chats, tasks, memory, documents or logs", "by": "who said it", "to": "to whom",
    "type": "one of the types", "since": "how old at most, or from when on", "before": "from before when",
}  # fmt: skip
PLACEHOLDER = "any words; in:memory by:builder-1 to:lead-1 type:finding since:2h before:2026-11-01"
LEAST_CHARACTERS = 2
"""Of what is looked for; everything has any one letter."""
_TYPES = tuple(sorted((KINDS - {"receipt"}) | set(MEMORY_KINDS)))
_SAID: tuple[Group, ...] = ("messages", "chats")
_READ_FOR_WORDS: frozenset[Group] = frozenset({"documents", "logs"})
_KNOWS = {
    "to:": "only messages and chats have recipients",
    "type:": "only messages, chats and memory have types, each its own",
    "by:": "documents have no author",
    "before:": "not of every line of the logs is known when it was printed",
}
_TALK = frozenset({"chat", "answer", "question", "message"})


class Seeking(msgspec.Struct, frozen=True):
    """What is looked for. Times are seconds since the epoch."""

    text: str = ""
    groups: tuple[Group, ...] = ()
    """Where; everywhere if empty."""
    author: str = ""
    to: str = ""
    type: str = ""
    since: float | None = None
    since_seconds: float | None = None
    """The same as an age."""
    before: float | None = None
    problem: str = ""
    """Why it cannot be asked so, as a sentence; empty where it can."""

    @property
    def is_empty(self) -> bool:
        """Whether too little is said for a search."""
        return len(self.text) < LEAST_CHARACTERS and not (self.author or self.type or self.to)

    @property
    def words(self) -> list[str]:
        """The words, one by one."""
        return self.text.split()

    def is_in(self, group: Group) -> bool:
        """Whether it is looked for there; what has no recipients or types is not asked for those."""
        return group in (self.groups or GROUPS) and not self.unknown_to(group)

    def unknown_to(self, group: Group) -> str:
        """The filter that says nothing there, as it is typed; empty where all of them do."""
        asked = {
            "to": self.to and group not in _SAID, "type": self.type and not self._has_type(group),
            "by": self.author and group == "documents", "before": self.before is not None and group == "logs",
        }  # fmt: skip
        return next((f"{name}:" for name, is_unknown in asked.items() if is_unknown), "")

    def _has_type(self, group: Group) -> bool:
        if group in _SAID:
            return self.type in KINDS
        return group == "memory" and self.type in MEMORY_KINDS

    def from_moment(self, now: float) -> float | None:
        """From when on."""
        return self.since if self.since_seconds is None else now - self.since_seconds

    def sieve(self, now: float) -> Sieve:
        """Finds the messages."""
        since = self.from_moment(now)

        def is_one(message: Message) -> bool:
            return (
                message.type != "receipt"
                and (not self.type or message.type == self.type)
                and (not self.author or message.from_ == self.author)
                and (not self.to or message.to == self.to)
                and (group_of(message) in self.groups or not self.groups)
                and _is_between(message.timestamp, since, self.before)
            )

        needles = [text.encode() for text in (self.author, self.to, self.type) if text]
        exact = [Traits((b'"%s"' % needle,), lambda message: True) for needle in needles]
        return All((words_of(self.words), *exact, Traits((), is_one)))


def group_of(message: Message) -> Group:
    """Whether a message is of a conversation with the person, or of those among instances."""
    is_chat = message.type in _TALK and address.HUMAN in (message.from_, message.to)
    return "chats" if is_chat else "messages"


def _is_between(timestamp: str, since: float | None, before: float | None) -> bool:
    if since is None and before is None:
        return True
    try:
        moment = parse_time(timestamp)
    except ValueError:
        return False
    return (since is None or moment >= since) and (before is None or moment < before)


def parse(line: str) -> Seeking:
    """What a typed line asks for. A filter without its value yet is passed over; one that is none is explained."""
    words, asked, problem = filters.read(line, _READERS, FILTERS)
    found = Seeking(words, **asked)
    return msgspec.structs.replace(found, problem=problem or _contradiction(found))


def _contradiction(found: Seeking) -> str:
    """Why nothing can be found, where two of its filters do not go together."""
    if found.groups and not found.words and not set(found.groups) - _READ_FOR_WORDS:
        return f"in:{found.groups[0]} is looked through for words: say one"
    clashes = [(group, found.unknown_to(group)) for group in found.groups]
    if not clashes or not all(name for _, name in clashes):
        return ""
    group, name = clashes[0]
    return f"in:{group} and {name} do not go together: {_KNOWS[name]}"


def _read_group(value: str, asked: dict[str, Any]) -> str:
    begun = [group for group in GROUPS if group.startswith(value.lower())]
    if value.lower() == "docs":
        begun = ["documents"]
    if len(begun) == 1:
        asked["groups"] = (*asked.get("groups", ()), begun[0])
        return ""
    near = nearest(value.lower(), GROUPS)
    if near and not begun:
        return f'in: knows no "{value}"; did you mean {near}?'
    return f'in: takes one of {", ".join(begun or GROUPS)}, not "{value}"'


def _read_type(value: str, asked: dict[str, Any]) -> str:
    if value.lower() in _TYPES:
        asked["type"] = value.lower()
        return ""
    near = nearest(value.lower(), _TYPES)
    return f'there is no type "{value}"' + (f"; did you mean {near}?" if near else f", only {', '.join(_TYPES)}")


def _who(value: str) -> str:
    return address.HUMAN if value.lower() in ("you", "me") else address.canonical(value)


def _read_author(value: str, asked: dict[str, Any]) -> str:
    asked["author"] = _who(value)
    return ""


def _read_to(value: str, asked: dict[str, Any]) -> str:
    asked["to"] = _who(value)
    return ""


def _read_since(value: str, asked: dict[str, Any]) -> str:
    seconds = filters.age_seconds(value)
    if seconds is not None:
        asked["since_seconds"] = seconds
        return ""
    return _read_moment("since", value, asked)


def _read_before(value: str, asked: dict[str, Any]) -> str:
    return _read_moment("before", value, asked)


def _read_moment(name: str, value: str, asked: dict[str, Any]) -> str:
    try:
        asked[name] = parse_time(value)
    except (ValueError, OverflowError):
        also = "an age such as 30m, 2h or 7d, or " if name == "since" else ""
        return f'{name}: takes {also}a day or a time such as 2026-11-01 or 2026-11-01T10:00, not "{value}"'
    return ""


_READERS: dict[str, Reader] = {
    "in": _read_group, "by": _read_author, "to": _read_to, "type": _read_type, "since": _read_since,
    "before": _read_before,
}  # fmt: skip
