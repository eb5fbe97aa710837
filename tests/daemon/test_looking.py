"""Who only looks is refused everything that is no looking, request by request, whatever its arguments."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from trinity_tui.core.errors import ClientError
from trinity_tui.core.paths import Workspace
from trinity_tui.daemon.outputs import Outputs
from trinity_tui.daemon.requests import REQUESTS, Requests
from trinity_tui.daemon.rights import Rights

if TYPE_CHECKING:
    from pathlib import Path

    from trinity_tui.daemon.house import House

CHANGING = sorted(name for name, (_, _, changes) in REQUESTS.items() if changes)
LOOKING = {
    "status", "delivery", "body", "thread", "dead", "messages", "conversation", "trace", "changes", "output",
    "replay", "replay/timeline", "replay/find", "inbox", "inbox/decided", "digest", "tasks", "task", "search", "usage",
    "memory/search", "memory/records", "memory/show", "memory/news", "memory/themes",
    "handoff/overview", "handoff/read", "handoff/checks", "handoff/brief",
}  # fmt: skip


def test_the_requests_that_only_look_are_these() -> None:
    assert set(REQUESTS) - set(CHANGING) == LOOKING


def test_a_file_that_cannot_be_read_is_a_sentence_for_whoever_asked(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    workspace.instance("lead-1").output_of(1).mkdir(parents=True)
    room = SimpleNamespace(instances={"lead-1": None})
    house = SimpleNamespace(
        workspace=workspace, outputs=Outputs(workspace, lambda _: 1), coordinator=SimpleNamespace(room=room)
    )
    with pytest.raises(ClientError, match="output: .*[Ii]s a directory"):
        asyncio.run(Requests(cast("House", house)).do("output", {"instance": "lead-1"}, Rights.OBSERVER))


@pytest.mark.parametrize("rights", [Rights.OBSERVER, Rights.INSTANCE])
@pytest.mark.parametrize("name", CHANGING)
def test_what_changes_something_is_refused_before_it_begins(name: str, rights: Rights) -> None:
    # There is nothing behind it that a handler could work with: it must not come that far.
    requests = Requests(cast("House", SimpleNamespace()))
    arguments: dict[str, Any] = {}
    with pytest.raises(ClientError, match="that is the person's to do"):
        asyncio.run(requests.do(name, arguments, rights))
