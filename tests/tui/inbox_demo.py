"""What waits for the person of a small shop, as the screen's tests look at it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui_demo import demo

if TYPE_CHECKING:
    from tui_demo import FakeConnection, Script

DIFF = "@@ -1 +1 @@\n-old = 1\n+new = [bold]2[/bold]\u202e"


def letter(name: str, consumer: str) -> dict[str, Any]:
    """A message an instance gave up."""
    found = {"id": name, "consumer": consumer, "from_": "lead-1", "type": "task", "reason": "no such file",
             "text": "Mend it", "at": "2026-09-21T14:00:00Z"}  # fmt: skip
    return {"id": name, "stage": "dead", "letter": found}


def waiting(link: FakeConnection) -> Script:
    """One of each kind waits, and two dead letters."""
    script = demo(link.mirror)
    script.asks("builder-2", "edit", "edit auth.py", diff=DIFF, grant=["edit", "auth.py"], ago=600)
    script.status("visitor", "PARKED", ago=200, order=8, reason="8 crashes in a row")
    endings = [letter("d1", "builder-1"), letter("d2", "araya")]
    script.say("coordinator", "coordinator", "", "receipt", endings=endings)
    script.say("coordinator", "human", "The disk is nearly full", "alert", ago=90, name="alert")
    return script
