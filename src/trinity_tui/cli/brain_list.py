"""What ``trinity brain`` lists: which brain each instance asks for and has, and the models of Ollama's server."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from trinity_tui.brains.choose import models_at
from trinity_tui.client import api

if TYPE_CHECKING:
    from trinity_tui.core.paths import Workspace


def rows(workspace: Workspace, who: str) -> list[dict[str, Any]]:
    """A row for each instance that is meant, and for each model a local server offers; or one that says why not.

    Raises:
        ClientError: No coordinator runs (3), or nobody is called that (4).
    """
    status = api.call(workspace, "GET", f"/status?who={quote(who)}")
    found = [_of(one) for one in status["instances"]]
    return found if who != "all" else found + _models(status["coordinator"]["ollama"])


def _of(one: dict[str, Any]) -> dict[str, Any]:
    why = one["reason"] if one["state"] in ("DEGRADED", "PAUSED") else ""
    return {"kind": "instance", "id": one["id"], "asked": one["asked_brain"], "brain": one["brain"], "why": why}


def _models(url: str) -> list[dict[str, Any]]:
    try:
        models = asyncio.run(models_at(url))
    except OSError as error:
        return [{"kind": "server", "url": url, "problem": str(error)}]
    return [{"kind": "model", "brain": f"ollama:{name}", "is_loaded": loaded, "url": url} for name, loaded in models]


def line(row: dict[str, Any]) -> str:
    """A row for a person."""
    match row["kind"]:
        case "instance":
            why = f"  {row['why']}" if row["why"] else ""
            asked = f"  asked for {row['asked']}" if row["asked"] != row["brain"] else ""
            return f"{row['id']:<16} {row['brain']}{asked}{why}"
        case "model":
            return f"{'Ollama has':<16} {row['brain']}{'  in memory' if row['is_loaded'] else ''}"
        case _:
            return f"Ollama does not answer at {row['url']}: {row['problem']}"
