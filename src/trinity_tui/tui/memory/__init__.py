"""What the Memory screen shows, as lines: pure, so that it is tested without a screen."""

from __future__ import annotations
