"""The configuration: what every bad file is told, that the example is true, and that no text does worse than that."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from trinity_tui.core import config
from trinity_tui.core.config import BridgeConfig, Config, InstanceConfig, WorkspaceConfig
from trinity_tui.core.config_example import EXAMPLE
from trinity_tui.core.config_lines import locate
from trinity_tui.core.config_text import parse
from trinity_tui.core.errors import ConfigError

SCOUT = '[instances.scout]\nrole = "explorer"\n'
ROLES = "explorer, builder, reflector, lead, guide, observer, visitor, stabilizer, mechanic, architect, oracle"
BRAINS = "a brain is builtin, auto, ollama:<model>, claude:<model> or openai:<base_url>#<model>"
OPENAI = "openai: needs http(s)://HOST:PORT/… before the #, without a user or a password"
WEBHOOK = "must be http(s)://HOST/…, without a user or a password"
TABLES = (
    "workspace, bus, serve, swarm, bridge, storm, handoff, memory, restart, brains, limits, tools, notify, instances"
)
NISE = '3: instance "scout": unknown key "nise" (did you mean "nice"?)'
BAD = [
    # unknown keys, tables, roles, values: the nearest one, or all there are
    ('[workspace]\nnam = "x"', '2: [workspace]: unknown key "nam" (did you mean "name"?)'),
    ("[swarm]\n\nqqq = 1", '3: [swarm]: unknown key "qqq" (there are: propose_from)'),
    (SCOUT + 'persna = ""', '3: instance "scout": unknown key "persna" (did you mean "persona"?)'),
    ("[instances.a]\n[instances.a]", "2: not valid TOML: [instances.a] stands there twice"),
    # a key that stands in the wrong table, or in none
    ('[bridge]\nollama = "x"', '2: [bridge]: unknown key "ollama" (it belongs to [brains])'),
    ('[bridge]\nolama = "x"', '2: [bridge]: unknown key "olama" (did you mean "ollama" of [brains]?)'),
    ("[swarm]\npath = 1", '2: [swarm]: unknown key "path" (there are: propose_from)'),
    (SCOUT + "port = 1", '3: instance "scout": unknown key "port" (it belongs to [serve])'),
    ("port = 1", '1: unknown key "port" (it belongs to [serve])'),
    ('role = "lead"', '1: unknown key "role" (it belongs to [instances.NAME])'),
    ('[scout]\nrole = "lead"', '1: unknown table "scout" (did you mean [instances.scout]?)'),
    ("[worksapce]", '1: unknown table "worksapce" (did you mean "workspace"?)'),
    ("# hm\nzzz = 1", f'2: unknown table "zzz" (there are: {TABLES})'),
    ('[tools]\nask = ["shel"]', '2: [tools]: key "ask": rule "shel": unknown tool "shel" (did you mean "shell"?)'),
    ('[instances.a]\nrole = "bulder"', '2: instance "a": unknown role "bulder" (did you mean "builder"?)'),
    ('[instances.a]\nrole = "%"', f'2: instance "a": unknown role "%" (there are: {ROLES})'),
    (SCOUT + 'brain = "gpt"', f'3: instance "scout": key "brain": "gpt": {BRAINS}'),
    (
        SCOUT + 'brain = "olama:mistral"',
        f'3: instance "scout": key "brain": "olama:mistral": {BRAINS} (did you mean "ollama:mistral"?)',
    ),
    (
        SCOUT + 'brain = "openai:gpt#x"',
        f'3: instance "scout": key "brain": "openai:gpt#x": {OPENAI}',
    ),
    (
        '[brains]\nollama = "localhost"',
        '2: [brains]: key "ollama": must be http(s)://HOST:PORT, without a user or a password',
    ),
    ('[notify]\nwebhook = "http://[bad"', f'2: [notify]: key "webhook": {WEBHOOK}'),
    ('[notify]\nwebhook = "hooks.example/x"', f'2: [notify]: key "webhook": {WEBHOOK}'),
    ('[notify]\nwebhook = "https://a:b@hooks.example/x"', f'2: [notify]: key "webhook": {WEBHOOK}'),
    ('[brains]\nmodel = ""', '2: [brains]: key "model": " " is no model\'s name'),
    ('[brains]\nkeep_alive = "5"', '2: [brains]: key "keep_alive": must be a time such as 30s, 5m or 1h, or -1'),
    (
        '[bus]\ndurability = "alway"',
        '2: [bus]: key "durability": "alway" is none of: os, interval, batch, always (did you mean "always"?)',
    ),
    (SCOUT + 'restart = "%"', '3: instance "scout": key "restart": "%" is none of: always, on-failure, never'),
    ('[swarm]\npropose_from = ""', '2: [swarm]: key "propose_from": "" is none of: low, normal, high'),
    # values of another kind
    ("[workspace]\nname = 3", '2: [workspace]: key "name": expected a text, got a whole number'),
    ("[workspace]\nchecks = 3", '2: [workspace]: key "checks": expected a list, got a whole number'),
    ('[workspace]\nchecks = [\n"a",\n3]', '2: [workspace]: key "checks": expected a text, got a whole number'),
    ('[workspace]\ncheck_seconds = "5"', '2: [workspace]: key "check_seconds": expected a number, got a text'),
    ("[workspace]\nname = 2026-08-01", '2: [workspace]: key "name": expected a text, got a date'),
    ("[workspace]\nname = 2026-08-01T10:00:00Z", '2: [workspace]: key "name": expected a text, got a date'),
    ("[workspace]\nname = 10:00:00", '2: [workspace]: key "name": expected a text, got a time of day'),
    ("[bus]\ndurability = true", '2: [bus]: key "durability": expected a text, got true or false'),
    ("[bus]\ndurability = {}", '2: [bus]: key "durability": expected a text, got a table'),
    (SCOUT + "enabled = 1", '3: instance "scout": key "enabled": expected true or false, got a whole number'),
    ("[serve]\nport = 1.5", '2: [serve]: key "port": expected a whole number, got a number'),
    # values out of range
    ("[serve]\nport = 70_000", '2: [serve]: key "port": expected a whole number <= 65535'),
    ("[serve]\nport = -1", '2: [serve]: key "port": expected a whole number >= 0'),
    ("[workspace]\ncheck_seconds = nan", '2: [workspace]: key "check_seconds": expected a number >= 0.1'),
    ("[workspace]\nsurvey_seconds = 0", '2: [workspace]: key "survey_seconds": expected a number >= 0.1'),
    (SCOUT + "grace_seconds = inf", '3: instance "scout": key "grace_seconds": expected a number <= 31536000'),
    (SCOUT + "grace_seconds = -1", '3: instance "scout": key "grace_seconds": expected a number >= 0'),
    (SCOUT + "nice = 20", '3: instance "scout": key "nice": expected a whole number <= 19'),
    ('[serve]\ncomputer = "laptop"', '2: [serve]: key "computer": "laptop" is no computer: C1, C2, …'),
    # tables that are none, and the other way round
    ("workspace = 3", "1: [workspace]: must be a table: [workspace]"),
    ("\n[[workspace]]", "2: [workspace]: must be a table: [workspace]"),
    ("instances = 3", "1: instances must be tables: [instances.explorer-1]"),
    ("[[instances]]", "1: instances must be tables: [instances.explorer-1]"),
    ("[instances]\nscout = 3", '2: instance "scout": must be a table: [instances.scout]'),
    ("[[instances.scout]]", '1: instance "scout": must be a table: [instances.scout]'),
    # instances
    (SCOUT + 'replica_of = "x"', '3: instance "scout": unknown key "replica_of" (did you mean "replicas"?)'),
    (SCOUT + "replicas = 65", '3: instance "scout": key "replicas": expected a whole number <= 64'),
    (SCOUT + "final_codes = [0]", '3: instance "scout": key "final_codes": expected a whole number >= 1'),
    ("[instances.scout]\nnice = 5", '1: instance "scout": missing key `role`'),
    ("[instances.human]", '1: instance "human": is a reserved name'),
    ("[instances.Scout]", '1: instance "Scout": must be a-z, 0-9, - and _, at most 32, first a letter'),
    ('[instances."a.b"]', '1: instance "a.b": must be a-z, 0-9, - and _, at most 32, first a letter'),
    (
        '\n[instances."\\u001b[2J\\n\\u009b"]',
        '2: instance "\\x1b[2J\\n\\x9b": must be a-z, 0-9, - and _, at most 32, first a letter',
    ),
    # no TOML
    ("[workspace", "1: not valid TOML: Expected ']' at the end of a table declaration"),
    ("a = 1\na = 2\n\n", "2: not valid TOML: Cannot overwrite a value"),
    ("[bus]\n\n[bus]\n", "3: not valid TOML: [bus] stands there twice"),
    ("[bus]\n\n[bus\ndurability = 1\n", "3: not valid TOML: [bus is not closed: write [bus]"),
    ("[instances.a]\n[instances.a", "2: not valid TOML: [instances.a is not closed: write [instances.a]"),
    ("[bus]\n[bus # more\n", "2: not valid TOML: [bus is not closed: write [bus]"),
    ("[ bus ]\r\n[ bus ]\r\n", "2: not valid TOML: [bus] stands there twice"),
    ('["a (at b"]\n["a (at b"]', "2: not valid TOML: [a (at b] stands there twice"),
    ("x = [\n1,\n", "2: not valid TOML: Invalid value"),
    ("a = '\x01'", "1: not valid TOML: Found invalid character '\\x01'"),
    ("[a]\nb = 2021-02-30", "2: not valid TOML: Invalid date or datetime"),
    # where a key is written in another way, its line or that of what it stands in is found
    ('workspace.nam = ""', '1: [workspace]: unknown key "nam" (did you mean "name"?)'),
    ('instances . scout . "rol" = ""', '1: instance "scout": unknown key "rol" (did you mean "role"?)'),
    ("# one\nserve = { prt = 1 }", '2: [serve]: unknown key "prt" (did you mean "port"?)'),
    (
        '# one\ninstances = { scout = { role = "explorer" }, b = { role = "x" } }',
        f'2: instance "b": unknown role "x" (there are: {ROLES})',
    ),
    ("[instances]\nscout.role = 'lead'\nscout.nise = 3", NISE),
    (
        '[workspace]\nname = """\n[serve]\nport = "x"\n"""\n[serve]\nport = "x"',
        '7: [serve]: key "port": expected a whole number, got a text',
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "sentence"), BAD)
def test_what_a_bad_file_is_told(text: str, sentence: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(text)
    assert str(caught.value) == f"instances.toml:{sentence}"


@pytest.mark.parametrize("size", [4_301, 60_000])
def test_a_number_without_end_is_told(size: int) -> None:
    with pytest.raises(ConfigError, match="^my.toml: cannot be read: a number is too long$"):
        parse(f"[serve]\nport = {'9' * size}", "my.toml")


@pytest.mark.parametrize("opening", ["[", "{a="])
def test_nesting_without_end_is_told(opening: str) -> None:
    with pytest.raises(ConfigError, match="^my.toml: cannot be read: lists or tables are nested too deep$"):
        parse(f"x = {opening * 20_000}", "my.toml")


def test_a_sentence_stays_one_short_line() -> None:
    for text in ("k" * 9_999 + " = 1", f'[bus]\ndurability = "{"d" * 9_999}"', f'[serve]\ncomputer = "{"c" * 9_999}"'):
        with pytest.raises(ConfigError) as caught:
            parse(text)
        assert len(str(caught.value)) < 400
        assert str(caught.value).isprintable()


def test_an_empty_file_is_all_defaults() -> None:
    assert parse("") == Config()
    assert parse("[workspace]\n[bus]\n[serve]\n[swarm]\n[instances]") == Config()


def test_a_whole_file() -> None:
    text = (
        '[workspace]\nname = "shop"\nchecks = []\ncheck_seconds = 5\n[bus]\ndurability = "always"\n[serve]\nport = 0\n'
        '[instances.scout]\nrole = "coordinator"\nbrain = "builtin"\nenabled = false\nrestart = "never"\n'
    )
    found = parse(text)
    assert found.workspace == WorkspaceConfig(name="shop", checks=[], check_seconds=5.0)
    assert (found.bus.durability, found.serve.port) == ("always", 0)
    assert found.instances == {"scout": InstanceConfig("lead", "builtin", enabled=False, restart="never")}


def test_instances_keep_their_order() -> None:
    names = ["zoe", "adam", "m-1"]
    assert list(parse("".join(f'[instances.{name}]\nrole = "lead"\n' for name in names)).instances) == names


# The example


def uncommented() -> str:
    """The example with every setting in force that stands in a comment."""
    return re.sub(r"(?m)^# (?=\[\w+\]$|\w+ = )", "", EXAMPLE)


def test_the_example_is_a_configuration() -> None:
    found = parse(EXAMPLE)
    assert msgspec.structs.replace(found, instances={}) == Config(bridge=BridgeConfig(shared_files=True))
    assert {name: instance.role for name, instance in found.instances.items()} == {
        "explorer-1": "explorer", "builder-1": "builder", "reflector-1": "reflector", "lead-1": "lead",
    }  # fmt: skip


def test_what_stands_in_the_examples_comments_is_the_default() -> None:
    found, plain = parse(uncommented()), parse(EXAMPLE)
    assert found.workspace.checks
    workspace = msgspec.structs.replace(found.workspace, checks=None)
    assert msgspec.structs.replace(found, workspace=workspace) == plain


@pytest.mark.parametrize(
    "table", ["workspace", "bus", "serve", "swarm", "bridge", "brains", "limits", "instances.explorer-1"]
)
def test_the_example_names_every_setting(table: str) -> None:
    text = uncommented()
    example: msgspec.Struct = InstanceConfig("lead") if "." in table else getattr(Config(), table)
    for field in msgspec.structs.fields(example):
        if field.name == "replica_of":
            continue
        line = locate(text, (*table.split("."), field.name))
        assert line is not None
        assert text.split("\n")[line - 1].startswith(f"{field.name} = ")


def test_the_examples_choices_are_all_there_are() -> None:
    words = set(re.findall(r"[a-z]+(?:-[a-z]+)?", EXAMPLE))
    assert {"os", "interval", "batch", "always", "on-failure", "never", "low", "normal", "high"} <= words
    assert set(ROLES.split(", ")) <= words


# Where a key stands


@pytest.mark.parametrize(
    ("text", "path", "line"),
    [
        ("a = 1\nb = 2", ("b",), 2),
        ("[t]\na = 1\n[u]\na = 2", ("u", "a"), 4),
        ("[t]\n  a=1", ("t", "a"), 2),
        ("[ t . u ]\n", ("t", "u"), 1),
        ("[[t]]\n", ("t",), 1),
        ("[t.u]\n", ("t",), 1),
        ("t.u.v = 1", ("t", "u"), 1),
        ("'t' . \"u v\" = 1", ("t", "u v"), 1),
        ('["t.u"."]v"]\nx = 1', ("t.u", "]v", "x"), 2),
        ("\n# b = 1\nb = 1 # a = 1\na = 1", ("a",), 4),
        ("a = '''\n[t]\nb = 1'''\nb = 2", ("b",), 4),
        ('a = """\\"""\nb = 1"""\nb = 2', ("b",), 3),
        ("a = [ # [\n  '[',\n  ['b'],\n]\nb = 2", ("b",), 5),
        ("t = { b = 1, c = [\n] }\nb = 1", ("t", "c"), 1),
        ("t = { b = 1 }\nb = 1", ("b",), 2),
        ("a = 1 # \u2028\x85 no new line\nb = 1", ("b",), 2),
        ("a = 1\r\nb = 1\r\n", ("b",), 2),
        ("[t]\na = 1", ("t", "gone"), 1),
        ("[t]\na = 1", ("gone", "a"), None),
        ("", ("a",), None),
    ],
)
def test_locate(text: str, path: tuple[str, ...], line: int | None) -> None:
    assert locate(text, path) == line


