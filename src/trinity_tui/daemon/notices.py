"""Sentences about this machine and configuration the person should see: one a subject, until it is taken back."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from trinity_tui.daemon import full_disk

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger("house")


class Notices:
    """Holds them, and tells every face when they change.

    Args:
        tell: Given all of them, whenever one came or went.
    """

    def __init__(self, tell: Callable[[list[str]], None]) -> None:
        self._tell = tell
        self._by_subject: dict[str, str] = {}
        self._disk = full_disk.FullDisk()

    def sentences(self) -> list[str]:
        """As they came; all that is said of a full disk in one, first."""
        others = [sentence for sentence in self._by_subject.values() if not full_disk.is_about(sentence)]
        return [sentence for sentence in (self._disk.sentence(), *others) if sentence]

    def say(self, about: str, sentence: str) -> None:
        """Say something about a subject; an empty sentence takes it back."""
        if self._by_subject.get(about, "") == sentence:
            return
        before = self.sentences()
        if sentence:
            self._by_subject[about] = sentence
            log.warning("%s", sentence)
        else:
            del self._by_subject[about]
        (self._disk.meets if full_disk.is_about(sentence) else self._disk.leaves)(about)
        if (now := self.sentences()) != before:
            self._tell(now)
