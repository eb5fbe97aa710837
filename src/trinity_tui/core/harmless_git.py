"""Git asked so that a repository cannot make it run anything: no hooks, no pager, no program for a diff or a signature.

One list for whoever asks git, so that what is found to run something is closed for all.
"""

from __future__ import annotations

SETTINGS = (
    "core.hooksPath=/dev/null", "core.fsmonitor=false", "core.pager=cat", "core.quotePath=false",
    "core.editor=true", "sequence.editor=true", "core.untrackedCache=false", "core.sshCommand=ssh -oBatchMode=yes",
    "commit.gpgSign=false", "tag.gpgSign=false", "log.showSignature=false", "diff.ignoreSubmodules=all",
    "submodule.recurse=false", "gc.auto=0", "maintenance.auto=false", "blame.ignoreRevsFile=",
    # A bare repository hidden in the tree brings its own configuration.
    "safe.bareRepository=explicit",
)  # fmt: skip
PLAIN_DIFF = ("--no-ext-diff", "--no-textconv", "--no-color")
LOCAL = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    # No transport at all: a partial clone cannot call its remote helper.
    "GIT_ALLOW_PROTOCOL": "none",
}
"""Variables for all that needs no other machine."""


def git(*arguments: str) -> list[str]:
    """The argv of a git command."""
    return ["git", "--no-pager", "--literal-pathspecs", *(part for one in SETTINGS for part in ("-c", one)), *arguments]
