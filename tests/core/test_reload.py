"""What another configuration means for the one that runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core import reload
from trinity_tui.core.config_text import parse

if TYPE_CHECKING:
    from trinity_tui.core.config import Config

TEXT = """\
[workspace]
checks = ["true"]

[instances.explorer-1]
role = "explorer"

[instances.builder-1]
role = "builder"
persona = "calm"

[instances.lead-1]
role = "lead"
"""


def changed(old: str, new: str) -> reload.Change:
    assert old in TEXT
    return reload.compare(parse(TEXT), parse(TEXT.replace(old, new)))


def test_nothing_changed() -> None:
    same = reload.compare(parse(TEXT), parse(TEXT + "\n# a remark\n"))
    assert same == reload.Change()
    assert same.is_nothing
    assert reload.sentence(same, "instances.toml") == ""


def test_a_persona_needs_a_new_process_of_that_one_alone() -> None:
    change = changed("calm", "wild")
    assert change == reload.Change(renewed={"builder-1": ("persona",)})
    assert reload.sentence(change, "instances.toml") == "instances.toml: builder-1 restarts with its new persona"
    assert "after its turn" in reload.sentence(change, "instances.toml", ["builder-1"])


def test_who_may_not_be_started_is_not_said_to_restart() -> None:
    change = changed('persona = "calm"', 'cwd = "/"')
    held = {"builder-1": "waits for your word to run in /"}
    said = reload.sentence(change, "instances.toml", ["builder-1"], held)
    assert said == "instances.toml: builder-1 has a new persona and cwd after its turn: waits for your word to run in /"


def test_what_supervision_minds_needs_none() -> None:
    change = changed('persona = "calm"', 'persona = "calm"\ngrace_seconds = 3\nrestart = "always"')
    assert change == reload.Change(adjusted={"builder-1": ("restart", "grace_seconds")})


def test_checks_concern_who_runs_them() -> None:
    assert changed('"true"', '"false"') == reload.Change(renewed={"builder-1": ("checks",)})


def test_who_comes_and_goes() -> None:
    change = changed("[instances.lead-1]", "[instances.lead-2]")
    assert change == reload.Change(came=("lead-2",), went=("lead-1",))
    assert reload.sentence(change, "you") == "you: lead-2 is new; lead-1 leaves"


def test_where_it_listens_counts_from_the_next_coordinator_on() -> None:
    before, after = parse(TEXT), parse(TEXT + '\n[serve]\nport = 0\n[bus]\ndurability = "os"\n')
    change = reload.compare(before, after)
    assert change.is_nothing
    assert change.later == ("[bus] durability", "[serve] port")
    assert "[bus] durability, [serve] port count from `trinity restart --coordinator` on" in reload.postponed(change)
    held = reload.holding(before, after)
    assert (held.bus, held.serve) == (before.bus, before.serve)
    assert reload.compare(held, after).later == change.later
    assert reload.postponed(reload.compare(held, before)) == ""


def config_of(checks: str, port: int, persona: str, nice: int, who: set[str]) -> Config:
    tables = [f'[instances.{name}]\nrole = "builder"\npersona = "{persona}"\nnice = {nice}\n' for name in sorted(who)]
    return parse(f"[workspace]\nchecks = {checks}\n[serve]\nport = {port}\n" + "".join(tables))


configs = st.builds(
    config_of,
    st.sampled_from(("[]", '["a"]')),
    st.sampled_from((0, 8900)),
    st.sampled_from(("calm", "wild")),
    st.integers(0, 2),
    st.sets(st.sampled_from(("builder-1", "lead-1", "araya"))),
)


@given(configs, configs)
def test_every_instance_is_touched_once_or_not_at_all(before: Config, after: Config) -> None:
    change = reload.compare(before, after)
    touched = [*change.came, *change.went, *change.renewed, *change.adjusted]
    assert len(touched) == len(set(touched))
    for name in set(before.instances) & set(after.instances) - set(touched):
        assert before.instances[name] == after.instances[name]
    assert set(after.instances) == (set(before.instances) | set(change.came)) - set(change.went)


@given(configs, configs, configs)
def test_what_was_applied_needs_nothing_more(first: Config, second: Config, third: Config) -> None:
    held = reload.holding(first, second)
    assert reload.compare(held, second).is_nothing
    assert reload.holding(held, third) == reload.holding(first, third)
