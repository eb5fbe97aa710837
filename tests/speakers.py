"""A fleet whose instances are speakers: they say on the live lane and on the log what messages tell them to."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fleet import CONFIG, wait_until

if TYPE_CHECKING:
    import pytest

    from fleet import Fleet, Served

FAKES = Path(__file__).parent / "fakes"


def write_speakers(fleet: Fleet, text: str = "", names: tuple[str, ...] = ("lead-1", "builder-1"), **keys: str) -> None:
    """Have speakers by these names; ``keys`` stand in each one's table."""
    lines = "".join(f"{key} = {value}\n" for key, value in keys.items())
    tables = [
        f'\n[instances.{name}]\nrole = "{name[:-2]}"\nspawn = "exec"\ngrace_seconds = 2.0\n{lines}' for name in names
    ]
    (fleet.root / "instances.toml").write_text(CONFIG + text + "".join(tables))


def serve_speakers(fleet: Fleet, patch: pytest.MonkeyPatch, *, ready: bool = True) -> Served:
    """Start a coordinator whose instances are speakers."""
    path = os.pathsep.join(filter(None, [str(FAKES), os.environ.get("PYTHONPATH", "")]))
    patch.setenv("PYTHONPATH", path)
    return fleet.serve(ready=ready, program=("-m", "with_speakers"))


def tell(fleet: Fleet, who: str, *commands: str) -> str:
    """Have a speaker do this; the id of the message."""
    return fleet.send(who, "\n".join(commands))


def frame(kind: str, **fields: Any) -> str:
    """A command to send a frame."""
    return "frame " + json.dumps({"type": kind, **fields})


def spent(**figures: Any) -> str:
    """A command to put on record what was used."""
    return "status " + json.dumps({"spent": {"brain": "claude:x", "turn": "t", **figures}})


def heard(fleet: Fleet, who: str, kind: str) -> list[dict[str, Any]]:
    """The frames of one kind a speaker heard, oldest first."""
    try:
        text = (fleet.workspace.instance(who).folder / "heard.jsonl").read_text()
    except FileNotFoundError:
        return []
    # What follows the last newline is being written.
    return [found for line in text.split("\n")[:-1] if (found := json.loads(line))["type"] == kind]


def wait_for_heard(fleet: Fleet, who: str, kind: str, **fields: Any) -> dict[str, Any]:
    """Wait until a speaker heard such a frame last."""

    def last() -> dict[str, Any] | None:
        found = heard(fleet, who, kind)
        return found[-1] if found and fields.items() <= found[-1].items() else None

    return wait_until(last, f"{who} hears {kind} {fields}")
