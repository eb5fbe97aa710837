"""The builder: nothing runs before the person said so, and what runs is said once, to whoever waits for it."""

from __future__ import annotations

import asyncio
import json
import os
import shlex
import sys
from typing import TYPE_CHECKING, cast

import pytest

from patience import until
from trinity_tui.core.wire import live
from trinity_tui.harness.checking import changed, running
from trinity_tui.harness.roles import builder

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.ground import Ground, Life
    from trinity_tui.core.message import Message

CHECK = "python3 check.py"


@pytest.fixture(autouse=True)
def looks_often(ground: Ground) -> None:
    """What changes is to be seen at once."""
    ground.survey_seconds = 0.1


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changed, "DEBOUNCE_SECONDS", 0.2)


def write_check(ground: Ground, body: str = "", code: int = 0) -> None:
    """A check that counts its runs in a file the builder does not look at, and does what a test wants besides."""
    (ground.root / ".trinity" / "runs").touch()
    lines = ["import os, sys, time", "open('.trinity/runs', 'a').write('x')", body, f"sys.exit({code})"]
    (ground.root / "check.py").write_text("\n".join(lines) + "\n")


def runs(ground: Ground) -> int:
    return len((ground.root / ".trinity" / "runs").read_text())


def asks(check: str = CHECK) -> Callable[[Message], bool]:
    return lambda message: message.metadata.get("op") == "request" and message.metadata.get("command") == check


def reports(message: Message) -> bool:
    return message.type == "finding" and message.metadata.get("kind") == "check"


async def quiet(ground: Ground, life: Life, looks: int = 4) -> None:
    """Wait for so many looks at the files: time enough to begin whatever is to be begun."""
    files = life.me.places.folder / "files.json"
    for _ in range(looks):
        before = files.stat().st_mtime_ns if files.exists() else 0
        await ground.until(lambda before=before: files.exists() and files.stat().st_mtime_ns > before, "a look")
    await ground.until(lambda: not life.me.turns, "nothing runs")


async def allowed(ground: Ground, verdict: str = "always", checks: list[str] | None = None) -> Life:
    """A builder whose checks the person allowed, after they ran."""
    life = ground.live("builder-1", checks=[CHECK] if checks is None else checks)
    for check in life.me.brief.checks or []:
        await ground.decide(await ground.heard(asks(check)), verdict)
    await ground.heard(reports, len(life.me.brief.checks or []))
    return life


async def test_nothing_runs_before_it_is_allowed_and_what_is_asked_is_what_runs(ground: Ground) -> None:
    check = "python3 check.py --flag; touch made"
    write_check(ground, "print(sys.argv[1:]); print('shop/cart.py:7: Error: total is wrong')", code=3)
    life = ground.live("builder-1", checks=[check])
    request = await ground.heard(asks(check))
    assert (request.to, request.content) == ("human", f"May I run `{check}` in this folder?")
    assert request.metadata == {"op": "request", "command": check, "folder": str(ground.root)}
    await ground.settled(life)
    assert runs(ground) == 0
    await ground.decide(request, "always")
    report = await ground.heard(reports)
    assert runs(ground) == 1
    assert report.to == "broadcast"
    assert report.metadata["exit_code"] == 3
    assert report.metadata["severity"] == "high"
    lines = report.content.splitlines()
    assert lines[0].startswith(f"{check} → 3")
    assert "shop/cart.py:7: Error: total is wrong" in lines[1:]
    assert "made" not in os.listdir(ground.root)


async def test_changed_files_are_checked_once_they_are_quiet_and_the_same_result_is_said_once(ground: Ground) -> None:
    write_check(ground, "print('1 passed in %fs' % time.time())")
    life = await allowed(ground)
    number, files = 0, life.me.places.folder / "files.json"
    looks = {files.stat().st_mtime_ns}
    while len(looks) < 5:  # as long as somebody writes, nothing is checked
        number += 1
        (ground.root / "work.py").write_text(f"x = {number}\n")
        looks.add(files.stat().st_mtime_ns)
        await asyncio.sleep(0.02)
    assert runs(ground) == 1
    await ground.until(lambda: runs(ground) == 2, "run again")
    await quiet(ground, life)
    assert runs(ground) == 2
    assert len([message for message in await ground.said("finding") if reports(message)]) == 1
    write_check(ground, "print('1 failed in 3s')", code=1)
    assert (await ground.heard(reports, 2)).metadata["exit_code"] == 1


