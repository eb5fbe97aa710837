"""Takes out of a text what looks like a key, before it is kept where others may read it."""

from __future__ import annotations

import re
from typing import Any, cast

HIDDEN = "[hidden]"
DEPTH = 16
LOOKED_AT = 4
"""How many times the length that is kept is looked through: a key may begin within it and end after it."""
# Every repetition here has an end: the texts are others', and one could be made to keep us busy for ever.
_NAME = (
    r"(?:[A-Za-z0-9]{1,40}[_-]){0,4}"
    r"(?:api[_-]?key|secret|token|passw(?:or)?d|passphrase|credentials?|private[_-]?key|access[_-]?key)"
    r"(?:[_-][A-Za-z0-9]{1,40}){0,4}"
)
_KEYS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)"
    r"|\bsk-[A-Za-z0-9_-]{16,}"
    r"|\b(?:gh[pousr]_|github_pat_|glpat-|xox[abeoprs]-|npm_|pypi-|hf_|dckr_pat_)[A-Za-z0-9_-]{16,}"
    r"|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"
    r"|\bAIza[A-Za-z0-9_-]{30,}"
    r"|\beyJ[A-Za-z0-9_-]{8,2000}\.[A-Za-z0-9_-]{8,4000}\.[A-Za-z0-9_-]*",
    re.DOTALL,
)
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9+/._~=-]{12,}")
_NAMED = re.compile(rf"(?i)(\b{_NAME}[\"']?\s*[:=]\s*)(\"[^\"\n]{{6,}}\"|'[^'\n]{{6,}}'|[^\s\"',;]{{6,}})")
_IN_ADDRESS = re.compile(r"(\b[a-z][a-z0-9+.-]{0,30}://[^\s/:@]{0,200}:)[^\s/@]{1,500}@")
_FORMS = (
    (
        _KEYS, HIDDEN,
        ("-----BEGIN ", "sk-", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "xox", "npm_", "pypi-",
         "hf_", "dckr_pat_", "AKIA", "ASIA", "AIza", "eyJ"),
    ),
    (_BEARER, rf"\1 {HIDDEN}", ("",)),
    (_IN_ADDRESS, rf"\1{HIDDEN}@", ("://",)),
    (_NAMED, rf"\1{HIDDEN}", (":", "=")),
)  # fmt: skip
"""What is looked for, what stands there instead, and of which words it has one: most texts have none, which is quickly
seen. Every text has the empty one."""
_SECRET_NAME = re.compile(rf"(?i){_NAME}\Z")


def redact(text: str) -> str:
    """The text, with what looks like a key, a password or a token hidden."""
    for pattern, hidden, words in _FORMS:
        if any(word in text for word in words):
            text = pattern.sub(hidden, text)
    return text


def redact_values(value: Any, limit_characters: int, depth: int = DEPTH) -> Any:
    """A JSON value with every text in it redacted and cut; what hangs under a secret's name is hidden whole.

    Args:
        value: What ``msgspec.json`` can hold.
        limit_characters: Of one text.
        depth: What is nested deeper is left out.
    """
    if isinstance(value, str):
        text = redact(value[: LOOKED_AT * limit_characters])
        return text if len(text) <= limit_characters else f"{text[:limit_characters]}… ({len(value)} characters)"
    if not isinstance(value, dict | list | tuple):
        return value
    if not depth:
        return "…"
    if isinstance(value, dict):
        table = cast("dict[object, Any]", value)
        return {str(key): _under(str(key), inner, limit_characters, depth - 1) for key, inner in table.items()}
    return [redact_values(inner, limit_characters, depth - 1) for inner in cast("list[Any]", value)]


def _under(name: str, value: Any, limit_characters: int, depth: int) -> Any:
    if isinstance(value, str) and _SECRET_NAME.fullmatch(name):
        return HIDDEN
    return redact_values(value, limit_characters, depth)
