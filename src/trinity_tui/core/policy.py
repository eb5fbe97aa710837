"""What a tool may do: a pure rule over a wish, the role and the rules of ``[tools]``. Nothing a message says is in it.

::

    hard limits → deny rules → ask rules → allow rules → what the role may by itself
                                              ▲ never above the ceiling: push, a wrapped command, no sandbox

A rule is ``[role:NAME] TOOL [WORDS]``. For ``shell``, ``git`` and ``run`` the words are the beginning of a command,
each a pattern of its word; for the others there is one, of a path, in which ``**`` also stands for folders. ``*`` is
every tool.
"""

from __future__ import annotations

import itertools
import re
import shlex
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Literal

import msgspec

from trinity_tui.core import address
from trinity_tui.core.config_words import shown, unknown
from trinity_tui.core.paths import is_shared

if TYPE_CHECKING:
    from trinity_tui.core.tools_config import ToolsConfig

Verdict = Literal["allow", "ask", "deny"]
Action = Literal["read", "write", "run", "commit", "push"]
TOOLS = ("search", "read", "write", "edit", "run", "shell", "git")
COMMANDS = frozenset({"run", "shell", "git"})
"""Tools whose rules are about a command, not a path."""
READERS = frozenset({"explorer", "observer", "guide", "visitor", "reflector", "architect", "oracle"})
WRITERS = frozenset({"builder", "mechanic", "stabilizer"})
"""The lead is neither: messages and tasks are all it has."""
HIDDEN = (".trinity",)
"""Neither read nor written by a tool: the token, the sockets, the log."""
FROZEN = (".git", "instances.toml", "coordination")
"""Read by tools, written by none: what the person's own programs run, what says who may do what, what is shared."""
_WRAPPERS = frozenset(
    "awk bash busybox command dash doas env eval exec find flock gawk ionice ksh mawk nice nohup parallel script"
    " setpriv setsid sh ssh stdbuf strace su sudo taskset time timeout unshare watch xargs zsh".split()
)
_SHELL_SIGNS = frozenset("|&;<>()$`\n\r*?[~{")


class Wish(msgspec.Struct, frozen=True):
    """What a call would do, understood."""

    tool: str
    action: Action
    path: str = ""
    """Relative to the root, without links and dots; empty for commands."""
    argv: tuple[str, ...] = ()
    is_wrapped: bool = False
    """Whether the command hides what it runs: a shell's signs, or a program that runs another."""


class Hands(msgspec.Struct, frozen=True):
    """What holds whoever wishes."""

    is_sandboxed: bool = False
    is_isolated: bool = False
    """Whether it works in a worktree of its own."""


class Decision(msgspec.Struct, frozen=True):
    """The verdict, and which rule said so."""

    verdict: Verdict
    rule: str


def decide(wish: Wish, role: str, rules: ToolsConfig, hands: Hands) -> Decision:
    """Whether a wish is granted, must be asked for, or is refused."""
    hard = _hard(wish, hands)
    if hard:
        return Decision("deny", f"hard limit: {hard}")
    for rule in rules.deny:
        if _matches(rule, wish, role, is_wide=True):
            return Decision("deny", f"[tools] deny {shown(rule)!r}")
    for rule in rules.ask:
        if _matches(rule, wish, role, is_wide=True):
            return Decision("ask", f"[tools] ask {shown(rule)!r}")
    ceiling = _ceiling(wish, hands)
    allowed = min((rule for rule in rules.allow if _matches(rule, wish, role, is_wide=False)), default=None)
    if allowed is not None:
        return Decision("ask", ceiling) if ceiling else Decision("allow", f"[tools] allow {shown(allowed)!r}")
    verdict = by_role(wish.action, role, hands)
    return Decision("ask", ceiling) if ceiling and verdict == "allow" else Decision(verdict, f"role {role}")


def by_role(action: Action, role: str, hands: Hands) -> Verdict:
    """What a role may where no rule speaks."""
    if role not in READERS | WRITERS:
        return "deny"
    if action == "read":
        return "allow"
    if role in READERS:
        return "deny"
    # What runs the workspace's own code always needs the person's word: whoever cloned it has not read it.
    return "allow" if hands.is_isolated and action in ("write", "commit") else "ask"


def _hard(wish: Wish, hands: Hands) -> str:
    """Which limit no rule lifts forbids it; empty where none does."""
    if wish.is_wrapped and not hands.is_sandboxed:
        return "a command that hides what it runs needs a sandbox"
    if not wish.path:
        return ""
    parts = wish.path.casefold().split("/")
    if wish.path.startswith("/") or ".." in parts:
        return "outside of the folder"
    hidden = next((part for part in parts if part in HIDDEN), "")
    if hidden:
        return hidden
    if len(parts) == 1 and is_shared(parts[0]):
        return "the files for other programs"
    if wish.action != "read" and (parts[0] in FROZEN or ".git" in parts):
        return f"{parts[0] if parts[0] in FROZEN else '.git'} is only read"
    return ""


