"""What an instance may do besides talking; each tool is bounded in time, output and environment."""

from __future__ import annotations
