"""The benchmarks, each a program of its own: ``python -m trinity_tui.bench bus|screen``."""

from __future__ import annotations
