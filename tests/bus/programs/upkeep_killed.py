"""Takes one step of a log's upkeep and kills itself before the Nth time it touches a file of the log.

Arguments: the bus's folder, N, the step (``pack``, ``drop``, ``move``, ``snapshot``, ``acks`` or ``collect``) and a
position.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

from trinity_tui.bus import layout, segments, upkeep
from trinity_tui.bus.acks import Acks
from trinity_tui.bus.layout import Layout
from trinity_tui.bus.snapshots import Snapshots

TOUCHING = frozenset({"open", "os.rename", "os.remove", "os.utime"})


def step(paths: Layout, name: str, position: int) -> None:
    """Do it."""
    format_ = layout.read_format(paths)
    assert format_ is not None
    match name:
        case "pack":
            segments.pack(paths, position)
        case "drop":
            upkeep.drop_before(paths, position)
        case "move":
            upkeep.move_on(paths, format_, "builder-1", position, "behind", time.time)
        case "snapshot":
            Snapshots(paths.snapshots, 1, 1, lambda position, generation: True).save(position, b'{"a":1}')
        case "acks":
            Acks(paths.acks("builder-1"), format_, lambda: (0, 0), "builder").compact(position)
        case _:
            upkeep.collect(paths, time.time() + 7200)


def main() -> None:
    """Run it to its end, or to the touch that is one too many."""
    paths, left, name, position = Layout(Path(sys.argv[1])), int(sys.argv[2]), sys.argv[3], int(sys.argv[4])

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal left
        if event in TOUCHING and str(paths.root) in str(arguments[0]):
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    step(paths, name, position)
    sys.stdout.write("done\n")


main()
