"""A full disk is met by everybody who writes: what they say of it, gathered into one sentence until it is over.

Known by the words the machine has for it, which every error about a file ends with. Whose file could be written again
counts on until all could: a count that falls would be told anew each time, of a disk that has room.
"""

from __future__ import annotations

import errno
import os

_WORDS = ("the disk is full", *(os.strerror(code) for code in (errno.ENOSPC, errno.EDQUOT)))
_LOG = "log"


def is_about(sentence: str) -> bool:
    """Whether a sentence says that a disk is full."""
    return any(words in sentence for words in _WORDS)


class FullDisk:
    """What could not be written."""

    def __init__(self) -> None:
        self._met: set[str] = set()
        self._left: set[str] = set()

    def meets(self, about: str) -> None:
        """It could not be written."""
        self._met.add(about)
        self._left.add(about)

    def leaves(self, about: str) -> None:
        """It could be written, or something else is the matter with it."""
        self._left.discard(about)
        if not self._left:
            self._met.clear()

    def sentence(self) -> str:
        """What is to be said of it; empty where there is nothing. The count is said in steps, not with every file."""
        if not self._met:
            return ""
        said, count = ["no message is taken"] if _LOG in self._left else [], len(self._met - {_LOG})
        if count > 1:
            said.append(f"{1 << count.bit_length() - 1} or more files could not be written")
        elif count:
            said.append("one file could not be written")
        return f"The disk is full: {', and '.join(said)}; all of it is tried again."
