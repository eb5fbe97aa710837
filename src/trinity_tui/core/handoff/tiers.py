"""The four tiers: their files, the sections each is made of, how long each is meant to be."""

from __future__ import annotations

import difflib
import re
from functools import lru_cache
from typing import Literal, get_args

Tier = Literal["portfolio", "project", "briefing", "log"]
TIERS: tuple[Tier, ...] = get_args(Tier)
FILES: dict[Tier, str] = {
    "portfolio": "PORTFOLIO_CONTEXT.md",
    "project": "PROJECT_CONTEXT.md",
    "briefing": "SESSION_BRIEFING.md",
    "log": "SESSION_LOG.md",
}
PURPOSES: dict[Tier, str] = {
    "portfolio": "which projects there are, where they are, how they relate",
    "project": "how this project is built and why",
    "briefing": "what is happening now",
    "log": "what each session did, and what it left for the next",
}
MAKERS: dict[Tier, str] = {
    "portfolio": "yours to write",
    "project": "yours to write",
    "briefing": "comes by itself",
    "log": "comes by itself",
}
"""Who sees to it that it is there."""
SECTIONS: dict[Tier, tuple[str, ...]] = {
    "portfolio": (),
    "project": ("Stack", "Why These Choices", "Known Constraints"),
    "briefing": ("What's Being Worked On", "Recent Decisions", "Immediate Blockers"),
    "log": (
        "Starting Context", "Work Accomplished", "Code Changes", "Blockers", "For Next Instance", "Test Status",
    ),
}  # fmt: skip
PAGES: dict[Tier, int] = {"portfolio": 5, "project": 15, "briefing": 5, "log": 3}
"""At the most; of the log, one session."""
PAGE_WORDS = 500
READING_MINUTES = 15
"""Of the briefing."""
MINUTE_WORDS = 200
"""Read with understanding, as technical texts are."""
_ALSO: dict[str, tuple[str, ...]] = {
    "Stack": ("technology", "technologies", "built with", "architecture"),
    "Why These Choices": ("choices", "rationale", "decisions", "why"),
    "Known Constraints": ("constraints", "limitations", "known issues", "limits"),
    "What's Being Worked On": ("worked on", "working on", "current work", "in progress", "current focus"),
    "Recent Decisions": ("decisions", "decided"),
    "Immediate Blockers": ("blockers", "blocked", "blocking"),
    "Starting Context": ("context", "starting point", "found"),
    "Work Accomplished": ("accomplished", "work done", "done"),
    "Code Changes": ("changes", "changed files", "files changed"),
    "Blockers": ("blocked", "blocking"),
    "For Next Instance": ("next instance", "next steps", "next session", "handoff", "next"),
    "Test Status": ("tests", "testing", "test results"),
}
_ALIKE = 0.85
_WORD = re.compile(r"[^\W_]+")
_SMALL = frozenset({"the", "a", "an", "of", "and", "s", "our", "these"})


@lru_cache(maxsize=2048)
def rank_of(title: str, wanted: str) -> int:
    """How well a heading fits the name of a section: 0 not at all, 4 best."""
    said, meant = _words(title), _words(wanted)
    if said == meant:
        return 4
    if set(meant) <= set(said):
        return 3
    if difflib.SequenceMatcher(None, " ".join(said), " ".join(meant)).ratio() >= _ALIKE:
        return 2
    return int(any(set(_words(other)) <= set(said) for other in _ALSO.get(wanted, ())))


def _words(text: str) -> list[str]:
    words = (word for word in _WORD.findall(text.casefold()) if word not in _SMALL)
    return [word.removesuffix("s") if len(word) > 3 else word for word in words]
