"""A person without a screen is told what waits: by a real command and a real server, also over a kill."""

from __future__ import annotations

import json
import signal
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

from fleet import CONFIG, wait_until

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from fleet import Fleet

import pytest

NOTIFY = """
[notify]
command = [{words}]
webhook = "{webhook}"
every_seconds = 1
away_minutes = 5
"""
SCRIPT = """\
#!/bin/sh
printf '%s|%s|' "$TRINITY_NOTIFY_COUNT" "$TRINITY_WORKSPACE" >> {out}
cat >> {out}
"""


class Hook:
    """A server that keeps what is posted to it."""

    def __init__(self) -> None:
        self.posted: list[dict[str, Any]] = []
        self.status = 204
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                hook.posted.append(json.loads(self.rfile.read(length)))
                self.send_response(hook.status)
                self.end_headers()

            def log_message(self, *words: Any) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
                """Say nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/hook?key=1"
        self._thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()

    def close(self) -> None:
        """End it."""
        self.server.shutdown()
        self.server.server_close()
        self._thread.join()


@pytest.fixture
def hook() -> Generator[Hook]:
    """A server that listens."""
    made = Hook()
    yield made
    made.close()


def program(fleet: Fleet, script: str = SCRIPT) -> Path:
    """A command in the workspace, and where it writes."""
    out, path = fleet.root / "told.txt", fleet.root / "tell.sh"
    path.write_text(script.format(out=out))
    path.chmod(0o755)
    return out


def configure(fleet: Fleet, *, command: str = "", webhook: str = "") -> None:
    """Have the person told so."""
    words = f'"{command}"' if command else ""
    fleet.write_config(CONFIG + NOTIFY.format(words=words, webhook=webhook), {"explorer-1": "explorer"})


def allow(fleet: Fleet) -> None:
    """Give the word on what the folder wants to run."""

    def asked() -> str:
        found = [row["id"] for row in fleet.lines("inbox") if "notify by" in row.get("command", "")]
        return found[0] if found else ""

    done = fleet.trinity("approve", wait_until(asked, "asked for the word"), "--always")
    assert done.returncode == 0, done.stderr


def ask(fleet: Fleet, text: str) -> None:
    """Something waits for the person from now on."""
    import asyncio

    from trinity_tui.bus import new_message, open_bus

    async def publish() -> None:
        bus = open_bus(fleet.root / ".trinity" / "bus", "test")
        await bus.publish(new_message("explorer-1", "human", "question", text, origin="peer"))
        await bus.aclose()

    asyncio.run(publish())


def texts(hook: Hook) -> list[str]:
    """Everything that was told, thing by thing."""
    return [one["text"] for said in hook.posted for one in said["items"]]


def test_what_waits_is_told_once_the_person_allowed_it_and_not_again_after_a_kill(fleet: Fleet, hook: Hook) -> None:
    out = program(fleet)
    configure(fleet, command=str(fleet.root / "tell.sh"), webhook=hook.address)
    child = fleet.serve()
    ask(fleet, "Before the word?")
    refused = fleet.trinity("notify", "test")
    assert refused.returncode == 1
    assert "waits for your word" in refused.stderr
    assert hook.posted == []
    allow(fleet)
    wait_until(lambda: "Before the word?" in texts(hook), "told")
    wait_until(lambda: out.exists() and "Before the word?" in out.read_text(), "the command told")
    count, workspace, _ = out.read_text().split("|", 2)
    assert (count, workspace) == ("1", fleet.root.name)
    wait_until(lambda: (fleet.root / ".trinity" / "notified.json").exists(), "kept")

    child.send_signal(signal.SIGKILL)
    child.wait()
    ask(fleet, "While nobody was there?")
    fleet.serve(ready=False)
    wait_until(lambda: "While nobody was there?" in texts(hook), "told by the next coordinator")
    assert texts(hook).count("Before the word?") == 1


def test_what_fails_is_said_and_holds_up_nothing(fleet: Fleet, hook: Hook) -> None:
    program(fleet, "#!/bin/sh\nsleep 600 & sleep 600\n")
    text = NOTIFY.format(words=f'"{fleet.root / "tell.sh"}"', webhook=hook.address) + "seconds = 4.0\n"
    fleet.write_config(CONFIG + text, {"explorer-1": "explorer"})
    hook.status = 500
    fleet.serve()
    allow(fleet)
    ask(fleet, "Is anybody there?")
    both = ("be notified", "not done after 4 s", "the webhook answers 500")
    wait_until(lambda: [one for one in fleet.status()["notices"] if all(part in one for part in both)], "said")
    done = fleet.trinity("notify", "test", "--json")
    assert done.returncode == 1
    assert "not done after 4 s" in json.loads(done.stdout)["problem"]
