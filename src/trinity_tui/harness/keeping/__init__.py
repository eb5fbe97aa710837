"""The parts of the keeper program: its children, its place in the file system, its conversations."""

from __future__ import annotations
