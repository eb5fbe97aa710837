"""One process that carries pieces: how it is begun, lost and given up, with programs in ssh's place that misbehave."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

import pytest

from patience import PATIENCE_SECONDS
from trinity_tui import __version__
from trinity_tui.client import ssh
from trinity_tui.client.ssh import Ssh
from trinity_tui.core.elsewhere import Elsewhere
from trinity_tui.core.errors import ClientError
from trinity_tui.core.wire import PROTOCOL, tunnel

if TYPE_CHECKING:
    from pathlib import Path

PLACE = Elsewhere("shop", "~/work")
HELLO = tunnel.MARK + tunnel.own(tunnel.Hello(tunnel.VERSION, __version__, PROTOCOL))


def program(folder: Path, says: bytes, then: str) -> list[str]:
    """A program that says this, whatever it is asked, and then does something."""
    file = folder / "ssh.py"
    file.write_text(f"import os, sys, time\nos.write(1, {says!r})\n{then}\n")
    return [sys.executable, str(file)]


async def test_who_waits_for_a_piece_is_told_when_it_is_hung_up(tmp_path: Path) -> None:
    link = await Ssh.begin(PLACE, program(tmp_path, HELLO, "while os.read(0, 9): pass"), has_terminal=False)
    waiting = asyncio.create_task(link.piece())
    await asyncio.sleep(0)
    await link.aclose()
    with pytest.raises(ClientError):
        async with asyncio.timeout(PATIENCE_SECONDS):
            await waiting


async def test_a_link_that_takes_nothing_is_seen_to_be_lost_although_more_is_to_be_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ssh, "BEAT_SECONDS", 0.05)
    link = await Ssh.begin(PLACE, program(tmp_path, HELLO, "time.sleep(600)"), has_terminal=False)
    try:
        sending = asyncio.create_task(link.send(bytes(4_000_000)))
        with pytest.raises(ClientError, match="no sign of shop"):
            async with asyncio.timeout(PATIENCE_SECONDS):
                await link.piece()
        with pytest.raises(ClientError, match="was lost"):
            await sending
    finally:
        await link.aclose()


async def test_a_bridge_that_does_not_present_itself_is_refused_in_a_sentence(tmp_path: Path) -> None:
    says = tunnel.MARK + tunnel.own(tunnel.Opened(1))
    with pytest.raises(ClientError, match="does not present itself"):
        await Ssh.begin(PLACE, program(tmp_path, says, "time.sleep(600)"), has_terminal=True)
