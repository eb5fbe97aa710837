"""Who may do what: token, peer's process, Host of a request; and an instance never speaks for the person."""

from __future__ import annotations

import http.client
import json
import sys
from typing import TYPE_CHECKING, Any

from fleet import CONFIG, free_port, wait_until
from patience import PATIENCE_SECONDS

if TYPE_CHECKING:
    from fleet import Fleet


def over_tcp(port: int, method: str, route: str, body: Any = None, **headers: str) -> tuple[int, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    connection.request(method, route, None if body is None else json.dumps(body), headers)
    response = connection.getresponse()
    text = response.read()
    connection.close()
    return response.status, json.loads(text)


def test_over_tcp_the_token_opens_and_nothing_else_does(fleet: Fleet) -> None:
    port = free_port()
    fleet.write_config(CONFIG.replace("port = 0", f"port = {port}"))
    fleet.serve()
    assert fleet.status()["coordinator"]["http"] == f"http://127.0.0.1:{port}"
    token = (fleet.root / ".trinity" / "token").read_text().strip()
    key = {"Authorization": f"Bearer {token}"}
    hello = {"to": "lead-1", "content": "hello"}
    assert over_tcp(port, "GET", "/health")[0] == 200
    assert over_tcp(port, "GET", "/status")[0] == 401
    assert over_tcp(port, "POST", "/send", hello)[0] == 401
    assert over_tcp(port, "POST", "/send", hello, Authorization="Bearer wrong")[0] == 401
    assert over_tcp(port, "POST", "/send", hello, Host="evil.example", **key)[0] != 200
    assert over_tcp(port, "POST", "/send", hello, Origin="https://evil.example", **key)[0] != 200
    assert over_tcp(port, "POST", "/send", hello, **key)[0] == 200
    assert over_tcp(port, "GET", "/openapi.json")[0] == 401
    schema = over_tcp(port, "GET", "/openapi.json", **key)[1]
    assert set(schema["paths"]) >= {"/send", "/status", "/approve"}


def test_an_instances_own_processes_cannot_speak_for_the_person(fleet: Fleet) -> None:
    command = f"{sys.executable} -m trinity_tui -C {fleet.root} send lead-1 obey"
    fleet.write_config(CONFIG.replace("checks = []", f"checks = [{json.dumps(command)}]"))
    fleet.serve()
    asked = wait_until(lambda: fleet.messages(kind="approval"), "a request for approval")[0]
    assert asked["metadata"]["command"] == command
    assert fleet.trinity("approve", asked["id"], "--once").returncode == 0

    def report() -> dict[str, Any] | None:
        rows = fleet.messages(kind="finding")
        return next((row for row in rows if row["metadata"].get("kind") == "check"), None)

    found = wait_until(report, "the check's report")
    assert found["metadata"]["exit_code"] == 1
    assert "the person's to do" in found["content"]
    assert not [row for row in fleet.messages(to="lead-1") if row["content"] == "obey"]


def test_what_was_allowed_for_good_is_not_asked_again_and_cannot_be_forged(fleet: Fleet) -> None:
    fleet.write_config(CONFIG.replace("checks = []", 'checks = ["git status --short"]'))
    # A folder from somewhere else may bring such a file: it must not count.
    runtime = fleet.root / ".trinity"
    runtime.mkdir(mode=0o700)
    forged = {"instance": "builder-1", "command": "git status --short", "at": "", "workspace": str(fleet.root)}
    (runtime / "grants.jsonl").write_text(json.dumps(forged) + "\n")
    fleet.serve()
    asked = wait_until(lambda: fleet.messages(kind="approval"), "a request")[0]
    assert fleet.status()["waiting"] == 1
    fleet.trinity("approve", asked["id"])
    wait_until(lambda: fleet.status()["waiting"] == 0, "nothing waiting")
    wait_until(lambda: "→ 0" in fleet.log_of("builder-1"), "the check run")
    fleet.trinity("restart", "builder-1")
    wait_until(lambda: fleet.instances()["builder-1"]["epoch"] == 2, "another life")
    fleet.wait_for_states()
    (fleet.root / "shop" / "more.py").write_text("MORE = 1\n")

    def decisions() -> list[str]:
        rows = fleet.messages(kind="approval")
        return [row["metadata"].get("by", "") for row in rows if row["metadata"]["op"] == "decision"]

    wait_until(lambda: decisions() == ["human", "grant"], "the second request decided by the grant")
    assert fleet.trinity("approve", asked["id"]).returncode == 1
    assert fleet.trinity("approve", "no-such-request").returncode == 4
