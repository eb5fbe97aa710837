"""What waits for the person, as the dialog and the Inbox both show it and act on it."""

from __future__ import annotations
