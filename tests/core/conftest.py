"""Properties of rules are not timed: on a busy machine a slow example says nothing about the rule."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("rules", deadline=None)
settings.load_profile("rules")
