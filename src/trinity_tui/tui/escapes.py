"""Tells the key escape from the beginning of a sequence, in what a terminal sends.

Both begin with the same byte (ECMA-48, 5.4). Who waits for what follows takes two keys that come quickly, as fingers or
a slow line bring them, for one that means nothing. What a terminal sends for one key comes in one read, but for a cut
where a line may cut anywhere: there what comes next tells.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ESCAPE = "\x1b"
GOES_ON = frozenset("[O]P^_")
"""What a sequence has after its escape: CSI, SS3, OSC, DCS, PM, APC."""


class Escapes:
    """What was read, in pieces; a piece that is nothing but an escape is the key."""

    def __init__(self) -> None:
        self._is_held = False

    def read(self, text: str) -> Iterator[str]:
        """So much came in one read."""
        if self._is_held and text:
            self._is_held = False
            if text[0] in GOES_ON:
                text = ESCAPE + text
            else:
                yield ESCAPE
        if len(text) == 2 and text[0] == ESCAPE and text[1].isdigit():
            # No terminal has such a key. It is both, or alt with a digit, which is to do the same.
            yield ESCAPE
            text = text[1]
        if text.endswith(ESCAPE):
            self._is_held = True
            text = text[:-1]
        if text:
            yield text

    def wait_no_longer(self) -> Iterator[str]:
        """Nothing came for as long as the parts of a sequence may be apart."""
        if self._is_held:
            self._is_held = False
            yield ESCAPE
