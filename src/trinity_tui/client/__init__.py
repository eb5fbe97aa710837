"""A face's way to a coordinator: find it, start it, ask it, follow it. Light: no bus, no agents, no server."""

from __future__ import annotations
