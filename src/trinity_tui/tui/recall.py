"""How a person goes back in what was sent: step by step, or by what it contains, as in a shell.

::

    draft ──up──▶ newest ──up──▶ older          down goes forward again, to the draft
    draft ──^r──▶ letters narrow, ^r older      enter takes it, esc leads back to where one was
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class Recall:
    """A place in the history.

    Args:
        sent: The history, the newest last; it may grow.

    Attributes:
        back: How far back the place is; 0 is the draft.
        draft: What was written before one went back.
        wanted: What is looked for; None while nothing is.
    """

    def __init__(self, sent: Sequence[str]) -> None:
        self._sent = sent
        self.back = 0
        self.draft = ""
        self.wanted: str | None = None
        self._began = 0

    @property
    def is_away(self) -> bool:
        """Whether what is shown is not the draft."""
        return self.back > 0 or self.wanted is not None

    @property
    def shown(self) -> str:
        """The text at this place."""
        return self._sent[-self.back] if 0 < self.back <= len(self._sent) else self.draft

    @property
    def is_missing(self) -> bool:
        """Whether nothing that was sent contains what is looked for."""
        return bool(self.wanted) and not self._has(self.back)

    def end(self) -> None:
        """What is written from now on is a draft."""
        self.back, self.draft, self.wanted = 0, "", None

    def step(self, by: int, text: str) -> bool:
        """Go back in the history, or forward again to the draft.

        Args:
            by: How far back.
            text: What is written now.

        Returns:
            Whether there is another place so far back.
        """
        target = max(0, min(self.back + by, len(self._sent)))
        if target == self.back:
            return False
        if not self.back:
            self.draft = text
        self.back = target
        return True

    def look(self, text: str) -> None:
        """Look for something; while one looks already, further back.

        Args:
            text: What is written now; it comes back with ``leave``.
        """
        if self.wanted is not None:
            self.back = self._found(self.back + 1) or self.back
            return
        if not self.back:
            self.draft = text
        self._began, self.wanted = self.back, ""

    def narrow(self, wanted: str) -> None:
        """Look for this, from the newest on."""
        self.wanted = wanted
        self.back = self._found(1) or self.back if wanted else self._began

    def leave(self) -> None:
        """Look for nothing any more, and go back to where the search began."""
        if self.wanted is not None:
            self.wanted, self.back = None, self._began

    def press(self, key: str, character: str) -> bool:
        """A key while something is looked for.

        Args:
            key: Its name.
            character: What it writes; empty where it writes nothing.

        Returns:
            Whether it was for the search alone. As in a shell, any other takes what was found and does what it does.
        """
        wanted = self.wanted or ""
        if key == "escape":
            self.leave()
        elif key == "backspace":
            self.narrow(wanted[:-1])
        elif character:
            self.narrow(wanted + character)
        else:
            self.wanted = None
            return key == "enter"
        return True

    def _found(self, start: int) -> int:
        shown = self.shown if self.back and start > self.back else None
        places = range(start, len(self._sent) + 1)
        return next((back for back in places if self._has(back) and self._sent[-back] != shown), 0)

    def _has(self, back: int) -> bool:
        return 0 < back <= len(self._sent) and (self.wanted or "").lower() in self._sent[-back].lower()
