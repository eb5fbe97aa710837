"""Keeps the second ranker of the memory: whether one is used, and the vectors of what is remembered, behind all else.

A model that ``instances.toml`` names is used once it was measured and helped; a server that does not answer costs the
search nothing but that ranker.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.errors import BrainError, StoreError
from trinity_tui.core.memory import Record
from trinity_tui.memory import second
from trinity_tui.memory.embedding import BATCH, Embedder
from trinity_tui.memory.index import Index
from trinity_tui.memory.second import Setting
from trinity_tui.memory.vectors import Vectors
from trinity_tui.store import document

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LOOK_SECONDS = 5.0
"""How often it is looked for what is new."""
BATCH_SECONDS = 5.0
"""So long some vectors may take; a coordinator that goes down waits no longer."""
_ROWS = 500
_AGAIN = 200
"""So many of the newest are looked at again: SQLite gives the number of the newest, once it is gone, to another."""
_decoder = msgspec.json.Decoder(Record)


class Embeddings:
    """The vectors of one workspace's memory.

    Args:
        index: The memory's.
        wanted: The URL and the model that are asked for now; no model: none is.
        notice: Shows the person a sentence, or takes it back when it is empty.
    """

    def __init__(self, index: Path, wanted: Callable[[], tuple[str, str]], notice: Callable[[str], None]) -> None:
        self._index = index
        self._wanted = wanted
        self._notice = notice
        self._seen: tuple[str, int, int] = "", 0, 0
        """Of which model, in which index, up to which record there are vectors."""

    async def run(self) -> None:
        """Keep them so for ever."""
        while True:
            try:
                setting, sentence = await asyncio.to_thread(self._settle)
                while setting is not None and await asyncio.to_thread(self._fill, setting):
                    sentence = ""
            except (BrainError, StoreError) as error:
                sentence = f"The memory is searched by its words alone: {error}."
            self._notice(sentence)
            await asyncio.sleep(LOOK_SECONDS)

    def _settle(self) -> tuple[Setting | None, str]:
        """Which ranker is used from now on; and what the person should know of it."""
        url, model = self._wanted()
        verdict = second.verdicts(self._index).get(model)
        path = second.setting_path(self._index)
        if not model or verdict is None or not verdict.helps:
            path.unlink(missing_ok=True)
            return None, _why_not(model, is_measured=verdict is not None)
        setting = Setting(url, model, verdict.weight)
        if document.read(path, Setting) != setting:
            document.write(path, setting, durable=False)
        return setting, ""

    def _fill(self, setting: Setting) -> bool:
        """Make some vectors that are missing; whether more may be."""
        index = Index.open(self._index, read_only=True)
        try:
            model, inode, seen = self._seen
            seen = seen if (model, inode) == (setting.model, index.inode) else 0
            sql = "SELECT number, record FROM records WHERE number > ? AND NOT retracted ORDER BY number LIMIT ?"
            rows = index.query(sql, (max(0, seen - _AGAIN), _ROWS))
        finally:
            index.close()
        texts = {one.sha256: one.text for one in (_decoder.decode(row[1]) for row in rows)}
        vectors = Vectors(second.vectors_path(self._index), setting.model)
        missing = list(texts.keys() - vectors.of(texts).keys())[:BATCH]
        if missing:
            made = Embedder(setting.url, setting.model).embed([texts[name] for name in missing], BATCH_SECONDS)
            vectors.keep(dict(zip(missing, made, strict=True)))
            return True
        self._seen = setting.model, index.inode, max([seen, *(row[0] for row in rows)])
        return self._seen[2] > seen


def _why_not(model: str, *, is_measured: bool) -> str:
    if not model:
        return ""
    if is_measured:
        return f"[memory] embeddings: {model} was measured and does not help the search, so it is not used."
    return f"[memory] embeddings: {model} is not used until `trinity memory embeddings {model}` has measured it."
