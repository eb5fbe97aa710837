"""``trinity handoff``: the four tiers, with or without a coordinator."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tiers_ground import DEFECTS, change, clean
from trinity_tui.core.handoff.session import Session, block_of
from trinity_tui.handoff.sessions import Sessions

if TYPE_CHECKING:
    from fleet import Fleet


def test_a_set_in_order_and_one_that_is_not(fleet: Fleet) -> None:
    clean(fleet.root)
    done = fleet.trinity("handoff", "check")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "The four tiers are in order.")
    name, old, new, said = DEFECTS["project-gone"]
    change(fleet.root, name, old, new)
    done = fleet.trinity("handoff", "check")
    place, _, rest = said[0].partition(" project-gone: ")
    assert f"{place}: error: {rest} [project-gone]\n1 to see to.\n" in done.stdout
    assert done.returncode == 1
    found = json.loads(fleet.trinity("handoff", "check", "--json").stdout)
    assert [one["rule"] for one in found if one["severity"] == "error"] == ["project-gone"]


def test_an_instance_is_told_what_its_predecessor_left(fleet: Fleet) -> None:
    clean(fleet.root)
    Sessions(fleet.root, "C1").add(
        block_of(Session("explorer-1", "C1", 1_796_000_000.0, for_next_instance=("look\x1b[2J at the roof",)))
    )
    done = fleet.trinity("handoff", "brief", "explorer-1")
    assert "What your last session left for you:" in done.stdout
    assert "- look[2J at the roof" in done.stdout
    short = fleet.trinity("handoff", "brief", "explorer-1", "--window", "1024")
    assert "look[2J at the roof" in short.stdout
    assert "left out: PORTFOLIO_CONTEXT.md: all of it" in short.stderr
    told = json.loads(fleet.trinity("handoff", "brief", "explorer-1", "--json").stdout)
    assert told["stable"][0]["name"] == "PORTFOLIO_CONTEXT.md"
    assert fleet.trinity("handoff", "brief", "explorer-9").returncode == 4


def test_the_last_sessions_are_shown(fleet: Fleet) -> None:
    clean(fleet.root)
    shown = fleet.trinity("handoff", "log", "--limit", "1").stdout
    assert shown.startswith("## Session: 2026-11-21 08:00 UTC - builder-2")
    lines = fleet.lines("handoff", "log")
    assert [(line["file"], line["line"]) for line in lines] == [("SESSION_LOG.md", 3), ("SESSION_LOG.md", 27)]
    tiers = fleet.trinity("handoff", "show").stdout
    assert "project    weather/PROJECT_CONTEXT.md" in tiers and "2 sessions and notes" in tiers


def test_an_empty_workspace_has_nothing_wrong_and_is_told_what_to_do(fleet: Fleet) -> None:
    done = fleet.trinity("handoff", "check")
    assert "PORTFOLIO_CONTEXT.md:1: note: is not there yet, and yours to write: it says which projects" in done.stdout
    assert "SESSION_LOG.md:1: note: is not there yet, and comes by itself: it says what each session" in done.stdout
    assert done.stdout.endswith("Nothing is wrong.\n")
    assert done.returncode == 0
    (fleet.root / "PROJECT_CONTEXT.md").write_text("# Shop\n")
    assert "PORTFOLIO_CONTEXT.md:1: error: is missing" in fleet.trinity("handoff", "check").stdout
    (fleet.root / "PROJECT_CONTEXT.md").unlink()
    assert fleet.trinity("handoff", "brief", "explorer-1").returncode == 0
    assert fleet.trinity("handoff", "log").stdout == ""
