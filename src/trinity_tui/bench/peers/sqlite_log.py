"""The honest "just use SQLite": a table as log, write-ahead logging, ``synchronous = NORMAL``, readers that poll."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from trinity_tui.bench.peers.port import Poll
from trinity_tui.core import message

if TYPE_CHECKING:
    from trinity_tui.core.message import Message

BATCH = 1000


class SqliteLog:
    """One file."""

    def __init__(self, place: str) -> None:
        self._table = sqlite3.connect(f"{place}/log.sqlite3", isolation_level=None, timeout=30.0)
        self._poll = Poll()
        self._last = 0

    async def open(self) -> None:
        """Make the table."""
        self._table.execute("PRAGMA journal_mode = WAL")
        self._table.execute("PRAGMA synchronous = NORMAL")
        self._table.execute("CREATE TABLE IF NOT EXISTS log (number INTEGER PRIMARY KEY, body BLOB, is_done INTEGER)")
        self._table.execute("CREATE INDEX IF NOT EXISTS waiting ON log (number) WHERE is_done = 0")

    async def publish(self, messages: list[Message]) -> None:
        """One transaction."""
        rows = [(message.encode(item),) for item in messages]
        self._table.execute("BEGIN IMMEDIATE")
        self._table.executemany("INSERT INTO log (body, is_done) VALUES (?, 0)", rows)
        self._table.execute("COMMIT")

    async def subscribe(self) -> None:
        """Read from the last row on."""
        self._last = self._table.execute("SELECT coalesce(max(number), 0) FROM log").fetchone()[0]

    async def receive(self) -> list[Message]:
        """The rows since the last ones."""
        query = "SELECT number, body FROM log WHERE number > ? ORDER BY number LIMIT ?"
        while not (rows := self._table.execute(query, (self._last, BATCH)).fetchall()):
            await self._poll.wait()
        self._poll.reset()
        self._last = rows[-1][0]
        return [message.decode(body) for _, body in rows]

    async def claim(self) -> None:
        """Whoever asks gets the oldest row that is not done with."""

    async def handle(self) -> Message:
        """Select the oldest, mark it as done."""
        query = "SELECT number, body FROM log WHERE is_done = 0 ORDER BY number LIMIT 1"
        while (row := self._table.execute(query).fetchone()) is None:
            await self._poll.wait()
        self._table.execute("UPDATE log SET is_done = 1 WHERE number = ?", (row[0],))
        return message.decode(row[1])

    async def aclose(self) -> None:
        """Close the file."""
        self._table.close()
