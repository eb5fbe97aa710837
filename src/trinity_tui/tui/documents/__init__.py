"""What the Docs screen shows, as lines: the list of the four tiers, a page of one, what an instance is told."""

from __future__ import annotations
