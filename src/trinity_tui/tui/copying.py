"""What goes to the clipboard through the terminal (OSC 52), over ssh too: text only, and no more than is taken."""

from __future__ import annotations

import re

LIMIT_BYTES = 56_244
"""Many terminals take 74,994 characters of base64 and drop more without a word."""

_ACTING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""What would act where it is pasted, or show it in another order than it is in."""


def copied(text: str) -> tuple[str, bool]:
    """The text as it is copied, and whether it had to be cut."""
    plain = _ACTING.sub("", text.replace("\r\n", "\n"))
    data = plain.encode()
    if len(data) <= LIMIT_BYTES:
        return plain, False
    return data[:LIMIT_BYTES].decode(errors="ignore"), True
