"""What two sentences have in common: their words, without the small ones and without endings."""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W_][\w.+#-]*")
_ENDINGS = ("ations", "ation", "ings", "ing", "ies", "edly", "ed", "es", "s", "e")
_LEAST = 3
_SMALL = frozenset(
    """a about after all also an and any are as at be because been before being but by can could did do does done for
    from had has have he her his how i if in into is it its just more most my no not now of on once only or other our
    out over own s same she should so some still such t than that the their them then there these they this those to
    too under until up us very was we were what when where which while who why will with would yet you your""".split()
)


def stems(text: str) -> frozenset[str]:
    """The words that carry what a text says."""
    found = (word.strip(".-_") for word in _WORD.findall(text.casefold()))
    return frozenset(_stem(word) for word in found if word and word not in _SMALL)


def same_thing(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two names mean the same: equal, or the longer says all of the shorter, which has two words at least."""
    small, large = sorted((one, other), key=len)
    return bool(small) and (small == large or (len(small) > 1 and small <= large))


def is_about(text: frozenset[str], thing: frozenset[str]) -> bool:
    """Whether a text speaks of a thing: most of the words of the shorter are in the other, two of them at least."""
    shared = len(text & thing)
    return shared >= min(2, len(thing)) and shared * 5 >= min(len(text), len(thing)) * 3 and bool(shared)


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST:
            word = word.removesuffix(ending)
            break
    return word[:-1] if len(word) > _LEAST and word[-1] == word[-2] else word
