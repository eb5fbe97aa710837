"""In which order blocks are shown: by the date in their heading, and what was written by hand where somebody put it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.core.handoff import dates
from trinity_tui.core.handoff.blocks import HAND, digest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from trinity_tui.core.handoff.blocks import Piece, Version

STEP_SECONDS = 0.001
"""Between two that somebody wrote one after the other."""


def ordered(versions: Sequence[Version], found: Mapping[str, float]) -> list[Version]:
    """Blocks in the order of a journal: by the date in their heading, and where somebody had put them.

    Args:
        versions: Those that are shown.
        found: The moments of ``places``, by id.
    """

    def moment(version: Version) -> float:
        dated, place = _dated(version.text), found.get(version.id)
        if place is not None and (dated is None or dates.day(dated) == dates.day(place)):
            return place
        return dated if dated is not None else float("inf")

    return sorted(versions, key=lambda version: (moment(version), version.id))


def places(
    pieces: Sequence[Piece], known: Sequence[Version], found: Mapping[str, float], now: float
) -> dict[str, float]:
    """Moments for what was written by hand, such that it stays where it stands between what has one.

    Args:
        pieces: The log.
        known: Every block there is, those that were just added included.
        found: The moments that are known already.
        now: For a log in which nothing has a date.
    """
    new: dict[str, float] = {}
    waiting: list[str] = []
    before: float | None = None
    for name, text in _named(pieces, known):
        moment = found.get(name, _dated(text))
        if moment is not None and name not in found and name.startswith(HAND):
            # To the day, mostly: among those of one day their order is the log's.
            if before is not None and moment <= before and dates.day(moment) == dates.day(before):
                moment = before + STEP_SECONDS
            new[name] = moment
        elif moment is None and before is None:
            waiting.append(name)
        elif moment is None and before is not None:
            moment = new[name] = before + STEP_SECONDS
        if moment is not None and before is None:
            new |= {one: moment - STEP_SECONDS * (len(waiting) - index) for index, one in enumerate(waiting)}
        before = moment if moment is not None else before
    if before is None:
        new |= {one: now + STEP_SECONDS * index for index, one in enumerate(waiting)}
    return new


def _named(pieces: Sequence[Piece], known: Sequence[Version]) -> Iterator[tuple[str, str]]:
    """The ids of the blocks a log shows, each once, and what they say."""
    names, texts = {version.id for version in known}, {version.digest: version.id for version in known}
    seen: set[str] = set()
    for piece in pieces:
        name = piece.id if piece.id in names else texts.get(digest(piece.text), "")
        if name and name not in seen:
            seen.add(name)
            yield name, piece.text


def _dated(text: str) -> float | None:
    return dates.find(text.partition("\n")[0])
