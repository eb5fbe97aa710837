"""The coordinator's process: composition, lanes, faces, rights. Decisions are ``core``'s and ``coordinator``'s."""

from __future__ import annotations
