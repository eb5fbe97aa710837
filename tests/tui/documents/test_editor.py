"""The person's editor: which command, on which files, and that what goes wrong is a sentence."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

import pytest

from trinity_tui.core.errors import ClientError
from trinity_tui.tui.documents import editor

if TYPE_CHECKING:
    from pathlib import Path


def test_visual_comes_before_editor_and_may_have_arguments(tmp_path: Path) -> None:
    file = tmp_path / "a b.md"
    assert editor.command({"VISUAL": "code -w", "EDITOR": "vi"}, file, 7) == ["code", "-w", str(file)]
    assert editor.command({"VISUAL": " ", "EDITOR": "/usr/bin/vi -n"}, file, 7) == [
        "/usr/bin/vi",
        "-n",
        "+7",
        str(file),
    ]
    assert editor.command({"EDITOR": "vi"}, file, 1) == ["vi", str(file)]


@pytest.mark.parametrize(
    ("environ", "said"), [({}, "no editor is set"), ({"EDITOR": "vi 'x"}, "vi 'x is no command: No closing quotation")]
)
def test_without_one_it_is_said_what_to_set(environ: dict[str, str], said: str, tmp_path: Path) -> None:
    with pytest.raises(ClientError, match=said) as raised:
        editor.command(environ, tmp_path / "x.md", 1)
    assert "EDITOR" in raised.value.hint


def test_only_files_of_the_workspace_are_edited(tmp_path: Path) -> None:
    root = tmp_path / "work"
    (root / "shop").mkdir(parents=True)
    (tmp_path / "secret.md").write_text("secret")
    (root / "PORTFOLIO_CONTEXT.md").symlink_to(tmp_path / "secret.md")
    assert editor.confined(str(root), "shop/PROJECT_CONTEXT.md") == root / "shop" / "PROJECT_CONTEXT.md"
    for name in ("PORTFOLIO_CONTEXT.md", "../secret.md", str(tmp_path / "secret.md"), "", "a\0b"):
        with pytest.raises(ClientError):
            editor.confined(str(root), name)
    with pytest.raises(ClientError, match="is not on this computer"):
        editor.confined(str(tmp_path / "elsewhere"), "x.md")


def test_it_runs_in_the_workspace_and_has_ctrl_c_for_itself(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGINT)
    script = (
        "import os, signal, sys; os.kill(os.getppid(), signal.SIGINT);"
        "own = signal.getsignal(signal.SIGINT) is signal.default_int_handler;"
        "open(sys.argv[1], 'w').write(f'{os.getcwd()} {own}')"
    )
    editor.edit([sys.executable, "-c", script, str(tmp_path / "x.md")], str(tmp_path))
    assert (tmp_path / "x.md").read_text() == f"{os.path.realpath(tmp_path)} True"
    assert signal.getsignal(signal.SIGINT) is before


def test_one_that_fails_or_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ClientError, match="ended with 3"):
        editor.edit([sys.executable, "-c", "raise SystemExit(3)"], str(tmp_path))
    with pytest.raises(ClientError, match="no-such-editor cannot be run: No such file"):
        editor.edit(["no-such-editor", "x"], str(tmp_path))
