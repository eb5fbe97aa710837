"""The tools as a model's loop uses them: judged before anything is done, and done only as judged."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import pytest

from patience import PATIENCE_SECONDS
from sandbox_ground import why_not
from tools_repository import git
from trinity_tui.core.conversation import Call
from trinity_tui.core.errors import ToolError
from trinity_tui.core.tools_config import ToolsConfig
from trinity_tui.process import procfs
from trinity_tui.store.lock import Lock
from trinity_tui.tools import command, search
from trinity_tui.tools.registry import toolbox_of
from trinity_tui.tools.sandbox.cell import Sandbox
from trinity_tui.tools.tool import RESULT_BYTES, Result, Toolbox
from trinity_tui.tools.worktree import Worktree

if TYPE_CHECKING:
    from pathlib import Path

    from trinity_tui.tools.sandbox.cell import Kind
    from trinity_tui.tools.tool import Judged
    from trinity_tui.tools.workbench import Workbench


def bench(root: Path, role: str = "builder", **config: Any) -> Workbench:
    return toolbox_of(f"{role}-1", role, root, ToolsConfig(**config))


def judge(box: Toolbox, tool: str, **arguments: Any) -> Judged:
    return box.judge(Call("1", tool, arguments))


async def use(box: Toolbox, tool: str, **arguments: Any) -> Result:
    return await box.use(judge(box, tool, **arguments), lambda _text: None)


def test_each_role_is_offered_what_it_may_ever_use(repository: Path) -> None:
    def names(role: str, **config: Any) -> list[str]:
        return [spec.name for spec in bench(repository, role, **config).specs]

    assert names("builder") == ["search", "read", "write", "edit", "run", "shell", "git"]
    assert names("explorer") == ["search", "read", "git"]
    assert names("lead") == []
    assert names("explorer", allow=("shell pytest",)) == ["search", "read", "shell", "git"]


def test_a_model_is_told_the_arguments_as_one_flat_shape(repository: Path) -> None:
    for spec in bench(repository).specs:
        assert spec.parameters["type"] == "object"
        assert "$ref" not in str(spec.parameters)
        assert spec.description


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [("serach", {}, "no such tool"), ("read", {}, "missing required field"),
     ("read", {"path": 3, "x": 1}, "no argument 'x'"),
     ("read", {"path": "../x"}, "outside"), ("shell", {"command": "'"}, "No closing quotation"),
     ("git", {"action": "rebase"}, "Invalid enum"),
     ("git", {"action": "diff", "revision": "--output=x"}, "no revision"),
     ("git", {"action": "push", "remote": "ext::sh", "branch": "x"}, "name of a remote"),
     ("git", {"action": "push", "remote": "../evil", "branch": "x"}, "name of a remote"),
     ("write", {"path": ".", "content": ""}, "not a file"),
     ("edit", {"path": "none", "old": "a", "new": "b"}, "no such file")],
)  # fmt: skip
async def test_a_call_without_sense_is_denied_with_a_sentence(
    repository: Path, tool: str, arguments: dict[str, Any], said: str
) -> None:
    box = bench(repository, allow=("*",))
    judged = box.judge(Call("1", tool, arguments))
    assert (judged.verdict, judged.rule) == ("deny", "malformed")
    assert said in judged.summary
    assert (await box.use(judged, lambda _text: None)).is_error


async def test_what_is_denied_is_not_done_even_when_it_is_used(repository: Path) -> None:
    box = bench(repository, "explorer")
    assert judge(box, "write", path="src/a.py", content="x").verdict == "deny"
    assert (await use(box, "write", path="src/a.py", content="x")).is_error
    assert (repository / "src" / "a.py").read_text().startswith("def one")


async def test_a_change_is_shown_before_and_done_as_shown(repository: Path) -> None:
    box = bench(repository)
    judged = judge(box, "edit", path="src/a.py", old="return 1", new="return 2")
    assert (judged.verdict, judged.rule, judged.grant) == ("ask", "role builder", ("write", "src"))
    assert "-    return 1\n+    return 2\n" in judged.diff
    done = await box.use(judged, lambda _text: None)
    assert (done.is_error, done.diff) == (False, judged.diff)
    assert (repository / "src" / "a.py").read_text() == "def one():\n    return 2\n"


async def test_what_changed_since_it_was_judged_is_left_alone(repository: Path) -> None:
    box = bench(repository)
    judged = judge(box, "write", path="src/a.py", content="mine\n")
    (repository / "src" / "a.py").write_text("theirs\n")
    done = await box.use(judged, lambda _text: None)
    assert done.is_error
    assert "changed since" in done.text
    assert (repository / "src" / "a.py").read_text() == "theirs\n"


async def test_a_place_that_became_a_link_is_judged_by_where_it_leads(repository: Path) -> None:
    box = bench(repository, allow=("write src/**",))
    judged = judge(box, "write", path="src/new", content="x")
    assert judged.verdict == "allow"
    (repository / "src" / "new").symlink_to(repository / ".trinity" / "token")
    assert (await box.use(judged, lambda _text: None)).is_error
    assert (repository / ".trinity" / "token").read_text() == "the-token"


@pytest.mark.parametrize("has_ripgrep", [True, False], ids=["ripgrep", "child"])
async def test_a_search_finds_lines_and_nothing_hidden(
    repository: Path, has_ripgrep: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not has_ripgrep:
        monkeypatch.setattr(search, "PROGRAM", "no-such-ripgrep")
    (repository / ".shared_messages.json").write_text("the-token")
    box = bench(repository)
    assert (await use(box, "search", pattern="def .ne")).text == "src/a.py:1:def one():"
    assert (await use(box, "search", pattern="return", path="src", glob="*.py")).text == "src/a.py:2:    return 1"
    assert (await use(box, "search", pattern="one()", is_literal=True)).text == "src/a.py:1:def one():"
    for hidden in ({}, {"glob": "**"}, {"glob": "token"}, {"glob": ".trinity/**"}):
        assert "the-token" not in (await use(box, "search", pattern="the-token", **hidden)).text
    assert (await use(box, "search", pattern="the-token", path=".trinity")).is_error
    assert (await use(box, "search", pattern="(")).is_error
    assert (await use(box, "search", pattern="--pre=sh")).text == "nothing found"


@pytest.mark.parametrize("kind", ["bubblewrap", "landlock", "none"])
@pytest.mark.parametrize("has_ripgrep", [True, False], ids=["ripgrep", "child"])
async def test_a_search_is_not_led_away_by_what_became_a_link(
    repository: Path, kind: Kind, has_ripgrep: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The place was judged while it was a folder; a command swaps it before it is searched."""
    if lack := why_not(kind):
        pytest.skip(lack)
    if not has_ripgrep:
        monkeypatch.setattr(search, "PROGRAM", "no-such-ripgrep")
    (repository.parent / "precious").mkdir()
    (repository.parent / "precious" / "key").write_text("the-precious-key\n")
    box = toolbox_of("explorer-1", "explorer", repository, ToolsConfig(), sandbox=Sandbox(kind))
    place = box.ground.files.place

    def swapped(path: str) -> str:
        found = place(path)
        (repository / "src").rename(repository / "was")
        (repository / "src").symlink_to(repository.parent / "precious")
        return found

    assert judge(box, "search", pattern="precious", path="src").verdict == "allow"
    again = search.Arguments("precious", "src")
    monkeypatch.setattr(box.ground.files, "place", swapped)
    try:
        text = (await search.Search().use(box.ground, again, lambda _text: None)).text
    except ToolError as error:
        text = str(error)
    assert "the-precious-key" not in text
    # Held by nothing it is found.
    bare = await command.run(["grep", "-r", "precious", "src/"], repository, 30.0)
    assert "the-precious-key" in bare.output


