"""Texts as vectors, as a model of Ollama's sees them: near each other where they mean something alike.

Asked in whichever thread wants it; who asks says how long it may take.
"""

from __future__ import annotations

import http.client
import math
from array import array
from typing import Annotated, Any, TypeAlias
from urllib.parse import urlsplit

import msgspec

from trinity_tui.core.errors import BrainError

BATCH = 32
"""So many texts are sent at once."""
ANSWER_BYTES = 64 * 1024 * 1024
Vector: TypeAlias = "array[float]"
"""Of length 1, in 32-bit floats: how near two are is the sum of their products."""


class _Answer(msgspec.Struct):
    """Of ``POST /api/embed``."""

    embeddings: Annotated[list[Annotated[list[float], msgspec.Meta(min_length=1)]], msgspec.Meta(min_length=1)]


class Embedder:
    """A model that makes vectors.

    Args:
        url: Ollama's.
        model: Such as ``nomic-embed-text``.
    """

    def __init__(self, url: str, model: str) -> None:
        self.url = url
        self.model = model

    def embed(self, texts: list[str], seconds: float) -> list[Vector]:
        """The vectors of texts, in their order.

        Args:
            texts: No more than ``BATCH``.
            seconds: How long each step of the exchange may take.

        Raises:
            BrainError: The server does not answer, not in time, or not so.
        """
        question = {"model": self.model, "input": texts, "truncate": True}
        try:
            answer = msgspec.json.decode(self._post("/api/embed", msgspec.json.encode(question), seconds), type=_Answer)
        except (OSError, http.client.HTTPException, msgspec.DecodeError, ValueError) as error:
            raise BrainError("missing", f"{self.model} at {self.url} gives no vectors: {error}") from error
        if len(answer.embeddings) != len(texts) or len({len(one) for one in answer.embeddings}) != 1:
            raise BrainError("malformed", f"{self.model} at {self.url} gives no vectors: not one for each text")
        return [_unit(one) for one in answer.embeddings]

    def _post(self, path: str, body: bytes, seconds: float) -> bytes:
        parts = urlsplit(self.url)
        kind: Any = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        connection: http.client.HTTPConnection = kind(parts.hostname, parts.port, timeout=seconds)
        try:
            connection.request("POST", f"{parts.path}{path}", body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            content = answer.read(ANSWER_BYTES)
        finally:
            connection.close()
        if answer.status != http.client.OK:
            raise ValueError(f"it answers {answer.status}: {content[:200].decode(errors='replace')}")
        return content


def nearness(one: Vector, other: Vector) -> float:
    """How much alike two texts are, -1 to 1; 0 where their vectors are of different models."""
    return sum(map(float.__mul__, one, other)) if len(one) == len(other) else 0.0


def _unit(vector: list[float]) -> Vector:
    length = math.sqrt(sum(value * value for value in vector))
    return array("f", [value / length for value in vector] if length else vector)
