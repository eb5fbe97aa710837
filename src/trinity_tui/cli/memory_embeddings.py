"""``trinity memory embeddings MODEL``: whether a model that makes vectors helps the search; the verdict is kept."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from trinity_tui.cli.grammar import AsJson
from trinity_tui.cli.shared import put, put_json, read_config, state_of
from trinity_tui.core import brains_config
from trinity_tui.core.errors import ClientError

if TYPE_CHECKING:
    from trinity_tui.core.paths import Workspace
    from trinity_tui.memory.second import Verdict


def embeddings(
    context: typer.Context,
    model: Annotated[str, typer.Argument(metavar="MODEL", help="Of Ollama's, such as nomic-embed-text.")] = "",
    as_json: AsJson = False,
) -> None:
    """Measure whether a model that makes vectors helps the search; without one, say what was measured.

    It takes minutes. `[memory] embeddings` in instances.toml says which is used, where it helps.
    """
    from trinity_tui.memory import second
    from trinity_tui.store import document

    workspace = state_of(context).workspace
    index = workspace.memory_index
    known = second.verdicts(index)
    if model:
        known[model] = _measured(workspace, model)
        workspace.runtime.mkdir(parents=True, exist_ok=True)
        document.write(second.verdicts_path(index), known)
    told = [one for name, one in known.items() if name == model or not model]
    for one in told:
        put_json({**msgspec.to_builtins(one), "helps": one.helps}) if as_json else _put(one)
    if not told and not as_json:
        put("No model was measured yet: `trinity memory embeddings MODEL`.")


def _measured(workspace: Workspace, model: str) -> Verdict:
    """Ask the check set, which is no part of the commands, in a process of its own; how far it is goes to stderr.

    Raises:
        ClientError: The model gives no vectors.
    """
    from trinity_tui.memory.second import Verdict

    url = brains_config.settled(read_config(workspace).brains, os.environ).ollama
    command = [sys.executable, "-P", "-m", "trinity_tui.bench.recall.embeddings", url, model]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    if done.returncode:
        raise ClientError(f"{model} could not be measured", 1, f"`ollama pull {model}` gets it, where it is missing.")
    return msgspec.json.decode(done.stdout, type=Verdict)


def _put(verdict: Verdict) -> None:
    alone, mixed = verdict.alone, verdict.mixed
    put(f"{verdict.model}: {'helps' if verdict.helps else 'does not help'}")
    put(f"    evidence among the first five: {alone.recall:.1%} by words, {mixed.recall:.1%} with it")
    ranks = alone.mean_reciprocal_rank, mixed.mean_reciprocal_rank
    put(f"    mean reciprocal rank: {ranks[0]:.3f} by words, {ranks[1]:.3f} with it")
    if verdict.helps:
        put(f'    used once instances.toml says:  [memory]  embeddings = "{verdict.model}"')
