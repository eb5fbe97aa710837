"""Runs the decisions: folds to the end of the log, decides, publishes what was decided. No server, no process here."""

from __future__ import annotations