async def test_what_a_check_writes_itself_does_not_make_it_run_for_ever(ground: Ground) -> None:
    write_check(ground, "open('report.txt', 'w').write(str(time.time()))")
    life = await allowed(ground)
    await ground.until(lambda: runs(ground) == 2, "once more, to see whether it changes again")
    await quiet(ground, life, 6)
    assert runs(ground) == 2
    (ground.root / "work.py").write_text("x = 1\n")
    await ground.until(lambda: runs(ground) == 3, "run for a change of the person's")


async def test_once_is_once_and_asked_again_only_when_files_change(ground: Ground) -> None:
    write_check(ground)
    life = await allowed(ground, "once")
    await quiet(ground, life)
    assert len(await ground.said("approval", "builder-1")) == 1
    (ground.root / "work.py").write_text("x = 1\n")
    again = await ground.heard(asks(), 2)
    assert runs(ground) == 1
    await quiet(ground, life)
    assert len(await ground.said("approval", "builder-1")) == 2
    await ground.decide(again, "once")
    await ground.until(lambda: runs(ground) == 2, "run again")


async def test_rejected_it_is_asked_again_only_when_the_person_brings_it_up(ground: Ground) -> None:
    write_check(ground)
    life = ground.live("builder-1", checks=[CHECK])
    await ground.decide(await ground.heard(asks()), "reject")
    await ground.settled(life)
    (ground.root / "work.py").write_text("x = 1\n")
    await ground.ask("builder-1", "search: x")
    assert len(await ground.said("approval", "builder-1")) == 1
    said = await ground.ask("builder-1", "please run the checks")
    again = await ground.heard(asks(), 2)
    assert f"trinity approve {again.id}" in said.content
    assert f"`{CHECK}`" in said.content
    assert runs(ground) == 0


async def test_check_now_runs_and_answers_with_how_it_went(ground: Ground) -> None:
    write_check(ground, "print('cart.py:7: error: bad')", code=2)
    await allowed(ground)
    said = await ground.ask("builder-1", "check now")
    assert runs(ground) == 2
    assert said.metadata["exit_codes"] == {CHECK: 2}
    assert said.content.splitlines() == [f"{CHECK} → 2   cart.py:7: error: bad", "  cart.py:7: error: bad"]


async def test_only_the_person_has_it_run(ground: Ground) -> None:
    write_check(ground)
    await allowed(ground)
    asked, _ = await ground.say("lead-1", "builder-1", "question", "run the checks")
    await ground.heard(lambda message: message.reply_to == asked.id)
    assert runs(ground) == 1
    said = await ground.ask("builder-1", "run curl example.org")
    assert said.content == f"I only run the checks of this workspace: `{CHECK}`."
    assert runs(ground) == 1


async def test_it_answers_while_a_check_runs_and_runs_one_at_a_time(ground: Ground) -> None:
    write_check(ground, "open('.trinity/on', 'x'); [time.sleep(0.01) for _ in range(9999) if not os.path.exists('.trinity/go')]; os.remove('.trinity/on')")  # fmt: skip  # noqa: E501
    life = ground.live("builder-1", checks=[CHECK])
    await ground.decide(await ground.heard(asks()), "always")
    await ground.until((ground.root / ".trinity" / "on").exists, "running")
    first, _ = await ground.say("human", "builder-1", "chat", "run the checks")
    second, _ = await ground.say("human", "builder-1", "chat", "check now")
    said = await ground.ask("builder-1", "what is your status?")
    assert f"now tool: {CHECK}" in said.content
    assert life.me.turns
    (ground.root / ".trinity" / "go").touch()
    for asked in (first, second):
        answer = await ground.heard(lambda message, asked=asked: message.reply_to == asked.id)
        assert answer.metadata["exit_codes"] == {CHECK: 0}  # had two run at once, one had failed
    assert runs(ground) == 2  # one more for both who asked while it ran