BARE = st.sampled_from(
    ["workspace", "bus", "serve", "swarm", "instances", "name", "checks", "port", "a-1", "role", "x"]
)
QUOTED = st.sampled_from(['"a.b"', "'#'", '"["', "'\"'", '"\\""'])
PATHS = st.lists(BARE | QUOTED, min_size=1, max_size=3).map(".".join)
VALUES = st.sampled_from(
    [
        "1", "-1", "1.5", "inf", "true", '"lead"', "'auto'", '"""\n[bus]\n"""', "[]", "[\n'a', # ]\n]", "{}",
        "{x = 1}", "[", "9" * 5000,
    ]
)  # fmt: skip
LINES = st.one_of(
    PATHS.map("[{}]".format), PATHS.map("[[{}]]".format), st.tuples(PATHS, VALUES).map(" = ".join), st.text(max_size=8),
    st.sampled_from(["[instances.a-1]", 'role = "lead"', "[workspace]", "# [bus] '", ""]),
)  # fmt: skip


@given(st.text() | st.lists(LINES, max_size=8).map("\n".join))
@example("\ufeff[bus]")
@example("a = '\ud800'")
def test_any_text_is_a_configuration_or_a_sentence(text: str) -> None:
    try:
        found = parse(text)
    except ConfigError as error:
        assert str(error).isprintable()
        assert error.line is None or 1 <= error.line <= text.count("\n") + 1
    else:
        assert all(instance.role for instance in found.instances.values())


@given(
    st.lists(
        st.tuples(BARE, st.sampled_from(['""', "'''\n\n'''", "[\n[],\n]", "{ a = 1 } # {"])),
        unique_by=lambda pair: pair[0],
    )
)
def test_every_key_of_a_file_is_found_on_its_line(pairs: list[tuple[str, str]]) -> None:
    text, line = "", 1
    lines: dict[str, int] = {}
    for key, value in pairs:
        lines[key] = line
        text += f"{key} = {value}\n"
        line = text.count("\n") + 1
    assert {key: locate(text, (key,)) for key in lines} == lines


def test_fields_have_room_for_their_defaults() -> None:
    """A default that its own rule refuses could not be written down."""
    for shape in (config.WorkspaceConfig, config.BusConfig, config.ServeConfig, config.SwarmConfig):
        made: Any = shape()
        assert msgspec.convert(msgspec.to_builtins(made), shape) == made
