"""A worker that has imported a language model's library: SOCKET MODE NAME, as ``child`` is called.

Reports when it could begin; then works a little, offline, and reports again as ``worked``.
"""

from __future__ import annotations

import gc
import importlib
import json
import signal
import sys
from typing import Any

from trinity_tui.bench.supervisors import child

SDK = "anthropic"
WORKED = "worked"


def main(path: str, mode: str, name: str) -> None:
    """Import, report, work, report, stay."""
    sdk: Any = importlib.import_module(SDK)
    child.report(path, mode, name)
    client: Any = sdk.Anthropic(api_key="none", base_url="http://127.0.0.1:9")
    rows = [{"number": number, "text": "c" * 20} for number in range(2000)]
    for _ in range(20):
        rows = json.loads(json.dumps(rows))
    gc.collect()
    child.report(path, WORKED, name)
    while client:
        signal.pause()


if __name__ == "__main__":
    main(*sys.argv[1:4])
