"""What a tool may do: deny always wins, hard limits hold whatever is allowed, and nothing but rules decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core.address import ROLES
from trinity_tui.core.approvals import is_grant
from trinity_tui.core.policy import (
    COMMANDS,
    READERS,
    TOOLS,
    WRITERS,
    Action,
    Decision,
    Hands,
    Wish,
    decide,
    grant_of,
    is_shell_text,
    is_wrapped,
    split_rule,
)
from trinity_tui.core.tools_config import ToolsConfig

if TYPE_CHECKING:
    import random

HANDS = Hands(is_sandboxed=True)
OWN = Hands(is_sandboxed=True, is_isolated=True)
BARE = Hands()


def shell(*argv: str) -> Wish:
    push = argv[0] == "git" and "push" in argv
    return Wish("shell", "push" if push else "run", argv=argv, is_wrapped=is_wrapped(argv))


def write(path: str) -> Wish:
    return Wish("write", "write", path)


def read(path: str) -> Wish:
    return Wish("read", "read", path)


rule_words = st.sampled_from(["", " *", " git", " git push", " src/**", " pytest -q", " rm", " **", " status"])


def rule(role: str, tool: str, words: str) -> str:
    takes = tool in (*COMMANDS, "*") or len(words.split()) < 2
    return f"{role}{tool}{words if takes else ''}"


rules = st.builds(
    rule,
    st.sampled_from(["", "role:builder ", "role:explorer "]),
    st.sampled_from([*TOOLS, "*"]),
    rule_words,
)
rule_lists = st.lists(rules, max_size=4).map(tuple)
configs = st.builds(ToolsConfig, deny=rule_lists, ask=rule_lists, allow=rule_lists)
paths = st.sampled_from(
    ["src/a.py", "a.py", ".trinity/token", ".git/hooks/x", "instances.toml", "coordination/m", "../x"]
)
wishes = st.one_of(
    st.builds(Wish, st.sampled_from(["read", "search"]), st.just("read"), paths),
    st.builds(Wish, st.sampled_from(["write", "edit"]), st.just("write"), paths),
    st.lists(st.sampled_from(["git", "push", "status", "pytest", "-q", "rm", "sh", "-c"]), min_size=1, max_size=4).map(
        lambda words: shell(*words)
    ),
)
roles = st.sampled_from(ROLES)
hands = st.builds(Hands, st.booleans(), st.booleans())


@given(wishes, roles, configs, hands)
def test_what_is_denied_is_denied_whatever_else_is_said(
    wish: Wish, role: str, config: ToolsConfig, held: Hands
) -> None:
    alone = ToolsConfig(deny=config.deny)
    if decide(wish, role, alone, held).rule.startswith("[tools] deny"):
        assert decide(wish, role, config, held).verdict == "deny"


@given(wishes, roles, configs, hands, st.randoms())
def test_the_order_of_rules_does_not_matter(
    wish: Wish, role: str, config: ToolsConfig, held: Hands, chance: random.Random
) -> None:
    deny, ask, allow = (tuple(chance.sample(rules, len(rules))) for rules in (config.deny, config.ask, config.allow))
    shuffled = ToolsConfig(deny=deny, ask=ask, allow=allow)
    assert decide(wish, role, shuffled, held).verdict == decide(wish, role, config, held).verdict


@given(wishes, roles, configs, hands)
def test_no_rule_lifts_a_hard_limit(wish: Wish, role: str, config: ToolsConfig, held: Hands) -> None:
    everything = ToolsConfig(allow=("*",))
    before = decide(wish, role, everything, held)
    if before.rule.startswith("hard limit"):
        order = ["allow", "ask", "deny"]
        assert order.index(decide(wish, role, config, held).verdict) >= order.index(before.verdict)


@given(wishes, roles, configs)
def test_less_of_a_sandbox_never_allows_more(wish: Wish, role: str, config: ToolsConfig) -> None:
    order = ["allow", "ask", "deny"]
    with_one = decide(wish, role, config, Hands(is_sandboxed=True)).verdict
    without = decide(wish, role, config, Hands()).verdict
    assert order.index(without) >= order.index(with_one)


def test_nothing_of_a_message_is_in_a_wish() -> None:
    """Neither who wants it nor what was said can change a decision: there is no place for it."""
    assert Wish.__struct_fields__ == ("tool", "action", "path", "argv", "is_wrapped")
    assert Hands.__struct_fields__ == ("is_sandboxed", "is_isolated")


@pytest.mark.parametrize("role", sorted(READERS))
def test_readers_read(role: str) -> None:
    none = ToolsConfig()
    assert decide(read("src/a.py"), role, none, HANDS) == Decision("allow", f"role {role}")
    assert decide(write("src/a.py"), role, none, OWN).verdict == "deny"
    assert decide(shell("pytest"), role, none, OWN).verdict == "deny"


@pytest.mark.parametrize("role", sorted(WRITERS))
def test_writers_ask_unless_the_tree_is_their_own(role: str) -> None:
    none = ToolsConfig()
    assert decide(write("src/a.py"), role, none, HANDS).verdict == "ask"
    assert decide(write("src/a.py"), role, none, OWN).verdict == "allow"
    assert decide(shell("pytest"), role, none, OWN).verdict == "ask"


def test_the_lead_has_no_tools() -> None:
    verdicts = {decide(wish, "lead", ToolsConfig(), OWN).verdict for wish in (read("a"), write("a"), shell("ls"))}
    assert verdicts == {"deny"}


@pytest.mark.parametrize(
    "path", [".trinity/token", "other/.trinity/token",
             ".Trinity/run/api.sock", ".git/hooks/pre-commit", "instances.toml", "INSTANCES.toml",
             ".shared_messages.json", ".instance_builder-1_state.json",
             "coordination/memory/a.md", "vendor/x/.git/config", "../x", "/etc/passwd"],
)  # fmt: skip
def test_what_is_written_nowhere(path: str) -> None:
    decision = decide(write(path), "builder", ToolsConfig(allow=("*", "write **")), OWN)
    assert decision.verdict == "deny"
    assert decision.rule.startswith("hard limit")


def test_what_is_read_though_it_is_not_written() -> None:
    assert decide(read("instances.toml"), "explorer", ToolsConfig(), HANDS).verdict == "allow"
    for hidden in (".trinity/token", ".shared_messages.json", ".harness_messages.json"):
        assert decide(read(hidden), "explorer", ToolsConfig(allow=("*",)), HANDS).verdict == "deny"
    assert decide(read("data/.shared_messages.json"), "explorer", ToolsConfig(), HANDS).verdict == "allow"


@pytest.mark.parametrize(
    "argv",
    [("rm", "-rf", "x"), ("/bin/rm", "x"), ("env", "A=1", "rm", "x"), ("sh", "-c", "ls; rm -rf x"), ("xargs", "rm"),
     ("find", ".", "-exec", "rm", "{}", ";"), ("sh", "-c", "echo $(/usr/bin/rm x)")],
)  # fmt: skip
def test_a_denied_command_is_found_behind_others(argv: tuple[str, ...]) -> None:
    config = ToolsConfig(deny=("shell rm",), allow=("shell",))
    assert decide(shell(*argv), "builder", config, HANDS) == Decision("deny", "[tools] deny 'shell rm'")


def test_an_allowed_command_allows_what_begins_with_it_and_nothing_around_it() -> None:
    config = ToolsConfig(allow=("shell pytest -q",))
    assert decide(shell("pytest", "-q", "tests"), "builder", config, HANDS).verdict == "allow"
    assert decide(shell("pytest"), "builder", config, HANDS).verdict == "ask"
    assert decide(shell("./pytest", "-q"), "builder", config, HANDS).verdict == "ask"
    assert decide(shell("sh", "-c", "pytest -q; id"), "builder", config, HANDS).verdict == "ask"


def test_a_push_is_always_asked_for_through_either_tool() -> None:
    config = ToolsConfig(allow=("*", "git push", "shell git push"))
    assert decide(Wish("git", "push", argv=("git", "push")), "builder", config, OWN).verdict == "ask"
    assert decide(shell("git", "push"), "builder", config, OWN).verdict == "ask"
    for rule in ("git push", "shell git push"):
        denied = ToolsConfig(deny=(rule,))
        assert decide(shell("git", "push"), "builder", denied, OWN).verdict == "deny"
        assert decide(Wish("git", "push", argv=("git", "push")), "builder", denied, OWN).verdict == "deny"


def test_without_a_sandbox_commands_are_asked_for_and_hidden_ones_refused() -> None:
    config = ToolsConfig(allow=("*",))
    assert decide(shell("pytest"), "builder", config, BARE).verdict == "ask"
    assert decide(Wish("run", "run"), "builder", config, BARE).verdict == "ask"
    assert decide(shell("sh", "-c", "ls|wc"), "builder", config, BARE).verdict == "deny"
    assert decide(shell("pytest"), "builder", config, HANDS).verdict == "allow"


def test_a_rule_for_a_role_is_for_that_role() -> None:
    config = ToolsConfig(allow=("role:explorer shell pytest",))
    assert decide(shell("pytest"), "explorer", config, HANDS).verdict == "allow"
    assert decide(shell("pytest"), "observer", config, HANDS).verdict == "deny"


@pytest.mark.parametrize(
    ("pattern", "path", "verdict"),
    [("docs/**", "docs/a/b.md", "allow"), ("docs/*", "docs/a/b.md", "ask"), ("docs/*", "docs/b.md", "allow"),
     ("**/*.md", "a.md", "allow"), ("**/*.md", "x/y/a.md", "allow"), ("*.md", "x/a.md", "ask"),
     ("a?.py", "ab.py", "allow"), ("[ab].py", "a.py", "ask")],
)  # fmt: skip
def test_patterns_of_paths(pattern: str, path: str, verdict: str) -> None:
    assert decide(write(path), "builder", ToolsConfig(allow=(f"write {pattern}",)), HANDS).verdict == verdict


@pytest.mark.parametrize(
    ("argv", "wrapped"),
    [(("ls",), False), (("/usr/bin/env", "ls"), True),
     (("python3", "-c", "1"), True), (("python3", "x.py", "-c"), False),
     (("python3", "-m", "pytest", "-c", "x"), False), (("A=1", "ls"), True), (("node", "-e", "1"), True)],
)  # fmt: skip
def test_what_hides_what_it_runs(argv: tuple[str, ...], wrapped: bool) -> None:
    assert is_wrapped(argv) is wrapped


@pytest.mark.parametrize(
    ("text", "needed"),
    [("pytest -q", False), ("a | b", True), ("ls *.py", True), ("echo '$HOME | x'", False), ('echo "$HOME"', True),
     ("a\nb", True), ("x --opt=1", False)],
)  # fmt: skip
def test_what_needs_a_shell(text: str, needed: bool) -> None:
    assert is_shell_text(text) is needed


@pytest.mark.parametrize(
    ("argv", "grant"),
    [(("pytest", "-q", "x"), ("shell", "pytest")), (("cargo", "test", "-v"), ("shell", "cargo", "test")),
     (("python3", "x.py", "1"), ("shell", "python3", "x.py", "1")), (("sh", "-c", "ls"), ()), ((), ())],
)  # fmt: skip
def test_what_always_means(argv: tuple[str, ...], grant: tuple[str, ...]) -> None:
    assert grant_of("shell", argv) == grant


@given(st.sampled_from(["shell", "git"]), st.lists(st.sampled_from(["git", "", "ls", "sh", "-c", "python3", "rm"])))
def test_always_is_the_beginning_of_that_command_or_nothing(tool: str, words: list[str]) -> None:
    grant = grant_of(tool, tuple(words))
    assert grant == () or is_grant(grant)
    assert grant == () or (tool, *words)[: len(grant)] == grant


@pytest.mark.parametrize(
    ("rule", "said"),
    [("", "names no tool"), ("role:builder", "names no tool"), ("role:bulder shell", 'did you mean "builder"'),
     ("shel ls", 'did you mean "shell"'), ("write a b", "more than one path"),
     ("shell ''", "empty word"), ("write ''", "empty word"), ("shell 'a", "No closing quotation")],
)  # fmt: skip
def test_what_is_no_rule(rule: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        split_rule(rule)


def test_every_action_has_a_verdict_for_every_role() -> None:
    for action in get_args(Action):
        for role in ROLES:
            assert decide(Wish("git", action, argv=("git",)), role, ToolsConfig(), BARE).verdict in (
                "allow",
                "ask",
                "deny",
            )
