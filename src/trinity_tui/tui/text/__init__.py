"""Texts of many lines as rows of toned spans: Markdown, and what grows while it is looked at. No widget, no colour."""

from __future__ import annotations
