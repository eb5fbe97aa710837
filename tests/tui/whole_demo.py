"""A shop in which every screen has something to show, behind one connection; and a way to spoil whatever it says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from typing import TYPE_CHECKING, Any, cast

import board_demo
import docs_demo
import memory_demo
import msgspec
from tui_demo import NOW

from trinity_tui.core.message import format_time
from trinity_tui.core.record import Record
from trinity_tui.core.room import Room

if TYPE_CHECKING:
    from pathlib import Path

    from tui_demo import Script

FREE = frozenset({
    "author", "authors", "brain", "command", "content", "cut", "detail", "diff", "label", "last", "left", "lines",
    "path", "predicate", "purpose", "reason", "result", "role", "rule", "said", "source", "statement",
    "subject", "summary", "tags", "text", "thinking", "title", "tool", "understood", "value", "who", "why", "word",
})  # fmt: skip
"""What an instance can have written, under whatever name it is answered."""


def spoil(answer: Any, texts: Iterator[str]) -> Any:
    """An answer of the coordinator's with other texts in it; ids, kinds and numbers stay."""
    if isinstance(answer, Mapping):
        said = cast("Mapping[str, Any]", answer)
        return {key: _spoiled(value, texts) if key in FREE else spoil(value, texts) for key, value in said.items()}
    if isinstance(answer, (list, tuple)):
        return [spoil(item, texts) for item in cast("Sequence[Any]", answer)]
    return answer


def _spoiled(value: Any, texts: Iterator[str]) -> Any:
    if isinstance(value, str):
        return next(texts)
    if isinstance(value, (list, tuple)):
        return [_spoiled(item, texts) for item in cast("Sequence[Any]", value)]
    return spoil(value, texts)


@dataclass
class WholeConnection(docs_demo.DocsConnection):
    """A connection that answers what any screen asks.

    Attributes:
        texts: What stands in the answers instead of their own words; empty: they stay as they are.
    """

    texts: list[str] = field(default_factory=list[str])

    async def request(self, do: str, **args: Any) -> Any:
        """Answer as the coordinator would, or as one that was told something else."""
        answer = await super().request(do, **args)
        return spoil(msgspec.to_builtins(answer), cycle(self.texts)) if self.texts else answer


def whole(root: Path) -> tuple[WholeConnection, Script]:
    """Everything there is, and who goes on telling it."""
    link = WholeConnection(root=root)
    docs_demo.docs(link)
    script = board_demo.board(link)
    memory_demo.answers(link)
    _wait(script)
    script.output("builder-1", "14:22:11 pytest -q: 1 failed, 40 passed", "14:22:11 error: the token is too old")
    asked = script.say("human", "explorer-1", "And the tests?", "chat", ago=70)
    script.use("explorer-1", asked, "c1", "search", "refresh in src/", "done", result="auth.py:88", seconds=0.2)
    script.piece("explorer-1", asked, "They cover one path")
    link.answers |= {
        "changes": {"instance": "builder-1", "diff": "@@ -1 +1 @@\n-a\n+b", "is_whole": True}, "digest": DIGEST,
        "conversation": {"messages": CONVERSATION, "before": None}, "search": _searched(script),
        "thread": [{**CONVERSATION[1], "id": "thread-1"}],
        "body": {"content": "all of it", "message": {"metadata": {}}},
    }  # fmt: skip
    link.answers |= past(script.records)
    return link, script


def _wait(script: Script) -> None:
    script.asks("builder-2", "edit", "edit auth.py", diff="@@ -1 +1 @@\n-old\n+new", grant=["edit", "auth.py"], ago=600)
    script.status("reflector-1", "PARKED", ago=200, order=3, role="reflector", reason="8 crashes in a row")
    script.say("coordinator", "coordinator", "", "receipt", endings=[letter("d1", "builder-1"), letter("d2", "araya")])
    script.say("coordinator", "human", "The disk is nearly full", "alert", ago=90, name="alert")
    script.say("coordinator", "builder-1", "", "approval", verdict="reject", by="human", reply_to="ask", op="decision",
               word="not on Friday", via="screen pts/3 on shop")  # fmt: skip


