"""Brings what an older version wrote forward, by small steps from one format to the next; never back.

A document's format is the number under ``format``; one without is of the first format there was, 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from trinity_tui.core.errors import FormatError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Document = dict[str, Any]


class Formats:
    """The formats one kind of file has had.

    Args:
        steps: For each older format, what makes a document of it one of the next.
        newest: The one that is written.
    """

    def __init__(self, newest: int, steps: Mapping[int, Callable[[Document], Document]] | None = None) -> None:
        self.newest = newest
        self._steps = dict(steps or {})

    def forward(self, document: object, file: str) -> object:
        """The document in the newest format; what is no document is given back as it is.

        Args:
            document: As it was read; it is not changed.
            file: What errors call it.

        Raises:
            FormatError: A newer program wrote it, or no step leads on from it.
        """
        if not isinstance(document, dict):
            return document
        found = cast("Document", document)
        number = format_of(found)
        if number > self.newest:
            raise FormatError(file, number, self.newest)
        while number < self.newest:
            step = self._steps.get(number)
            if step is None:
                raise FormatError(file, number, self.newest)
            number += 1
            found = step(dict(found)) | {"format": number}
        return found


def format_of(document: Mapping[str, Any]) -> int:
    """The format a document says it has; 0 where it says none."""
    number = document.get("format", 0)
    return number if isinstance(number, int) else 0
