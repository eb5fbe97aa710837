"""What an instance's process gets for its brain: its client loaded before it is forked, its key and nobody else's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fakes.running import running
from fleet import files_below, wait_until
from trinity_tui.process import procfs

if TYPE_CHECKING:
    import pytest

    from fleet import Fleet

KEY = "sk-secret-0123456789"
CONFIG = """\
[workspace]
checks = []

[serve]
port = 0

[instances.asks]
role = "lead"
brain = "openai:{url}/v1#local"

[instances.other]
role = "lead"
brain = "builtin"
"""


def environment(pid: int) -> dict[str, str]:
    variables = Path(f"/proc/{pid}/environ").read_bytes().decode().split("\0")
    return {name: value for name, _, value in (one.partition("=") for one in variables)}


def loads(pid: int, module: str) -> bool:
    """Whether the process was forked from one that was told to load a module beforehand."""
    parent = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return any(f"\0{module}\0".encode() in (procfs.read(f"/proc/{child}/cmdline") or b"") for child in children)


def test_a_brains_client_is_loaded_before_the_fork_and_its_key_goes_to_it_alone(
    fleet: Fleet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    with running("fakes.openai", tmp_path) as server:
        (fleet.root / "instances.toml").write_text(CONFIG.format(url=server.url))
        fleet.serve()
        found = fleet.instances()
        # A folder may name any server: it gets the key only once the person named it.
        assert KEY not in str(environment(found["asks"]["pid"]))
        assert fleet.trinity("brain", "asks", f"openai:{server.url}/v1#local").returncode == 0
        wait_until(lambda: fleet.instances()["asks"]["pid"] not in (None, found["asks"]["pid"]), "it begins anew")
        found = fleet.wait_for_states()
        said = {one["metadata"]["reason"] for one in fleet.lines("messages", "--type", "status", "--limit", "1000")}
        # That it ends first is told only where that takes longer than telling does.
        assert "started by person, for its brain" in said
        asks, other = found["asks"], found["other"]
        assert (asks["how"], other["how"]) == ("zygote", "zygote")
        assert loads(asks["pid"], "httpx")
        assert environment(asks["pid"])["OPENAI_API_KEY"] == KEY
        assert "ANTHROPIC_API_KEY" not in environment(asks["pid"])
        assert KEY not in str(environment(other["pid"]))
        texts = files_below(fleet.root / ".trinity").values()
        assert not any(KEY.encode() in text for text in texts), "a key is written down nowhere"
        assert KEY not in str(fleet.status())
