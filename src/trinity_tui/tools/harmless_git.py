"""Git asked so that a repository cannot make it run anything: no hooks, no pager, no program for a diff."""

from __future__ import annotations

SETTINGS = (
    "core.hooksPath=/dev/null", "core.fsmonitor=false", "core.pager=cat", "core.quotePath=false",
    "core.editor=true", "sequence.editor=true", "core.untrackedCache=false", "core.sshCommand=ssh -oBatchMode=yes",
    "commit.gpgSign=false", "tag.gpgSign=false", "log.showSignature=false", "diff.ignoreSubmodules=all",
    "submodule.recurse=false", "gc.auto=0", "maintenance.auto=false", "safe.bareRepository=explicit",
)  # fmt: skip
PLAIN_DIFF = ("--no-ext-diff", "--no-textconv", "--no-color")


def git(*arguments: str) -> list[str]:
    """The argv of a git command."""
    return ["git", "--no-pager", "--literal-pathspecs", *(part for one in SETTINGS for part in ("-c", one)), *arguments]
