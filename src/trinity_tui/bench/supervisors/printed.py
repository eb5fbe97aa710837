"""What printing children have left in their files: no line may be missing between a run's first and its last."""

from __future__ import annotations


def lost_lines(outputs: list[bytes]) -> int:
    """How many numbers are missing, of lines ``PID NUMBER``; a line that is neither counts as one.

    The last line of a run that was just printing may be without its end.
    """
    lost = 0
    for output in outputs:
        *lines, _ = output.split(b"\n")
        expected: dict[bytes, int] = {}
        for line in lines:
            pid, _, number = line.partition(b" ")
            if not number.isdigit():
                lost += 1
                continue
            lost += abs(int(number) - expected.get(pid, 0))
            expected[pid] = int(number) + 1
    return lost