async def test_two_builders_of_a_folder_run_one_at_a_time(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "LOCK_LOOK_SECONDS", 0.01)
    write_check(ground, "open('.trinity/on', 'x'); time.sleep(0.3); os.remove('.trinity/on')")
    for name in ("builder-1", "builder-2"):
        ground.live(name, checks=[CHECK])
    for number in (1, 2):
        await ground.decide(await ground.heard(asks(), number), "always")
    await ground.heard(reports, 2)
    assert [message.metadata["exit_code"] for message in await ground.said("finding")] == [0, 0]


async def test_a_request_that_waits_is_one_over_all_lives(ground: Ground) -> None:
    write_check(ground)
    first = ground.live("builder-1", checks=[CHECK])
    request = await ground.heard(asks())
    await ground.settled(first)
    await ground.lives.pop().end()
    await ground.decide(request, "always")  # while nobody is there
    ground.live("builder-1", checks=[CHECK])
    await ground.heard(reports)
    assert runs(ground) == 1
    assert len(await ground.said("approval", "builder-1")) == 1


async def test_what_is_unchanged_is_not_checked_anew_by_the_next_life(ground: Ground) -> None:
    write_check(ground)
    life = await allowed(ground)
    await quiet(ground, life)
    await ground.lives.pop().end()
    again = ground.live("builder-1", checks=[CHECK])
    await quiet(ground, again)
    assert runs(ground) == 1
    (ground.root / "work.py").write_text("x = 1\n")
    await ground.decide(await ground.heard(asks(), 2), "always")
    await ground.until(lambda: runs(ground) == 2, "run for the change")


async def test_a_life_that_ended_between_its_report_and_what_it_was_about_is_made_up_for(ground: Ground) -> None:
    write_check(ground)
    life = await allowed(ground)
    await quiet(ground, life)
    await ground.lives.pop().end()
    state = json.loads(life.me.places.state.read_text())
    life.me.places.state.write_text(json.dumps({**state, "checked": ""}))
    ground.live("builder-1", checks=[CHECK])
    await ground.decide(await ground.heard(asks(), 2), "always")
    await ground.until(lambda: runs(ground) == 2, "run again")


async def test_a_request_of_another_log_is_asked_anew_under_its_id(ground: Ground) -> None:
    write_check(ground)
    first = ground.live("builder-1", checks=[CHECK])
    request = await ground.heard(asks())
    await ground.settled(first)
    state = first.me.places.state
    await ground.lives.pop().end()
    state.write_text(state.read_text().replace('"position":', '"position":7777'))
    ground.live("builder-1", checks=[CHECK])
    assert (await ground.heard(asks(), 2)).id == request.id


async def test_a_state_from_elsewhere_allows_nothing(ground: Ground) -> None:
    """A folder may come with a state and a log in which the person seems to have said yes."""
    write_check(ground)
    first = ground.live("builder-1", checks=[CHECK])
    request = await ground.heard(asks())
    await ground.settled(first)
    state = first.me.places.state
    await ground.lives.pop().end()
    await ground.decide(request, "always")
    boot = json.loads(state.read_text())["boot"]
    assert boot
    state.write_text(state.read_text().replace(boot, "another one"))
    life = ground.live("builder-1", checks=[CHECK])
    again = await ground.heard(asks(), 2)
    assert again.id != request.id
    await ground.ask("builder-1", "help")
    await ground.settled(life)
    assert runs(ground) == 0


async def test_what_cannot_be_shown_to_the_person_is_never_asked_for(ground: Ground) -> None:
    long = "python3 check.py " + "x" * 400
    write_check(ground)
    ground.live("builder-1", checks=[long, "pytest 'open", CHECK])
    await ground.heard(asks())
    said = [message.content for message in await ground.said("finding")]
    assert len(said) == 2
    assert "more than 300 characters" in said[0]
    assert "No closing quotation" in said[1]
    assert len(await ground.said("approval")) == 1


async def test_a_check_that_is_none_any_more_is_taken_back(ground: Ground) -> None:
    write_check(ground)
    life = await allowed(ground)
    await ground.settled(life)
    await ground.lives.pop().end()
    ground.live("builder-1", checks=[])
    retraction = await ground.heard(lambda message: message.metadata.get("op") == "retract")
    assert retraction.reply_to == (await ground.said("finding", "builder-1"))[0].id


