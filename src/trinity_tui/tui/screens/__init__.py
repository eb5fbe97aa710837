"""The screens, one mode each. A screen arranges widgets, gives them the mirror and turns keys into requests."""

from __future__ import annotations
