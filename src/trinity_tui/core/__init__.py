"""Rules and shapes: pure, without clock, file, socket or loop. Everything else obeys what is decided here."""

from __future__ import annotations
