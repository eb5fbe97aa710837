"""What a brain says to one prompt, gathered as it comes; what was shown of it can be kept piece by piece."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trinity_tui.core.conversation import Call, End, Usage

HEARD_CHARACTERS = 256 * 1024
"""More than this of an answer that is not whole is not kept."""


class Said:
    """What a brain says to one prompt, as far as it came.

    Attributes:
        calls: The tools it wants used.
        counted: What the provider said it used up to now; None: nothing yet.
        end: How it ended; None: not yet, or not by itself.
    """

    def __init__(self) -> None:
        # Joined once: a long answer comes in very many pieces.
        self._text: list[str] = []
        self._kept = 0
        self._kept_characters = 0
        self._thinking: list[str] = []
        self.signature = ""
        self.calls: list[Call] = []
        self.counted: Usage | None = None
        self.end: End | None = None

    @property
    def text(self) -> str:
        """The answer."""
        return "".join(self._text)

    @property
    def thinking(self) -> str:
        """What it said to itself."""
        return "".join(self._thinking)

    @property
    def is_begun(self) -> bool:
        """Whether anything of the answer came."""
        return any(self._text)

    def take(self, text: str, *, is_thinking: bool = False) -> None:
        """More of it."""
        (self._thinking if is_thinking else self._text).append(text)

    def unkept(self) -> tuple[int, str]:
        """What came of the answer since the last time, and how many characters stand before it."""
        at = self._kept_characters
        text = "".join(self._text[self._kept :])[: HEARD_CHARACTERS - at]
        self._kept, self._kept_characters = len(self._text), at + len(text)
        return at, text
