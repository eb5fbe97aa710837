from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.client import workspaces

if TYPE_CHECKING:
    from pathlib import Path


def made(folder: Path) -> Path:
    folder.mkdir()
    (folder / "instances.toml").write_text("")
    return folder


def test_the_latest_comes_first_and_each_once(tmp_path: Path) -> None:
    file = tmp_path / "state" / "workspaces.json"
    shop, farm = made(tmp_path / "shop"), made(tmp_path / "farm")
    for at, root in enumerate((shop, farm, shop)):
        workspaces.note(file, root, float(at))
    found = workspaces.places(file, lambda workspace: workspace.root == farm)
    assert [(place.path, place.at, place.is_running) for place in found] == [(shop, 2.0, False), (farm, 1.0, True)]


def test_what_is_no_workspace_any_more_is_not_offered(tmp_path: Path) -> None:
    file = tmp_path / "workspaces.json"
    shop = made(tmp_path / "shop")
    workspaces.note(file, shop, 1.0)
    (shop / "instances.toml").unlink()
    assert workspaces.places(file, lambda _: True) == []


def test_a_damaged_list_is_an_empty_one_and_is_written_anew(tmp_path: Path) -> None:
    file = tmp_path / "workspaces.json"
    file.write_text('[{"path": 3}]')
    shop = made(tmp_path / "shop")
    assert workspaces.places(file, lambda _: False) == []
    workspaces.note(file, shop, 1.0)
    assert [place.path for place in workspaces.places(file, lambda _: False)] == [shop]
