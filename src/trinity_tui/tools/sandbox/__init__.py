"""What holds a command of a tool: which walls there are, what builds them on this machine, how it is started."""

from __future__ import annotations