def _ceiling(wish: Wish, hands: Hands) -> str:
    """Why it has to be asked for even where a rule or the role allows it; empty where nothing says so."""
    if wish.action == "push":
        return "hard limit: a push is always asked for"
    if wish.is_wrapped:
        return "hard limit: a command that hides what it runs is always asked for"
    if wish.action == "run" and not hands.is_sandboxed:
        return "hard limit: without a sandbox commands are always asked for"
    return ""


def _matches(rule: str, wish: Wish, role: str, *, is_wide: bool) -> bool:
    """Whether a rule is about this wish.

    Args:
        rule: As it stands in the file.
        wish: What is wished.
        role: Who wishes it.
        is_wide: Whether, as for what forbids, a command inside of the command counts too, and the program's bare name.
    """
    for_role, tool, words = split_rule(rule)
    words = [] if words in (["*"], ["**"]) else words
    if tool == "git":
        words = ["git", *words]
    # The same command may come through either tool; what forbids it means both.
    is_other_way = is_wide and {tool, wish.tool} == {"git", "shell"} and words[:1] == ["git"]
    if for_role not in ("", role) or (tool not in ("*", wish.tool) and not is_other_way):
        return False
    if not words:
        return True
    if wish.path:
        return len(words) == 1 and bool(
            _path_pattern(words[0]).fullmatch(wish.path.casefold() if is_wide else wish.path)
        )
    return _begins(words, wish.argv) or (is_wide and _occurs(words, wish.argv))


def _begins(words: list[str], argv: tuple[str, ...]) -> bool:
    return len(words) <= len(argv) and all(map(fnmatchcase, argv, words))


def _occurs(words: list[str], argv: tuple[str, ...]) -> bool:
    """Whether the command stands anywhere in what would run, behind a wrapper or inside of a shell's text."""
    spoken = [_bare(part) for word in argv for part in re.split(r"[\s|&;<>()$`\"'{}]+", word) if part]
    return any(_begins(words, tuple(spoken[at:])) for at in range(len(spoken)))


def _bare(word: str) -> str:
    """A program by its name, wherever it lies."""
    return word.rpartition("/")[2] or word


def _path_pattern(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    signs = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(signs.get(part) or re.escape(part) for part in parts), re.DOTALL)


def split_rule(rule: str) -> tuple[str, str, list[str]]:
    """The role a rule is for (empty: every one), its tool and its words.

    Raises:
        ValueError: It is no rule; the sentence says why.
    """
    words = shlex.split(rule)
    role = address.role_of(words[0]) if words else None
    if role is not None:
        words = words[1:]
        if role not in address.ROLES:
            raise ValueError(unknown("role", role, address.ROLES))
    if not words:
        raise ValueError("names no tool")
    if not all(words):
        raise ValueError("has an empty word")
    if words[0] not in (*TOOLS, "*"):
        raise ValueError(unknown("tool", words[0], TOOLS))
    if words[0] not in (*COMMANDS, "*") and len(words) > 2:
        raise ValueError("has more than one path")
    return role or "", words[0], words[1:]


def is_wrapped(argv: tuple[str, ...]) -> bool:
    """Whether a command hides what it runs from whoever looks at its first words."""
    program = _bare(argv[0]) if argv else ""
    if program in _WRAPPERS or "=" in program:
        return True
    if not _WHOLE.match(program):
        return False
    # An interpreter that is given its program as an argument.
    options = itertools.takewhile(lambda word: word.startswith("-") and word != "-m", argv[1:])
    return any(word.startswith(("-c", "-e", "--eval", "-p", "--print", "-r", "-E")) for word in options)


def is_shell_text(text: str) -> bool:
    """Whether a text needs a shell to mean what it says."""
    return not _SHELL_SIGNS.isdisjoint(re.sub(r"'[^']*'", "", text))


_SUBCOMMANDS = frozenset(
    "apt brew bundle cargo docker dotnet git go gradle helm just kubectl make mvn npm pip pnpm poetry terraform uv"
    " yarn".split()
)
_WHOLE = re.compile(r"(python|perl|ruby|node|php|lua|deno|bun)[\d.]*\Z")


def grant_of(tool: str, argv: tuple[str, ...]) -> tuple[str, ...]:
    """What "always" allows of a command: its program, with its subcommand; of an interpreter the whole command."""
    if not argv or not all(argv) or is_wrapped(argv):
        return ()
    program = _bare(argv[0])
    if _WHOLE.match(program) or program in ("rm", "mv", "cp", "chmod", "chown", "dd", "ln", "curl", "wget"):
        return (tool, *argv)
    return (tool, *argv[: 2 if program in _SUBCOMMANDS else 1])
