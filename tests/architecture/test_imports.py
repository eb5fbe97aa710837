"""Boundaries are tests: what each face loads, proven in a fresh interpreter, where a static look cannot see."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from patience import PATIENCE_SECONDS

if TYPE_CHECKING:
    from pathlib import Path

HEAVY = {
    "textual",
    "pydantic",
    "uvicorn",
    "starlette",
    "anthropic",
    "ollama",
    "sqlalchemy",
    "alembic",
    "git",
    "nats",
    "mcp",
}
OURS = "trinity_tui"


def loaded(code: str) -> set[str]:
    """The modules a fresh interpreter has after running this."""
    script = f"{code}\nimport sys\nsys.stdout.write('\\n'.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=PATIENCE_SECONDS
    )
    return set(done.stdout.splitlines())


def tops(modules: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in modules}


def rooms(modules: set[str]) -> set[str]:
    return {name.split(".")[1] for name in modules if name.startswith(f"{OURS}.")}


def test_the_screen_loads_no_engine() -> None:
    modules = loaded("import trinity_tui.tui.app, trinity_tui.client.connection, trinity_tui.client.launcher")
    assert rooms(modules).isdisjoint({"daemon", "coordinator", "brains", "bus", "harness", "supervision", "tools"})
    assert tops(modules).isdisjoint(HEAVY - {"textual"})


def test_help_loads_no_screen() -> None:
    code = (
        "import contextlib, io\nfrom trinity_tui.cli import main\n"
        "with contextlib.redirect_stdout(io.StringIO()):\n    main(['--help'])"
    )
    modules = loaded(code)
    assert tops(modules).isdisjoint(HEAVY)
    assert rooms(modules).isdisjoint({"tui", "daemon", "harness", "bus", "brains"})


def test_trinity_alone_loads_no_parser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    modules = loaded("from trinity_tui.cli import main\nassert main([]) == 2")
    assert tops(modules).isdisjoint(HEAVY | {"typer"})


def test_an_instance_loads_no_server_and_no_screen() -> None:
    roles = ", ".join(f"trinity_tui.harness.roles.{name}" for name in ("explorer", "builder", "reflector", "lead"))
    modules = loaded(f"import trinity_tui.harness.__main__, {roles}")
    assert tops(modules).isdisjoint(HEAVY | {"httpx", "websockets", "typer", "rich", "structlog"})
    assert rooms(modules).isdisjoint({"daemon", "coordinator", "client", "tui", "cli", "supervision"})


def test_the_keeper_loads_next_to_nothing() -> None:
    modules = loaded("import trinity_tui.harness.keeper")
    assert tops(modules).isdisjoint(HEAVY | {"asyncio", "httpx", "websockets", "uuid_utils"})
    assert rooms(modules) <= {"core", "store", "process", "harness"}


def test_the_coordinator_supervises_before_it_loads_the_web() -> None:
    modules = loaded("import trinity_tui.daemon.service")
    assert tops(modules).isdisjoint(HEAVY)
    assert "tui" not in rooms(modules)


@pytest.mark.parametrize("command", ["send", "status", "approve", "down"])
def test_one_shot_commands_speak_plain_http(command: str) -> None:
    modules = loaded(f"from trinity_tui.cli.program import program; program(['{command}'])")
    assert tops(modules).isdisjoint({"httpx", "websockets", "asyncio", "pydantic"} | HEAVY)
    assert modules.isdisjoint({f"{OURS}.core.config", f"{OURS}.core.room"})
