"""What a memory of a small shop says, as a coordinator would answer it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui_demo import NOW, demo

from trinity_tui.core.errors import ClientError
from trinity_tui.tui.memory.lines import names_of
from trinity_tui.tui.screens.memory import MemoryScreen

if TYPE_CHECKING:
    from tui_demo import FakeConnection, Script

    from trinity_tui.tui.app import TrinityApp

HOUR = 3_600.0
DAY = 24 * HOUR


def row(name: str, kind: str, text: str, author: str, ago: float, **more: Any) -> dict[str, Any]:
    """One record in a list."""
    use = more.pop("use", {})
    return {
        "id": name, "kind": kind, "text": text, "author": author, "authors": [author], "computer": "C1",
        "time": NOW - ago, "last": NOW - ago, "valid_from": NOW - ago, "sources": [name], "sha256": "", "said": 1,
        "confidence": 1.0, "state": "stands", "is_contradicted": False,
        "use": {"shown": 0, "recalled": 0, "cited": 0, "last": "", "by": [], **use}, **more,
    }  # fmt: skip


PORT = {"subject": "the server", "predicate": "port"}
OURS = row("p1", "fact", "The server listens on 8001, behind the proxy", "builder-1", 2 * HOUR, value="8001",
           is_contradicted=True, said=2, authors=["builder-1", "lead-1"], sources=["p1", "p1b"], tags=["net", "deploy"],
           use={"shown": 4, "recalled": 1, "cited": 1, "last": "2026-09-21T13:00:00Z", "by": ["lead-1", "araya"]},
           **PORT)  # fmt: skip
THEIRS = row("p2", "fact", "Port 8080 is what the health check asks", "mechanic", 3 * DAY, value="8080",
             is_contradicted=True, **PORT)  # fmt: skip
DECIDED = row("d1", "decision", "Tokens are renewed by the gateway and nowhere else, because two renewals at once log "
              "people out", "human", 40 * 60, supersedes=["d0"])  # fmt: skip
FAILED = row("f1", "failure", "Retrying the payment call three times sent three payments", "builder-2", 5 * HOUR)
HELPED = row(
    "h1", "howto", "Send an idempotency key with every payment call", "builder-2", 4 * HOUR, sources=["h1", "f1"]
)
WISH = row("w1", "preference", "Short commit messages, the why in the body", "human", 12 * DAY, use={"shown": 9})
ASKED = row("q1", "question", "Is the token cache shared between workers?", "araya", 30 * 60, confidence=0.7)
FOUND = row("g1", "finding", "auth.py:88 refresh() takes no lock", "explorer-1", 20 * 60, path="auth.py", line=88)
OLD = row("d0", "decision", "Every service renews its own tokens", "lead-1", 20 * DAY, state="superseded",
          ended_by="d1", invalid_at=NOW - 40 * 60)  # fmt: skip
WRONG = row("x1", "fact", "The cache is cleared at night", "visitor", 2 * DAY, state="retracted", is_retracted=True,
            ended_by="x9", invalid_at=NOW - HOUR)  # fmt: skip
RECORDS = [FOUND, ASKED, DECIDED, OURS, HELPED, FAILED, THEIRS, WISH]
CLASH: dict[str, Any] = {
    "subject": "the server", "predicate": "port",
    "claims": [{"value": "8080", "record_ids": ["p2"], "authors": ["mechanic"]},
               {"value": "8001", "record_ids": ["p1"], "authors": ["builder-1", "lead-1"]}],
}  # fmt: skip
NEWS: dict[str, Any] = {
    "since": NOW - 3 * HOUR, "now": NOW, "records": [FOUND, ASKED, DECIDED, OURS], "superseded": [OLD],
    "retracted": [WRONG], "contradictions": [CLASH],
    "counts": {"added": 4, "superseded": 1, "retracted": 1, "contradicted": 1},
}  # fmt: skip
NO_NEWS: dict[str, Any] = NEWS | {"records": [], "superseded": [], "retracted": [], "counts": {}}
HITS: list[dict[str, Any]] = [
    OURS | {"score": 4.21, "why": "in its text: port, server; said around it: deploy",
            "parts": {"text": 3.4, "about": 1.1, "neighbours": 0.21, "found": 0.95, "age": 1.0, "recent": 0.94}},
    THEIRS | {"score": 2.05, "why": "in its text: port", "parts": {"text": 2.1, "found": 0.98, "age": 1.0}},
]  # fmt: skip
THEMES: dict[str, Any] = {
    "themes": [{"subject": "token renewal", "statement": DECIDED["text"], "record_ids": ["g1", "q1", "d1"],
                "authors": ["araya", "explorer-1", "human"]}],
    "questions": [CLASH],
    "solutions": [{"failure": FAILED["text"], "solution": HELPED["text"], "record_ids": ["f1", "h1"]}],
}  # fmt: skip


def statement(one: dict[str, Any], name: str = "", author: str = "") -> dict[str, Any]:
    """What one message said."""
    return {"id": name or one["id"], "author": author or one["author"], "time": one["time"], "kind": one["kind"],
            "text": one["text"]}  # fmt: skip


def page(one: dict[str, Any]) -> dict[str, Any]:
    """One record with all that is known of it."""
    about: dict[str, Any] = {"contradictions": [], "related": {}, "replaced": [], "statements": [statement(one)]}
    if one.get("subject"):
        about |= {"contradictions": [CLASH], "related": {"p1": OURS, "p2": THEIRS}}
    if one["id"] == "p1":
        about["statements"] = [statement(OURS), statement(OURS, "p1b", "lead-1")]
    if one["id"] == "d1":
        about["replaced"] = [statement(OLD)]
    if one["id"] == "d0":
        about["related"] = {"d1": DECIDED}
    return one | about


def answers(link: FakeConnection) -> None:
    """What the coordinator answers."""
    link.answers |= {
        "memory/search": _found, "memory/news": NEWS, "memory/themes": THEMES, "memory/show": _shown,
        "memory/records": _named, "memory/add": {"id": "w1", "kept": True}, "memory/retract": {"kept": True},
        "memory/resolve": {"kept": True},
    }  # fmt: skip


def _shown(**asked: Any) -> dict[str, Any]:
    for one in (*RECORDS, OLD, WRONG):
        if one["id"] == asked["id"]:
            return page(one)
    raise ClientError(f"nothing of the id {asked['id']!r} is remembered", 4)


def _named(ids: str) -> list[dict[str, Any]]:
    return [one for one in RECORDS if one["id"] in ids.split(",")]


def _found(text: str = "", kinds: str = "", author: str = "", offset: int = 0, **_: Any) -> list[dict[str, Any]]:
    hits = HITS if "port" in text else [] if text else RECORDS
    lacks = [word for word in text.split() if "/" in word]
    hits = [one | {"lacks": lacks} for one in hits]
    of_kind = [one for one in hits if not kinds or one["kind"] in kinds.split(",")]
    return [one for one in of_kind if author in ("", one["author"])][offset:]


def remembering(link: FakeConnection) -> Script:
    """A shop in which something was remembered."""
    answers(link)
    return demo(link.mirror)


def recalled(app: TrinityApp) -> bool:
    """Whether all that the Memory was asked for is on its screen."""
    screen = app.made("memory")
    assert isinstance(screen, MemoryScreen)
    asked, known = screen.asked, screen.known
    is_found = len(asked.hits) == (2 if screen.search.field.value else len(RECORDS)) and not asked.is_waiting
    is_read = asked.record is not None and known.chosen != "" and asked.record.id == names_of(known.chosen)[-1]
    return is_found and is_read and asked.news is not None and "screen.memory" in screen.badges
