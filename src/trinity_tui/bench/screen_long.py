"""The screen on a long log: attached to a coordinator of very many messages, and gone into their past.

Attaching is from the start of the program to the log's last words on the terminal: a snapshot and the tail, never the
whole log. Seeks are measured as ``trinity bench log`` does it, by the same code.
"""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

from trinity_tui.bench import long_log, screen_past
from trinity_tui.bench.screen_terminal import SHOW, Terminal
from trinity_tui.bus import new_message

if TYPE_CHECKING:
    from trinity_tui.bench.report import Report
    from trinity_tui.core.paths import Workspace

LAST_WORDS = "last-of-all"


def measure(report: Report, count: int, starts: int) -> None:
    """Add the figures of a log of so many messages to a report.

    Args:
        report: Where to.
        count: How many messages.
        starts: How often the screen attaches; it has attached once before.
    """
    with long_log.written(count) as workspace:
        long_log.append(workspace, new_message("explorer-1", "reflector-1", "message", LAST_WORDS))
        with long_log.coordinator(workspace):
            taken = [_attach(workspace) for _ in range(starts + 1)][1:]
            report.figure(f"attached to {count:,} messages, median", 1000 * statistics.median(taken), "ms")
            report.rail(f"attached to {count:,} messages, best (ms)", 1000 * min(taken), 600)
            screen_past.measure(report, workspace)


def _attach(workspace: Workspace) -> float:
    began = time.monotonic()
    with Terminal(SHOW, str(workspace.root)) as terminal:
        terminal.wait_for(LAST_WORDS)
        return time.monotonic() - began
