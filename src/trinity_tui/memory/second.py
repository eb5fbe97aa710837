"""The second ranker: of what the words find, what means something like the question comes first.

It is used where ``memory_second.json`` stands beside the index: its coordinator puts it there once a model was measured
on the check set and helped (``Verdict``). A search never waits long for it: without the question's own vector in time,
or without those of the records, the words alone decide.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.errors import BrainError, StoreError
from trinity_tui.memory.embedding import Embedder, nearness
from trinity_tui.memory.vectors import Vectors
from trinity_tui.store import document

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from trinity_tui.memory.embedding import Vector

QUESTION_SECONDS = 0.3
"""So long a search waits for the vector of what is asked."""
PAUSE_SECONDS = 30.0
"""A server that did not answer in time is not asked again for so long."""
QUESTIONS_KEPT = 256
GAIN_LEAST = 0.01
"""A model helps that brings the evidence so much nearer to the top, in mean reciprocal rank, and loses none."""


class Found(msgspec.Struct, frozen=True):
    """How much of the evidence of the check set is found."""

    recall: float
    """How often among the first five."""
    mean_reciprocal_rank: float


class Verdict(msgspec.Struct, frozen=True):
    """What a model is worth as a second ranker, on the half of the check set that nothing was chosen on."""

    model: str
    weight: float
    """What its nearness counts beside the words; chosen on the other half."""
    alone: Found
    """By the words alone."""
    mixed: Found

    @property
    def helps(self) -> bool:
        """Whether it is used."""
        gain = self.mixed.mean_reciprocal_rank - self.alone.mean_reciprocal_rank
        return gain >= GAIN_LEAST and self.mixed.recall >= self.alone.recall


class Setting(msgspec.Struct, frozen=True):
    """Which second ranker is used."""

    url: str
    model: str
    weight: float


class Second:
    """One for one memory.

    Args:
        setting: What it is.
        vectors: Of the records.
        questions: Those that were asked lately.
    """

    def __init__(self, setting: Setting, vectors: Vectors, questions: Questions) -> None:
        self.weight = setting.weight
        self._setting = setting
        self._vectors = vectors
        self._questions = questions

    def question(self, text: str) -> Vector | None:
        """What is asked, as a vector; None where there is none in time."""
        return self._questions.vector(self._setting, text)

    def nearness(self, question: Vector, fingerprints: Iterable[str]) -> dict[str, float]:
        """By the fingerprints of texts, how near to the question they are; without those that have no vector."""
        return {name: nearness(question, vector) for name, vector in self._vectors.of(fingerprints).items()}


class Questions:
    """The vectors of what was asked lately, so that a search as one types asks once; and who did not answer.

    Args:
        seconds: How long one is waited for.
        most: How many are kept.
    """

    def __init__(self, seconds: float = QUESTION_SECONDS, most: int = QUESTIONS_KEPT) -> None:
        self._seconds = seconds
        self._most = most
        self._turn = threading.Lock()
        self._known: OrderedDict[tuple[str, str, str], Vector] = OrderedDict()
        self._silent_until: dict[str, float] = {}

    def vector(self, setting: Setting, text: str) -> Vector | None:
        """Of one question; None where the server does not answer in time, and for a while after."""
        key = (setting.url, setting.model, text)
        with self._turn:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
            if self._silent_until.get(setting.url, 0.0) > time.monotonic():
                return None
        try:
            (vector,) = Embedder(setting.url, setting.model).embed([text], self._seconds)
        except BrainError:
            with self._turn:
                self._silent_until[setting.url] = time.monotonic() + PAUSE_SECONDS
            return None
        with self._turn:
            self._known[key] = vector
            while len(self._known) > self._most:
                self._known.popitem(last=False)
        return vector


_QUESTIONS = Questions()


def setting_path(index: Path) -> Path:
    """Where it stands which second ranker is used beside an index."""
    return index.with_name("memory_second.json")


def vectors_path(index: Path) -> Path:
    """Where the vectors are of what is in an index."""
    return index.with_name("memory_vectors.db")


def verdicts_path(index: Path) -> Path:
    """Where it is kept what models were measured to be worth."""
    return index.with_name("memory_verdicts.json")


def verdicts(index: Path) -> dict[str, Verdict]:
    """By model, what it was measured to be worth.

    Raises:
        StoreError: They are there and cannot be read.
    """
    return document.read(verdicts_path(index), dict[str, Verdict]) or {}


def beside(index: Path) -> Second | None:
    """The second ranker of an index, where one is used."""
    try:
        setting = document.read(setting_path(index), Setting)
    except StoreError:
        return None
    return Second(setting, Vectors(vectors_path(index), setting.model), _QUESTIONS) if setting else None
