"""Answers on the screen while they are written: how soon a piece is seen, and what sixteen at once cost.

Each piece says in its text when it was sent, so that its way can be told from what the terminal is written. What an
instance and the coordinator join tokens for is not in it; the screen paints sixty times a second at most.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from trinity_tui.bench.screen_terminal import SHOW, Terminal, feeding

if TYPE_CHECKING:
    from trinity_tui.bench.report import Report

CHAT, ALL = "\x1bOR", "0\x1b"
"""F3; everybody, and back to the conversation."""
SENT = re.compile(rb"t(\d{19})")
ANSWERS = 16
TOKENS_A_SECOND = 100
"""Of each answer, in ten pieces."""


def measure(report: Report, seconds: float, bare: float) -> None:
    """Add the figures of the chat to a report.

    Args:
        report: Where to.
        seconds: For how long each is measured.
        bare: Which part of a core a bare canvas takes.
    """
    with feeding(instances=9, rate=0, talks=1) as root, Terminal(SHOW, str(root)) as terminal:
        _open(terminal, "")
        delays = terminal.delays(SENT, seconds)
        report.figure("an answer of 100 tokens/s: piece to paint, median", 1000 * delays[len(delays) // 2], "ms")
        report.figure("the same, p95", 1000 * delays[int(0.95 * (len(delays) - 1))], "ms")
        share = terminal.share(seconds)
        report.figure("processor then", 100 * share, "% of a core")
        report.rail("processor time of the screen for each token (ms)", 1000 * share / TOKENS_A_SECOND, 5)
    with feeding(instances=ANSWERS, rate=0, talks=ANSWERS) as root, Terminal(SHOW, str(root)) as terminal:
        _open(terminal, ALL)
        share = terminal.share(seconds)
        report.rail(f"{ANSWERS} answers at once, 100 tokens/s each (% of a core)", 100 * share, 20)
        report.figure("the same, to the bare canvas", share / bare if bare else 0.0, "×")
        report.figure("memory then", terminal.resident_bytes() / 1e6, "MB")


def _open(terminal: Terminal, keys: str) -> None:
    terminal.wait_for("explorer-1")
    terminal.send(CHAT)
    terminal.wait_for("is writing")
    if keys:
        terminal.send(keys[0])
        terminal.read(0.5)
        terminal.send(keys[1:])
    terminal.read(3.0)
