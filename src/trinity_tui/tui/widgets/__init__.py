"""The parts of the screen. Each paints what the mirror says and posts what the person wants; none awaits anything."""

from __future__ import annotations
