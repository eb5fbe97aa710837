"""``trinity continuity`` counts from the files alone, and says what it counted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from trinity_tui.core.handoff.measures import Event
from trinity_tui.core.handoff.session import Session, block_of, session_id
from trinity_tui.handoff.sessions import Sessions

if TYPE_CHECKING:
    from fleet import Fleet


def leave(fleet: Fleet, who: str, started: float, *events: Event) -> str:
    """A session with what happened in it; its name."""
    session = Session(who, "C1", started + 100, 1, started=started, work_accomplished=("something",))
    Sessions(fleet.root, "C1").add(
        block_of(session),
        [Event(one.event, session_id(session), started + n, who, key=one.key, ref=f"m{n}")
         for n, one in enumerate(events)],
    )  # fmt: skip
    return session_id(session)


def test_a_workspace_without_sessions_has_nothing_to_count(fleet: Fleet) -> None:
    assert fleet.trinity("continuity").stdout == "No session has left an event yet.\n"
    assert fleet.trinity("continuity", "builder-1").returncode == 4


def test_each_figure_says_what_it_is_counted_from(fleet: Fleet) -> None:
    first = leave(
        fleet, "builder-1", 1_795_000_000.0,
        Event("goal", "", 0, key="mend the \x1b[2Jcart"), Event("failure", "", 0, key="shell"),
    )  # fmt: skip
    second = leave(
        fleet, "builder-2", 1_795_001_000.0,
        *(Event("failure", "", 0, key="shell") for _ in range(5)), Event("action", "", 0, key="mend the \x1b[2Jcart"),
    )  # fmt: skip
    told = json.loads(fleet.trinity("continuity", "--json").stdout)
    counts = [[len(one[name]) for name in ("found", "settled", "left", "repeated")] for one in told["sessions"]]
    assert [one["session"] for one in told["sessions"]] == [first, second]
    assert counts == [[0, 0, 1, 0], [1, 1, 0, 5]]
    assert [(one["instance"], one["settled"]) for one in told["instances"]] == [("builder-1", 0), ("builder-2", 1)]
    again = told["figures"]["failures_again"]
    assert (again["count"], again["of"], again["value"]) == (5, 6, 5 / 6)
    assert (told["figures"]["decisions_kept"]["value"], told["figures"]["repeated_trend"]) == (None, None)
    lines = fleet.trinity("continuity").stdout.splitlines()
    assert lines[2].split() == [second, "1", "1", "0", "5", "6"]
    assert "failures an earlier session had as well      5 of 6: 0.83 (0.44 to 0.97)" in lines
    assert "decisions kept, or reversed with a word      0 of 0: not enough to say" in lines
    shown = fleet.trinity("continuity", "builder-2").stdout
    assert "  settled   goal      mend the ·[2Jcart  m0" in shown
    assert shown.count("  repeated  failure   shell") == 5
    assert fleet.lines("continuity", first)[0]["left"][0]["origin"] == "self"
