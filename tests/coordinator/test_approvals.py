"""What waits for the person is decided once: by their word, or by what they allowed for good."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from coordinator.authority import running
from trinity_tui.bus import new_message
from trinity_tui.core.errors import ClientError

if TYPE_CHECKING:
    from pathlib import Path


async def test_two_screens_decide_at_once_and_the_second_hears_how(root: Path) -> None:
    async with running(root) as authority:
        authority.online("builder-1")
        request = {"op": "request", "command": "make test"}
        asked = new_message("builder-1", "human", "approval", "may I?", metadata=request)
        await authority.bus.publish(asked)
        await authority.until(lambda: asked.id in authority.it.room.approvals)
        both = await asyncio.gather(
            authority.it.approvals.settle(asked.id, "reject", "not on Friday", "screen pts/1 on shop"),
            authority.it.approvals.settle(asked.id, "once", via="screen pts/2 on shop"),
            return_exceptions=True,
        )
        second = both[1]
        assert isinstance(second, ClientError)
        assert "decided already: reject, by the person at" in second.sentence()
        assert "screen pts/1 on shop: not on Friday" in second.sentence()
        (decision,) = authority.it.room.diary.decisions
        assert (decision.verdict, decision.via, decision.word) == ("reject", "screen pts/1 on shop", "not on Friday")


async def test_a_request_is_decided_once_by_the_person_or_by_a_grant(root: Path) -> None:
    async with running(root) as authority:
        authority.online("builder-1")
        request = {"op": "request", "command": "make test"}
        asked = new_message("builder-1", "human", "approval", "may I?", metadata=request)
        await authority.bus.publish(asked)
        await authority.until(lambda: asked.id in authority.it.room.approvals)
        await authority.it.approvals.settle(asked.id, "always")
        with pytest.raises(ClientError, match="decided already"):
            await authority.it.approvals.settle(asked.id, "reject")
        with pytest.raises(ClientError) as missing:
            await authority.it.approvals.settle("nothing", "once")
        assert missing.value.exit_code == 4
        again = new_message("builder-1", "human", "approval", "may I?", metadata=request)
        await authority.bus.publish(again)
        approvals = authority.it.room.approvals
        await authority.until(lambda: again.id in approvals and approvals[again.id].verdict)
        assert (approvals[again.id].verdict, approvals[again.id].decided_by) == ("always", "grant")
        named = "your word for builder-1 of 2026-11-21 20:15 UTC"
        assert (approvals[asked.id].granted, approvals[again.id].granted) == ("", named)
        (told,) = [row.text for row in authority.it.room.flow if row.text.endswith(f"({named})")]
        assert told.startswith("always: make test")
