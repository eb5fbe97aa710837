"""The person's words on the live lane: on a call that waits, on a turn that runs, on the brain; over reconnections."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from fleet import wait_until
from speakers import frame, heard, serve_speakers, spent, tell, wait_for_heard, write_speakers

if TYPE_CHECKING:
    import pytest

    from fleet import Fleet

CALL: dict[str, Any] = {"kind": "tool", "command": "git push origin", "tool": "git", "call": "c1"}


def ask(fleet: Fleet, who: str, count: int, **more: Any) -> dict[str, Any]:
    """Have a speaker ask for a call; the request, once so many are on record."""
    tell(fleet, who, "request " + json.dumps(CALL | more))

    def requests() -> list[Any]:
        rows = fleet.messages(kind="approval")
        found = [row for row in rows if row["from"] == who and row["metadata"]["op"] == "request"]
        return found if len(found) >= count else []

    return wait_until(requests, "a request")[-1]


def test_the_word_reaches_who_waits_and_always_is_for_the_role_and_that_grant(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_speakers(fleet, names=("builder-1", "builder-2", "lead-1"))
    serve_speakers(fleet, monkeypatch)
    grant = ["git", "push", "origin"]
    first = ask(fleet, "builder-1", 1, grant=grant)
    (row,) = fleet.lines("inbox")
    assert (row["kind"], row["id"], row["tool"], row["grant"]) == ("approval", first["id"], "git", grant)
    assert row["age_s"] >= 0
    assert fleet.status()["oldest_wait_s"] is not None
    done = fleet.trinity("approve", first["id"], "--always", "--word", "go on")
    assert done.returncode == 0, done.stderr
    wait_for_heard(fleet, "builder-1", "verdict", request=first["id"], verdict="always", word="go on")
    # The same for another builder is answered at once, by nobody's hand; for another role, or a bit more, it waits.
    second = ask(fleet, "builder-2", 1, grant=grant)
    wait_for_heard(fleet, "builder-2", "verdict", request=second["id"], verdict="always")
    assert heard(fleet, "builder-1", "verdict")[0].get("granted", "") == ""
    (answered,) = heard(fleet, "builder-2", "verdict")
    assert answered["granted"].startswith("your word for role:builder of 20")
    third = ask(fleet, "lead-1", 1, grant=grant)
    fourth = ask(fleet, "builder-2", 2, grant=[*grant, "main"])
    fifth = ask(fleet, "builder-2", 3, grant=["git", "push origin"])
    waiting = {row["id"] for row in fleet.lines("inbox")}
    assert waiting == {third["id"], fourth["id"], fifth["id"]}
    assert fleet.trinity("reject", fourth["id"], "--word", "not main").returncode == 0
    wait_for_heard(fleet, "builder-2", "verdict", request=fourth["id"], verdict="reject", word="not main")
    (fleet.root / ".trinity" / "grants.jsonl").write_text(
        '{"instance":"role:lead","command":"tool [\\"git\\",\\"push\\",\\"origin\\"]","at":"","workspace":"'
        + str(fleet.root) + '"}\n'
    )  # fmt: skip
    sixth = ask(fleet, "lead-1", 2, grant=grant)
    assert sixth["id"] in {row["id"] for row in fleet.lines("inbox")}, "what a folder brings along allows nothing"


def test_what_cannot_be_allowed_for_good_is_allowed_once(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    write_speakers(fleet)
    serve_speakers(fleet, monkeypatch)
    request = ask(fleet, "builder-1", 1, grant=[])
    refused = fleet.trinity("approve", request["id"], "--always")
    assert refused.returncode == 1
    assert "--once" in refused.stderr
    allowed = fleet.trinity("approve", request["id"])
    assert allowed.stdout.startswith(f"allowed once: {request['id']}; it cannot be allowed for good, as ")
    wait_for_heard(fleet, "builder-1", "verdict", request=request["id"], verdict="once")
    withdrawn = ask(fleet, "builder-1", 2, grant=["x"])
    tell(fleet, "lead-1", frame("asks_no_more", request=withdrawn["id"]))
    tell(fleet, "builder-1", frame("asks_no_more", request=withdrawn["id"]))
    wait_until(lambda: not fleet.inbox(), "a withdrawn request waits no more")
    assert fleet.trinity("approve", withdrawn["id"]).returncode == 1


def test_a_word_given_while_the_lane_was_down_is_said_again(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    write_speakers(fleet)
    first = serve_speakers(fleet, monkeypatch)
    request = ask(fleet, "builder-1", 1, grant=["x"])
    assert fleet.trinity("approve", request["id"]).returncode == 0
    wait_for_heard(fleet, "builder-1", "verdict", request=request["id"])
    first.kill()
    first.wait()
    serve_speakers(fleet, monkeypatch)
    before = len(heard(fleet, "builder-1", "verdict"))
    tell(fleet, "builder-1", frame("asks", request=request["id"], turn="t", since=1.0))
    wait_until(lambda: len(heard(fleet, "builder-1", "verdict")) > before, "the word again")
    assert heard(fleet, "builder-1", "verdict")[-1]["verdict"] == "once"
    assert len(heard(fleet, "builder-1", "verdict")) == before + 1, "what is read of the log again is not said again"


def test_a_turn_is_cut_and_asked_again(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    from trinity_tui.client import api

    write_speakers(fleet)
    serve_speakers(fleet, monkeypatch)
    asked = tell(fleet, "lead-1", 'answer half # {"cut": "closed"}')
    api.call(fleet.workspace, "POST", "/cut", {"who": "lead-1", "turn": asked})
    wait_for_heard(fleet, "lead-1", "cut", turn=asked)
    again = api.call(fleet.workspace, "POST", "/retry", {"id": asked})
    rows = {row["id"]: row for row in fleet.lines("messages")}
    assert rows[again["id"]]["content"] == rows[asked]["content"]
    assert rows[again["id"]]["thread"] == asked
    assert rows[again["id"]]["metadata"]["retry_of"] == asked


def test_a_budget_holds_over_coordinators_and_a_resume_says_what_lifts_it(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_speakers(fleet, "[limits]\ntokens_per_day = 1_000\n")
    first = serve_speakers(fleet, monkeypatch)
    tell(fleet, "lead-1", spent(input_tokens=900, microdollars=1_500), spent(output_tokens=200, microdollars=500))
    paused = wait_for_heard(fleet, "lead-1", "pause")
    assert "1,100 of 1,000 tokens today" in paused["reason"]
    assert paused["cuts"]
    (row,) = fleet.lines("usage", "--day", "today")
    assert (row["instance"], row["brain"], row["exchanges"], row["dollars"]) == ("lead-1", "claude:x", 2, 0.002)
    first.kill()
    first.wait()
    serve_speakers(fleet, monkeypatch, ready=False)
    wait_until(lambda: fleet.instances().get("lead-1", {}).get("state") == "PAUSED", "the pause is kept")
    resumed = fleet.trinity("resume", "lead-1")
    assert resumed.returncode == 1
    assert "[limits]" in resumed.stderr
    assert fleet.instances()["lead-1"]["state"] == "PAUSED"
    assert len([row for row in fleet.lines("messages", "--type", "alert") if "tokens" in row["content"]]) <= 2
    before = len(heard(fleet, "lead-1", "resume"))
    write_speakers(fleet, "[limits]\ntokens_per_day = 5_000\n")
    wait_until(lambda: len(heard(fleet, "lead-1", "resume")) > before, "a higher limit counts at once")
    wait_until(lambda: fleet.instances()["lead-1"]["state"] == "ONLINE", "it goes on")


def test_a_providers_limit_holds_everyone_who_uses_it_and_cuts_nobody(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_speakers(fleet)
    serve_speakers(fleet, monkeypatch)
    for who in ("lead-1", "builder-1"):
        tell(fleet, who, frame("activity", activity="idle", brain="ollama:mistral"))
    tell(fleet, "lead-1", frame("spent", brain="ollama:qwen", turn="t", limited_seconds=3, problem="429"))
    for who in ("lead-1", "builder-1"):
        assert not wait_for_heard(fleet, who, "pause")["cuts"]
    for who in ("lead-1", "builder-1"):
        wait_until(lambda who=who: heard(fleet, who, "resume"), "it goes on by itself")


def test_what_one_was_at_ends_with_its_process(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    write_speakers(fleet, names=("lead-1",))
    serve_speakers(fleet, monkeypatch)
    tell(fleet, "lead-1", frame("activity", activity="tool", detail="pytest"))
    wait_until(lambda: fleet.instances()["lead-1"]["detail"] == "pytest", "it is at it")
    assert fleet.trinity("stop", "lead-1").returncode == 0
    wait_until(lambda: fleet.instances()["lead-1"]["state"] == "OFFLINE", "it is stopped")
    one = fleet.instances()["lead-1"]
    assert (one["activity"], one["detail"]) == ("idle", "")