async def test_reading(repository: Path) -> None:
    box = bench(repository)
    (repository / "long").write_text("".join(f"{number}\n" for number in range(1, 2001)))
    assert (await use(box, "read", path="src/a.py")).text == "1\tdef one():\n2\t    return 1"
    assert (
        await use(box, "read", path="long", first=1000, lines="2")
    ).text == "1000\t1000\n1001\t1001\n… 999 more lines, from 1002 on"
    assert (await use(box, "read", path="long", first=3000)).is_error
    listed = (await use(box, "read", path=".")).text.splitlines()
    assert "src/" in listed
    assert ".trinity/" not in listed


async def test_a_command_runs_in_the_workspace_and_its_output_comes_as_it_is_printed(repository: Path) -> None:
    pieces: list[str] = []
    box = bench(repository)
    judged = judge(box, "shell", command="cat src/a.py")
    assert judged.grant == ("shell", "cat")
    done = await box.use(judged, pieces.append)
    assert done.text == "exit code 0\ndef one():\n    return 1"
    assert "".join(pieces) == "def one():\n    return 1\n"


async def test_python_runs_with_the_workspaces_modules(repository: Path) -> None:
    (repository / "mine.py").write_text("x = 41\n")
    assert (await use(bench(repository), "run", code="import mine\nprint(mine.x + 1)")).text == "exit code 0\n42"
    failed = await use(bench(repository), "run", code="raise SystemExit(3)")
    assert (failed.is_error, failed.text) == (True, "exit code 3")


