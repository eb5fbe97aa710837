"""A program that knows nothing of ours: reads a JSON array, adds an entry, writes the whole array; without a lock.

It keeps only the keys it knows, and says what it added, one a line.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path


def main(file: str, name: str, count: int, pause_seconds: float, style: str, keys: str) -> None:
    """Add entries to a file, so many."""
    path = Path(file)
    known = keys.split(",")
    for number in range(count):
        entries: list[dict[str, object]] = json.loads(path.read_text())
        entries = [{key: entry[key] for key in known if key in entry} for entry in entries]
        content = f"{name} says {number}"
        entries.append({"from": name, "to": "broadcast", "type": "finding", "content": content})
        write(path, json.dumps(entries), style)
        sys.stdout.write(f"{content}\n")
        sys.stdout.flush()
        time.sleep(pause_seconds)


def write(path: Path, text: str, style: str) -> None:
    """Replace the file, or write into it, at once or slowly."""
    if style == "beside":
        beside = path.with_name(f"{path.name}.{os.getpid()}")
        beside.write_text(text)
        os.replace(beside, path)
        return
    with path.open("w") as file:
        for half in (text[: len(text) // 2], text[len(text) // 2 :]) if style == "slowly" else (text,):
            file.write(half)
            file.flush()
            time.sleep(0.004 * (style == "slowly"))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4]), sys.argv[5], sys.argv[6])
