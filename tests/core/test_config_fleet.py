"""What the tables of instances mean together: replicas, groups, who waits for whom, who takes over."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core import address
from trinity_tui.core.config import Config
from trinity_tui.core.config_fleet import circle_of, groups_of
from trinity_tui.core.config_text import parse
from trinity_tui.core.errors import ConfigError


def table(name: str, **keys: object) -> str:
    """One instance's table."""
    return f'[instances.{name}]\nrole = "guide"\n' + "".join(f"{key} = {value}\n" for key, value in keys.items())


def test_replicas_stand_in_place_of_their_table_and_share_it() -> None:
    found = parse(table("lead-1") + table("araya", replicas=3, persona='"calm"', nice=7) + table("z")).instances
    assert list(found) == ["lead-1", "araya-1", "araya-2", "araya-3", "z"]
    for name in ("araya-1", "araya-2", "araya-3"):
        one = found[name]
        assert (one.replica_of, one.group, one.persona, one.nice, one.role) == ("araya", "araya", "calm", 7, "guide")
    assert (found["z"].replica_of, found["z"].group) == ("", "")


def test_one_replica_has_a_number_and_none_has_not() -> None:
    assert list(parse(table("a", replicas=1)).instances) == ["a-1"]
    assert list(parse(table("a", replicas=0)).instances) == ["a"]


def test_groups_and_ids_of_tables_are_resolved_to_who_is_meant() -> None:
    text = (
        table("db", group='"data"') + table("araya", replicas=2, group='"data"')
        + table("late", after='["group:data", "db"]') + table("later", after='["araya", "late"]', backup='"late"')
    )  # fmt: skip
    found = parse(text).instances
    assert found["late"].after == ("db", "araya-1", "araya-2")
    assert found["later"].after == ("araya-1", "araya-2", "late")
    assert groups_of(found) == {"data": ["db", "araya-1", "araya-2"]}


BAD = [
    (table("a-2") + table("a", replicas=2), '5: instance "a": key "replicas": a-2 is there already'),
    (table("a", replicas=2) + table("a-2"), '3: instance "a": key "replicas": a-2 is there already'),
    (table("a" * 31, replicas=10), f'3: instance "{"a" * 31}": key "replicas": {"a" * 31}-10 is too long for an id'),
    (table("a", after='["b"]'), '3: instance "a": key "after": unknown instance "b" (there are: a)'),
    (table("alpha") + table("b", after='["alpa"]'),
     '5: instance "b": key "after": unknown instance "alpa" (did you mean "alpha"?)'),
    (table("a", after='["group:x"]'), '3: instance "a": key "after": unknown group "group:x" (there are: none)'),
    (table("a", after='["a"]'), '3: instance "a": key "after": it waits for itself: a → a'),
    (table("a", after='["b"]') + table("b", after='["c"]') + table("c", after='["a"]'),
     '3: instance "a": key "after": they wait for each other: a → b → c → a'),
    (table("a", replicas=2, after='["group:a"]'), '4: instance "a": key "after": it waits for itself: a-1 → a-1'),
    (table("a", backup='"a"'), '3: instance "a": key "backup": is itself'),
    (table("a", backup='"builder"'), '3: instance "a": key "backup": unknown instance "builder" (there are: a)'),
    (table("a", group='"A b"'),
     '3: instance "a": key "group": "A b" is no name: a-z, 0-9, - and _, at most 32, first a letter'),
    (table("a", env='{ "A=B" = "secret" }'), '3: instance "a": key "env": "A=B" is no name of a variable'),
    (table("a", env='{ TRINITY_EPOCH = "secret" }'), '3: instance "a": key "env": TRINITY_EPOCH is set by the program'),
    (table("a", env='{ A = "secret\\u0000" }'), '3: instance "a": key "env": A: its value cannot be in an environment'),
    (table("a", env="{ A = 3 }"), '3: instance "a": key "env": expected a text, got a whole number'),
    (table("a", cwd='"x\\u0000"'), '3: instance "a": key "cwd": is no path'),
]  # fmt: skip


@pytest.mark.parametrize(("text", "sentence"), BAD)
def test_what_a_bad_fleet_is_told(text: str, sentence: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(text)
    assert str(caught.value) == f"instances.toml:{sentence}"
    assert "secret" not in repr(caught.value)


NAMES = st.sampled_from(["a", "b", "c", "d"])
AFTER = st.dictionaries(NAMES, st.lists(NAMES | st.sampled_from(["group:g", "group:h"]), max_size=3), max_size=4)


@given(AFTER, st.dictionaries(NAMES, st.integers(0, 3)), st.dictionaries(NAMES, st.sampled_from(["g", "h"])))
def test_whatever_is_accepted_can_be_started_in_some_order(
    after: dict[str, list[str]], replicas: dict[str, int], groups: dict[str, str]
) -> None:
    text = ""
    for name, names in after.items():
        keys = {"after": [*names], "replicas": replicas.get(name, 0)}
        text += table(name, **keys) + (f'group = "{groups[name]}"\n' if name in groups else "")
    try:
        found = parse(text).instances
    except ConfigError as error:
        assert error.line is not None
        return
    assert len(found) == sum(replicas.get(name, 0) or 1 for name in after)
    started: set[str] = set()
    while ready := {name for name, one in found.items() if name not in started and set(one.after) <= started}:
        started |= ready
    assert started == set(found)


@given(st.dictionaries(NAMES, st.lists(NAMES, max_size=3).map(tuple), max_size=4))
def test_a_circle_is_found_when_there_is_one_and_is_one(after: dict[str, tuple[str, ...]]) -> None:
    circle = circle_of(after)
    for one, following in zip(circle, circle[1:] + circle[:1], strict=True):
        assert following in after.get(one, ())
    if not circle:
        started: set[str] = set()
        while ready := {name for name in after if name not in started and set(after[name]) & set(after) <= started}:
            started |= ready
        assert started == set(after)


def test_a_group_is_an_address_of_commands_alone() -> None:
    assert (address.group_of("group:data"), address.group_of("data")) == ("data", None)
    assert not address.is_many("group:data")
    assert Config().instances == {}
