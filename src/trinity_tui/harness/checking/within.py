"""Whether a task asks for no more than can be done without a language model: to look something up, or to run checks.

Everything else fails by these words, however well the checks went: who reads "done" must be able to rely on it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from trinity_tui.harness.checking.checks import POLITE, asked_for, is_of_checks

if TYPE_CHECKING:
    from collections.abc import Sequence

NEEDS_MODEL = "needs a language model"
"""How the account of a task begins that asks for more."""
LONGEST_CHARACTERS = 500
"""What asks to look something up is short; a longer text is not read for it."""
_WORD = re.compile(r"[^\W\d_][\w'-]*")
_JOINING = frozenset("and are do does green if is pass passes still that whether work works".split())
"""Words that ask nothing more of checks than to be run."""
_PLAIN = frozenset("run re-run rerun please can could would will you go hey ok".split())
_SEARCH = re.compile(r"\W*(?:search|grep|find)\s*(?::|\bfor\b)", re.IGNORECASE)
_LOOK = re.compile(rf"\W*{POLITE}(?:tell me\s+)?(?:describe|how many|what|where|which|who)\b", re.IGNORECASE)
"""Narrow by intent: "list the users on the page" and "show what is wrong" may be something to be built."""
_DO = re.compile(
    r"(?:[,;.?!:\n-]|\b(?:and|then|to|so)\b)\s*(?:\w+\s+){0,2}?(?:add|adapt|build|change|clean|commit|convert|correct|create"
    r"|delete|document|draft|edit|fix|implement|improve|make|mend|merge|migrate|move|patch|refactor|remove|rename|repair"
    r"|replace|resolve|rewrite|solve|translate|update|write)\b",
    re.IGNORECASE,
)


def to_look(text: str) -> bool:
    """Whether a task is done once it is answered: a search, or a question that asks for nothing to be changed."""
    if len(text) > LONGEST_CHARACTERS:
        return False
    if _SEARCH.match(text):
        return "\n" not in text.strip()
    return _LOOK.match(text) is not None and _DO.search(text) is None


def to_check(text: str, checks: Sequence[str]) -> list[str] | None:
    """The checks a task wants run where that is all it asks, which may be none of none; None where it asks for more."""
    if len(text) > LONGEST_CHARACTERS:
        return None
    words = [word.lower() for word in _WORD.findall(text)]
    if not all(word in _JOINING | _PLAIN or is_of_checks(word, checks) for word in words):
        return None
    wanted = asked_for(" ".join(word for word in words if word not in _JOINING), checks)
    return wanted if wanted or not checks else None
