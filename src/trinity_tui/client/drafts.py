"""What a person wrote in a workspace and has not sent, and what was sent last: kept for the next screen, for their eyes
only.

Several screens of one workspace keep it in one file. Each writes only what it changed itself. Where two wrote to the
same address, the later text stays the draft and the other one goes to what was sent, where ``up`` finds it: no word of
either is lost.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.errors import StoreError
from trinity_tui.store import document
from trinity_tui.store.private import make_private

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from pathlib import Path

DRAFTS_MOST = 100
SENT_MOST = 200
CHARACTERS_MOST = 1_000_000
"""Of one text; of a longer draft, which nobody types, the beginning is kept."""


class Kept(msgspec.Struct, frozen=True):
    """What the file holds."""

    drafts: dict[str, str] = {}
    """By whom they are to."""
    sent: list[str] = []
    """The newest last."""


def file_of(root: Path) -> Path:
    """Where the drafts of a workspace lie: not in it, where tools and git would meet them."""
    from platformdirs import user_state_path

    digest = hashlib.sha256(os.fsencode(root)).hexdigest()[:16]
    return user_state_path("trinity") / "drafts" / f"{digest}.json"


def load(file: Path) -> Kept:
    """What is kept; nothing where it cannot be read."""
    try:
        found = document.read(file, dict[str, object]) or {}
        # Before there was a history, the drafts were all there was in it.
        is_whole = isinstance(found.get("drafts"), dict)
        return msgspec.convert(found if is_whole else {"drafts": found}, Kept)
    except (StoreError, msgspec.ValidationError):
        return Kept()


def merge(there: Kept, base: Mapping[str, str], texts: Mapping[str, str], sent: list[str]) -> Kept:
    """What is to be kept, where another screen may have written meanwhile.

    Args:
        there: What is kept now.
        base: The drafts as this screen knew them to be kept.
        texts: The drafts as they are on this screen.
        sent: What this screen sent since.
    """
    drafts, history = dict(there.drafts), [*there.sent, *sent]
    for to in [to for to in {**base, **texts} if base.get(to) != texts.get(to)]:
        mine, other = texts.get(to, "")[:CHARACTERS_MOST], drafts.get(to, "")
        is_foreign = bool(other) and other != base.get(to) and other != mine
        if mine.strip():
            if is_foreign and other not in mine:
                history.append(other)
            drafts.pop(to, None)
            drafts[to] = mine
        elif not is_foreign:
            drafts.pop(to, None)
    return Kept(dict(list(drafts.items())[-DRAFTS_MOST:]), _without_repeats(history)[-SENT_MOST:])


def _without_repeats(sent: list[str]) -> list[str]:
    return [text for at, text in enumerate(sent) if (at == 0 or sent[at - 1] != text) and len(text) <= CHARACTERS_MOST]


class Keeper:
    """Keeps what one screen writes.

    Args:
        file: Beside those of the other screens.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self.kept = load(file)
        """As it was kept last."""
        self._base: dict[str, str] = dict(self.kept.drafts)

    def keep(self, texts: Mapping[str, str], sent: list[str]) -> None:
        """Keep these drafts and what was sent since the last time; reads and writes files.

        Raises:
            StoreError: They cannot be written; what was kept before is still there.
        """
        make_private(self._file.parent)
        with _alone(self._file.with_suffix(".lock")):
            self.kept = merge(load(self._file), self._base, texts, sent)
            document.write(self._file, self.kept, durable=False)
        self._base = dict(texts)


@contextmanager
def _alone(path: Path) -> Generator[None]:
    """One screen at a time."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise StoreError(f"{path} could not be opened: {error.strerror or error}") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
