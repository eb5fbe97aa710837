"""What the instances of a small shop print, as the screen's tests look at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_demo import demo

if TYPE_CHECKING:
    from tui_demo import FakeConnection, Script


def logs(link: FakeConnection) -> Script:
    """Lines of several instances, some of them grave, some of them hostile."""
    script = demo(link.mirror)
    script.output("builder-1", "14:22:11 pytest -q: 1 failed, 40 passed", "  ValueError: the token is too old")
    script.output("lead-1", "14:22:09 warning: the server refused, again in 2 s")
    script.output("araya", "14:22:09 看看 the cache 🙂 \x1b[2J[bold]no markup[/bold]", "14:22:10 DEBUG cache hit")
    script.output("explorer-1", "14:22:11 read shop/db.py lines 1-80")
    return script
