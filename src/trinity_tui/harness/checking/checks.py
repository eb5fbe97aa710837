"""The workspace's own checks as texts: which to propose, which a person means, how one went and what it complained of.

Running them is ``tools.command``'s, whether they may run is the person's, and what follows from it the builder's.
"""

from __future__ import annotations

import os
import re
import shutil
from typing import TYPE_CHECKING

from trinity_tui.harness.one_line import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from trinity_tui.tools.command import Outcome

FAILING_LINES = 12
LINE_CHARACTERS = 500
"""Of a line, however long, this much is searched for a place."""
_READ_CHARACTERS = 200_000
_SIGNS = ("Error", "error", "FAILED", "FAIL", "assert", "Traceback", "warning:")
_PLACE = re.compile(r"[\w./-]+\.\w+:\d+")
POLITE = r"(?:(?:please|now|can you|could you|would you|will you|go and|hey|ok|and)\W+)*"
"""A regular expression: what a person says before what they want."""
_ASKED = re.compile(rf"\W*{POLITE}(?P<verb>re-?run|run|check|test)\b(?P<rest>[^?]*)\??\s*$", re.IGNORECASE | re.DOTALL)
_MANY = frozenset("all check checks everything it now suite test tests them".split())
"""Words that mean every check."""
_ALL_WORDS = _MANY | frozenset(
    "a again any code me my of once our please project project's that the their these this those workspace"
    " workspace's your".split()
)
_WORD = re.compile(r"[^\W\d_][\w'-]+")
_FIGURES = re.compile(r"\b(?:in )?\d+(?:\.\d+)?\s?m?s(?:econds?)?\b(?: \([\d:]+\))?")


def proposed(root: Path) -> list[str]:
    """What is worth proposing where the configuration names no checks: what a Python project is itself set up for."""
    text = "".join(_read(root / name) for name in ("pyproject.toml", "setup.cfg", "tox.ini"))
    checks: list[str] = []
    if "[tool.ruff" in text or (root / "ruff.toml").exists() or (root / ".ruff.toml").exists():
        ruff = _own(root, "ruff") or ("ruff" if shutil.which("ruff") else "")
        checks += [f"{ruff} check -q ."] if ruff else []
    if "pytest" in text or (root / "pytest.ini").exists() or (root / "conftest.py").exists():
        checks.append(f"{_own(root, 'python') or 'python3'} -m pytest -q -x -p no:cacheprovider")
    return checks


def _own(root: Path, program: str) -> str:
    """A program of the project's own environment, relative to it."""
    for name in (f".venv/bin/{program}", f"venv/bin/{program}"):
        if os.access(root / name, os.X_OK):
            return name
    return ""


def _read(path: Path) -> str:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return file.read(_READ_CHARACTERS)
    except OSError:
        return ""


def asked_for(text: str, checks: Sequence[str]) -> list[str] | None:
    """The checks a person wants run; none of them where what is to be run is no check; None where nothing is."""
    found = _ASKED.match(text[:500])
    if found is None:
        return None
    words = [word.lower() for word in _WORD.findall(found["rest"])]
    is_run = found["verb"].lower().endswith("run")
    if found["verb"].lower() == "test" or "tests" in words:
        words.append("test")
    named = [check for check in checks if any(_names(word, check) for word in words)]
    if named:
        return named
    if all(word in _ALL_WORDS for word in words) or (is_run and not _MANY.isdisjoint(words)):
        return list(checks)
    return [] if is_run else None


def _names(word: str, check: str) -> bool:
    return (word == "test" or word not in _ALL_WORDS) and word in check.lower()


def is_of_checks(word: str, checks: Sequence[str]) -> bool:
    """Whether a word, in small letters, says which checks are meant, or is part of one."""
    return word in _ALL_WORDS or any(word in check.lower() for check in checks)


def describe(check: str, outcome: Outcome) -> str:
    """How a check went, in a line."""
    if outcome.problem:
        return f"{check}: {outcome.problem}"
    lines = [line.strip() for line in outcome.output.splitlines() if line.strip()]
    last = f"   {one_line(lines[-1], 100)}" if lines else ""
    code = outcome.code or 0
    return f"{check} → {f'ended by signal {-code}' if code < 0 else code}{last}"


def failing_lines(output: str) -> list[str]:
    """The lines of an output that say what is wrong; the last ones where none does so plainly."""
    lines = [line.rstrip() for line in output.splitlines() if line.strip()]
    telling = [line for line in lines if _PLACE.search(line[:LINE_CHARACTERS]) or any(sign in line for sign in _SIGNS)]
    return [one_line(line, 200) for line in (telling or lines)[-FAILING_LINES:]]


def timeless(text: str) -> str:
    """A text without how long things took: the same for the same result."""
    return " ".join(_FIGURES.sub("", text).split())
