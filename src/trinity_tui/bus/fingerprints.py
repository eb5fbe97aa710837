"""The fingerprints of ids at the end of a room's JSON: cut to the newest, and joined again with those of an older room.

They are half of a room's bytes and do not pack. They are the last field of a room, in base64.
"""

from __future__ import annotations

import base64

from trinity_tui.core.limits import SEEN_IDS
from trinity_tui.core.room_fold import FINGERPRINT_BYTES

_FIELD = b'"seen":"'
_END = b'"}'


def joined(older: bytes, newer: bytes) -> bytes:
    """A room with all its fingerprints.

    Args:
        older: A room with all of its own.
        newer: A later one, with those that came since.
    """
    head, fresh = _parted(newer)
    return head + base64.b64encode((_parted(older)[1] + fresh)[-SEEN_IDS * FINGERPRINT_BYTES :]) + _END


def newest(room: bytes, count: int) -> bytes:
    """A room with only so many of its fingerprints, the newest ones."""
    head, every = _parted(room)
    return head + base64.b64encode(every[len(every) - min(len(every), count * FINGERPRINT_BYTES) :]) + _END


def _parted(room: bytes) -> tuple[bytes, bytes]:
    start = room.rindex(_FIELD) + len(_FIELD)
    return room[:start], base64.b64decode(room[start : -len(_END)])
