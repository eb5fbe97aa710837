"""A command of the workspace: no shell, nothing of our secrets, bounded in time and output, and nobody left behind."""

from __future__ import annotations

import asyncio
import os
import re
import shlex
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patience import PATIENCE_SECONDS, until
from trinity_tui.process import procfs
from trinity_tui.tools import command
from trinity_tui.tools.bounds import Bounds

FAKES = Path(__file__).parents[1] / "fakes"
LIMIT_SECONDS = PATIENCE_SECONDS


def lives(pid: int) -> bool:
    stat = procfs.read_stat(pid)
    return stat is not None and not stat.is_dead


async def pids_in(path: Path) -> list[int]:
    """The pids a program writes into a file, once they stand there."""
    await until(path.exists, "it runs")
    return [int(word) for word in path.read_text().split()]


async def run(*argv: str, folder: Path, limit_seconds: float = LIMIT_SECONDS) -> command.Outcome:
    return await command.run(argv, folder, limit_seconds)


async def test_it_ends_with_its_code_and_output(tmp_path: Path) -> None:
    done = await run("sh", "-c", "echo out; echo err >&2; pwd; exit 3", folder=tmp_path)
    assert (done.code, done.problem, done.is_ok) == (3, "", False)
    assert done.output == f"out\nerr\n{tmp_path}\n"
    assert (await run("true", folder=tmp_path)).is_ok


async def test_a_signal_is_its_code(tmp_path: Path) -> None:
    assert (await run("sh", "-c", "kill -9 $$", folder=tmp_path)).code == -9


async def test_its_environment_has_nothing_but_what_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-secret")
    monkeypatch.setenv("TRINITY_TOKEN", "token")
    monkeypatch.setenv("TRINITY_INSTANCE", "builder-1:abc")
    done = await run("env", folder=tmp_path)
    seen = dict(line.split("=", 1) for line in done.output.splitlines())
    ours = {command.DEPTH_VARIABLE, command.COMMAND_VARIABLE, "PYTHONDONTWRITEBYTECODE"}
    assert set(seen) <= {*command.KEPT_VARIABLES, *ours}
    assert seen[command.DEPTH_VARIABLE] == "1"
    # By it supervision knows whom a killed instance left behind.
    assert seen["TRINITY_INSTANCE"] == "builder-1:abc"


async def test_inside_of_another_command_nothing_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(command.DEPTH_VARIABLE, "1")
    done = await run("touch", str(tmp_path / "made"), folder=tmp_path)
    assert done.code is None
    assert "inside of another" in done.problem
    assert not (tmp_path / "made").exists()


async def test_its_stdin_is_empty_and_it_gives_way(tmp_path: Path) -> None:
    assert (await run("cat", folder=tmp_path)).output == ""
    nice = min(19, os.getpriority(os.PRIO_PROCESS, 0) + 10)
    # It is told to while it runs already.
    script = "import os, sys, time\nwhile os.getpriority(os.PRIO_PROCESS, 0) != int(sys.argv[1]): time.sleep(0.01)"
    assert (await run(sys.executable, "-c", script, str(nice), folder=tmp_path)).is_ok


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["no-such-program-here"], "no such program: no-such-program-here"),
        (["./nothing"], "no such program: ./nothing"),
        (["echo", "a\0b"], "cannot be started: embedded null byte"),
    ],
)
async def test_what_cannot_be_started_is_said(tmp_path: Path, argv: list[str], said: str) -> None:
    done = await run(*argv, folder=tmp_path)
    assert (done.code, done.problem) == (None, said)


async def test_a_folder_that_is_gone_is_said(tmp_path: Path) -> None:
    done = await run("true", folder=tmp_path / "gone")
    assert done.problem == "cannot be started: No such file or directory"


async def test_of_a_long_output_head_and_tail_are_kept(tmp_path: Path) -> None:
    done = await run("seq", "1", "200000", folder=tmp_path)
    assert done.output.startswith("1\n2\n3\n")
    assert done.output.endswith("\n199999\n200000\n")
    cut = re.search(r"\n… (\d+) bytes left out …\n", done.output)
    assert cut is not None
    whole = sum(len(str(number)) + 1 for number in range(1, 200_001))
    assert len(done.output.encode()) - len(cut[0].encode()) == command.OUTPUT_BYTES == whole - int(cut[1])


async def test_when_its_time_is_over_nobody_of_it_lives(tmp_path: Path) -> None:
    """Not the one that ignores TERM, and not its child in a session of its own."""
    argv = [sys.executable, str(FAKES / "stubborn.py"), str(tmp_path / "pids"), "child"]
    done = await run(*argv, folder=tmp_path, limit_seconds=4.0)
    assert (done.code, done.problem) == (None, "not done after 4 s")
    assert not [pid for pid in await pids_in(tmp_path / "pids") if lives(pid)]


async def test_cancelled_it_is_gone_however_stubborn(tmp_path: Path) -> None:
    argv = [sys.executable, str(FAKES / "stubborn.py"), str(tmp_path / "pids"), "child"]
    task = asyncio.create_task(run(*argv, folder=tmp_path))
    pids = await pids_in(tmp_path / "pids")
    assert all(map(lives, pids))
    task.cancel()
    await asyncio.sleep(0.05)
    task.cancel()  # However often: it is still ended wholly.
    await asyncio.wait({task})
    assert task.cancelled()
    assert not any(map(lives, pids))


