"""The screen: a face that shows one coordinator's room and asks it for things. It reads a mirror and holds no truth."""

from __future__ import annotations