async def test_a_pause_cuts_a_check_that_hears_no_signal_and_nothing_of_it_is_lost(ground: Ground) -> None:
    fake = shlex.join([sys.executable, os.path.join(os.path.dirname(__file__), "../../fakes/stubborn.py")])
    check = f"{fake} .trinity/pids"
    life = ground.live("builder-1", checks=[check])
    await ground.decide(await ground.heard(asks(check)), "always")
    pids = ground.root / ".trinity" / "pids"
    await ground.until(pids.exists, "running")
    task, token = await ground.assign("builder-1")
    asked, _ = await ground.say("human", "builder-1", "question", "run the checks")
    await ground.until(lambda: not life.me.consumer.depth and len(life.me.turns) == 1, "both taken")
    first = int(pids.read_text())
    pids.unlink()
    life.me.heard(live.Pause("by a test"))
    await ground.until(lambda: not os.path.exists(f"/proc/{first}"), "gone")
    await ground.until(lambda: not life.me.turns, "cut")
    assert await ground.said("finding") == []
    life.me.heard(live.Resume())
    await ground.until(pids.exists, "running again")
    os.kill(int(pids.read_text()), 9)
    await ground.heard(reports)
    answers = [message for message in await ground.said("answer") if message.reply_to == asked.id]
    assert len(answers) <= 1
    await ground.until(pids.exists, "run for who asked meanwhile")

    async def completed() -> list[Message]:
        if found := await ground.said("task_complete"):
            return found
        with_pid = pids.read_text() if pids.exists() else ""
        if with_pid and os.path.exists(f"/proc/{with_pid}"):
            os.kill(int(with_pid), 9)
        return []

    (complete,) = await until(completed, "the task is over, as whatever is run for it is killed")
    assert complete.metadata == {"task": task, "token": token, "status": "failed"}
    await ground.heard(lambda message: message.reply_to == asked.id)


async def test_once_cut_by_a_pause_needs_the_persons_word_again(ground: Ground) -> None:
    write_check(ground, "time.sleep(600)")
    life = ground.live("builder-1", checks=[CHECK])
    await ground.decide(await ground.heard(asks()), "once")
    await ground.until(lambda: runs(ground) == 1, "running")
    life.me.heard(live.Pause("by a test"))
    life.me.heard(live.Resume())
    await ground.heard(asks(), 2)
    await ground.settled(life)
    assert runs(ground) == 1


async def test_a_task_is_completed_with_its_token_and_only_by_who_has_it(ground: Ground) -> None:
    write_check(ground)
    life = await allowed(ground)
    task, token = await ground.assign("builder-1")
    begun = await ground.heard(lambda message: message.type == "task_update" and message.from_ == "builder-1")
    complete = await ground.heard(lambda message: message.type == "task_complete")
    assert begun.metadata == {"task": task, "token": token, "state": "IN_PROGRESS", "reason": ""}
    assert complete.metadata == {"task": task, "token": token, "status": "ok"}
    assert complete.content.startswith(f"{CHECK} → 0")
    # Neither for another one's task, nor for what somebody else than the coordinator gave it.
    metadata = {"task": task, "state": "ASSIGNED", "assignee": "builder-2"}
    await ground.say("coordinator", "builder-1", "task_update", metadata=metadata)
    forged = {"task": task, "state": "ASSIGNED", "assignee": "builder-1"}
    await ground.say("explorer-1", "builder-1", "task_update", metadata=forged)
    await ground.say("lead-1", "role:builder", "task", "a proposal")
    await ground.ask("builder-1", "search: nothing")
    await ground.settled(life)
    assert len(await ground.said("task_complete")) == 1
    assert runs(ground) == 2


async def test_a_task_waits_for_the_persons_word_and_says_so(ground: Ground) -> None:
    write_check(ground)
    ground.live("builder-1", checks=[CHECK])
    request = await ground.heard(asks())
    await ground.assign("builder-1")
    begun = await ground.heard(lambda message: message.type == "task_update" and message.from_ == "builder-1")
    assert begun.metadata["reason"] == "waits for you to allow its checks"
    await ground.decide(request, "reject")
    complete = await ground.heard(lambda message: message.type == "task_complete")
    assert complete.metadata["status"] == "failed"
    assert f"`{CHECK}` may not be run" in complete.content