async def test_whom_it_leaves_behind_is_not_waited_for_and_ended(tmp_path: Path) -> None:
    began = time.monotonic()
    done = await run("sh", "-c", "sleep 600 & echo $!", folder=tmp_path)
    assert done.is_ok
    assert time.monotonic() - began < 10
    assert not lives(int(done.output))


async def test_a_daemon_of_its_own_session_is_ended_too(tmp_path: Path) -> None:
    done = await run(sys.executable, str(FAKES / "deserter.py"), str(tmp_path / "pid"), "0", folder=tmp_path)
    assert done.is_ok
    assert not any(map(lives, await pids_in(tmp_path / "pid")))


async def test_a_shells_signs_are_words_like_others(tmp_path: Path) -> None:
    argv = command.parse("echo a; touch made && echo $HOME `id` > out | cat *")
    done = await command.run(argv, tmp_path, LIMIT_SECONDS)
    assert done.output == "a; touch made && echo $HOME `id` > out | cat *\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it is empty"),
        ("   ", "it is empty"),
        ("''", "it is empty"),
        ("pytest 'unclosed", "No closing quotation"),
        ("pytest\nrm -rf .", "cannot be shown"),
        ("pytest \x1b[2K ok", "cannot be shown"),
        ("pytest \u202etxt.exe", "cannot be shown"),
        ("x" * 301, "more than 300 characters"),
    ],
)
def test_what_could_not_be_run_as_it_is_shown_is_refused(text: str, said: str) -> None:
    with pytest.raises(command.CommandError, match=said):
        command.parse(text)


words = st.text(st.characters(blacklist_categories=["C", "Zl", "Zp", "Zs"]), max_size=20)


@given(st.lists(words, min_size=1, max_size=10).filter(lambda argv: bool(argv[0])))
def test_quoted_words_come_back_as_they_were(argv: list[str]) -> None:
    text = shlex.join(argv)
    if len(text) <= command.COMMAND_CHARACTERS and text.isprintable():
        assert command.parse(text) == argv


@pytest.mark.parametrize(("value", "depth"), [("", 0), ("2", 2), ("-1", 0), ("x", 0), ("²", 0)])
def test_a_depth_that_is_none_is_zero(value: str, depth: int) -> None:
    assert command.depth({command.DEPTH_VARIABLE: value}) == depth


async def test_many_at_once_do_not_get_each_others_output(tmp_path: Path) -> None:
    outcomes = await asyncio.gather(*[run("echo", str(number), folder=tmp_path) for number in range(8)])
    assert [outcome.output for outcome in outcomes] == [f"{number}\n" for number in range(8)]


async def test_the_loop_goes_on_while_it_floods(tmp_path: Path) -> None:
    task = asyncio.create_task(run("yes", folder=tmp_path, limit_seconds=2.0))
    turns = 0
    while not task.done():
        await asyncio.sleep(0.005)
        turns += 1
    done = task.result()
    assert done.problem == "not done after 2 s"
    assert len(done.output) < command.OUTPUT_BYTES + 100
    # Were it held up until the end there would be one.
    assert turns > 5


async def test_what_it_prints_is_told_as_it_comes(tmp_path: Path) -> None:
    pieces: list[str] = []
    argv = ("sh", "-c", r"printf 'caf\303'; sleep 0.2; printf '\251 ok'")
    done = await command.run(argv, tmp_path, LIMIT_SECONDS, printed=pieces.append)
    # A character that comes in two parts is told once it is whole.
    assert "".join(pieces) == done.output == "caf\xe9 ok"


async def test_what_uses_too_much_is_ended_wholly(tmp_path: Path) -> None:
    bounds = Bounds(memory_bytes=2**40, processes=5)
    argv = ("sh", "-c", "for i in 1 2 3 4 5 6 7; do sleep 600 & echo $!; done; wait")
    done = await command.run(argv, tmp_path, LIMIT_SECONDS, bounds=bounds)
    assert (done.code, done.problem) == (None, "ended: more than 5 processes")
    assert not any(map(lives, map(int, done.output.split())))
    fat = Bounds(memory_bytes=50 * 2**20, processes=50)
    hold = "x = bytearray(200 << 20); import time; time.sleep(600)"
    done = await command.run((sys.executable, "-c", hold), tmp_path, LIMIT_SECONDS, bounds=fat)
    assert done.problem == "ended: more than 50 MB of memory"


async def test_a_launcher_starts_it_in_its_own_way(tmp_path: Path) -> None:
    def launcher(marks: dict[str, str]) -> tuple[list[str], dict[str, str]]:
        return ["env"], marks

    done = await command.run(("asked", "for"), tmp_path, LIMIT_SECONDS, launcher=launcher)
    assert done.argv == ["asked", "for"]
    assert {line.split("=")[0] for line in done.output.splitlines()} == {
        command.COMMAND_VARIABLE,
        command.DEPTH_VARIABLE,
    }
