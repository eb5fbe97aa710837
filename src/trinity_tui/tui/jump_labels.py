"""The two keys that lead to a place: the same ones whenever it is there, and none the beginning of another.

A node's label follows from its seat, a pane's and a tab's from their order; each kind has first letters of its own.
"""

from __future__ import annotations

from typing import Literal

Kind = Literal["node", "pane", "tab"]

LETTERS = "asdfjklghweruiocvbnmxzyq"
"""The easiest to reach first."""
FIRST: dict[Kind, str] = {"node": LETTERS, "pane": "p", "tab": "t"}
SECOND = LETTERS + "pt"
MOST: dict[Kind, int] = {kind: len(first) * len(SECOND) for kind, first in FIRST.items()}


def label(kind: Kind, number: int) -> str:
    """The label of a place.

    Args:
        kind: Of which kind.
        number: Which of them, from 0; beyond ``MOST`` there is none.
    """
    if number >= MOST[kind]:
        return ""
    first, second = divmod(number, len(SECOND))
    return FIRST[kind][first] + SECOND[second]
