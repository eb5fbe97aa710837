"""Cutting what a tool has to say to what a model is shown: the head and the tail, and how much is left out between."""

from __future__ import annotations

from trinity_tui.tools.tool import RESULT_BYTES


def fit(text: str, limit_bytes: int = RESULT_BYTES) -> str:
    """The text where it is short enough, else its head and its tail."""
    raw = text.encode("utf-8", "replace")
    if len(raw) <= limit_bytes:
        return raw.decode()
    mark_bytes = 60
    half = (limit_bytes - mark_bytes) // 2
    head, tail = raw[:half].decode("utf-8", "ignore"), raw[-half:].decode("utf-8", "ignore")
    return f"{head}\n… {len(raw) - 2 * half} bytes left out …\n{tail}"
