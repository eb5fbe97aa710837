"""What travels on connections, sans I/O: how frames are cut, and which frames there are on each lane.

``framing`` cuts bytes into frames; ``live`` is what an instance and the coordinator say to each other now, ``keeper``
what supervision asks of the keeper, ``face`` what a screen or a command exchanges with the coordinator,
``tunnel`` what carries that from another computer.
"""

from __future__ import annotations

PROTOCOL = 1
"""The version both sides of a connection must speak; it rises when a frame changes its meaning."""
