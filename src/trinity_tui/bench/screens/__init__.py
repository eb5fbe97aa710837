"""Other people's screens to measure ours beside: full programs on the same framework, as their packages come."""

from __future__ import annotations
