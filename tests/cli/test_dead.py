"""Deadlines, dead letters and sending again, as a person meets them on the command line."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from fleet import wait_until
from patience import PATIENCE_SECONDS
from trinity_tui.bus import DeadLetter, dead, new_message, open_bus
from trinity_tui.core import record
from trinity_tui.core.message import format_time

if TYPE_CHECKING:
    from pathlib import Path

    from fleet import Fleet


def give_up(root: Path, to: str = "lead-1", by: tuple[str, ...] = ("lead-1",)) -> str:
    """A message of the person's that these gave up; its id."""

    async def publish() -> str:
        bus = open_bus(root / ".trinity" / "bus", "test")
        message = new_message("human", to, "message", "do it", origin="human")
        [position] = await bus.publish(message)
        await bus.aclose()
        for consumer in by:
            letter = DeadLetter(
                consumer=consumer, position=position, attempts=5, reason="ValueError: no",
                at=format_time(time.time()), line=record.encode(message).decode(),
            )  # fmt: skip
            dead.bury(root / ".trinity" / "bus" / "dead", letter)
        return message.id

    return asyncio.run(publish())


def waiting(fleet: Fleet) -> int:
    """How many dead letters wait; the alerts that tell of them are no letters."""
    return sum(row["kind"] == "dead" for row in fleet.lines("inbox"))


def test_a_message_that_nobody_reads_in_time_fails_with_its_reason(fleet: Fleet) -> None:
    fleet.serve()
    fleet.json("stop", "lead-1")
    wait_until(lambda: fleet.instances()["lead-1"]["state"] == "OFFLINE", "lead-1 OFFLINE")
    done = fleet.trinity("send", "lead-1", "hello", "--ack-by", "1s", "--wait", "read", "--timeout", "30")
    assert done.returncode == 5
    assert "failed: not read by " in done.stderr
    expired = fleet.trinity("send", "lead-1", "hello", "--expires", "0.1s", "--wait", "read", "--timeout", "30")
    assert expired.returncode == 5
    assert "expired: not read before " in expired.stderr
    said = ["Your message to lead-1 failed", "Your message to lead-1 expired"]
    alerts = wait_until(lambda: len(found := fleet.lines("messages", "--type", "alert")) > 1 and found, "both alerts")
    assert [one["content"].split(":")[0] for one in alerts] == said
    assert fleet.trinity("send", "lead-1", "hello", "--ack-by", "soon").returncode == 2


def test_readers_of_one_to_many_are_named_with_their_times(fleet: Fleet) -> None:
    fleet.serve()
    done = fleet.trinity("send", "all", "hello", "--wait", "read")
    assert done.returncode == 0, done.stderr
    assert "4 of 4 read it" in done.stdout
    for name in ("explorer-1", "builder-1", "reflector-1", "lead-1"):
        assert f"  {name} read " in done.stdout


def test_what_was_given_up_is_listed_and_sent_again(fleet: Fleet) -> None:
    fleet.serve()
    given_up = give_up(fleet.root)
    wait_until(lambda: waiting(fleet) == 1, "one dead letter waits")
    [row] = fleet.lines("messages", "--dead")
    assert (row["id"], row["reason"], row["attempts"], row["waiting"]) == (given_up, "ValueError: no", 5, True)
    assert "lead-1 gave it up after 5 attempts: ValueError: no" in fleet.trinity("messages", "--dead").stdout
    sent = fleet.json("resend", given_up)
    assert (sent["to"], sent["resent_of"]) == ("lead-1", given_up)
    wait_until(lambda: waiting(fleet) == 0, "nothing waits")
    again = next(one for one in fleet.lines("messages", "--to", "lead-1") if one["id"] == sent["id"])
    assert (again["content"], again["metadata"]) == ("do it", {"resent_of": given_up, "given_up_by": "lead-1"})
    other = give_up(fleet.root)
    wait_until(lambda: waiting(fleet) == 1, "another waits")
    assert fleet.json("resend", other, "--drop")["id"] == other
    wait_until(lambda: waiting(fleet) == 0, "it is dropped")
    assert fleet.trinity("resend", other, "--drop").returncode == 4
    assert fleet.json("resend", other, "--to", "builder-1")["to"] == "builder-1"
    many = give_up(fleet.root, "broadcast", ("builder-1", "lead-1"))
    wait_until(lambda: waiting(fleet) == 2, "two gave it up")
    assert fleet.json("resend", many, "--of", "lead-1")["to"] == "lead-1"
    wait_until(lambda: waiting(fleet) == 1, "the other one waits still")
    assert fleet.trinity("resend", many, "--of", "lead-1").returncode == 4
    assert fleet.json("resend", many)["to"] == "builder-1"
    wait_until(lambda: waiting(fleet) == 0, "nobody waits")
    fleet.trinity("down", "--yes")
    assert {one["id"] for one in fleet.lines("messages", "--dead")} == {given_up, other, many}


def test_what_cannot_be_sent_again_is_refused_in_a_sentence(fleet: Fleet) -> None:
    fleet.serve()
    unknown = fleet.trinity("resend", "nothing")
    assert (unknown.returncode, "no message 'nothing'" in unknown.stderr) == (4, True)
    asked = fleet.json("send", "lead-1", "status?", "--wait", "answer")
    answered = fleet.trinity("resend", asked["id"])
    assert (answered.returncode, "it was answered at" in answered.stderr) == (1, True)
    told = fleet.trinity("resend", asked["answer"])
    assert told.returncode in (1, 2)


def test_a_reader_that_has_seen_enough_is_no_error(fleet: Fleet) -> None:
    fleet.serve()
    for number in range(3):
        fleet.json("send", "all", f"{number}")
    child = subprocess.Popen(
        [sys.executable, "-m", "trinity_tui", "-C", str(fleet.root), "messages", "--follow"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert child.stdout is not None
    assert child.stderr is not None
    child.stdout.readline()
    child.stdout.close()
    fleet.json("send", "all", "one more")
    assert child.wait(PATIENCE_SECONDS) == 0
    assert child.stderr.read() == b""
    child.stderr.close()
