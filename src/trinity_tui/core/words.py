"""Texts as words: which texts say the same, and which words of a text find another.

One way for all who compare texts: the index, the search and the synthesis take the words, the stems and the stop words
from here.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+")
_PLACE = re.compile(r"[\w.-]*/[\w./-]*\w|[\w-]{2,}\.[^\W\d]\w{0,7}(?!\w)")
_ENDING = re.compile(r"\.[^\W\d]\w{0,7}$")
STOP_WORDS = frozenset(
    """
    a about after again all also am an and any anybody anyone anything are as at be because been before being between
    both but by can could did do does doing done down during each either ever every everybody everything few for from
    further get gets got had has have having he her here him his how i if in into is it its itself just let many me
    might more most much must my no nobody nor not now of off on once one only or other our out over own per please
    said same say says shall she should so some somebody something such than that the their them then there these they
    this those through to too under until up us use used uses using very was we were what whats when where which while
    who whom whose why will with would you your
    """.split()
)
"""Words that say nothing of what is looked for; those that change what is meant in a log, such as *after*, too."""


def normalised(text: str) -> str:
    """The text as it is compared: two texts that differ only in case, space or an end mark say the same."""
    whole = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return " ".join(whole.casefold().split()).strip(" .!;")


def fingerprint(text: str) -> str:
    """The SHA-256 of the normalised text, in hexadecimal."""
    return hashlib.sha256(normalised(text).encode("utf-8", "surrogatepass")).hexdigest()


def words(text: str) -> list[str]:
    """The words of a text in their order, in lower case and without accents."""
    if not text.isascii():
        text = "".join(mark for mark in unicodedata.normalize("NFD", text) if unicodedata.category(mark) != "Mn")
    return _WORD.findall(text.lower())


def places(text: str) -> list[str]:
    """The words of a text that look like a file or the end of a path: they have a slash, or a dot and an ending."""
    return [found.strip("/").lower() for found in _PLACE.findall(text) if found.strip("/")]


def without_endings(text: str) -> str:
    """The text with its files named without their endings, which tell nothing: every other file has the same."""
    return _PLACE.sub(lambda found: _ENDING.sub("", found[0]), text)


def names_place(text: str, place: str) -> bool:
    """Whether a text names a file or a path that ends so."""
    return re.search(rf"(?<![\w.-]){re.escape(place)}(?!\w)", text, re.IGNORECASE) is not None


def stems(text: str) -> list[str]:
    """The stems of its words in their order, stop words among them."""
    return [stem(word) for word in words(text)]


@lru_cache(maxsize=4096)
def stem_set(text: str) -> frozenset[str]:
    """The stems of a short text of which many have the same, such as a date."""
    return frozenset(stems(text))


def telling(text: str) -> list[str]:
    """The words worth looking for, each once, in their order; all of them where none is worth it."""
    every = list(dict.fromkeys(words(text)))
    return [word for word in every if word not in STOP_WORDS] or every


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """The stem of an English word in lower case, after M. F. Porter (1980); any other word is its own stem."""
    if len(word) <= 2 or not word.isascii() or not word.isalpha():
        return word
    word = _past(_plural(word))
    if word.endswith("y") and _has_vowel(word[:-1]):
        word = word[:-1] + "i"
    word = _replaced(_replaced(word, _SECOND, 0), _THIRD, 0)
    return _last(_fourth(word))


_SECOND = (
    ("ational", "ate"), ("tional", "tion"), ("enci", "ence"), ("anci", "ance"), ("izer", "ize"), ("bli", "ble"),
    ("alli", "al"), ("entli", "ent"), ("eli", "e"), ("ousli", "ous"), ("ization", "ize"), ("ation", "ate"),
    ("ator", "ate"), ("alism", "al"), ("iveness", "ive"), ("fulness", "ful"), ("ousness", "ous"), ("aliti", "al"),
    ("iviti", "ive"), ("biliti", "ble"), ("logi", "log"),
)  # fmt: skip
_THIRD = (
    ("icate", "ic"), ("ative", ""), ("alize", "al"), ("iciti", "ic"), ("ical", "ic"), ("ful", ""), ("ness", ""),
)  # fmt: skip
_FOURTH = (
    "ement", "ance", "ence", "able", "ible", "ment", "ant", "ent", "ism", "ate", "iti", "ous", "ive", "ize", "al", "er",
    "ic", "ou",
)  # fmt: skip


def _shape(word: str) -> str:
    """Its letters as ``v`` and ``c``; a y after a consonant is a vowel."""
    shape = ""
    for letter in word:
        is_vowel = letter in "aeiou" or (letter == "y" and shape[-1:] == "c")
        shape += "v" if is_vowel else "c"
    return shape


def _measure(word: str) -> int:
    return len(re.findall("v+c+", _shape(word)))


def _has_vowel(word: str) -> bool:
    return "v" in _shape(word)


def _ends_short(word: str) -> bool:
    return _shape(word).endswith("cvc") and word[-1] not in "wxy"


def _plural(word: str) -> str:
    if word.endswith(("sses", "ies")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def _past(word: str) -> str:
    if word.endswith("eed"):
        return word[:-1] if _measure(word[:-3]) > 0 else word
    for ending in ("ed", "ing"):
        if word.endswith(ending):
            left = word[: -len(ending)]
            return _mended(left) if _has_vowel(left) else word
    return word


def _mended(left: str) -> str:
    if left.endswith(("at", "bl", "iz")):
        return left + "e"
    if len(left) > 1 and left[-1] == left[-2] and left[-1] not in "aeioulsz":
        return left[:-1]
    return left + "e" if _measure(left) == 1 and _ends_short(left) else left


def _replaced(word: str, endings: tuple[tuple[str, str], ...], measure: int) -> str:
    for ending, instead in endings:
        if word.endswith(ending):
            left = word[: -len(ending)]
            return left + instead if _measure(left) > measure else word
    return word


def _fourth(word: str) -> str:
    if word.endswith("ion"):
        left = word[:-3]
        return left if left.endswith(("s", "t")) and _measure(left) > 1 else word
    return _replaced(word, tuple((ending, "") for ending in _FOURTH), 1)


def _last(word: str) -> str:
    if word.endswith("e"):
        left = word[:-1]
        if _measure(left) > 1 or (_measure(left) == 1 and not _ends_short(left)):
            word = left
    return word[:-1] if word.endswith("ll") and _measure(word[:-1]) > 1 else word
