"""Says that it ran, as one line of its output with what must be its own alone; then stays.

Usage: python -P -m counted
"""

from __future__ import annotations

import os
import random
import signal

import uuid_utils

os.write(1, f"{os.getpid()} {uuid_utils.uuid7()} {random.getrandbits(64)}\n".encode())
while True:
    signal.pause()
