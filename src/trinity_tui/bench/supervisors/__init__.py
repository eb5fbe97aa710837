"""Supervision and what its users could take instead, each keeping the same children, measured in the same run."""

from __future__ import annotations