def letter(name: str, consumer: str, text: str = "Mend it", reason: str = "no such file") -> dict[str, Any]:
    """A message an instance gave up."""
    found = {"id": name, "consumer": consumer, "from_": "lead-1", "type": "task", "reason": reason, "text": text,
             "at": "2026-09-21T14:00:00Z"}  # fmt: skip
    return {"id": name, "stage": "dead", "letter": found}


CONVERSATION: list[dict[str, Any]] = [
    {"id": "old2", "position": 2, "from": "human", "to": "explorer-1", "content": "What is wrong?", "type": "chat",
     "timestamp": format_time(NOW - 398), "reply_to": None, "metadata": {}},
    {"id": "old3", "position": 3, "from": "explorer-1", "to": "human", "content": "`refresh()` takes no *lock*.",
     "type": "answer", "timestamp": format_time(NOW - 397), "reply_to": "old2",
     "metadata": {"brain": "builtin", "cut": "the server closed the stream"}},
]  # fmt: skip
DIGEST: dict[str, Any] = {
    "since": format_time(NOW - 600), "counts": {"waiting": 1}, "left_out": 0,
    "rows": [{"sort": "waits", "who": "mechanic", "text": "Ship both?", "id": "q1", "place": "inbox",
              "at": format_time(NOW - 3)}],
}  # fmt: skip
"""Of ten minutes: too few to be told unasked."""


def past(records: list[Record]) -> dict[str, Any]:
    """What is answered about the log that has these records."""
    first, end = records[0].position, records[-1].position + 1
    # What cannot be written in a log never comes back from one.
    told = msgspec.json.decode(msgspec.json.encode(_writable(msgspec.to_builtins(records))), type=list[Record])
    page = {"records": msgspec.json.encode(told).decode(), "next": end, "first": first, "end": end}

    def replay(start: int | None = None, **_: Any) -> dict[str, Any]:
        if start is not None:
            return page | {"records": "[]"}
        return page | {"position": first, "room": msgspec.json.encode(Room()).decode(), "wanted": end}

    samples = [(first, NOW - 7_000), (end, NOW)]
    marks = [(records[-3].position, NOW - 200, "crash"), (records[2].position, NOW - 6_000, "restart")]
    found = {"understood": "refresh", "looked_from": first, "looked_at": format_time(NOW - 300), "is_over": True,
             "record": msgspec.to_builtins(told[len(told) // 2])}  # fmt: skip
    return {
        "replay": replay, "replay/find": found,
        "replay/timeline": {"first": first, "end": end, "samples": samples, "marks": marks, "marked_from": first},
    }  # fmt: skip


def _writable(found: Any) -> Any:
    if isinstance(found, str):
        return found.encode("utf-8", "replace").decode()
    if isinstance(found, dict):
        said = cast("dict[str, Any]", found)
        return {_writable(key): _writable(value) for key, value in said.items()}
    return [_writable(item) for item in cast("list[Any]", found)] if isinstance(found, list) else found


def _searched(script: Script) -> Any:
    """What is found, by place."""
    task, wish = script.ids["cart"], script.ids["wish"]
    found: dict[str, list[tuple[str, str, dict[str, Any]]]] = {
        "log": [("messages", wish, {"who": "human", "to": "builder-1", "kind": "chat", "position": 3_000}),
                ("chats", wish, {"who": "explorer-1", "kind": "answer"})],
        "tasks": [("tasks", task, {"who": "lead-1", "kind": "task"})],
        "memory": [("memory", "g1", {"source": "explorer-1"})],
        "documents": [("documents", "SESSION_BRIEFING.md:3", {"source": "SESSION_BRIEFING.md"})],
        "logs": [("logs", "builder-1:1:0", {"who": "builder-1", "source": "builder-1"})],
    }  # fmt: skip

    def answer(*, place: str, **_: Any) -> dict[str, Any]:
        hits = [{"group": group, "text": "refresh of it", "what": what, "at": NOW - 60, **more}
                for group, what, more in found.get(place, [])]  # fmt: skip
        return {"hits": hits, "looked_at": None, "older": 5 if place == "log" else None}

    return answer
