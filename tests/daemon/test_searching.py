"""Looking through what instances printed, while files come and go."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from patience import PATIENCE_SECONDS
from trinity_tui.core.paths import Workspace
from trinity_tui.daemon.searching import Search, search

if TYPE_CHECKING:
    from pathlib import Path

    from trinity_tui.daemon.requests import Requests


async def hits(root: Path, text: str) -> list[dict[str, Any]]:
    """What is found in what lead-1 printed."""
    room = SimpleNamespace(instances={"lead-1": None})
    house = SimpleNamespace(workspace=Workspace(root), coordinator=SimpleNamespace(room=room))
    answer = await search(
        cast("Requests", SimpleNamespace(house=house)), Search(text=text, place="logs", seconds=PATIENCE_SECONDS)
    )
    return answer["hits"]


async def found(root: Path, text: str) -> list[tuple[str, str]]:
    """Where, and what stands there."""
    return [(hit["what"], hit["text"]) for hit in await hits(root, text)]


async def test_a_run_that_was_given_up_meanwhile_is_passed_over(tmp_path: Path) -> None:
    places = Workspace(tmp_path).instance("lead-1")
    places.output.mkdir(parents=True)
    places.output_of(2).write_text("the refresh token\nis kept\n")
    # As a file looks that was listed and is gone when it is its turn.
    places.output_of(1).symlink_to(tmp_path / "gone")
    assert await found(tmp_path, "refresh") == [("lead-1:2:0", "the refresh token")]


async def test_only_an_instance_prints(tmp_path: Path) -> None:
    places = Workspace(tmp_path).instance("lead-1")
    places.output.mkdir(parents=True)
    places.output_of(1).write_text("the refresh token\n")
    assert len(await found(tmp_path, "refresh by:lead-1")) == 1
    assert await found(tmp_path, "refresh by:you") == []


async def test_a_line_has_its_own_time_where_it_says_one_and_else_that_of_its_file(tmp_path: Path) -> None:
    places = Workspace(tmp_path).instance("lead-1")
    places.output.mkdir(parents=True)
    path = places.output_of(1)
    written = datetime(2026, 11, 22, 9, 30, 5).astimezone()
    path.write_text("a token\n" + "22:00:00 another token\n  of two lines\n08:00:00 the last token\n09:30:05 well\n")
    os.utime(path, (written.timestamp(), written.timestamp()))
    last, second, first = await hits(tmp_path, "token")
    assert last["at"] == written.replace(hour=8, minute=0, second=0).timestamp()
    assert second["at"] == written.replace(day=21, hour=22, minute=0, second=0).timestamp()
    assert (last["source"], second["source"]) == ("run 1", "run 1")
    assert (first["at"], first["source"]) == (written.timestamp(), "run 1, time of its file")
    assert [hit["what"] for hit in (first, second, last)] == ["lead-1:1:0", "lead-1:1:8", "lead-1:1:46"]
    since = written.replace(hour=7).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert [hit["text"] for hit in await hits(tmp_path, f"token since:{since}")] == ["08:00:00 the last token"]


async def test_far_back_in_a_long_output_the_time_is_that_of_its_file(tmp_path: Path) -> None:
    places = Workspace(tmp_path).instance("lead-1")
    places.output.mkdir(parents=True)
    path = places.output_of(1)
    path.write_text("08:00:00 the token\n" + "08:00:01 nothing to be found here\n" * 80_000 + "08:00:02 the token\n")
    near, far = await hits(tmp_path, "token")
    assert (near["source"], far["source"]) == ("run 1", "run 1, time of its file")