async def test_a_task_that_asks_for_more_than_checks_fails_however_well_they_go(ground: Ground) -> None:
    """What was allowed is run, so that it is known how things stand; nothing more is asked for."""
    write_check(ground)
    life = await allowed(ground)
    task, token = await ground.assign("builder-1", "Write a test for shop/stock.py")
    complete = await ground.heard(lambda message: message.type == "task_complete")
    assert complete.metadata == {"task": task, "token": token, "status": "failed"}
    assert complete.content.startswith("needs a language model: the checks pass, nothing was written. ")
    await ground.settled(life)
    assert runs(ground) == 2
    (ground.root / "stock.py").write_text("def count():\n    return 1\n")
    await ground.assign("builder-1", "where is count?")
    answered = await ground.heard(lambda message: message.type == "task_complete", 2)
    assert answered.metadata["status"] == "ok"
    assert "stock.py:1" in answered.content


async def test_what_it_can_not_do_has_the_person_allow_nothing(ground: Ground) -> None:
    write_check(ground)
    ground.live("builder-1", checks=[CHECK])
    await ground.heard(asks())
    await ground.assign("builder-1", "Write a test for shop/stock.py")
    complete = await ground.heard(lambda message: message.type == "task_complete")
    assert complete.content == "needs a language model: no check was run, nothing was written."
    assert runs(ground) == 0


async def test_without_checks_a_task_fails_plainly(ground: Ground) -> None:
    ground.live("builder-1")
    await ground.assign("builder-1")
    complete = await ground.heard(lambda message: message.type == "task_complete")
    assert complete.metadata["status"] == "failed"
    assert "no checks" in complete.content
    assert (await ground.ask("builder-1", "run the checks")).content == "I only run the checks of this workspace: none."


async def test_a_task_given_while_it_was_down_is_done_once(ground: Ground) -> None:
    """Given, taken back when it died, and given again: the first word is an old one."""
    write_check(ground)
    await allowed(ground)
    await ground.lives.pop().end()
    task, _ = await ground.assign("builder-1")
    back = {"task": task, "state": "QUEUED"}
    await ground.say("coordinator", "lead-1", "task_update", metadata=back)
    given = {"task": task, "state": "ASSIGNED", "assignee": "builder-1"}
    _, token = await ground.say("coordinator", "builder-1", "task_update", "run the checks", metadata=given)
    life = ground.live("builder-1", checks=[CHECK])
    await ground.decide(await ground.heard(asks(), 2), "always")
    complete = await ground.heard(lambda message: message.type == "task_complete")
    assert complete.metadata["token"] == token
    await ground.settled(life)
    assert len(await ground.said("task_complete")) == 1
    assert runs(ground) == 2
    assert len([m for m in await ground.said("task_update", "builder-1") if m.metadata["state"] == "IN_PROGRESS"]) == 1


async def test_inside_of_another_check_nothing_is_asked_and_nothing_run(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRINITY_DEPTH", "1")
    write_check(ground)
    ground.live("builder-1", checks=[CHECK])
    assert (await ground.ask("builder-1", "run the checks")).content == f"{builder.NESTED}."
    await ground.assign("builder-1")
    complete = await ground.heard(lambda message: message.type == "task_complete")
    assert complete.metadata["status"] == "failed"
    assert await ground.said("approval") == []
    assert runs(ground) == 0


async def test_its_time_limit_is_part_of_the_report(ground: Ground) -> None:
    write_check(ground, "print('so far', flush=True); time.sleep(600)")
    life = ground.live("builder-1", checks=[CHECK], check_seconds=2.0)
    await ground.decide(await ground.heard(asks()), "always")
    report = await ground.heard(reports)
    assert report.content == f"{CHECK}: not done after 2 s\nso far"
    assert report.metadata["exit_code"] is None
    assert cast("builder.Builder", life.role).facts().startswith(f"{CHECK}: not done after 2 s")
