"""What two sentences have in common: their words, without the small ones and without endings."""

from __future__ import annotations

import re

from trinity_tui.core.words import STOP_WORDS, stem

_WORD = re.compile(r"[^\W_][\w.+#-]*")


def stems(text: str) -> frozenset[str]:
    """The words that carry what a text says."""
    found = (word.strip(".-_") for word in _WORD.findall(text.casefold()))
    return frozenset(stem(word) for word in found if word and word not in STOP_WORDS)


def same_thing(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two names mean the same: equal, or the longer says all of the shorter, which has two words at least."""
    small, large = sorted((one, other), key=len)
    return bool(small) and (small == large or (len(small) > 1 and small <= large))


def is_about(text: frozenset[str], thing: frozenset[str]) -> bool:
    """Whether a text speaks of a thing: most of the words of the shorter are in the other, two of them at least."""
    shared = len(text & thing)
    return shared >= min(2, len(thing)) and shared * 5 >= min(len(text), len(thing)) * 3 and bool(shared)
