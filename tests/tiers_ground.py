"""A made-up workspace whose four tiers are in order, and what each defect does to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

PORTFOLIO = """\
# Portfolio

**Last Updated**: November 20, 2026

## Projects

- **Weather Desk**: collects readings from stations (weather/)
- **Archive**: keeps what Weather Desk collected ([archive/](archive/))
- **Old Desk**: the one before, on another machine (c:\\work\\...\\old/)

## How they relate

Weather Desk writes what Archive reads; see [its context](weather/PROJECT_CONTEXT.md#stack).
"""
WEATHER = """\
Weather Desk
============

Stack
-----
- Python 3.11, `src/collect.py:12` is where it begins; what it did is in `.state/today.log` and `notes.txt`
- SQLite

## WHY THESE CHOICES?

- SQLite > Postgres: one file, no server

## Known constraints & issues

- Stations answer once a minute
"""
ARCHIVE = """\
# Archive

**Tech stack**

Plain files, one a day.

**Rationale:** nobody has to install anything.

**Limitations**

- Files are found by day alone, such as `and/or`, `application/json` and `POST /days`
"""
BRIEFING = """\
# Briefing

Refreshed 2026-11-21

## What's Being Worked On

- Retries of the collector

## Recent Decisions

- Switched from Postgres to SQLite for its single file
- Decision: retries = 5

## Immediate Blockers

- The station in Bremen sends no humidity
"""
LOG = """\
# Session log

## Session: 2026-11-20 09:00 UTC - builder-1

### Starting Context
Found: the collector works, but loses readings when a station is slow.

### Work Accomplished
1. Evaluated storage
   - Option A: Postgres (rejected: a server for one table)
   - Option B: SQLite (chosen)
2. Chose polling over webhooks

### Code Changes
- `src/collect.py`: polls

### Blockers
- The station in Bremen sends no humidity
- No key for the map service

### For Next Instance
- Read `src/gone_since.py` first

### Test Status
- 12 pass

## Session: 2026-11-21 08:00 UTC - builder-2

### Starting Context
The collector polls.

### Work Accomplished
- Added retries
- The key for the map service arrived, so maps are unblocked

### Code Changes
- `src/collect.py`: retries

### Blockers
- None

### For Next Instance
- Ask Bremen about humidity

### Test Status
- 14 pass
"""


def clean(root: Path) -> None:
    """A workspace in which a check finds nothing."""
    for folder in ("weather/src", "archive", "src"):
        (root / folder).mkdir(parents=True)
    (root / "weather/src/collect.py").write_text("")
    for name, text in {
        "PORTFOLIO_CONTEXT.md": PORTFOLIO,
        "weather/PROJECT_CONTEXT.md": WEATHER,
        "archive/project_context.md": ARCHIVE,
        "SESSION_BRIEFING.md": BRIEFING,
        "SESSION_LOG.md": LOG,
    }.items():
        (root / name).write_text(text)


def change(root: Path, name: str, old: str, new: str) -> None:
    """Put something else into a file, which must have what it replaces."""
    text = (root / name).read_text()
    assert old in text
    (root / name).write_text(text.replace(old, new))


SO = " without saying so"
DEFECTS: dict[str, tuple[str, str, str, list[str]]] = {
    "missing-section": (
        "weather/PROJECT_CONTEXT.md", "## WHY THESE CHOICES?", "## Colours",
        ['weather/PROJECT_CONTEXT.md:1 missing-section: has no section "Why These Choices"'],
    ),
    "missing-section of a session": (
        "SESSION_LOG.md", "### Test Status\n- 12 pass\n", "",
        ['SESSION_LOG.md:3 missing-section: has no section "Test Status"'],
    ),
    "missing-section of a portfolio": (
        "PORTFOLIO_CONTEXT.md", "- **", "- no **",
        ["PORTFOLIO_CONTEXT.md:1 missing-section: lists no project, such as - **Name**: what it is (its/folder/)"],
    ),
    "empty-section": (
        "SESSION_BRIEFING.md", "- Retries of the collector", "<!-- to be\nwritten --> TODO …",
        ['SESSION_BRIEFING.md:5 empty-section: "What\'s Being Worked On" says nothing'],
    ),
    "project-gone": (
        "PORTFOLIO_CONTEXT.md", "(weather/)", "(wether/)",
        ["PORTFOLIO_CONTEXT.md:7 project-gone: Weather Desk: there is no folder wether/"],
    ),
    "project-without-context": (
        "PORTFOLIO_CONTEXT.md", "(weather/)", "(src/)",
        ["PORTFOLIO_CONTEXT.md:7 project-without-context: Weather Desk: src/ has no PROJECT_CONTEXT.md"],
    ),
    "old-date": (
        "SESSION_BRIEFING.md", "2026-11-21", "19 November 2026",
        ["SESSION_BRIEFING.md:3 old-date: is of 2026-11-19, 2 d before the newest session"],
    ),
    "too-long": (
        "archive/project_context.md", "Plain files", "word " * 7_600,
        ["archive/project_context.md:1 too-long: it is 16 pages long; 15 are meant to do"],
    ),
    "too-long of a session": (
        "SESSION_LOG.md", "- Added retries", "word " * 1_600,
        ["SESSION_LOG.md:27 too-long: this session is 4 pages long; 3 are meant to do"],
    ),
    "too-long-to-read": (
        "SESSION_BRIEFING.md", "- Retries of", "word " * 3_000,
        ["SESSION_BRIEFING.md:1 too-long: it is 7 pages long; 5 are meant to do",
         "SESSION_BRIEFING.md:1 too-long-to-read: it takes 16 minutes to read; 15 are meant to do"],
    ),
    "broken-link": (
        "PORTFOLIO_CONTEXT.md", "(weather/PROJECT_CONTEXT.md#stack)", "(wether/PROJECT_CONTEXT.md)",
        ["PORTFOLIO_CONTEXT.md:13 broken-link: wether/PROJECT_CONTEXT.md: the link leads nowhere"],
    ),
    "broken-link within": (
        "PORTFOLIO_CONTEXT.md", "(weather/PROJECT_CONTEXT.md#stack)", "(#projcts)",
        ["PORTFOLIO_CONTEXT.md:13 broken-link: #projcts: the link leads nowhere"],
    ),
    "broken-file": (
        "weather/PROJECT_CONTEXT.md", "src/collect.py:12", "src/colect.py:12",
        ["weather/PROJECT_CONTEXT.md:6 broken-file: src/colect.py: there is no such file"],
    ),
    "resolved-blocker": (
        "SESSION_BRIEFING.md", "- The station in", "- No key for the map service yet\n- The station in",
        ['SESSION_BRIEFING.md:16 resolved-blocker: "No key for the map service yet" was resolved: SESSION_LOG.md:34'],
    ),
    "reversed-decision": (
        "SESSION_LOG.md", "- Added retries", "- Added retries\n- Chose webhooks over polling",
        [f'SESSION_LOG.md:34 reversed-decision: "Chose webhooks over polling" reverses SESSION_LOG.md:12{SO}'],
    ),
    "reversed-decision by value": (
        "SESSION_LOG.md", "- Added retries", "- Decision: retries = 3",
        [f'SESSION_BRIEFING.md:12 reversed-decision: "Decision: retries = 5" reverses SESSION_LOG.md:33{SO}'],
    ),
}  # fmt: skip
