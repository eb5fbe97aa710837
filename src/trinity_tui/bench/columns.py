"""Tables for a person, no wider than a small terminal: what has a long name goes over several lines."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

COLUMNS = 80
NARROWEST_NAME = 24
"""Beside many columns a table is wider, rather than its names a pillar of syllables."""
GAP = "  "


def columns(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """The lines of a table.

    Args:
        rows: A name, figures, which stand to the right, and a last word; all with as many.
    """
    if not rows:
        return []
    wide = [max(map(len, column)) for column in zip(*rows, strict=True)]
    rest = sum(width + len(GAP) for width in wide[1:] if width)
    name_width = min(wide[0], max(NARROWEST_NAME, COLUMNS - rest))
    lines: list[str] = []
    for name, *figures, word in rows:
        *begun, last = textwrap.wrap(name, name_width, subsequent_indent=GAP) or [""]
        cells = (f"{cell:>{width}}" for cell, width in zip(figures, wide[1:-1], strict=True))
        lines += [*begun, GAP.join((f"{last:{name_width}}", *cells, word)).rstrip()]
    return lines
