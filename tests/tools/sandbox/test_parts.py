"""What walls are made of: which places are granted, what the filter of system calls says, what a machine has."""

from __future__ import annotations

import os
import struct
from typing import TYPE_CHECKING

import pytest

from trinity_tui.core.tools_config import ToolsConfig
from trinity_tui.tools.sandbox import bubblewrap, cell, landlock, seccomp
from trinity_tui.tools.sandbox.cell import Cell, Sandbox, probe
from trinity_tui.tools.sandbox.scratch import Scratch
from trinity_tui.tools.sandbox.walls import all_granted, granted, walls_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from trinity_tui.tools.sandbox.walls import Walls

ALLOW = 0x7FFF0000
SOCKET, PAIR, IO_URING, READ = 41, 53, 425, 0
SHARED_BY_NUMBER = (29, 64, 68, 240)
UNIX, INTERNET, NETLINK = 1, 2, 16
STREAM, DATAGRAM = 1, 2
ARCHITECTURE = 0xC000003E


def verdict(call: int, first: int = 0, second: int = 0, *, has_network: bool, architecture: int = ARCHITECTURE) -> bool:
    """What the kernel would make of a filter; whether the call is allowed."""
    steps = list(struct.iter_unpack("=HBBI", seccomp.program("x86_64", has_network)))
    shown = {0: call, 4: architecture, 16: first, 24: second}
    at, held = 0, 0
    while True:
        code, then, otherwise, value = steps[at]
        at += 1
        if code == 0x20:
            held = shown[value]
        elif code == 0x54:
            held &= value
        elif code == 0x06:
            return value == ALLOW
        else:
            at += then if (held == value if code == 0x15 else held >= value) else otherwise


@pytest.mark.parametrize("has_network", [False, True])
def test_the_filter(has_network: bool) -> None:
    assert verdict(READ, has_network=has_network)
    assert verdict(PAIR, UNIX, STREAM | 0o2000000, has_network=has_network)
    assert not verdict(PAIR, UNIX, DATAGRAM, has_network=has_network)
    assert not verdict(SOCKET, UNIX, STREAM, has_network=has_network)
    assert not verdict(IO_URING, has_network=has_network)
    for call in SHARED_BY_NUMBER:
        assert not verdict(call, has_network=has_network)
    assert not verdict(READ | 0x40000000, has_network=has_network)
    assert not verdict(READ, has_network=has_network, architecture=0x40000003)
    assert verdict(SOCKET, INTERNET, STREAM, has_network=has_network) is has_network
    assert verdict(SOCKET, NETLINK, STREAM, has_network=has_network) is has_network


def test_what_is_granted_is_all_but_what_is_not(tmp_path: Path) -> None:
    for name in ("a", "b/c", "b/d", ".trinity"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "link").symlink_to("/etc")
    found = granted(str(tmp_path), [f"{tmp_path}/.trinity", f"{tmp_path}/b/c"])
    assert sorted(os.path.relpath(place, tmp_path) for place in found) == ["a", "b/d"]
    assert granted(str(tmp_path), ["/elsewhere"]) == [str(tmp_path)]
    assert granted(str(tmp_path), [str(tmp_path)]) == []


@pytest.fixture
def scratch() -> Iterator[Scratch]:
    with Scratch.make() as made:
        yield made


def test_keys_are_hidden_even_where_the_home_is_the_workspace(tmp_path: Path, scratch: Scratch) -> None:
    for name in (".ssh", ".trinity", ".git", "src"):
        (tmp_path / name).mkdir()
    walls = walls_of(tmp_path, scratch, home=tmp_path, has_network=False)
    argv = bubblewrap.wrapped(["true"], walls)
    for name in (".ssh", ".trinity"):
        assert argv[argv.index(f"{tmp_path}/{name}") - 1] == "--tmpfs"
    assert argv[argv.index(f"{tmp_path}/.git") - 1] == "--ro-bind"


def test_keys_are_hidden_among_what_is_seen_of_the_home(tmp_path: Path, scratch: Scratch) -> None:
    root, home = tmp_path / "work", tmp_path / "home"
    (home / ".local/share/uv/credentials").mkdir(parents=True)
    (home / ".local/share/uv/python").mkdir()
    (home / ".ssh").mkdir()
    walls = walls_of(root, scratch, home=home, has_network=False)
    argv = bubblewrap.wrapped(["true"], walls)
    assert argv[argv.index(f"{home}/.local/share/uv") - 1] == "--ro-bind-try"
    assert argv[argv.index(f"{home}/.local/share/uv/credentials") - 1] == "--tmpfs"
    assert f"{home}/.ssh" not in argv
    found = all_granted(walls.read, walls.hidden)
    assert f"{home}/.local/share/uv/python" in found
    assert not [place for place in found if "credentials" in place or ".ssh" in place]


@pytest.fixture
def unprobed() -> Iterator[None]:
    probe.cache_clear()
    yield
    probe.cache_clear()


def test_where_bubblewrap_is_missing_landlock_holds(unprobed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bubblewrap, "PROGRAM", "no-such-bwrap")
    found = probe()
    assert found.kind == ("landlock" if landlock.version() and seccomp.is_known() else "none")
    assert "bubblewrap is not installed" in found.why_not


def test_where_neither_is_there_that_is_said(unprobed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bubblewrap, "PROGRAM", "false")
    monkeypatch.setattr(landlock, "version", lambda: 0)
    found = probe()
    assert not found.is_there
    assert found.why_not == "bubblewrap does not work: ; this kernel has no Landlock"


async def test_without_its_walls_a_command_is_not_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine whose kernel refuses them when it comes to it."""

    def no_rules(_walls: Walls) -> dict[str, object]:
        return {"read": 3, "write": [], "listed": [], "has_network": False}

    monkeypatch.setattr(cell, "_as_rules", no_rules)
    done = await Cell(Sandbox("landlock"), tmp_path, ToolsConfig()).run(["touch", str(tmp_path / "made")])
    assert "no sandbox, so nothing was run" in done.output
    assert not (tmp_path / "made").exists()


async def test_a_program_that_is_not_there_is_said(tmp_path: Path) -> None:
    done = await Cell(Sandbox("none"), tmp_path, ToolsConfig()).run(["no-such-program"])
    assert (done.code, done.output) == (127, "no such program: no-such-program\n")


async def test_a_signal_is_its_code_and_its_scratch_folder_is_gone(tmp_path: Path) -> None:
    done = await Cell(Sandbox("none"), tmp_path, ToolsConfig()).run(["sh", "-c", "echo $TMPDIR; kill -SEGV $$"])
    assert done.code == -11
    assert not os.path.exists(done.output.strip())
