"""Small durable things: atomic documents, locks, private folders, secrets. What they mean is for the rooms above."""

from __future__ import annotations
