"""A terminal that takes nothing for a while: afterwards it is shown what is, not all that was, and a key at once."""

from __future__ import annotations

import time

from trinity_tui.bench.screen_terminal import SHOW, Terminal, feeding

STILL_SECONDS = 3.0
MOST_BYTES = 144 * 1024
"""A picture under way, one that waits, what the system keeps, and the letter; thirty pictures are over 200 kB."""


def test_after_a_terminal_stood_still_a_key_is_seen_soon() -> None:
    with feeding(instances=64, rate=500) as root, Terminal(SHOW, str(root)) as terminal:
        terminal.wait_for("explorer-1")
        terminal.send("0")
        terminal.wait_for("to all")
        # Nothing is waited for here: the longer nobody reads, the more would have gathered.
        time.sleep(STILL_SECONDS)
        terminal.send("ж")
        seen = b""
        while "ж".encode() not in seen:
            seen += terminal.read_once(10.0)
            assert len(seen) < MOST_BYTES