async def test_a_long_result_is_cut_in_the_middle(repository: Path) -> None:
    done = await use(bench(repository), "shell", command="seq 100000")
    assert len(done.text.encode()) <= RESULT_BYTES
    assert done.text.startswith("exit code 0\n1\n2\n")
    assert done.text.endswith("\n100000")


async def test_what_takes_too_long_is_stopped(repository: Path) -> None:
    done = await use(bench(repository, seconds=1.0), "shell", command="sleep 600")
    assert (done.is_error, done.text) == (True, "not done after 1 s")


async def test_cancelled_a_command_is_gone_and_nobody_waits_for_its_end(repository: Path) -> None:
    box, started = bench(repository), asyncio.Event()
    name = f"{time.time_ns()}"
    judged = judge(box, "shell", command=f"sh -c 'echo on; sleep 600; echo {name}'")
    task = asyncio.create_task(box.use(judged, lambda _text: started.set()))
    async with asyncio.timeout(PATIENCE_SECONDS):
        await started.wait()
    task.cancel()
    async with asyncio.timeout(PATIENCE_SECONDS):
        await asyncio.wait({task})
    assert task.cancelled()
    lines = [procfs.read(f"/proc/{pid}/cmdline") or b"" for pid in procfs.scan()]
    assert not [line for line in lines if name.encode() in line]


async def test_without_a_sandbox_commands_are_asked_for(repository: Path) -> None:
    box = toolbox_of(
        "builder-1", "builder", repository, ToolsConfig(allow=("*",)), sandbox=Sandbox("none", "none here")
    )
    judged = judge(box, "shell", command="ls")
    assert (judged.verdict, judged.grant) == ("ask", ())
    assert judge(box, "shell", command="ls | wc").verdict == "deny"
    assert (await box.use(judged, lambda _text: None)).text.startswith("exit code 0")


@pytest.mark.skipif(bool(why_not("landlock")), reason=why_not("landlock"))
async def test_with_landlock_only_the_way_to_a_new_entry_at_the_top_is_said_and_leads_there(repository: Path) -> None:
    held = Sandbox("landlock", "bubblewrap is not installed")
    box = toolbox_of("builder-1", "builder", repository, ToolsConfig(), sandbox=held)
    for call in (("shell", {"command": "mkdir build"}), ("run", {"code": "open('new.txt', 'w')"})):
        said = (await use(box, call[0], **call[1])).text
        assert "nothing at the top of the folder" in said
        assert "with write, a folder by a file in it" in said
    assert not (await use(box, "write", path="build/.keep", content="")).is_error
    assert (await use(box, "shell", command="mkdir build/deeper")).text == "exit code 0"
    # What fails for another reason has no such hint.
    assert (await use(box, "shell", command="ls nothing")).text.endswith("No such file or directory")


