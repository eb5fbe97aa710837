"""One message through all rooms: command, coordinator, bus, instance, answer, and what is known of its way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fleet import wait_until

if TYPE_CHECKING:
    from fleet import Fleet


def test_a_question_is_answered_and_its_way_is_known(running_fleet: Fleet) -> None:
    chain = running_fleet.ask("explorer-1", "search: def refresh")
    assert chain["stage"] == "answered"
    assert "shop/auth.py:4" in chain["text"]
    times = [chain[f"{step}_at"] for step in ("written", "received", "read", "answered")]
    assert all(times)
    assert times[0] == min(times)


def test_to_nobody_is_exit_4_with_the_nearest_name(running_fleet: Fleet) -> None:
    done = running_fleet.trinity("send", "explorer", "hello")
    assert done.returncode == 4
    assert "explorer-1" in done.stderr
    assert running_fleet.trinity("send", "role:oracle", "hello").returncode == 4


def test_without_a_coordinator_is_exit_3_with_the_command(fleet: Fleet) -> None:
    done = fleet.trinity("send", "explorer-1", "hello", "--wait", "answer")
    assert done.returncode == 3
    assert "`trinity`" in done.stderr


def test_a_broadcast_reaches_all_and_it_is_counted(running_fleet: Fleet) -> None:
    chain = running_fleet.json("send", "all", "lunch at noon", "--wait", "read", "--timeout", "20")
    assert (chain["expected"], chain["read"], chain["reached"]) == (4, 4, True)


def test_what_is_not_answered_in_time_is_exit_5(fleet: Fleet) -> None:
    fleet.serve()
    fleet.trinity("stop", "lead-1")
    done = fleet.trinity("send", "lead-1", "are you there?", "--wait", "answer", "--timeout", "0.5")
    assert done.returncode == 5
    assert "0.5 s" in done.stderr


def test_findings_are_about_what_is_there(running_fleet: Fleet) -> None:
    def findings() -> list[str]:
        rows = running_fleet.messages(kind="finding")
        return [row["content"] for row in rows if row["from"] == "explorer-1"]

    found = wait_until(lambda: len(findings()) >= 2 and findings(), "two findings")
    assert any(text.startswith("shop/auth.py:4 ") for text in found)
    assert any(text.startswith("shop/cart.py:") for text in found)
