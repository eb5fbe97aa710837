"""Texts for an output that people read line by line."""

from __future__ import annotations


def one_line(text: str, most: int = 160) -> str:
    """The beginning of a text on one line, for an output that people read line by line."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"