async def test_git_looks_and_commits_in_the_instances_name(repository: Path) -> None:
    box = bench(repository)
    (repository / "src" / "a.py").write_text("def one():\n    return 3\n")
    (repository / "b.txt").write_text("new\n")
    git(repository, "add", "b.txt")
    assert " M src/a.py" in (await use(box, "git", action="status")).text
    assert "+    return 3" in (await use(box, "git", action="diff")).text
    judged = judge(box, "git", action="commit", paths=["src"], message="Return three")
    assert (judged.verdict, judged.summary) == ("ask", "git commit src: Return three")
    assert not (await box.use(judged, lambda _text: None)).is_error
    assert git(repository, "log", "-1", "--format=%an %s").strip() == "builder-1 Return three"
    # What the person staged is theirs to commit.
    assert git(repository, "status", "--short") == "A  b.txt\n"


async def test_git_runs_nothing_of_the_repositorys(repository: Path) -> None:
    ran = repository / "src" / "ran"
    hook = repository / ".git" / "hooks" / "pre-commit"
    hook.write_text(f"#!/bin/sh\ntouch {ran}\n")
    hook.chmod(0o755)
    for key in ("core.fsmonitor", "core.pager", "diff.external"):
        git(repository, "config", key, f"touch {ran}; true")
    (repository / "src" / "a.py").write_text("changed\n")
    box = bench(repository)
    for call in ({"action": "status"}, {"action": "diff"}, {"action": "log"},
                 {"action": "commit", "paths": ["src/a.py"], "message": "x"}):  # fmt: skip
        assert not (await use(box, "git", **call)).is_error
    assert not ran.exists()


async def test_a_push_is_asked_for_and_goes_to_a_named_remote(repository: Path) -> None:
    far = repository.parent / "far.git"
    git(repository, "init", "--quiet", "--bare", str(far))
    git(repository, "remote", "add", "origin", str(far))
    box = bench(repository, allow=("*",))
    judged = judge(box, "git", action="push", branch="main")
    assert (judged.verdict, judged.grant) == ("ask", ())
    assert not (await box.use(judged, lambda _text: None)).is_error
    assert git(far, "log", "--format=%s", "main") == "first\n"


async def test_who_else_is_on_a_file_is_said(repository: Path) -> None:
    other = toolbox_of("builder-2", "builder", repository, ToolsConfig())
    held = Lock.acquire(repository / ".trinity" / "instances" / "builder-2" / "lock")
    assert isinstance(held, Lock)
    await use(other, "write", path="src/b.py", content="x\n")
    said = (await use(bench(repository), "write", path="src/b.py", content="y\n")).text
    assert said.startswith("src/b.py is written.\nbuilder-2 changed src/b.py 0 min ago")
    await use(other, "write", path="src/c.py", content="x\n")
    held.close()
    # It is gone, and so is its lease.
    assert (await use(bench(repository), "write", path="src/c.py", content="y\n")).text == "src/c.py is written."


async def test_in_a_worktree_of_its_own_it_writes_without_asking(repository: Path) -> None:
    tree = Worktree(repository, "builder-1")
    box = toolbox_of("builder-1", "builder", repository, ToolsConfig(), worktree=tree.make())
    judged = judge(box, "edit", path="src/a.py", old="return 1", new="return 2")
    assert judged.verdict == "allow"
    await box.use(judged, lambda _text: None)
    assert (
        await use(box, "run", code="import sys; sys.path.insert(0, 'src'); import a; print(a.one())")
    ).text.endswith("2")
    assert judge(box, "git", action="commit", paths=["src"], message="Return two").verdict == "allow"
    committed = await use(box, "git", action="commit", paths=["src"], message="Return two")
    assert not committed.is_error, committed.text
    assert judge(box, "shell", command="pytest").verdict == "ask"
    assert (repository / "src" / "a.py").read_text() == "def one():\n    return 1\n"
    assert "+    return 2" in tree.diff()
