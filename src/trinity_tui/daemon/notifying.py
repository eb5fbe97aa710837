"""Tells the person by a command or a webhook what waits while no screen is looked at; ``core.notify`` says when.

What ``instances.toml`` wants run or sent somewhere is asked for first, as everything a folder brings along. It never
holds anything up: what fails is said as a notice, and tried again later.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec

from trinity_tui.brains import http_probe
from trinity_tui.core import inbox, notify
from trinity_tui.core.errors import StoreError
from trinity_tui.core.wall_clock import set_seconds
from trinity_tui.daemon.clocks import moment
from trinity_tui.store import document
from trinity_tui.tools import command

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trinity_tui.core.inbox import Item
    from trinity_tui.core.notify import NotifyConfig, Told
    from trinity_tui.daemon.house import House

GATHER_SECONDS = 2.0
"""What begins to wait within a moment is told together."""
LOOK_SECONDS = 30.0
"""A screen that is not touched any more says nothing of it."""
SESSION_VARIABLES = ("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR")
"""What a program needs to show something on the person's desktop."""
SAMPLE = inbox.Item("alert", "test", "trinity", "This is a test: `trinity notify test`.", "")
_log = logging.getLogger(__name__)


class Notifier:
    """Tells the person of one house."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._path = house.workspace.notified
        self._told = self._load()
        self._last = moment()
        """When the wall clock was last known to be as what was told is reckoned by it."""

    def _load(self) -> Told:
        try:
            return document.read(self._path, notify.Told) or notify.Told()
        except StoreError as error:
            _log.warning("%s; what waits is told once more", error)
            return notify.Told()

    @property
    def _config(self) -> NotifyConfig:
        return self._house.config.notify

    async def run(self) -> None:
        """Tell what is due, for ever."""
        folding = self._house.coordinator.folding
        await folding.caught_up.wait()
        while True:
            wake_at = await self._tell() if self._config.is_on else None
            rest = LOOK_SECONDS if wake_at is None else min(LOOK_SECONDS, wake_at - time.time())
            try:
                async with asyncio.timeout(max(rest, 0.1)):
                    await folding.moved()
            except TimeoutError:
                continue
            await asyncio.sleep(GATHER_SECONDS)

    async def _tell(self) -> float | None:
        """Tell what is due now; when to look again at the latest."""
        away, config, now = self._house.away, self._config, self._now()
        if not self.is_allowed():
            return None
        waiting = inbox.everything(self._house.coordinator.room)
        is_watched = away.is_watched(config.away_minutes)
        found = notify.plan(waiting, self._told, now, config.every_seconds, is_watched=is_watched)
        self._keep(found.told)
        if not found.due:
            return found.wake_at
        problem = await self._send(found.due)
        self._house.notice("notify", f"You could not be notified: {problem}." if problem else "")
        self._keep(notify.failed(self._told, now) if problem else notify.delivered(self._told, found.due))
        # What began to wait meanwhile is looked at at once.
        return self._told.retry_at or now

    def _now(self) -> float:
        """Seconds since the epoch, and what waits for its time moved along where the clock was set."""
        now = moment()
        if seconds := set_seconds(self._last, now):
            self._last = now
            self._keep(notify.moved(self._told, seconds))
        return now.wall

    def is_allowed(self) -> bool:
        """Whether the person allowed what is configured; asks where that is not known."""
        config, words = self._config, self._house.words
        exactly = [list(config.command), config.webhook]
        about = " and ".join(_ways(config))
        asked = words.command(f"notify by {about}"[:200], exactly)
        text = f"instances.toml wants to tell you by {about} what waits for you while no screen is looked at."
        return words.on(asked, text) == "yes"

    def _keep(self, told: Told) -> None:
        if told.keys == self._told.keys and (told.failures, told.retry_at) == (
            self._told.failures, self._told.retry_at
        ):  # fmt: skip
            self._told = told  # Tokens alone come back by themselves.
            return
        self._told = told
        try:
            document.write(self._path, told, durable=False)
        except StoreError as error:
            _log.warning("%s; it may be told once more", error)

    async def test(self) -> dict[str, Any]:
        """Tell something now; what came of it."""
        return {"by": _ways(self._config), "problem": await self._send([SAMPLE])}

    async def _send(self, items: Sequence[Item]) -> str:
        """Tell it each way that is configured; what went wrong, empty where nothing did."""
        house, config = self._house, self._config
        said = notify.payload(items, house.name, str(house.workspace.root), house.config.serve.computer)
        # All at once: one that takes its whole time delays no other, nor whoever waits for what came of it.
        ways = ([_run(config, said)] if config.command else []) + ([_post(config, said)] if config.webhook else [])
        found = "; ".join(problem for problem in await asyncio.gather(*ways) if problem)
        if found:
            _log.warning("notifying of %s failed: %s", said["id"], found)
        return found


def _ways(config: NotifyConfig) -> list[str]:
    """How, for people; of an address only the server, for the rest of it may be a secret."""
    host = urlsplit(config.webhook).hostname or "no server"
    return [" ".join(config.command)] * bool(config.command) + [f"a webhook of {host}"] * bool(config.webhook)


async def _run(config: NotifyConfig, said: Mapping[str, Any]) -> str:
    facts = {f"TRINITY_NOTIFY_{key.upper()}": str(said[key]) for key in ("id", "count", "text")}
    facts |= {"TRINITY_WORKSPACE": said["workspace"], "TRINITY_PATH": said["path"]}
    session = {name: os.environ[name] for name in SESSION_VARIABLES if name in os.environ}

    def launch(marks: dict[str, str]) -> tuple[list[str], dict[str, str]]:
        return list(config.command), command.environment(os.environ) | session | facts | marks

    given = os.memfd_create("notification")
    try:
        os.write(given, msgspec.json.encode(said) + b"\n")
        os.lseek(given, 0, os.SEEK_SET)
        done = await command.run(config.command, Path(said["path"]), config.seconds, launcher=launch, stdin=given)
    finally:
        os.close(given)
    return "" if done.is_ok else f"{config.command[0]}: {done.problem or f'exit {done.code}'}"


async def _post(config: NotifyConfig, said: Mapping[str, Any]) -> str:
    try:
        status = await http_probe.post(config.webhook, said, config.seconds)
    except OSError as error:
        return f"the webhook: {error}"
    return "" if 200 <= status < 300 else f"the webhook answers {status}"
