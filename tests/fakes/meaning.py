"""Vectors as a good model makes them of the check set's texts: near each other where they are about the same thing."""

from __future__ import annotations

import hashlib

from trinity_tui.bench.recall import phrases
from trinity_tui.core.words import STOP_WORDS, stem, words

_THINGS = (*phrases.OPEN_COMPONENTS, *phrases.FROZEN_COMPONENTS)
_PROPERTIES = (*phrases.OPEN, *phrases.FROZEN)
_OTHER = 16


def meaning(text: str) -> list[float]:
    """Which thing and which property it is about, and a little of its words."""
    said = _told(text)
    about = [2.0 * (thing in text) for thing in _THINGS]
    for one in _PROPERTIES:
        forms = [_told(form.format(c="", v="")) for form in (one.named, one.following, one.question)]
        about.append(3.0 * (max(len(said & form) / len(form) for form in forms) >= 0.6))
    rest = [0.0] * _OTHER
    for name in said:
        rest[hashlib.sha256(name.encode()).digest()[0] % _OTHER] += 0.3
    return about + rest


def _told(text: str) -> set[str]:
    return {stem(word) for word in words(text) if word not in STOP_WORDS}
