"""The board of a small shop, as the screen's tests look at it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from tui_demo import demo

if TYPE_CHECKING:
    from tui_demo import FakeConnection, Script


def update(script: Script, name: str, state: str, ago: float, **more: Any) -> str:
    """The coordinator's word on a task."""
    task = script.ids[name]
    return script.say("coordinator", "lead-1", f"{state}: {name}", "task_update", ago=ago, task=task, state=state,
                      extra=more)  # fmt: skip


def given(script: Script, name: str, who: str, ago: float) -> None:
    """A task that somebody works on."""
    update(script, name, "ASSIGNED", ago, assignee=who, reason=f"{who.rstrip('-12')} with the fewest tasks")
    token = script.position
    script.say(who, "coordinator", "begun", "task_update", ago=ago - 1, task=script.ids[name], state="IN_PROGRESS",
               token=token)  # fmt: skip


def board(link: FakeConnection) -> Script:
    """Tasks in every state."""
    script = demo(link.mirror)

    def proposed(name: str, to: str, text: str, ago: float, priority: str = "normal", *after: str) -> None:
        waits = {"after": [script.ids[one] for one in after]}
        script.say("lead-1", to, text, "task", ago=ago, name=name, priority=priority, extra=waits)

    proposed("cart", "role:builder", "Have the cart add up what is in it, also where a price is missing", 900)
    proposed("modules", "role:explorer", "List the modules nobody imports", 4_000)
    proposed("docs", "broadcast", "Write down how to release", 600, "low")
    proposed("deploy", "builder-2", "Ship it to the two machines", 300, "high", "cart", "docs")
    proposed("tokens", "role:builder", "Renew tokens in one place", 2_000, "urgent")
    proposed("old", "role:lead", "Plan the move to the new server", 7_000)
    proposed("review", "builder-2", "看看 the review of hunk 3 🙂", 200)
    given(script, "cart", "builder-1", 240)
    given(script, "modules", "explorer-1", 3_900)
    script.say("explorer-1", "coordinator", "shop/legacy.py and shop/old_db.py are imported by nothing.",
               "task_complete", ago=3_700, task=script.ids["modules"], token=script.position - 100)  # fmt: skip
    update(script, "modules", "COMPLETED", 3_700, reason="explorer-1 says ok")
    given(script, "tokens", "builder-2", 1_900)
    update(script, "tokens", "FAILED", 1_000, reason="builder-2 says failed")
    update(script, "old", "CANCELLED", 5_000, reason="cancelled by you: not this year")
    update(script, "review", "ASSIGNED", 20, assignee="builder-2", reason="meant for it by name")
    link.answers["task"] = history(script)
    return script


def history(script: Script) -> Any:
    """What the coordinator answers about a task."""

    def told(**args: str) -> dict[str, Any]:
        said = [
            {"position": record.position, **msgspec.to_builtins(record.message)}
            for record in script.records
            if args["id"] in (record.message.id, record.message.metadata.get("task"))
        ]
        return {"id": args["id"], "history": said}

    return told
