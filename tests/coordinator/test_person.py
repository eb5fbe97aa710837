"""The person speaks to who is there, and what they saw is on record."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from coordinator.authority import running
from trinity_tui.core import inbox
from trinity_tui.core.delivery_chain import delivery_chain
from trinity_tui.core.errors import ClientError

if TYPE_CHECKING:
    from pathlib import Path


async def test_the_person_speaks_only_to_somebody_who_is_there(root: Path) -> None:
    async with running(root) as authority:
        authority.online("builder-1", "lead-1")
        await authority.until(lambda: len(authority.it.room.instances) == 3)
        with pytest.raises(ClientError) as nobody:
            await authority.it.person.send("builder-9", "chat", "hello")
        assert nobody.value.exit_code == 4
        assert nobody.value.hint.startswith("Did you mean builder-")
        with pytest.raises(ClientError):
            await authority.it.person.send("role:oracle", "chat", "hello")
        message, position = await authority.it.person.send("lead-1", "question", "what now?")
        assert (message.from_, message.origin) == ("human", "human")
        await authority.it.folding.reached(position)
        assert (delivery_chain(authority.it.room, message.id) or {})["stage"] == "written"


async def test_an_alert_is_seen_by_the_word_of_the_person(root: Path) -> None:
    async with running(root) as authority:
        authority.it.alert("The disk is nearly full", {})
        await authority.until(lambda: bool(inbox.alerts(authority.it.room)))
        (item,) = inbox.alerts(authority.it.room)
        assert await authority.it.person.saw(["nothing", item.id]) == 1
        assert inbox.alerts(authority.it.room) == []
        assert await authority.it.person.saw([item.id]) == 0
