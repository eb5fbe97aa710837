"""A workspace with four tiers for the screen's tests: real files, read by the rules; no coordinator is there."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from tui_demo import NOW, FakeConnection, demo

from tiers_ground import change
from trinity_tui.core.config_text import parse
from trinity_tui.core.errors import ClientError
from trinity_tui.core.handoff import checks, pages
from trinity_tui.core.handoff.overview import checks_view, overview
from trinity_tui.core.handoff.session import Session, block_of
from trinity_tui.core.handoff.views import Place
from trinity_tui.core.wire.face import Live
from trinity_tui.handoff import find
from trinity_tui.handoff.looked import Looked
from trinity_tui.handoff.sessions import Sessions
from trinity_tui.handoff.told import told

if TYPE_CHECKING:
    from trinity_tui.core.handoff.document import Handoff

CONFIG = parse(
    "".join(
        f'[instances.{name}]\nrole = "{name.rstrip("-12")}"\nbrain = "{brain}"\n'
        for name, brain in (
            ("explorer-1", "builtin"),
            ("builder-1", "ollama:qwen2.5:7b"),
            ("mechanic", "claude:sonnet"),
        )
    ).replace('"mechanic"', '"builder"')
)
DAY = 86_400.0
PROJECT = """\
# Shop

Sells things; see [the plan](docs/plan.md).

## Stack

| part | made of |
|---|---|
| server | Python, FastAPI |
| store | SQLite, in `shop/db.py` |

## Why These Choices

- SQLite over Postgres: one file, and nobody has to run a server
- Sessions are signed, not stored: a restart signs nobody out

## Known Constraints

- One writer at a time
- `refresh()` takes no lock; two workers can both renew a token

```python
def refresh(token: str) -> str:
    return renew(token)
```
"""
BRIEFING = """\
# Session briefing

Ask Agus before anything that touches money.

<!-- trinity:briefing -->
Refreshed 2026-09-21 14:20:01 UTC from what the sessions left.

## What's Being Worked On

- Add a test for the refresh path (builder-1)
- Look at the three modules that import db twice (reflector-1)

## Recent Decisions

- storage: SQLite (builder-1, 2026-09-20)

## Immediate Blockers

- No key for the map service yet (explorer-1)
<!-- /trinity:briefing -->
"""
PORTFOLIO = """\
# Portfolio

**Last Updated**: September 20, 2026

## Projects

- **Shop**: sells things (shop/)
- **Maps**: where it is sold (maps/)

## How they relate

Shop asks Maps where a customer is.
"""


def ground(root: Path) -> None:
    """A small shop whose agents worked in the night."""
    for folder in ("shop", "maps"):
        (root / folder).mkdir(parents=True)
    (root / "shop" / "db.py").write_text("")
    (root / "PORTFOLIO_CONTEXT.md").write_text(PORTFOLIO)
    (root / "shop" / "PROJECT_CONTEXT.md").write_text(PROJECT)
    (root / "SESSION_BRIEFING.md").write_text(BRIEFING)
    sessions = Sessions(root, "C1", now=lambda: NOW)
    for one in night():
        sessions.add(block_of(one))
    sessions.keep()


def night() -> list[Session]:
    """What the sessions were."""
    return [
        Session(
            "builder-1", "C1", NOW - DAY - 3_600, 3, "stopped by you", NOW - DAY - 9_000,
            starting_context=("Began as builder, thinking with ollama:qwen2.5:7b",),
            work_accomplished=("Chose SQLite over Postgres", "Wrote shop/db.py"), code_changes=("Wrote shop/db.py",),
            for_next_instance=("Read shop/db.py before the tests",), test_status=("pytest -q: 38 passed",),
        ),
        Session(
            "explorer-1", "C1", NOW - 21_600, 7, "crashed: signal 9, told from the log", NOW - 30_000,
            work_accomplished=("Found: auth.py: refresh untested",), blockers=("No key for the map service yet",),
            for_next_instance=("Not answered: is the token cache shared between workers?",),
        ),
        Session(
            "builder-1", "C1", NOW - 10_800, 4, "handed over to builder-2", NOW - 18_000,
            starting_context=("Began as builder", "Went on from session C1-builder-1-3"),
            work_accomplished=("Answered 4 questions", "Mended the rounding of totals"),
            code_changes=("Wrote shop/cart.py", "Wrote tests/test_cart.py"),
            for_next_instance=("Add a test for the refresh path", "Ask whether totals may be negative"),
            test_status=("pytest -q: 41 passed",),
        ),
    ]  # fmt: skip


@dataclass
class DocsConnection(FakeConnection):
    """A connection that answers what is asked of the four tiers, from files."""

    root: Path = field(default_factory=Path)

    def handoff(self) -> Handoff:
        """Everything there is now."""
        return find.read(self.root, Sessions(self.root, "C1").shown())

    @property
    def looked(self) -> Looked:
        """What the person saw."""
        return Looked(self.root / ".looked.json")

    async def request(self, do: str, **args: Any) -> Any:
        """Answer as the coordinator would."""
        answer = await super().request(do, **args)
        return msgspec.to_builtins(self._answer(do, args)) if do.startswith("handoff/") and answer is None else answer

    def _answer(self, do: str, args: dict[str, Any]) -> Any:
        handoff, seen = self.handoff(), self.looked.seen()
        match do:
            case "handoff/overview":
                return overview(handoff, seen.marks, seen.at)
            case "handoff/checks":
                return checks_view(checks.check(handoff), handoff)
            case "handoff/read":
                page = pages.page(handoff, Place(**args), seen.marks)
                if page is None:
                    raise ClientError("it is not there any more", 4)
                return page
            case "handoff/brief":
                if args["who"] not in CONFIG.instances:
                    raise ClientError(f"there is no instance {args['who']}", 4)
                return told(self.root, CONFIG, args["who"], handoff)
            case _:
                if args.get("all"):
                    self.looked.look(handoff, NOW)
                else:
                    places = [
                        (Place(one["file"], one["section"], one["session"]), one["digest"]) for one in args["places"]
                    ]
                    self.looked.saw(handoff, places, NOW)
                return {}

    def tell(self) -> None:
        """The documents changed."""
        self.mirror.apply(Live([], ["documents"]))
        self.changed.set()


def docs(link: DocsConnection) -> None:
    """A person who looked yesterday, and what changed since."""
    demo(link.mirror)
    ground(link.root)
    link.looked.look(link.handoff(), NOW - DAY)
    change(link.root, "shop/PROJECT_CONTEXT.md", "- One writer at a time\n", "- One writer at a time, also in tests\n")
    change(link.root, "SESSION_BRIEFING.md", "- storage: SQLite", "- storage: SQLite, one file a shop")
