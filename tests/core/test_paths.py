"""The places of a workspace, and sockets that a kernel can bind wherever the workspace lies."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core.errors import StoreError
from trinity_tui.core.paths import RUNTIME_SOCKETS, SOCKET_PATH_BYTES, InstancePlaces, Workspace

TMP = Path("/tmp")
ROOT = Path("/srv/shop")
LONGEST = max(map(len, RUNTIME_SOCKETS.values()))


def test_where_everything_lies() -> None:
    places = Workspace(ROOT)
    inside = {
        "config": "instances.toml", "runtime": ".trinity", "bus": ".trinity/bus", "registry": ".trinity/registry.json",
        "coordinator": ".trinity/coordinator.json", "keeper": ".trinity/keeper.json", "token": ".trinity/token",
        "grants": ".trinity/grants.jsonl", "coordinator_log": ".trinity/coordinator.log",
    }  # fmt: skip
    assert {name: str(getattr(places, name).relative_to(ROOT)) for name in inside} == inside


def test_where_an_instance_has_its_files() -> None:
    places = Workspace(ROOT).instance("lead-1")
    assert places == InstancePlaces(ROOT / ".trinity/instances/lead-1")
    inside = {
        "lock": "lock", "brief": "brief.json", "process": "process.json", "state": "state.json", "exit": "exit.json",
        "output": "output", "trace": "trace.jsonl",
    }  # fmt: skip
    assert {name: str(getattr(places, name).relative_to(places.folder)) for name in inside} == inside
    assert places.output_of(3) == places.folder / "output/3.log"


@pytest.mark.parametrize("letter", ["x", "é", "界", "🐍"])
def test_sockets_lie_in_the_workspace_up_to_the_last_byte(letter: str) -> None:
    size = len(letter.encode())
    room = SOCKET_PATH_BYTES - len("/") - len("/.trinity/run/") - LONGEST
    fits = Workspace(Path("/" + letter * (room // size) + "y" * (room % size)))
    over = Workspace(Path("/" + letter * (room // size) + "y" * (room % size) + "z"))
    assert fits.socket_folder(TMP, 1000) == fits.runtime / "run"
    assert len(bytes(fits.socket_folder(TMP, 1000))) + 1 + LONGEST == SOCKET_PATH_BYTES
    assert over.socket_folder(TMP, 1000).parent == TMP
    assert over.socket_folder(TMP, 1000).name.startswith("trinity-1000-")


def test_the_kernel_draws_the_line_there(tmp_path: Path) -> None:
    """On a path of the most bytes a socket can be bound, and on one more it cannot."""
    name = "s" * (SOCKET_PATH_BYTES - len(bytes(tmp_path)) - 1)
    with socket.socket(socket.AF_UNIX) as fits, socket.socket(socket.AF_UNIX) as over:
        fits.bind(str(tmp_path / name))
        with pytest.raises(OSError, match="too long"):
            over.bind(str(tmp_path / f"{name}s"))


@given(st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), max_size=300), st.integers(0, 2**32))
def test_every_workspace_has_sockets_short_enough(name: str, uid: int) -> None:
    folder = Workspace(Path("/home/u", name)).socket_folder(TMP, uid)
    assert all(len(os.fsencode(folder / file)) <= SOCKET_PATH_BYTES for file in RUNTIME_SOCKETS.values())


def test_a_name_that_is_no_text_has_sockets_too() -> None:
    root = Path(os.fsdecode(b"/srv/\xff" + b"\xfe" * 120))
    assert Workspace(root).socket_folder(TMP, 0).parent == TMP


def test_the_folder_is_of_one_workspace_and_one_user() -> None:
    far = Path("/" + "x" * 120)
    made = {Workspace(root).socket_folder(TMP, uid) for root in (far / "x", far / "y") for uid in (0, 1000)}
    assert len(made) == 4
    assert Workspace(far / "x").socket_folder(TMP, 0) in made


def test_nowhere_is_a_sentence() -> None:
    with pytest.raises(StoreError) as caught:
        Workspace(Path("/" + "x" * 120)).socket_folder(Path("/" + "t" * 80), 1000)
    said = caught.value.sentence()
    assert said.startswith("the paths of this folder and of /ttt")
    assert said.endswith("are too long for a socket. Set TMPDIR to a folder with a short path, such as /tmp.")
