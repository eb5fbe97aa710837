"""What is chosen in the program, beside a file that is changed by hand whenever its writer likes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core import overrides as rules
from trinity_tui.core.errors import ClientError, ConfigError, FormatError
from trinity_tui.core.overrides import Overrides

IDS = ("explorer-1", "builder-1", "lead-1", "araya")
names = st.sampled_from(IDS)
table = st.fixed_dictionaries(
    {"role": st.sampled_from(("builder", "lead"))}, optional={"replicas": st.integers(1, 4), "persona": st.just("calm")}
)
files: st.SearchStrategy[rules.Tables] = st.dictionaries(names.map(str), table)


@st.composite
def choices(draw: st.DrawFn) -> Overrides:
    """Choices made one after another, each beside some file."""
    made = Overrides()
    for _ in range(draw(st.integers(0, 6))):
        made = _one_more(
            made, draw(files), draw(st.sampled_from("ars")), draw(names), draw(table), draw(st.integers(1, 4))
        )
    return made


def _one_more(made: Overrides, written: rules.Tables, kind: str, name: str, what: Any, count: int) -> Overrides:
    try:
        if kind == "a":
            return rules.add(written, made, name, what)
        if kind == "r":
            return rules.remove(written, made, name)
        return rules.scale(written, made, name, count)
    except ClientError:
        return made


@given(files, choices())
def test_what_the_file_describes_is_as_it_describes_it_or_left_out(written: rules.Tables, made: Overrides) -> None:
    merged = rules.merge(written, made)
    for name, described in written.items():
        if name in merged:
            assert {**merged[name], "replicas": 0} == {**described, "replicas": 0}
        else:
            assert name in made.removed


@given(files, choices())
def test_dropping_what_was_overtaken_changes_nothing_now(written: rules.Tables, made: Overrides) -> None:
    settled = rules.settled(written, made)
    assert rules.merge(written, settled) == rules.merge(written, made)
    assert rules.settled(written, settled) == settled


@given(files, choices(), files)
def test_what_was_overtaken_does_not_come_back(written: rules.Tables, made: Overrides, later: rules.Tables) -> None:
    gone = rules.settled({}, made)
    assert not gone.removed
    settled = rules.settled(written, made)
    assert not set(settled.instances) & set(written)
    assert set(settled.removed) <= set(written)
    assert set(rules.merge(later, gone)) >= set(later)


@given(files, choices(), names, table)
def test_an_added_one_is_there_and_a_removed_one_is_not(
    written: rules.Tables, made: Overrides, name: str, what: rules.Table
) -> None:
    before = rules.merge(written, made)
    if name in before:
        assert name not in rules.merge(written, rules.remove(written, made, name))
        with pytest.raises(ClientError, match="already"):
            rules.add(written, made, name, what)
    elif name not in written:
        after = rules.merge(written, rules.add(written, made, name, what))
        assert set(after) == {*before, name}


@given(files, choices(), names, st.integers(1, 64))
def test_scaling_changes_one_number(written: rules.Tables, made: Overrides, name: str, count: int) -> None:
    before = rules.merge(written, made)
    if "replicas" not in before.get(name, {}):
        with pytest.raises(ClientError):
            rules.scale(written, made, name, count)
        return
    after = rules.merge(written, rules.scale(written, made, name, count))
    assert after == before | {name: before[name] | {"replicas": count}}


@given(choices())
def test_what_is_written_is_what_is_read(made: Overrides) -> None:
    import tomli_w

    assert rules.parse(tomli_w.dumps(rules.plain(made))) == made


WRITTEN: rules.Tables = {"builder-1": {"role": "builder", "persona": "calm"}, "araya": {"role": "guide", "replicas": 3}}


def test_one_that_was_removed_comes_back_as_the_file_describes_it() -> None:
    removed = rules.remove(WRITTEN, Overrides(), "builder-1")
    assert "builder-1" not in rules.merge(WRITTEN, removed)
    assert rules.add(WRITTEN, removed, "builder-1", {}) == Overrides()
    with pytest.raises(ClientError, match=r"instances\.toml describes builder-1 with another role"):
        rules.add(WRITTEN, removed, "builder-1", {"role": "lead"})


def test_the_number_of_the_file_again_is_no_choice() -> None:
    scaled = rules.scale(WRITTEN, Overrides(), "araya", 5)
    assert scaled.replicas == {"araya": 5}
    assert rules.scale(WRITTEN, scaled, "araya", 3) == Overrides()


@pytest.mark.parametrize(
    ("name", "says", "code"),
    [("Builder", "is no id", 2), ("human", "is a reserved name", 2), ("builder-1", "already", 1)],
)
def test_a_name_that_cannot_be_is_refused(name: str, says: str, code: int) -> None:
    with pytest.raises(ClientError, match=says) as refused:
        rules.add(WRITTEN, Overrides(), name, {"role": "lead"})
    assert refused.value.exit_code == code


def test_a_replica_is_not_removed_alone() -> None:
    with pytest.raises(ClientError, match="one of the replicas of araya") as refused:
        rules.remove(WRITTEN, Overrides(), "araya-2")
    assert "trinity scale araya" in refused.value.hint


@pytest.mark.parametrize("count", [0, 65, -1])
def test_a_number_that_cannot_be_is_refused(count: int) -> None:
    with pytest.raises(ClientError, match="cannot be: 1 to 64"):
        rules.scale(WRITTEN, Overrides(), "araya", count)


def test_a_single_one_is_not_scaled() -> None:
    with pytest.raises(ClientError, match="has no replicas"):
        rules.scale(WRITTEN, Overrides(), "builder-1", 2)


def test_an_unknown_one_names_the_nearest() -> None:
    with pytest.raises(ClientError) as refused:
        rules.remove(WRITTEN, Overrides(), "bulder-1")
    assert (refused.value.exit_code, refused.value.hint) == (4, "Did you mean builder-1?")


def test_a_newer_format_is_refused_and_a_damaged_file_is_a_sentence() -> None:
    with pytest.raises(FormatError, match="has format 7, written by a newer Trinity; this one reads up to 2"):
        rules.parse("format = 7\nunheard = true\n")
    with pytest.raises(ConfigError, match=r"overrides\.toml: is damaged"):
        rules.parse("removed = [")


TEXT = """\
[workspace]
name = "shop"

[instances.builder-1]
role = "builder"

[instances.araya]
role = "guide"
replicas = 3
"""


def test_every_value_has_its_origin() -> None:
    made = Overrides(replicas={"araya": 5}, instances={"extra": {"role": "lead"}})

    def of(*path: str) -> str:
        return rules.origin(TEXT, made, path)

    assert of("workspace", "name") == "instances.toml:2"
    assert of("workspace", "check_seconds") == "default"
    assert of("instances", "builder-1", "role") == "instances.toml:5"
    assert of("instances", "builder-1", "nice") == "default"
    assert of("instances", "araya", "replicas") == "overrides.toml"
    assert of("instances", "extra", "role") == "overrides.toml"
    assert of("instances", "extra", "nice") == "default"
