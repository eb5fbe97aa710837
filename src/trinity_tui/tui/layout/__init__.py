"""Where things stand on the swarm canvas: placement, routes, motion, hits. Pure geometry, without widget or clock."""

from __future__ import annotations
