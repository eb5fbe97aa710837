"""What faces ask the memory for: pages, records by id, and news up to the moment the person has seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from fleet import CONFIG, wait_until
from trinity_tui.client import api

if TYPE_CHECKING:
    from fleet import Fleet


@pytest.fixture
def quiet(fleet: Fleet) -> Fleet:
    """A coordinator without instances, and three things said."""
    fleet.write_config(CONFIG, {})
    fleet.serve(ready=False)
    wait_until(fleet.status, "a coordinator")
    for text in ("one bell", "two bells", "three bells"):
        post(fleet, "add", text=text)
    return fleet


def get(fleet: Fleet, route: str) -> Any:
    return api.call(fleet.workspace, "GET", f"/memory/{route}")


def post(fleet: Fleet, route: str, **body: Any) -> Any:
    return api.call(fleet.workspace, "POST", f"/memory/{route}", body)


def texts(rows: list[dict[str, Any]]) -> list[str]:
    return [row["text"] for row in rows]


@pytest.mark.parametrize("wanted", ["", "text=bells&"])
def test_pages_follow_one_another(quiet: Fleet, wanted: str) -> None:
    whole = texts(get(quiet, f"search?{wanted}limit=50"))
    assert len(whole) == 3
    pages = [texts(get(quiet, f"search?{wanted}limit=2&offset={offset}")) for offset in (0, 2, 4)]
    assert [*pages[0], *pages[1]] == whole
    assert pages[2] == []


def test_records_are_told_by_their_ids_and_without_the_log(quiet: Fleet) -> None:
    rows = get(quiet, "search?limit=50")
    ids = [row["id"] for row in rows]
    assert [row["id"] for row in get(quiet, f"records?ids={ids[2]},zebra,{ids[0]}")] == [ids[2], ids[0]]
    assert rows[0]["use"]["shown"] == 0
    assert not rows[0]["is_contradicted"]
    bare = get(quiet, f"show?id={ids[0]}&messages=false")
    assert "messages" not in bare
    assert bare["statements"][0]["id"] == ids[0]
    assert len(get(quiet, f"show?id={ids[0]}")["messages"]) == 1


def test_having_looked_counts_up_to_the_moment_that_was_shown(quiet: Fleet) -> None:
    newest = get(quiet, "search?limit=1")[0]
    assert get(quiet, "news")["counts"]["added"] == 3
    post(quiet, "looked", at=newest["time"] - 0.000_001)
    assert texts(get(quiet, "news")["records"]) == ["three bells"]
    at = post(quiet, "looked", at=9e12)["at"]
    assert at < 9e12
    post(quiet, "looked")
    assert get(quiet, "news")["counts"]["added"] == 0
